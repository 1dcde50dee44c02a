//! What pods keep on the node.

use rutter_cluster::{
    Cluster,
    objects::{Node, Pod, Volume},
    placement,
};

use super::{After, Remarks, few, object};
use crate::node::{pods::Departure, work::Work};

/// Folders of a host in which nobody keeps data.
const NOT_DATA: [&str; 9] =
    ["/dev", "/etc", "/lib/modules", "/proc", "/run", "/sys", "/usr", "/var/log", "/var/run"];

pub(super) fn look(work: &Work<'_>, departure: &Departure<'_>, after: After, all: &mut Remarks) {
    for going in &departure.going {
        let pod = going.pod;
        let empty: Vec<String> = pod.spec.volumes.iter().filter_map(empty_dir).collect();
        if !empty.is_empty() {
            let text = format!("what it keeps in emptyDir {} is deleted with it", few(&empty));
            all.unless(work.options.delete_emptydir_data, "--delete-emptydir-data", object(pod), text);
        }
        let host: Vec<String> = pod.spec.volumes.iter().filter_map(host_path).collect();
        if !host.is_empty() {
            let text =
                format!("it uses {} of {}: what is there does not go with it", few(&host), departure.object);
            all.risk(object(pod), text, "");
        }
        if let Some((claim, volume)) = pinned(work.cluster, pod, departure.node) {
            let waits = match after {
                After::Deleted => "its next pod finds no place, and the data are lost with the node",
                After::ComeBack(_) | After::StayAway => "its next pod waits until the node is back",
            };
            let text =
                format!("volume {volume} of its claim {claim} is on {} only: {waits}", departure.object);
            all.unless(work.options.force, "--force", object(pod), text);
        }
    }
}

/// `cache`, `tmp (Memory)`, `data (up to 10Gi)`.
fn empty_dir(volume: &Volume) -> Option<String> {
    let dir = volume.empty_dir.as_ref()?;
    let limit = dir.size_limit.map(|limit| format!("up to {limit}"));
    let medium = (!dir.medium.is_empty()).then(|| dir.medium.to_string());
    let more: Vec<String> = medium.into_iter().chain(limit).collect();
    Some(if more.is_empty() {
        volume.name.to_string()
    } else {
        format!("{} ({})", volume.name, more.join(", "))
    })
}

fn host_path(volume: &Volume) -> Option<String> {
    let path = volume.host_path.as_ref()?.path.trim_end_matches('/');
    let is_in = |folder: &&str| {
        path.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let shown = if path.is_empty() { "/" } else { path };
    (!NOT_DATA.iter().any(is_in)).then(|| shown.to_owned())
}

/// A claim of the pod whose volume is on this node and no other, and the volume.
pub(in crate::node) fn pinned(cluster: &Cluster, pod: &Pod, node: &Node) -> Option<(String, String)> {
    let names = pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume));
    let mut claims = names.filter_map(|name| cluster.claims.get(&pod.meta.namespace, &name));
    claims.find_map(|claim| {
        let volume = cluster.volumes.get("", &claim.spec.volume_name)?;
        let only = placement::only_node(&volume.spec.node_terms)?;
        let is_here = placement::own_names(node).any(|name| name == only.as_str());
        is_here.then(|| (claim.meta.name.to_string(), volume.meta.name.to_string()))
    })
}
