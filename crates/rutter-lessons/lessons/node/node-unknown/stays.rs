//! What is left of a silent node when that is gone which silenced it.

use crate::Finding;

pub(super) fn stays(_: &Finding) -> Option<&'static str> {
    Some("if it is not Ready within a few minutes, its kubelet or the machine wants a restart")
}
