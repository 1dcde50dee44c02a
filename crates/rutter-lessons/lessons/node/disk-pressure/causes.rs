//! What a full disk explains: pods that had to go, or couldn't come.

use rutter_cluster::objects::Pod;

use super::facts;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "evicted", relation: Relation::Hosts, check: evicts },
    Cause { explains: "image-pull", relation: Relation::Hosts, check: no_space },
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_space },
    Cause { explains: "image-gc-failed", relation: Relation::Same, check: nothing_to_free },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
];

/// The kubelet evicts in the loop in which it notices, and reports the condition up to 10 s later; the first signs of a full
/// disk (a pull that fails) come while there is still a little left.
const NOTICED: i64 = 60;
const FILLING: i64 = 1800;

/// Images are collected from 85 % of the disk on, and pods evicted at 90: the first may be hours before the second.
const COLLECTED: i64 = 86_400;

fn since(context: &Context<'_>, cause: &Finding) -> String {
    let at = hosting::when(context, cause, "since");
    match cause.variant {
        "recovered" => format!("{} was under disk pressure", cause.node),
        _ => format!("{} has been under disk pressure{at}", cause.node),
    }
}

/// The pods' own messages name the disk of their node.
fn evicts(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "node-low" | "rejected")
        && cause.variant != "taint-only"
        && (!cause.is_history() || effect.is_history())
        && in_time(cause, effect, NOTICED);
    let pods: Vec<&Pod> = effect.instances.iter().filter_map(|instance| context.pod(instance)).collect();
    let mine = pods.iter().filter(|pod| pod.spec.node_name == cause.node && facts::is_victim(pod)).count();
    if !fits || mine == 0 {
        return None;
    }
    let confidence = if mine == pods.len() { Confidence::Certain } else { Confidence::Likely };
    Some(Because::new(confidence.min(cause.confidence), since(context, cause)))
}

fn no_space(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "no-space"
        && matches!(cause.variant, "pressure" | "flapping" | "tail")
        && all_on(context, effect, cause)
        && in_time(cause, effect, FILLING);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), since(context, cause)))
}

/// Images that can't be freed are how a disk shows that other things fill it. Where it is proven that images do, lesson
/// image-gc-failed is surer that it is the cause.
fn nothing_to_free(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "nothing-to-free" | "partly-freed")
        && matches!(cause.variant, "pressure" | "flapping" | "tail" | "recovered")
        && cause.is_history() == effect.is_history()
        && in_time(cause, effect, COLLECTED)
        && !facts::lacks_inodes(cause);
    fits.then(|| {
        let why = format!("the disk of {} is full of what is not unused images", cause.node);
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    hosting::keeps_off(cause, effect, &["node.kubernetes.io/disk-pressure"], NOTICED).then(|| {
        let why = format!("{}, and takes no new pods for that", since(context, cause));
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}
