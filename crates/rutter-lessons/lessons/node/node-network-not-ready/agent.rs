//! The pod that should set up the network of a node: known by the folder of CNI that it mounts, whatever its name.

use rutter_cluster::{
    Resource,
    objects::{Condition, Node, Pod},
};

use crate::{Context, Evidence, Seen, agents, words};

/// On how many other nodes one is looked for: it runs on all of them, or it isn't there.
const MOST: usize = 20;

pub(super) struct Agent {
    /// To stand behind a semicolon.
    pub(super) phrase: String,
    pub(super) evidence: Option<Evidence>,
}

pub(super) fn agent(context: &Context<'_>, node: &Node) -> Option<Agent> {
    if let Some(pod) = on_node(context, node).ok()? {
        let phrase = if pod.is_ready() {
            format!("its agent {} runs there and is Ready, so read its log", owner(pod))
        } else {
            format!("its agent {} is not ready there ({})", owner(pod), words::pod_state(pod))
        };
        return Some(Agent { phrase, evidence: Some(ready(pod)) });
    }
    let nodes = context.nodes().unwrap_or_default().iter().take(MOST);
    let pods = nodes.flat_map(|node| context.pods_on(&node.meta.name).unwrap_or_default());
    let elsewhere = pods.into_iter().find(|pod| is_agent(pod));
    let phrase = match elsewhere {
        Some(pod) => format!("its agent {} has no pod there", owner(pod)),
        None => "no pod of a network's agent was seen on any node".to_owned(),
    };
    Some(Agent { phrase, evidence: None })
}

/// The agent's pod on that node, one that isn't ready before others.
pub(super) fn on_node<'c>(context: &Context<'c>, node: &Node) -> Seen<Option<&'c Pod>> {
    let pods = context.pods_on(&node.meta.name)?;
    Ok(pods.into_iter().filter(|pod| is_agent(pod)).min_by_key(|pod| pod.is_ready()))
}

fn is_agent(pod: &Pod) -> bool {
    !pod.is_finished() && agents::sets_up_network(&pod.spec)
}

fn owner(pod: &Pod) -> String {
    let name = pod.meta.controller().map_or(pod.meta.name.as_str(), |owner| owner.name.as_str());
    format!("{}/{name}", pod.object_ref().namespace)
}

fn ready(pod: &Pod) -> Evidence {
    let ready = pod.condition("Ready");
    let status = ready.map_or("", |ready| ready.status.as_str());
    let since = ready.and_then(|ready: &Condition| ready.last_transition_time);
    Evidence::field(pod, "status.conditions[Ready].status", status, since)
}
