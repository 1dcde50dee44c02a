//! What the source did not show, and what can't be foretold for that.

use std::collections::BTreeSet;

use rutter_cluster::{Kind, Str, Unseen};

use super::Remarks;
use crate::{
    Object,
    node::{
        pods::{Departure, Keeper},
        work::Work,
    },
};

pub(super) fn look(work: &Work<'_>, batches: &[Vec<Departure<'_>>], all: &mut Remarks) {
    let nodes: Vec<&Departure<'_>> = batches.iter().flatten().collect();
    if let Err(unseen) = check(work, Kind::Pod, "") {
        for departure in &nodes {
            let text = format!(
                "{unseen}: there may be pods on it that this plan does not know, and that are neither evicted nor protected"
            );
            all.blocker(
                departure.object.clone(),
                text,
                "make the plan from a source with all pods of all namespaces",
            );
        }
    }
    for namespace in namespaces(&nodes) {
        of_namespace(work, namespace, all);
    }
    volumes(work, &nodes, all);
    owners(&nodes, all);
}

fn check(work: &Work<'_>, kind: Kind, namespace: &str) -> Result<(), Unseen> {
    work.cluster.coverage().check(kind, namespace)
}

/// The namespaces of pods that go.
fn namespaces<'c>(nodes: &[&Departure<'c>]) -> BTreeSet<&'c Str> {
    nodes.iter().flat_map(|departure| &departure.going).map(|going| &going.pod.meta.namespace).collect()
}

fn namespace(name: &str) -> Object {
    Object { api_version: "v1".into(), kind: "Namespace".into(), name: name.into(), ..Object::default() }
}

fn of_namespace(work: &Work<'_>, name: &str, all: &mut Remarks) {
    if let Err(unseen) = check(work, Kind::PodDisruptionBudget, name) {
        let text =
            format!("{unseen}: the API server heeds them, but which evictions it refuses is not foretold");
        all.risk(namespace(name), text, "the right to list poddisruptionbudgets");
    }
    if work.options.surge
        && let Err(unseen) = check(work, Kind::HorizontalPodAutoscaler, name)
    {
        let text = format!(
            "{unseen}: none of its Deployments is given a second replica, for an autoscaler may take it away"
        );
        all.risk(namespace(name), text, "the right to list horizontalpodautoscalers");
    }
}

/// Claims and the volumes behind them tell where a pod can go, and attachments what must be detached.
fn volumes(work: &Work<'_>, nodes: &[&Departure<'_>], all: &mut Remarks) {
    for departure in nodes {
        let with_claims = |namespace: &Str| {
            let mut pods = departure.going.iter().map(|going| going.pod);
            pods.any(|pod| {
                pod.meta.namespace == *namespace
                    && pod.spec.volumes.iter().any(|volume| pod.claim_name(volume).is_some())
            })
        };
        let mut unseen = namespaces(&[departure])
            .into_iter()
            .filter(|namespace| with_claims(namespace))
            .filter_map(|namespace| check(work, Kind::PersistentVolumeClaim, namespace).err())
            .collect::<Vec<_>>();
        if namespaces(&[departure]).into_iter().any(with_claims) {
            unseen.extend(check(work, Kind::PersistentVolume, "").err());
        }
        for unseen in unseen {
            let text =
                format!("{unseen}: pods of it may have volumes that are on this node only, or in its zone");
            all.risk(departure.object.clone(), text, "the right to list them");
        }
        if let Err(unseen) = check(work, Kind::VolumeAttachment, "") {
            let text = format!(
                "{unseen}: whether its volumes are detached can't be told now, and is looked at when the plan runs"
            );
            all.risk(departure.object.clone(), text, "the right to list volumeattachments");
        }
    }
}

fn owners(nodes: &[&Departure<'_>], all: &mut Remarks) {
    for going in nodes.iter().flat_map(|departure| &departure.going) {
        if let Keeper::Unseen(owner, unseen) = &going.keeper {
            let text = format!(
                "it is of {} {}, and {unseen}: if that no longer exists, nothing makes the pod again",
                owner.kind, owner.name
            );
            all.risk(super::object(going.pod), text, "the right to list them");
        }
    }
}
