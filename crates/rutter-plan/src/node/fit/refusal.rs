//! Why nodes don't take a pod, counted as the scheduler counts.

use std::collections::BTreeMap;

use rutter_cluster::{Quantity, Str};

/// Why a node doesn't take a pod: the first thing that speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    /// It lacks a resource; so much of it is free, in thousandths.
    Lacks(Str, i64),
    /// It has as many pods as it may.
    Full,
    Taint(Str),
    Labels,
    /// A volume of the pod can't be used there.
    Volume(Str),
    /// A port of the host is taken.
    Port(i64),
    /// A pod is near which it must not be.
    Apart,
    /// There would be too many of its kind in one place.
    Spread,
    Cordoned,
    NotReady,
}

/// How many nodes refuse a pod, and why.
pub(super) struct Refusals {
    /// What it asks for.
    wants: Vec<(Str, i64)>,
    counts: BTreeMap<Refusal, usize>,
    /// The most that is free of what is lacking.
    free: BTreeMap<Str, i64>,
}

impl Refusals {
    pub(super) fn new(wants: Vec<(Str, i64)>) -> Self {
        Self { wants, counts: BTreeMap::new(), free: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, refusal: Refusal) {
        let refusal = match refusal {
            Refusal::Lacks(resource, free) => {
                let most = self.free.entry(resource.clone()).or_insert(free);
                *most = free.max(*most);
                Refusal::Lacks(resource, 0)
            }
            other => other,
        };
        *self.counts.entry(refusal).or_default() += 1;
    }

    /// `it fits on none of 4 other nodes: 2 lack cpu (it needs 500m, at most 320m are free), 1 has taint gpu, 1 is cordoned`.
    pub(super) fn words(&self, nodes: usize) -> String {
        if nodes == 0 {
            return "there is no other node".into();
        }
        let mut counted: Vec<(&Refusal, usize)> =
            self.counts.iter().map(|(why, count)| (why, *count)).collect();
        counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let why: Vec<String> = counted.into_iter().map(|(why, count)| self.phrase(why, count)).collect();
        let none = if nodes == 1 {
            "it does not fit on the other node".into()
        } else {
            format!("it fits on none of {nodes} other nodes")
        };
        format!("{none}: {}", why.join(", "))
    }

    fn phrase(&self, why: &Refusal, count: usize) -> String {
        let verb = |one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        match why {
            Refusal::Lacks(resource, _) => {
                let wanted =
                    self.wants.iter().find(|(name, _)| name == resource).map_or(0, |(_, wanted)| *wanted);
                let free = self.free.get(resource).copied().unwrap_or_default();
                format!(
                    "{} {resource} (it needs {}, at most {} free)",
                    verb("lacks", "lack"),
                    show(wanted),
                    is_free(free)
                )
            }
            Refusal::Full => format!("{} as many pods as allowed", verb("has", "have")),
            Refusal::Taint(key) => format!("{} taint {key}", verb("has", "have")),
            Refusal::Labels => {
                format!("{} its node selector or affinity", verb("doesn't match", "don't match"))
            }
            Refusal::Volume(name) => format!("{} out of reach of its volume {name}", verb("is", "are")),
            Refusal::Port(port) => format!("{} port {port} of the host in use", verb("has", "have")),
            Refusal::Apart => format!("{} pods that it must not be with", verb("has", "have")),
            Refusal::Spread => format!("{} make its spread too uneven", verb("would", "would")),
            Refusal::Cordoned => format!("{} cordoned", verb("is", "are")),
            Refusal::NotReady => format!("{} not ready", verb("is", "are")),
        }
    }
}

fn is_free(milli: i64) -> String {
    format!("{} {}", show(milli), if milli == 1000 { "is" } else { "are" })
}

fn show(milli: i64) -> String {
    if milli % 1000 == 0 { Quantity::from_units(milli / 1000).to_string() } else { format!("{milli}m") }
}
