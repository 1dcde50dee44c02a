//! The nodes themselves: who else is at work on them, how many are away, and the control plane.

use std::collections::BTreeMap;

use rutter_cluster::{
    Cluster,
    objects::{Node, Pod},
};

use super::{After, Remarks, counted, deleted, few, stays};
use crate::{
    Condition, Verdict, condition,
    node::{
        WorkDone,
        pods::Departure,
        steps,
        work::{self, Work},
    },
};

pub(super) fn look(work: &Work<'_>, batches: &[Vec<Departure<'_>>], after: After, all: &mut Remarks) {
    for group in super::together(batches, after) {
        away(work, &group, all);
    }
    calm(work, batches.first().map_or(&[], Vec::as_slice), all);
    for departure in batches.iter().flatten() {
        claims(work, departure, all);
        quorum(work, departure, all);
        cordoned(departure, after, all);
        silent(departure, after, work.options.force, all);
        stays::look(work, departure, all);
        match after {
            After::Deleted => deleted::look(work, departure, all),
            After::ComeBack(WorkDone::Reboot) if departure.node.status.node_info.boot_id.is_empty() => {
                let text = "the source does not tell its boot id, so that a restart can't be told from none";
                all.blocker(departure.object.clone(), text, "let a person confirm the work");
            }
            After::ComeBack(_) | After::StayAway => {}
        }
    }
}

/// Too many nodes would be away when all of these are.
fn away(work: &Work<'_>, together: &[&Departure<'_>], all: &mut Remarks) {
    let Some(first) = together.first() else { return };
    if let Err(unread) = &work.sight.nodes {
        let text = format!("{}: how many nodes are away is not known", unread.0);
        all.blocker(first.object.clone(), text, "make the plan from a source with all nodes");
        return;
    }
    let mut places: BTreeMap<(&str, u64), Vec<&Departure<'_>>> = BTreeMap::new();
    for departure in together {
        for place in work.places(departure.node) {
            places.entry(place).or_default().push(departure);
        }
    }
    for ((zone, most), own) in places {
        let others = work.others_away(zone, &own.iter().map(|one| one.node).collect::<Vec<_>>());
        let others: Vec<String> = others.iter().map(|node| node.meta.name.to_string()).collect();
        let away = others.len() + own.len();
        if away as u64 > most {
            let text = too_many(zone, most, &own, &others);
            all.blocker(first.object.clone(), text, format!("--max-unavailable {away}"));
        }
    }
}

fn too_many(zone: &str, most: u64, own: &[&Departure<'_>], others: &[String]) -> String {
    let place = if zone.is_empty() { String::new() } else { format!(" of zone {zone}") };
    let with = few(&own.iter().map(|one| one.object.name.clone()).collect::<Vec<_>>());
    let by_others = match others {
        [] => String::new(),
        [one] => format!(", as {one} is cordoned or not ready already"),
        many => format!(", as {} are cordoned or not ready already", few(many)),
    };
    let away = counted(others.len() + own.len(), "node");
    format!("with {with}, {away}{place} would be away{by_others}, and no more than {most} may be")
}

fn why_not(work: &Work<'_>, condition: &Condition) -> Option<String> {
    match condition.judge(&work.sight) {
        Verdict::Holds => None,
        Verdict::NotYet(why) | Verdict::Never(why) => Some(why),
    }
}

fn calm(work: &Work<'_>, batch: &[Departure<'_>], all: &mut Remarks) {
    let Some(departure) = batch.first() else { return };
    if work.sight.nodes.is_ok()
        && let Some(why) = why_not(work, &Condition::Calm { besides: steps::names(batch) })
    {
        let text = format!("{why}; while that is so, healthy nodes are not taken out");
        all.blocker(departure.object.clone(), text, "wait until the others are ready again");
    }
}

fn claims(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    match condition::node::claim(departure.node, &departure.object, work.operation) {
        None | Some(Verdict::Holds) => {}
        Some(Verdict::Never(why)) => {
            all.blocker(departure.object.clone(), why, "undo or resume that operation");
        }
        Some(Verdict::NotYet(why)) => all.blocker(departure.object.clone(), why, "wait until it is done"),
    }
}

/// Whether a member of etcd runs on the node as a pod.
pub(in crate::node) fn has_etcd(cluster: &Cluster, node: &Node) -> bool {
    let is_member = |pod: &Pod| {
        pod.meta.namespace == "kube-system"
            && pod.meta.labels.get("component").is_some_and(|component| component.as_str() == "etcd")
    };
    cluster.pods_on(&node.meta.name).any(is_member)
}

fn quorum(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    let object = &departure.object;
    if work.is_alone(departure) {
        all.risk(object.clone(), "it is the only node of the control plane: while it is away, nothing in the cluster is scheduled, scaled or repaired", "");
        return;
    }
    let Some(why) = why_not(work, &Condition::Quorum { node: object.clone() }) else { return };
    let control_plane = work.cluster.nodes.iter().filter(|node| work::is_control_plane(node)).count();
    let is_only = work::is_control_plane(departure.node) && control_plane == 1;
    let unless = if is_only { "--force" } else { "make the others healthy first" };
    all.blocker(object.clone(), format!("{why}: the control plane would have no majority"), unless);
}

fn cordoned(departure: &Departure<'_>, after: After, all: &mut Remarks) {
    if departure.node.spec.unschedulable && after != After::Deleted {
        let text =
            "it is cordoned already, by somebody else or an earlier operation, and stays so when all is done";
        all.note(departure.object.clone(), text);
    }
}

/// A node that doesn't answer can't be drained: its pods are ending for ever.
fn silent(departure: &Departure<'_>, after: After, force: bool, all: &mut Remarks) {
    if departure.node.is_ready() {
        return;
    }
    let said =
        departure.node.condition("Ready").map_or_else(String::new, |ready| format!(" ({})", ready.reason));
    if after == After::Deleted {
        let left = departure.going.len() + departure.ending.len();
        let text = format!(
            "it is not Ready{said}, so that nothing is evicted: {} let go with it, once a person has said how it is known that it is off",
            if left == 1 { "its pod is".into() } else { format!("its {left} pods are") }
        );
        all.risk(departure.object.clone(), text, "");
        return;
    }
    let text = format!(
        "it is not Ready{said}: while its kubelet is silent, pods that are evicted do not end, and their volumes stay"
    );
    all.unless(force, "--force", departure.object.clone(), text);
}
