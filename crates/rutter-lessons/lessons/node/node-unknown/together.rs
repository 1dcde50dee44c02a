//! Nodes that fell silent together: then what they share is suspected before any of them.

use rutter_cluster::{
    Str, Time,
    objects::{Condition, Node},
};

use crate::{Context, hosting};

/// Nodes that fall silent within this time of each other, in seconds, do so together.
const TOGETHER: i64 = 60;

/// As many are more than chance.
const MANY: usize = 3;

/// The nodes that fell silent together.
pub(super) struct Group {
    from: Time,
    to: Time,
    silent: usize,
    all: usize,
    /// The zone that they share, where others don't.
    zone: Option<String>,
}

/// The group of a node whose condition is this one, if there is one.
pub(super) fn group(context: &Context<'_>, ready: &Condition) -> Option<Group> {
    let at = ready.last_transition_time?;
    let nodes = context.nodes().ok()?;
    let counts = |node: &&Node| !hosting::is_virtual(node) && !hosting::is_leaving(node);
    let all = nodes.iter().filter(counts).count();
    let mut silent: Vec<(Time, &Node)> =
        nodes.iter().filter(counts).filter_map(|node| Some((silent_since(node)?, node))).collect();
    silent.sort_by_key(|(time, _)| *time);
    // A chain of silences without a gap: the same for each of its nodes.
    let mut chains = silent.chunk_by(|(a, _), (b, _)| b.since(*a) <= TOGETHER);
    let chain = chains.find(|chain| chain.iter().any(|(time, _)| *time == at))?;
    let (Some((from, first)), Some((to, _))) = (chain.first(), chain.last()) else { return None };
    let many = chain.len() >= MANY || (chain.len() > 1 && chain.len() * 2 >= all);
    let zone = zone(first).filter(|zone| {
        chain.iter().all(|(_, node)| self::zone(node) == Some(zone))
            && nodes.iter().any(|node| self::zone(node) != Some(zone))
    });
    let zone = zone.map(str::to_owned);
    many.then_some(Group { from: *from, to: *to, silent: chain.len(), all, zone })
}

fn silent_since(node: &Node) -> Option<Time> {
    let ready = node.condition("Ready").filter(|ready| ready.is_unknown())?;
    if ready.reason == "NodeStatusNeverUpdated" { None } else { ready.last_transition_time }
}

fn zone(node: &Node) -> Option<&str> {
    let labels = &node.meta.labels;
    let zone = labels.get("topology.kubernetes.io/zone");
    zone.or_else(|| labels.get("failure-domain.beta.kubernetes.io/zone")).map(Str::as_str)
}

impl Group {
    /// The same for all of them, so that it reads as one.
    pub(super) fn message(&self, context: &Context<'_>) -> String {
        let (silent, all) = (self.silent, self.all);
        let nodes =
            if silent == all { format!("all {all} nodes") } else { format!("{silent} of {all} nodes") };
        let from = hosting::clock(context, self.from);
        let when = match self.to.since(self.from) {
            0 => format!("at {from}"),
            seconds => format!("within {seconds}s from {from}"),
        };
        let suspect = match &self.zone {
            Some(zone) => {
                return format!(
                    "{nodes}, all in zone {zone}, stopped reporting {when}: suspect the zone's network or power, not each \
                     node, and force nothing"
                );
            }
            None if silent * 2 >= all => {
                "the control plane's side (API server, its load balancer, certificates)"
            }
            None => "what they share (switch, rack, network, image, certificates)",
        };
        format!("{nodes} stopped reporting {when}: suspect {suspect}, not each node, and force nothing")
    }
}
