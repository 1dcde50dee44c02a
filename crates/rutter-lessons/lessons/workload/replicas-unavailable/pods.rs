//! The pods of a workload that aren't ready.

use std::collections::BTreeMap;

use rutter_cluster::{Time, objects::Pod};

use super::workload::{Kind, Workload};
use crate::{
    Context, Evidence, containers,
    starting::{only_starts, unready_since, was_ready},
    texts::scheduling,
    words,
};

/// A pod may take this long, in seconds, from its creation until it runs.
const YOUNG: i64 = 120;

/// And this long until it is ready, if nothing goes wrong.
const SLOW: i64 = 300;

/// How many pods that only seem to be a workload's are looked at: enough for the largest, so that the counts are right.
const MOST: usize = 20_000;

/// Those that are wanted and aren't ready.
pub(super) struct Unready<'c> {
    pub(super) pods: Vec<&'c Pod>,
}

/// `None` if pods were not seen.
pub(super) fn unready<'c>(context: &Context<'c>, workload: &Workload<'_>) -> Option<Unready<'c>> {
    let mut pods = lacking(context, workload)?;
    // Those that are being removed are not wanted any more; a StatefulSet waits for them all the same.
    let leaves = |pod: &&Pod| pod.meta.deleted.is_some();
    if !matches!(workload.kind, Kind::StatefulSet(_)) || !pods.iter().all(leaves) {
        pods.retain(|pod| !leaves(pod));
    }
    Some(Unready { pods })
}

/// Its pods that should be ready and aren't.
fn lacking<'c>(context: &Context<'c>, workload: &Workload<'_>) -> Option<Vec<&'c Pod>> {
    let unready = context.unready_under(&workload.object).ok()?;
    // Of thousands, those that are well are not looked at; those known by their labels only are in no index.
    if !unready.is_empty() || context.any_pod_under(&workload.object, |_| true).ok()? {
        return Some(unready);
    }
    Some(own(context, workload)?.into_iter().filter(|pod| pod.is_unready()).collect())
}

/// How many pods of the workload are known in all, whatever their state.
pub(super) fn known(context: &Context<'_>, workload: &Workload<'_>) -> i64 {
    let all = own(context, workload).unwrap_or_default();
    i64::try_from(all.len()).unwrap_or(i64::MAX)
}

/// Its pods. Without ReplicaSets in the source, a Deployment's are known by their labels and their owner's name.
fn own<'c>(context: &Context<'c>, workload: &Workload<'_>) -> Option<Vec<&'c Pod>> {
    let pods = context.pods_under(&workload.object).ok()?;
    let Kind::Deployment(deployment) = workload.kind else { return Some(pods) };
    if !pods.is_empty() || context.replica_sets(deployment).is_ok() {
        return Some(pods);
    }
    let labels = &workload.template.meta.labels;
    let start = format!("{}-", workload.object.name);
    let mine = |pod: &&Pod| {
        let set = pod.meta.controller().filter(|owner| owner.kind == "ReplicaSet");
        set.is_some_and(|set| set.name.starts_with(start.as_str()))
            && labels.iter().all(|(key, value)| pod.meta.labels.get(key) == Some(value))
    };
    Some(context.pods_in(&workload.object.namespace).ok()?.iter().filter(mine).take(MOST).collect())
}

/// Whether a pod was made, or became ready, so short a time ago that its controller may wait before it makes the next.
pub(super) fn moves(context: &Context<'_>, workload: &Workload<'_>) -> bool {
    let wait = workload.min_ready.clamp(0, 86_400).saturating_add(super::START);
    let young = |time: Option<Time>| time.is_some_and(|time| context.may_be_younger(time, wait));
    let changed = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let pods = context.pods_under(&workload.object).unwrap_or_default();
    pods.iter().any(|pod| young(pod.meta.created) || young(changed(pod)))
}

impl Unready<'_> {
    /// Whether all of them may just be starting (new, within what their probes allow, waiting for the autoscaler's node),
    /// or leaving.
    pub(super) fn are_young(&self, context: &Context<'_>) -> bool {
        self.pods.iter().all(|pod| {
            // A deletion's time is when its grace period ends: ahead, while that lasts.
            if let Some(deleted) = pod.meta.deleted {
                return context.may_be_younger(deleted, super::START);
            }
            let lost = unready_since(pod).is_some_and(|since| context.may_be_younger(since, super::START));
            if was_ready(pod) {
                return lost;
            }
            let start = if only_starts(pod) { SLOW } else { YOUNG };
            let new = pod.meta.created.is_some_and(|created| context.may_be_younger(created, start));
            let restarted = pod.container_statuses().any(|(status, _)| status.restart_count > 0);
            let slow = only_starts(pod) && containers::starts(context, pod);
            lost || (new && !restarted) || slow || containers::autoscaler_works(context, pod)
        })
    }

    /// The lease that shows that they stand by: they run and never failed, while a ready replica leads.
    pub(super) fn stand_by(&self, context: &Context<'_>, workload: &Workload<'_>) -> Option<Evidence> {
        let well = |pod: &&Pod| {
            !pod.status.container_statuses.is_empty()
                && pod.container_statuses().all(|(status, must_end)| {
                    must_end || (status.restart_count == 0 && status.state.running.is_some())
                })
        };
        if !self.pods.iter().all(well) {
            return None;
        }
        let mut ready = own(context, workload)?;
        ready.retain(|pod| pod.is_ready());
        let lease = containers::leads(context, &workload.object.namespace, &ready)?;
        let holder = lease.spec.holder_identity.as_str();
        Some(Evidence::field(lease, "spec.holderIdentity", holder, lease.spec.renew_time))
    }

    /// Since when the first of them hasn't been ready.
    pub(super) fn since(&self) -> Option<Time> {
        self.pods.iter().filter_map(|pod| unready_since(pod)).min()
    }

    /// What they do instead, by number; of a DaemonSet also where.
    pub(super) fn states(&self, workload: &Workload<'_>) -> String {
        let states = words::pod_states(self.pods.iter().copied());
        if !matches!(workload.kind, Kind::DaemonSet) {
            return states;
        }
        let mut nodes: Vec<&str> = self.pods.iter().map(|pod| pod.spec.node_name.as_str()).collect();
        nodes.retain(|node| !node.is_empty());
        nodes.sort_unstable();
        nodes.dedup();
        if nodes.is_empty() { states } else { format!("{states} (on {})", words::list(&nodes, 3)) }
    }

    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let one = |pod: &&Pod| {
            let value = format!("not True: {}", words::pod_state(pod));
            Evidence::field(*pod, "status.conditions[Ready].status", value, unready_since(pod))
        };
        self.pods.iter().take(2).map(one).collect()
    }

    /// If all of them wait for a node: why, in the scheduler's reasons.
    pub(super) fn without_node(&self) -> Option<String> {
        let said = self.pods.iter().map(|pod| {
            let condition = pod.condition("PodScheduled").filter(|scheduled| scheduled.is_false());
            condition
                .filter(|condition| pod.spec.node_name.is_empty() && condition.reason != "SchedulingGated")
        });
        let said: Vec<_> = said.collect::<Option<Vec<_>>>()?;
        let mut reasons = BTreeMap::<String, usize>::new();
        for condition in &said {
            for (_, reason) in scheduling::parse(&condition.message).reasons {
                *reasons.entry(reason.to_string()).or_default() += 1;
            }
        }
        let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        let reasons: Vec<String> = reasons.into_iter().map(|(reason, _)| reason).collect();
        let why = if reasons.is_empty() {
            "the scheduler doesn't say why".to_owned()
        } else {
            words::list(&reasons, 3)
        };
        let number = said.len();
        Some(format!(
            "{} no node ({why})",
            if number == 1 { "a pod has".to_owned() } else { format!("{number} pods have") }
        ))
    }
}

/// A pod of a StatefulSet that holds up the others.
pub(super) struct Blocked {
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// The lowest ordinal that isn't ready, where pods are made in order: the next are not made before it is ready. That a
/// changed template doesn't reach it either is told by `statefulset-stuck`.
pub(super) fn blocked(workload: &Workload<'_>, unready: &Unready<'_>) -> Option<Blocked> {
    let Kind::StatefulSet(set) = workload.kind else { return None };
    if set.spec.pod_management_policy == "Parallel" {
        return None;
    }
    let (first, pod) =
        unready.pods.iter().filter_map(|pod| Some((ordinal(pod)?, *pod))).min_by_key(|(at, _)| *at)?;
    let next = first.saturating_add(1);
    let last = set.spec.ordinals.start.saturating_add(workload.wanted);
    if workload.made >= workload.wanted || next >= last {
        return None;
    }
    let later = if next + 1 < last { " and later ones" } else { "" };
    let phrase = format!("{} keeps {}-{next}{later} from being made", pod.meta.name, workload.object.name);
    let count =
        workload.field("status.replicas", format!("{} of {} wanted", workload.made, workload.wanted), None);
    Some(Blocked { phrase, evidence: count })
}

fn ordinal(pod: &Pod) -> Option<i64> {
    pod.meta.name.rsplit_once('-')?.1.parse().ok()
}
