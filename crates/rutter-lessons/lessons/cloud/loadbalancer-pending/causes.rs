//! What a Service without an address from outside explains: nothing inside the cluster waits for it.

use crate::Cause;

pub(super) const CAUSES: &[Cause] = &[];
