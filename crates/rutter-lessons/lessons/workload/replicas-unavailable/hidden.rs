//! What may be behind a lack of pods, and was not seen.

use rutter_cluster::{
    Unseen,
    objects::{Condition, Pod},
};

use super::workload::Workload;
use crate::{Context, leaders, starting};

pub(super) fn by(context: &Context<'_>, workload: &Workload<'_>, variant: &str) -> Option<Unseen> {
    match variant {
        "not-observed" | "missing-pods" | "stale" => leaders::record(context, leaders::MANAGER).err(),
        "cannot-schedule" => context.nodes().err(),
        "not-ready" | "new-revision" => of_pods(context, workload),
        _ => None,
    }
}

/// The pods, or the node of one that says nothing itself.
fn of_pods(context: &Context<'_>, workload: &Workload<'_>) -> Option<Unseen> {
    match context.unready_under(&workload.object) {
        Ok(pods) => {
            let mut silent = pods.into_iter().filter(|pod| says_nothing(pod));
            silent.find_map(|pod| context.node(&pod.spec.node_name).err())
        }
        Err(unseen) => Some(unseen),
    }
}

/// Whether nothing in the pod tells why it is not ready, so that its node may be the reason: its containers were well when the
/// node spoke last, or none was tried, or it is to go and does not.
fn says_nothing(pod: &Pod) -> bool {
    let gated = pod.condition("Ready").is_some_and(|ready| ready.reason == "ReadinessGatesNotReady");
    let well = pod.condition("ContainersReady").is_some_and(Condition::is_true);
    !pod.spec.node_name.is_empty()
        && (pod.meta.deleted.is_some() || well && !gated || !starting::was_tried(pod))
}
