//! What follows when images can't be removed: the disk goes on filling.

use super::detect;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "disk-pressure", relation: Relation::Same, check: leads_to_pressure },
    Cause { explains: "image-pull", relation: Relation::Hosts, check: no_space },
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_space },
];

/// Collection runs every 5 minutes, so pressure may be seen first by as much and a little, in seconds.
const ROUND: i64 = 630;

fn is_space(cause: &Finding) -> bool {
    matches!(cause.variant, "nothing-to-free" | "partly-freed" | "deletion-errors")
}

/// Only if it is proven that images fill the disk: else the pressure is the cause, and the failure one of its effects.
fn leads_to_pressure(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let shortage = matches!(effect.variant, "pressure" | "flapping" | "tail" | "recovered");
    let order = in_time(cause, effect, ROUND) && (!cause.is_history() || effect.is_history());
    let fills = || {
        let proven = hosting::node_of(context, cause).is_some_and(|node| detect::images_fill(context, node));
        proven || cause.variant == "deletion-errors"
    };
    (is_space(cause) && shortage && order && !lacks_inodes(effect) && fills()).then(|| {
        let why = format!("images fill the disk of {}, and could not be deleted", cause.node);
        Because::new(Confidence::Certain, why)
    })
}

/// Images are deleted by bytes: that they can't be says nothing about inodes.
fn lacks_inodes(effect: &Finding) -> bool {
    effect.evidence.iter().any(|evidence| {
        evidence.value.starts_with("Attempting to reclaim") && evidence.value.contains("inodes")
    })
}

fn no_space(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "no-space"
        && is_space(cause)
        && !cause.is_history()
        && all_on(context, effect, cause)
        && in_time(cause, effect, ROUND);
    fits.then(|| {
        let why = format!(
            "the disk of {} is full, and its kubelet could free nothing by deleting images",
            cause.node
        );
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}
