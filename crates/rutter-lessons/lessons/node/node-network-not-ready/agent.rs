//! The pod that should set up the network of a node: known by the folder of CNI that it mounts, whatever its name.

use rutter_cluster::{
    Resource,
    objects::{Condition, Node, Pod},
};

use crate::{Context, Evidence, words};

/// How many pods of other nodes are looked through for one.
const MOST: usize = 20_000;

pub(super) struct Agent {
    /// To stand behind a semicolon.
    pub(super) phrase: String,
    pub(super) evidence: Option<Evidence>,
}

pub(super) fn agent(context: &Context<'_>, node: &Node) -> Option<Agent> {
    let pods = context.pods_on(&node.meta.name).ok()?;
    let agents: Vec<&Pod> = pods.into_iter().filter(|pod| is_agent(pod)).collect();
    if let Some(pod) = agents.iter().find(|pod| !pod.is_ready()) {
        return Some(Agent {
            phrase: format!("its agent {} is not ready there ({})", owner(pod), words::pod_state(pod)),
            evidence: Some(ready(pod)),
        });
    }
    if let Some(pod) = agents.first() {
        return Some(Agent {
            phrase: format!("its agent {} runs there and is Ready, so read its log", owner(pod)),
            evidence: Some(ready(pod)),
        });
    }
    let elsewhere = context.pods_anywhere().iter().take(MOST).find(|pod| is_agent(pod));
    let phrase = match elsewhere {
        Some(pod) => format!("its agent {} has no pod there", owner(pod)),
        None => "no pod of a network's agent was seen on any node".to_owned(),
    };
    Some(Agent { phrase, evidence: None })
}

/// It writes its configuration to the host, and needs the host's network because there is no other yet.
fn is_agent(pod: &Pod) -> bool {
    let mounts = |path: &str| path.contains("/cni") && !path.contains("/calico/cni");
    pod.spec.host_network
        && !pod.is_finished()
        && pod
            .spec
            .volumes
            .iter()
            .filter_map(|volume| volume.host_path.as_ref())
            .any(|host| mounts(&host.path))
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
