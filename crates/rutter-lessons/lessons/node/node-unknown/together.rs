//! Nodes that fell silent together: then what they share is suspected before any of them.

use rutter_cluster::{
    Resource, Str, Time,
    objects::{Condition, Node},
};

use super::{ID, detect};
use crate::{
    Confidence, Context, Evidence, Finding, Severity, fencing,
    hosting::{self, Guests},
    words,
};

/// Nodes that fall silent within this time of each other, in seconds, do so together.
const TOGETHER: i64 = 60;

/// As many are more than chance.
const MANY: usize = 3;

/// Two that are noticed within this time of each other, in seconds, were missed in one and the same round of the control plane, which
/// looks each 5 s: that is no chance either.
const AT_ONCE: i64 = 2;

/// Two that are half of all are so only within this time, in seconds: what cuts off both at one moment is noticed a renewal of their leases
/// (10 s) and a round (5 s) apart at most.
const HALF: i64 = 15;

/// So many are named in the message, and shown as evidence.
const NAMED: usize = 3;

/// The nodes that fell silent together, the first first.
pub(super) struct Group<'c> {
    from: Time,
    to: Time,
    silent: Vec<&'c Node>,
    all: usize,
    /// The zone that they share, where others don't.
    zone: Option<String>,
}

/// The group of a node whose condition is this one, if there is one.
pub(super) fn group<'c>(context: &Context<'c>, ready: &Condition) -> Option<Group<'c>> {
    let at = ready.last_transition_time?;
    let nodes = context.nodes().ok()?;
    let counts = |node: &&Node| {
        !hosting::is_virtual(node) && !hosting::is_leaving(node) && !fencing::is_offline_by_design(node)
    };
    let all = nodes.iter().filter(counts).count();
    let mut silent: Vec<(Time, &Node)> =
        nodes.iter().filter(counts).filter_map(|node| Some((silent_since(node)?, node))).collect();
    silent.sort_by(|(a, one), (b, other)| (a, &one.meta.name).cmp(&(b, &other.meta.name)));
    // A chain of silences without a gap: the same for each of its nodes.
    let mut chains = silent.chunk_by(|(a, _), (b, _)| b.since(*a) <= TOGETHER);
    let chain = chains.find(|chain| chain.iter().any(|(time, _)| *time == at))?;
    let (Some((from, first)), Some((to, _))) = (chain.first(), chain.last()) else { return None };
    // Of a machine that somebody shut down it is known why.
    let unknown = |(_, node): &(Time, &Node)| fencing::machine(node).is_none() && !node.spec.unschedulable;
    let at_once = to.since(*from) <= AT_ONCE && chain.iter().all(unknown);
    let is_half = chain.len() * 2 >= all && to.since(*from) <= HALF;
    let many = chain.len() >= MANY || (chain.len() > 1 && (at_once || is_half));
    let zone = zone(first).filter(|zone| {
        chain.iter().all(|(_, node)| self::zone(node) == Some(zone))
            && nodes.iter().any(|node| self::zone(node) != Some(zone))
    });
    let zone = zone.map(str::to_owned);
    let silent = chain.iter().map(|(_, node)| *node).collect();
    many.then_some(Group { from: *from, to: *to, silent, all, zone })
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

impl Group<'_> {
    /// Whether it is the node that speaks for all.
    pub(super) fn is_first(&self, node: &Node) -> bool {
        self.silent.first().is_some_and(|first| first.meta.name == node.meta.name)
    }

    /// The one finding about all of them, which stands at the first.
    pub(super) fn finding(&self, context: &Context<'_>, node: &Node, ready: &Condition) -> Finding {
        let mut finding = Finding::about(ID, node);
        finding.variant = "many-at-once";
        finding.since = Some(self.from);
        if self.silent.len() < MANY && self.silent.len() * 2 < self.all {
            finding.confidence = Confidence::Likely;
        }
        finding.message = self.message(context);
        finding.instances = self.silent.iter().map(|node| node.object_ref()).collect();
        finding.instances.sort();
        let severity = |node: &&Node| hosting::severity(context, node, Guests::of(context, node).as_ref());
        finding.severity = self.silent.iter().map(severity).max().unwrap_or(Severity::High);
        finding.evidence = detect::evidence(context, node, ready, None);
        let others = self.silent.iter().skip(1).take(NAMED - 1);
        finding.evidence.extend(others.filter_map(|node| {
            let ready = node.condition("Ready")?;
            let said = format!("{}: {}", ready.reason, ready.message);
            Some(Evidence::field(*node, "status.conditions[Ready]", said, ready.last_transition_time))
        }));
        finding
    }

    fn message(&self, context: &Context<'_>) -> String {
        let (silent, all) = (self.silent.len(), self.all);
        let names: Vec<String> = self.silent.iter().map(|node| node.meta.name.to_string()).collect();
        let names = words::list(&names, NAMED);
        let nodes = if silent == all {
            format!("all {all} nodes ({names})")
        } else {
            format!("{silent} of {all} nodes ({names})")
        };
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
            None => "what they share (host machine, rack, switch, network, image, certificates)",
        };
        format!("{nodes} stopped reporting {when}: suspect {suspect}, not each node, and force nothing")
    }
}
