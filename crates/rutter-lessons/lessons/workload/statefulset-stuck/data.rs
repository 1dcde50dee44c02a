//! What becomes of a pod's data when it is deleted, in words.

use rutter_cluster::objects::Pod;

use crate::{Context, members::Data, words};

/// So many are named.
const NAMED: usize = 3;

/// To stand behind a colon: what stays, what is lost, and where the next pod must run.
pub(super) fn phrase(context: &Context<'_>, pod: &Pod, data: &Data<'_>) -> String {
    let node = &pod.spec.node_name;
    let mut parts = Vec::new();
    if !data.claims.is_empty() {
        parts.push(format!("{} stays", data.claims_phrase()));
    }
    parts.extend(local(context, data));
    if !data.host_paths.is_empty() {
        let paths = words::list(&data.host_paths, NAMED);
        parts.push(format!("{paths} of {node} is not there for it on another node"));
    }
    if !data.lost.is_empty() {
        parts.push(format!("what is in {} is lost", words::list(&data.lost, NAMED)));
    }
    if parts.is_empty() { "it keeps none in volumes".to_owned() } else { parts.join("; ") }
}

fn local(context: &Context<'_>, data: &Data<'_>) -> Option<String> {
    let (claim, node) = data.local()?;
    let found = context.node(node).ok().flatten();
    let but = match found {
        Some(node) if node.spec.unschedulable => {
            ", which is cordoned: uncordon it first, or the pod stays Pending"
        }
        Some(node) if !node.is_ready() => ", which is not Ready: wait for it",
        _ => "",
    };
    Some(format!("the volume of {} lies on {node} alone, so the next pod must run there{but}", claim.name))
}
