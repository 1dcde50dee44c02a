//! Workloads that are away while their pods move.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{Kind, ObjectRef, Str};

use super::Remarks;
use crate::{
    Object,
    node::{
        pods::{Departure, Going, Keeper},
        steps, surge,
        work::Work,
    },
};

pub(super) fn look(work: &Work<'_>, batch: &[Departure<'_>], all: &mut Remarks) {
    let mut workloads: BTreeMap<&ObjectRef, Vec<&Going<'_>>> = BTreeMap::new();
    for going in batch.iter().flat_map(|departure| &departure.going) {
        let is_kept = match &going.keeper {
            Keeper::Known(owner) | Keeper::Unseen(owner, _) | Keeper::Foreign(owner) => owner.kind != "Job",
            Keeper::Nobody | Keeper::Gone(_) => false,
        };
        if is_kept {
            workloads.entry(&going.top).or_default().push(going);
        }
    }
    let names = steps::names(batch).join(" and ");
    for (top, going) in workloads {
        one(work, top, &going, &names, all);
    }
}

fn one(work: &Work<'_>, top: &ObjectRef, going: &[&Going<'_>], names: &str, all: &mut Remarks) {
    let ready = going.iter().filter(|going| going.pod.is_ready()).count();
    if ready == 0 || left(work, top, going) > 0 {
        return;
    }
    let which =
        if ready == 1 { "its only ready pod is".into() } else { format!("all its {ready} ready pods are") };
    let away = format!("{which} on {names}: it is away until the next one is ready");
    let surged = going.iter().all(|going| surge::candidate(work.cluster, going).is_some());
    match (surged, work.options.surge) {
        (true, true) => all.note(Object::from(top), "its only ready pod goes; a second one is started first"),
        (true, false) => all.risk(Object::from(top), away, "--surge"),
        (false, _) => all.risk(Object::from(top), away, "more replicas, on other nodes"),
    }
}

/// How many ready pods of the workload don't go.
pub(in crate::node) fn left(work: &Work<'_>, top: &ObjectRef, going: &[&Going<'_>]) -> usize {
    if work.cluster.coverage().check(Kind::Pod, &top.namespace).is_err() {
        return 0;
    }
    let goes: BTreeSet<&Str> = going.iter().map(|going| &going.pod.meta.name).collect();
    let pods = work.cluster.pods_under(top).filter(|pod| pod.is_ready() && pod.meta.deleted.is_none());
    pods.filter(|pod| !goes.contains(&pod.meta.name)).count()
}
