//! Words and evidence about nodes that lack an agent.

use std::collections::BTreeMap;

use rutter_cluster::{
    Time,
    objects::{Condition, DaemonSet, Taint},
};

use super::{
    detect::Lacking,
    lack::{self, Lack},
};
use crate::{Context, Evidence, agents::Role, hosting, words};

/// So many nodes are named in the message, and shown as evidence.
const NAMED: usize = 3;

/// `node-b is Ready, but the agent of the network, kube-system/calico-node, has had no ready pod there since …`.
pub(super) fn message(
    context: &Context<'_>,
    set: &DaemonSet,
    role: Role,
    lacking: &[Lacking<'_>],
    since: Option<Time>,
) -> String {
    let names: Vec<&str> = lacking.iter().map(|(node, _)| node.meta.name.as_str()).collect();
    let are = if names.len() == 1 { "is" } else { "are" };
    let nodes = words::list(&names, NAMED);
    let agent = format!("{}/{}", set.meta.namespace, set.meta.name);
    let (what, so) = match role {
        Role::Network => {
            ("the network's agent", "new pods there may get no network, and old ones lose theirs")
        }
        Role::Proxy => ("kube-proxy", "addresses of Services may lead nowhere from there"),
        Role::Storage => {
            ("the storage driver's agent", "volumes of that driver can't be mounted or released there")
        }
        Role::Devices => ("the devices' agent", "pods can't be given its devices there"),
    };
    let had = match since {
        Some(since) => {
            let loops =
                |(_, lack): &Lacking<'_>| matches!(lack, Lack::NotReady(pod) if lack::loops(pod).is_some());
            // Between its ends it may count as ready.
            let had =
                if lacking.iter().any(loops) { "has failed again and again" } else { "has had no ready pod" };
            format!("{had} there since {}", hosting::clock(context, since))
        }
        None => "has no ready pod there".to_owned(),
    };
    format!("{nodes} {are} Ready, but {what} ({agent}) {had}: {}; {so}", states(lacking))
}

/// What there is instead: `in CrashLoopBackOff`, or by number where it isn't the same on all nodes.
fn states(lacking: &[Lacking<'_>]) -> String {
    let mut states = BTreeMap::<String, usize>::new();
    for (_, lack) in lacking {
        *states.entry(state(lack)).or_default() += 1;
    }
    let one = states.len() == 1;
    let mut states: Vec<(String, usize)> = states.into_iter().collect();
    states.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let say = |(state, number): (String, usize)| if one { state } else { format!("{number} {state}") };
    let states: Vec<String> = states.into_iter().map(say).collect();
    words::list(&states, NAMED)
}

fn state(lack: &Lack<'_>) -> String {
    match lack {
        Lack::NotReady(pod) => words::pod_state(pod),
        Lack::Unscheduled(_) => "its pod waits for the scheduler".to_owned(),
        Lack::Absent => "none at all, though nothing keeps it off".to_owned(),
        Lack::Kept(taint, _) => format!("kept off by the taint {}", written(taint)),
    }
}

/// `dedicated=gpu:NoSchedule`.
fn written(taint: &Taint) -> String {
    let equals = if taint.value.is_empty() { "" } else { "=" };
    format!("{}{equals}{}:{}", taint.key, taint.value, taint.effect)
}

pub(super) fn evidence(set: &DaemonSet, lacking: &[Lacking<'_>]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = lacking.iter().take(NAMED).filter_map(of_node).collect();
    let status = &set.status;
    let count = format!("{} of {} wanted", status.number_ready, status.desired_number_scheduled);
    evidence.push(Evidence::field(set, "status.numberReady", count, None));
    let pods = lacking.iter().filter_map(|(_, lack)| match lack {
        Lack::Kept(_, pod) => Some(*pod),
        _ => None,
    });
    evidence.extend(pods.take(1).map(|pod| {
        let since = lack::not_ready_since(pod);
        Evidence::field(pod, "status.conditions[Ready].status", "False", since)
    }));
    evidence
}

fn of_node((node, lack): &Lacking<'_>) -> Option<Evidence> {
    match lack {
        Lack::NotReady(pod) => {
            let since = lack::not_ready_since(pod);
            Some(Evidence::field(*pod, "status.conditions[Ready].status", "False", since))
        }
        Lack::Unscheduled(pod) => {
            let scheduled = pod.condition("PodScheduled");
            let said = scheduled.map_or("", |condition: &Condition| condition.message.as_str());
            let since = scheduled.and_then(|condition| condition.last_transition_time);
            Some(Evidence::field(*pod, "status.conditions[PodScheduled].message", said, since))
        }
        Lack::Kept(taint, _) => Some(Evidence::field(*node, "spec.taints", written(taint), taint.time_added)),
        Lack::Absent => {
            let ready = node.condition("Ready")?;
            Some(Evidence::field(
                *node,
                "status.conditions[Ready].status",
                "True",
                ready.last_transition_time,
            ))
        }
    }
}
