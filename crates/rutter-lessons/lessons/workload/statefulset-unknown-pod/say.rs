//! What is said of a member that a silent node holds: what is known, what is not, and what that means for its data.

use rutter_cluster::{
    Time,
    objects::{Event, Node, Pod},
};

use super::detect::{Held, How};
use crate::{
    Context, fencing, hosting,
    members::{Data, Quorum},
    words,
};

/// So many are named.
const NAMED: usize = 3;

/// A node that fell silent so often within what events remember is slow or badly connected rather than dead.
const OFTEN: i64 = 3;

pub(super) fn message(context: &Context<'_>, all: &[Held<'_>], quorum: &Quorum) -> String {
    let Some(held) = all.first() else { return String::new() };
    let (names, nodes) = (names(all), nodes(all));
    let since = silent_since(context, held.node)
        .map_or_else(String::new, |time| format!(" since {}", hosting::clock(context, time)));
    let (is, it, have) = if all.len() == 1 { ("is", "it", "has") } else { ("are", "they", "have") };
    let silent = if nodes.len() == 1 { "has" } else { "have" };
    let nodes = words::list(&nodes, NAMED);
    let what = match held.how {
        How::Waits => {
            format!("{names} {is} not replaced: deleted on {nodes}, which {silent} not reported{since}")
        }
        How::Kept => format!(
            "{names} {is} not replaced: {nodes} {silent} not reported{since}, and {it} {have} a toleration of that without end, so \
             that {it} {is} not even deleted"
        ),
        How::TakenOver(_) => format!(
            "{names} {is} made anew, but {nodes}, which {silent} not reported{since}, still {} the volume",
            if silent == "has" { "holds" } else { "hold" }
        ),
    };
    let known = known(context, held);
    let data = data(context, held.pod).map_or_else(String::new, |data| format!("; {data}"));
    format!("{what}; {known}{data}; {}", quorum.phrase())
}

fn names(all: &[Held<'_>]) -> String {
    let names: Vec<&str> = all.iter().map(|one| one.pod.meta.name.as_str()).collect();
    words::list(&names, NAMED)
}

/// The silent nodes, each once.
fn nodes<'n>(all: &[Held<'n>]) -> Vec<&'n str> {
    let mut nodes: Vec<&str> = all.iter().map(|one| one.node.meta.name.as_str()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// Since when nothing was heard of a node: by its lease, else when that was noticed. Its heartbeat is read by questions about
/// the node itself only.
pub(super) fn silent_since(context: &Context<'_>, node: &Node) -> Option<Time> {
    let lease = context.node_lease(&node.meta.name).ok().flatten();
    let noticed = node.condition("Ready")?.last_transition_time;
    lease.and_then(|lease| lease.spec.renew_time).or(noticed)
}

/// Dead, cut off or slow: what speaks for one of them.
fn known(context: &Context<'_>, held: &Held<'_>) -> String {
    if held.node.taint(fencing::OUT_OF_SERVICE).is_some() {
        return "the node was declared out of service, which should strike its pods off within a minute"
            .to_owned();
    }
    if let Some(said) = fencing::machine(held.node) {
        return said.to_owned();
    }
    let which = if matches!(held.how, How::TakenOver(_)) { "its predecessor" } else { "it" };
    match falls(context, held.node) {
        falls @ OFTEN.. => format!(
            "whether {which} still runs there is not known, and a node that fell silent {falls} times in a short time is rather slow \
             or badly connected than dead"
        ),
        _ => format!(
            "whether {which} still runs there is not known, because dead, cut off and slow look the same"
        ),
    }
}

/// How often the control plane noticed a silence, as far as events remember.
fn falls(context: &Context<'_>, node: &Node) -> i64 {
    let events = context.events(node).unwrap_or_default();
    let noticed =
        |event: &&Event| event.reason == "NodeNotReady" && event.component().contains("node-controller");
    events.into_iter().filter(noticed).map(Event::occurrences).fold(0, i64::saturating_add)
}

/// What its data adds: a volume that no other node has, or one that two may write to.
fn data(context: &Context<'_>, pod: &Pod) -> Option<String> {
    let data = Data::of(context, pod);
    if let Some((claim, node)) = data.local() {
        return Some(format!(
            "the volume of claim {} lies on {node} alone, so a successor would wait for {node}, too",
            claim.name
        ));
    }
    let shared = data.claims.iter().find(|claim| claim.is_shared())?;
    Some(format!(
        "claim {} may be mounted by two nodes at a time, so nothing keeps two writers apart",
        shared.name
    ))
}
