//! What a person chooses about a plan for nodes, in kubectl's words where it has them.

use std::{collections::BTreeSet, fmt, str::FromStr};

use rutter_cluster::LabelSelector;

/// How nodes are drained.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line, each a choice of its own")]
pub struct DrainOptions {
    /// Whether pods may lose what they keep in `emptyDir` volumes.
    pub delete_emptydir_data: bool,
    /// Whether pods that nothing makes again may go, and whatever else says so in its remark.
    pub force: bool,
    /// Seconds for each pod to end; its own if none are given.
    pub grace_seconds: Option<i64>,
    /// Seconds that each step may take beside the grace of its pod.
    pub timeout_seconds: Option<u64>,
    /// Only pods with these labels go; all if none are given.
    pub pod_selector: Option<LabelSelector>,
    /// So many nodes may be away at once, these included.
    pub max_unavailable: Option<Share>,
    /// Whether Deployments of one replica get a second one before they lose theirs.
    pub surge: bool,
    /// Budgets (`namespace/name`) that are not heeded: their pods are deleted instead of evicted.
    pub bypass_budgets: BTreeSet<String>,
    /// Whether evictions that a budget refuses now are waited for, up to the step's deadline.
    pub wait_for_budgets: bool,
    /// So many steps run side by side.
    pub parallel: usize,
}

impl Default for DrainOptions {
    fn default() -> Self {
        Self {
            delete_emptydir_data: false,
            force: false,
            grace_seconds: None,
            timeout_seconds: None,
            pod_selector: None,
            max_unavailable: None,
            surge: false,
            bypass_budgets: BTreeSet::new(),
            wait_for_budgets: false,
            parallel: 5,
        }
    }
}

impl DrainOptions {
    /// Seconds that a step may take.
    pub(super) fn patience(&self) -> u64 {
        self.timeout_seconds.unwrap_or(600)
    }
}

/// How nodes are taken out, worked on and taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct MaintainOptions {
    /// How they are drained.
    pub drain: DrainOptions,
    /// What tells that the work is done.
    pub until: WorkDone,
    /// Seconds that a node must have been Ready before it is taken back.
    pub ready_seconds: i64,
}

impl Default for MaintainOptions {
    fn default() -> Self {
        Self { drain: DrainOptions::default(), until: WorkDone::default(), ready_seconds: READY }
    }
}

/// What tells that the work on a node is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WorkDone {
    /// A person says so.
    #[default]
    Confirmed,
    /// The node has been started again.
    Reboot,
}

/// How nodes are taken back into service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreOptions {
    /// Seconds that a node must have been Ready before it is taken back.
    pub ready_seconds: i64,
    /// Seconds that each step may take.
    pub timeout_seconds: Option<u64>,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self { ready_seconds: READY, timeout_seconds: None }
    }
}

/// How nodes are deleted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeleteOptions {
    /// How they are drained before.
    pub drain: DrainOptions,
}

/// A node that has just become Ready may lose its network or its volumes again.
const READY: i64 = 120;

/// A number of nodes, or a part of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Nodes(u64),
    /// So many of a hundred, rounded up: one of three is 10 %.
    Percent(u64),
}

impl Share {
    /// How many that is of so many nodes.
    pub fn of(self, all: usize) -> u64 {
        match self {
            Self::Nodes(number) => number,
            Self::Percent(percent) => (all as u64).saturating_mul(percent).div_ceil(100),
        }
    }
}

impl FromStr for Share {
    type Err = String;

    /// Reads `3` or `10%`.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |digits: &str| {
            digits
                .parse::<u64>()
                .map_err(|_| format!("{text:?} is neither a number of nodes nor a percentage"))
        };
        match text.strip_suffix('%') {
            Some(digits) => match number(digits)? {
                percent @ 0..=100 => Ok(Self::Percent(percent)),
                _ => Err(format!("{text:?} is more than all nodes")),
            },
            None => number(text).map(Self::Nodes),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nodes(number) => write!(f, "{number}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_number_or_a_percentage_rounded_up() {
        let of = |text: &str, all| text.parse::<Share>().map(|share| share.of(all));
        assert_eq!((of("3", 100), of("10%", 11), of("10%", 3), of("0%", 9)), (Ok(3), Ok(2), Ok(1), Ok(0)));
        for bad in ["", "%", "x", "-1", "1.5", "101%"] {
            assert!(of(bad, 10).is_err(), "{bad}");
        }
    }
}
