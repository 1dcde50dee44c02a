//! A shortage for which a kubelet evicts pods: what the lessons about the disk and about memory have in common.
//!
//! Variants: `pressure` (the kubelet evicts, and takes no new pods), `tail` (the condition outlasts a shortage that is over),
//! `flapping` (in and out of it, out at the moment), `taint-only` (the taint without the condition), `recovered` (history).

mod causes;
mod detect;
mod facts;
mod say;
mod steps;

use rutter_cluster::objects::{Node, Pod};

pub(crate) use self::{
    causes::{evicts, keeps_off, since},
    detect::evaluate,
    facts::Facts,
    steps::{controllers, untaint, wait},
};
use crate::{Context, Evidence, texts::eviction::Resource};

/// Which shortage.
pub(crate) struct Pressure {
    /// The lesson's id.
    pub(crate) lesson: &'static str,
    /// The node's condition.
    pub(crate) condition: &'static str,
    /// As in `disk pressure`.
    pub(crate) name: &'static str,
    /// The taint that the control plane makes of the condition.
    pub(crate) taint: &'static str,
    /// What becomes of pods that are sent there all the same.
    pub(crate) sent: &'static str,
    /// Whether a resource is one of those that lack.
    pub(crate) is_it: fn(Resource<'_>) -> bool,
    /// What is known of it on a node, from which these pods were evicted, the newest last.
    pub(crate) shortage: fn(&Context<'_>, &Node, &Facts<'_>, &[&Pod]) -> Shortage,
}

/// What is known of a shortage.
#[derive(Default)]
pub(crate) struct Shortage {
    /// What the node is short of.
    pub(crate) what: String,
    /// How short it is, to stand in brackets.
    pub(crate) details: Vec<String>,
    /// What else to say of it, the nearest cause first.
    pub(crate) parts: Vec<String>,
    /// What of that holds although the node isn't short at the moment.
    pub(crate) lasting: Option<String>,
    /// What proves it.
    pub(crate) evidence: Vec<Evidence>,
}
