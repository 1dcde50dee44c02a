//! Conditions on nodes.

use rutter_cluster::{
    Time,
    objects::{Condition as NodeCondition, Node, Pod, VolumeAttachment},
};
use serde::Deserialize as _;

use super::{Verdict, object::meant};
use crate::{OPERATION, Object, Sight, Unread};

type Looked = Result<Verdict, Unread>;

/// So old may a kubelet's last word be: it reports its whole state every 5 minutes (`nodeStatusReportFrequency`), and within
/// 10 s when that changes.
const FRESH: i64 = 6 * 60;
/// Nodes that became unready within so many seconds of each other did so for one reason.
const AT_ONCE: i64 = 60;
/// What became unready so long ago is no storm that blows now.
const STORM_LASTS: i64 = 10 * 60;
/// So many nodes at once are a storm.
const STORM: usize = 3;

/// Marks of others on a node, by the annotation's or the taint's key: who it is.
const MARKS: [(&str, &str); 9] = [
    ("weave.works/kured-reboot-in-progress", "kured reboots it"),
    ("kured.dev/reboot-in-progress", "kured reboots it"),
    ("ToBeDeletedByClusterAutoscaler", "the cluster autoscaler removes it"),
    ("karpenter.sh/disrupted", "Karpenter replaces it"),
    ("karpenter.sh/disruption", "Karpenter replaces it"),
    ("medik8s.io/remediation", "a remediation operator works on it"),
    ("remediation.medik8s.io/excluded-from-remediation", "somebody took it out of automatic repair"),
    ("machineconfiguration.openshift.io/reboot-in-progress", "the machine config operator reboots it"),
    ("cluster.x-k8s.io/delete-machine", "Cluster API deletes its machine"),
];

fn node_of(sight: &Sight, object: &Object) -> Result<Result<Node, Verdict>, Unread> {
    Ok(match meant(sight, object)? {
        Err(why) => Err(why),
        Ok(found) => {
            Ok(Node::deserialize(found)
                .map_err(|error| Unread(format!("{object} can't be read: {error}")))?)
        }
    })
}

pub(super) fn unclaimed(sight: &Sight, object: &Object, operation: &str) -> Looked {
    let node = match node_of(sight, object)? {
        Ok(node) => node,
        Err(why) => return Ok(why),
    };
    Ok(claim(&node, object, operation).unwrap_or(Verdict::Holds))
}

/// Who else is at work on the node, as a verdict; nothing if nobody is.
pub(crate) fn claim(node: &Node, object: &Object, operation: &str) -> Option<Verdict> {
    let held = node.meta.annotations.get(OPERATION).filter(|held| !held.is_empty());
    if let Some(other) = held.filter(|other| other.as_str() != operation) {
        let why = format!(
            "operation {other} of Rutter is at work on {object}, or was left there (see `rutter journal show {other}`)"
        );
        return Some(Verdict::Never(why));
    }
    let (key, who) = marked_by(node)?;
    Some(Verdict::NotYet(format!("{object} is somebody else's now: {who} ({key})")))
}

/// The mark of another tool on the node, and who that is.
fn marked_by(node: &Node) -> Option<(&'static str, &'static str)> {
    let is_there = |key: &str| node.meta.annotations.contains_key(key) || node.taint(key).is_some();
    MARKS.iter().copied().find(|(key, _)| is_there(key))
}

pub(super) fn released(sight: &Sight, object: &Object, operation: &str) -> Looked {
    let node = match node_of(sight, object)? {
        Ok(node) => node,
        Err(why) => return Ok(why),
    };
    let is_held = node.meta.annotations.get(OPERATION).is_some_and(|held| held.as_str() == operation);
    Ok(Verdict::when(!is_held, || format!("{object} is still claimed by operation {operation}")))
}

pub(super) fn not_ready(sight: &Sight, object: &Object) -> Looked {
    let node = match node_of(sight, object)? {
        Ok(node) => node,
        Err(why) => return Ok(why),
    };
    Ok(Verdict::when(!node.is_ready(), || format!("{object} is Ready: its kubelet still runs")))
}

pub(super) fn ready(sight: &Sight, object: &Object, seconds: i64) -> Looked {
    let node = match node_of(sight, object)? {
        Ok(node) => node,
        Err(why) => return Ok(why),
    };
    let Some(condition) = node.condition("Ready") else {
        return Ok(Verdict::NotYet(format!("the kubelet of {object} has never said that it is ready")));
    };
    if !condition.is_true() {
        return Ok(Verdict::NotYet(format!("{object} is not ready: {}", said(condition))));
    }
    let age = |at: Option<Time>| at.map_or(0, |at| sight.now.since(at));
    if age(condition.last_heartbeat_time) > FRESH {
        return Ok(Verdict::NotYet(format!("what {object} says of itself is more than {FRESH} s old")));
    }
    let since = age(condition.last_transition_time);
    Ok(Verdict::when(since >= seconds, || {
        format!("{object} has been ready for {since} s, and must be for {seconds} s")
    }))
}

/// A condition's reason and message, whichever there are.
fn said(condition: &NodeCondition) -> String {
    match (condition.reason.as_str(), condition.message.as_str()) {
        ("", message) => message.to_owned(),
        (reason, "") => reason.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

pub(super) fn rebooted(sight: &Sight, object: &Object, boot: &str) -> Looked {
    let node = match node_of(sight, object)? {
        Ok(node) => node,
        Err(why) => return Ok(why),
    };
    Ok(Verdict::when(node.status.node_info.boot_id != boot, || {
        format!("{object} has not been started again yet")
    }))
}

fn nodes(sight: &Sight) -> Result<&[Node], Unread> {
    sight.nodes.as_deref().map_err(Clone::clone)
}

pub(super) fn few_away(sight: &Sight, object: &Object, zone: &str, most: u64, besides: &[String]) -> Looked {
    let in_zone = |node: &&Node| {
        zone.is_empty()
            || node.meta.labels.get("topology.kubernetes.io/zone").is_some_and(|label| label.as_str() == zone)
    };
    let others = nodes(sight)?.iter().filter(in_zone).filter(|node| node.meta.name != object.name.as_str());
    let others = others.filter(|node| !besides.iter().any(|own| node.meta.name == own.as_str()));
    let away: Vec<&str> = others
        .filter(|node| node.spec.unschedulable || !node.is_ready())
        .map(|node| node.meta.name.as_str())
        .collect();
    let holds = (away.len() as u64).saturating_add(1) <= most;
    Ok(Verdict::when(holds, || {
        let place = if zone.is_empty() { String::new() } else { format!(" in zone {zone}") };
        format!(
            "{} nodes are cordoned or not ready{place} ({}), and with {} no more than {most} may be",
            away.len(),
            few(&away),
            object.name
        )
    }))
}

pub(super) fn calm(sight: &Sight, besides: &[String]) -> Looked {
    let nodes = nodes(sight)?;
    let unready: Vec<&Node> = nodes
        .iter()
        .filter(|node| !node.is_ready() && !besides.iter().any(|own| node.meta.name == own.as_str()))
        .collect();
    let names: Vec<&str> = unready.iter().map(|node| node.meta.name.as_str()).collect();
    if unready.len() >= 2 && unready.len() * 5 > nodes.len() {
        return Ok(Verdict::NotYet(format!(
            "{} of {} nodes are not ready ({}): first find out why",
            unready.len(),
            nodes.len(),
            few(&names)
        )));
    }
    let since = |node: &&Node| node.condition("Ready").and_then(|ready| ready.last_transition_time);
    let mut times: Vec<Time> =
        unready.iter().filter_map(since).filter(|at| sight.now.since(*at) <= STORM_LASTS).collect();
    times.sort();
    let storm = times.windows(STORM).any(|some| some[STORM - 1].since(some[0]) <= AT_ONCE);
    Ok(Verdict::when(!storm, || {
        format!(
            "{} nodes became unready at once ({}): that is the network or the control plane",
            times.len(),
            few(&names)
        )
    }))
}

pub(super) fn quorum(sight: &Sight, object: &Object) -> Looked {
    let nodes = nodes(sight)?;
    let is_control_plane = |node: &&Node| {
        node.meta.labels.contains_key("node-role.kubernetes.io/control-plane")
            || node.meta.labels.contains_key("node-role.kubernetes.io/master")
    };
    let members: Vec<&Node> = nodes.iter().filter(is_control_plane).collect();
    let others = |node: &&&Node| node.meta.name != object.name.as_str();
    if members.iter().any(|node| node.meta.name == object.name.as_str()) {
        let ready = members.iter().filter(others).filter(|node| node.is_ready()).count();
        if let Some(why) = short_of(members.len(), ready, "control-plane nodes are ready") {
            return Ok(Verdict::NotYet(format!("without {}, {why}", object.name)));
        }
    }
    let etcd = sight.etcd.as_deref().map_err(Clone::clone)?;
    if etcd.iter().any(|pod| pod.spec.node_name == object.name.as_str()) {
        let healthy = |pod: &&Pod| pod.spec.node_name != object.name.as_str() && pod.is_ready();
        let ready = etcd.iter().filter(healthy).count();
        if let Some(why) = short_of(etcd.len(), ready, "members of etcd are healthy") {
            return Ok(Verdict::NotYet(format!("without {}, {why}", object.name)));
        }
    }
    Ok(Verdict::Holds)
}

/// What is missing if so few are left of so many.
fn short_of(all: usize, left: usize, what: &str) -> Option<String> {
    let needed = all / 2 + 1;
    (left < needed).then(|| format!("{left} of {all} {what}, and {needed} are needed"))
}

pub(super) fn drained(sight: &Sight, object: &Object, but: &[String]) -> Looked {
    let pods = sight.pods_on.get(&object.name);
    let pods = pods.ok_or_else(|| Unread(format!("the pods of {object} were not read")))?;
    let pods = pods.as_ref().map_err(Clone::clone)?;
    let left: Vec<String> = pods
        .iter()
        .filter(|pod| goes(pod) && !but.iter().any(|uid| pod.meta.uid == uid.as_str()))
        .map(|pod| format!("{}/{}", pod.meta.namespace, pod.meta.name))
        .collect();
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    Ok(Verdict::when(left.is_empty(), || {
        format!(
            "{} pods are on {object} that were not there when the plan was made, or have not ended: {}",
            left.len(),
            few(&left)
        )
    }))
}

/// Whether a pod has to go for its node to be drained: not if it has finished, belongs to the node, or to a DaemonSet.
pub(crate) fn goes(pod: &Pod) -> bool {
    let of_daemon_set = pod.meta.controller().is_some_and(|owner| owner.kind == "DaemonSet");
    !pod.is_finished() && !of_daemon_set && !is_static(pod)
}

/// Whether a pod is the image of one that its kubelet runs from a file.
pub(crate) fn is_static(pod: &Pod) -> bool {
    pod.meta.annotations.contains_key("kubernetes.io/config.mirror")
}

pub(super) fn detached(sight: &Sight, object: &Object, but: &[String]) -> Looked {
    let all = sight.attachments.as_deref().map_err(Clone::clone)?;
    let here = all.iter().filter(|one| one.spec.node_name == object.name.as_str());
    let volumes: Vec<&str> =
        here.map(volume).filter(|name| !but.iter().any(|stays| stays.as_str() == *name)).collect();
    Ok(Verdict::when(volumes.is_empty(), || {
        format!("{} volumes are attached to {object}: {}", volumes.len(), few(&volumes))
    }))
}

/// The first few of many names.
fn few(names: &[&str]) -> String {
    let shown = names.iter().take(4).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(4) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The volume that is attached, or the attachment if the volume has no name.
fn volume(attachment: &VolumeAttachment) -> &str {
    match attachment.spec.source.persistent_volume_name.as_str() {
        "" => attachment.meta.name.as_str(),
        name => name,
    }
}
