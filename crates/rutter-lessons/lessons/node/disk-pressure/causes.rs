//! What a full disk explains: pods that had to go, or couldn't come.

use super::detect::DISK;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{all_on, in_time},
    pressure,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "evicted", relation: Relation::Hosts, check: evicts },
    Cause { explains: "image-pull", relation: Relation::Hosts, check: no_space },
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_space },
    Cause { explains: "image-gc-failed", relation: Relation::Same, check: nothing_to_free },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
];

/// The first signs of a full disk (a pull that fails) come while there is still a little left.
const FILLING: i64 = 1800;

/// Images are collected from 85 % of the disk on, and pods evicted at 90: the first may be hours before the second.
const COLLECTED: i64 = 86_400;

fn since(context: &Context<'_>, cause: &Finding) -> String {
    pressure::since(&DISK, context, cause)
}

fn evicts(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    pressure::evicts(&DISK, context, cause, effect)
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
        && !lacks_inodes(cause);
    fits.then(|| {
        let why = format!("the disk of {} is full of what is not unused images", cause.node);
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    pressure::keeps_off(&DISK, context, cause, effect)
}

/// Whether it is inodes that the node lacks: images are deleted by bytes.
fn lacks_inodes(finding: &Finding) -> bool {
    finding.evidence.iter().any(|evidence| {
        evidence.value.starts_with("Attempting to reclaim") && evidence.value.contains("inodes")
    })
}
