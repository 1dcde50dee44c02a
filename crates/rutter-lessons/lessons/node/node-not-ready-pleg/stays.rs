//! What is left of a node whose runtime was overwhelmed when that is gone which did it.

use crate::Finding;

pub(super) fn stays(_: &Finding) -> Option<&'static str> {
    Some("if it is not Ready within a few minutes, its container runtime wants a restart")
}
