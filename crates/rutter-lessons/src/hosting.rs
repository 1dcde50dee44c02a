//! What trouble of a node means for the pods on it: what the lessons about nodes share.

use std::collections::BTreeSet;

use rutter_cluster::{
    ObjectRef, Resource, Time,
    objects::{Node, Pod, Taint, Toleration},
};

use crate::{Because, Confidence, Context, Evidence, Finding, Severity, words};

/// Taints that the control plane puts on a node that isn't Ready, and by which it deletes the pods there.
pub(crate) const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// See [`NOT_READY`]: for a node that stopped reporting.
pub(crate) const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// The cloud's controller says that the machine is shut down.
pub(crate) const SHUT_DOWN: &str = "node.cloudprovider.kubernetes.io/shutdown";

/// The time of day, where the day is that of the snapshot: `23:35:04Z`.
pub(crate) fn clock(context: &Context<'_>, time: Time) -> String {
    let (now, text) = (context.now().to_string(), time.to_string());
    match (now.split_once('T'), text.split_once('T')) {
        (Some((today, _)), Some((day, clock))) if today == day => clock.to_owned(),
        _ => text,
    }
}

/// When a finding began, to stand after what happened: ` since 23:35:04Z`, or nothing where the source doesn't tell.
pub(crate) fn when(context: &Context<'_>, finding: &Finding, preposition: &str) -> String {
    finding.since.map_or_else(String::new, |time| format!(" {preposition} {}", clock(context, time)))
}

/// The name of the node's container runtime for a person: `containerd`, `docker`, `cri-o`.
pub(crate) fn runtime(node: &Node) -> &str {
    let version = node.status.node_info.container_runtime_version.as_str();
    match version.split_once("://") {
        Some((name, _)) if !name.is_empty() => name,
        _ => "the container runtime",
    }
}

/// The systemd unit of the node's container runtime.
pub(crate) fn runtime_unit(node: Option<&Node>) -> &'static str {
    match node.map(runtime) {
        Some("docker") => "docker",
        Some("cri-o") => "crio",
        _ => "containerd",
    }
}

/// The minor version in `v1.34.4`.
pub(crate) fn minor(version: &str) -> Option<u32> {
    version.trim_start_matches('v').strip_prefix("1.")?.split(['.', '+', '-']).next()?.parse().ok()
}

/// Whether a node only stands for something else, which has no kubelet of its own to lose: virtual kubelets.
pub(crate) fn is_virtual(node: &Node) -> bool {
    node.meta.labels.get("type").is_some_and(|kind| *kind == "virtual-kubelet")
        || node.taint("virtual-kubelet.io/provider").is_some()
        || node.status.node_info.kubelet_version.contains("-vk-")
}

/// Why a node that is down holds up a DaemonSet's rollout, which names it.
pub(crate) fn holds_rollout(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "nodes-down" && !cause.is_history();
    fits.then(|| {
        let since = when(context, cause, "since");
        let why = format!(
            "{} is down{since}, and its pod counts among those that may be unavailable",
            cause.object.name
        );
        Because::new(Confidence::Certain, why)
    })
}

/// Whether an autoscaler, the cloud or a person is removing the node: that it goes silent is how it ends.
pub(crate) fn is_leaving(node: &Node) -> bool {
    const TAINTS: [&str; 4] = [
        "ToBeDeletedByClusterAutoscaler",
        "karpenter.sh/disrupted",
        "karpenter.sh/disruption",
        "cloud.google.com/impending-node-termination",
    ];
    node.meta.deleted.is_some()
        || TAINTS.iter().any(|key| node.taint(key).is_some())
        || node.spec.taints.iter().any(|taint| taint.key.starts_with("aws-node-termination-handler/"))
}

/// The pods of a node that somebody misses when it fails.
pub(crate) struct Guests<'c> {
    /// Those that run or should: neither finished nor of the node itself.
    pub(crate) pods: Vec<&'c Pod>,
    /// How many others run there, which are the node's own.
    own: usize,
}

impl<'c> Guests<'c> {
    /// The guests of a node, as far as pods were seen; `None` if they weren't.
    pub(crate) fn of(context: &Context<'c>, node: &Node) -> Option<Self> {
        let pods = context.pods_on(&node.meta.name).ok()?;
        let present = pods.into_iter().filter(|pod| !pod.is_finished());
        let (own, pods): (Vec<&Pod>, Vec<&Pod>) = present.partition(|pod| belongs_to_node(pod));
        Some(Self { pods, own: own.len() })
    }

    /// How many pods there are with the node's own.
    pub(crate) fn all(&self) -> usize {
        self.pods.len() + self.own
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.pods.len()
    }
}

/// Whether a pod is the API server's image of a static one, that the kubelet runs from a file.
pub(crate) fn is_mirror(pod: &Pod) -> bool {
    pod.meta.annotations.contains_key("kubernetes.io/config.mirror")
}

/// Whether a pod is the node's own: static, or of a DaemonSet. It stays where it is, whatever happens.
pub(crate) fn belongs_to_node(pod: &Pod) -> bool {
    is_mirror(pod)
        || pod.meta.controller().is_some_and(|owner| matches!(owner.kind.as_str(), "DaemonSet" | "Node"))
}

/// How bad it is that a node can't work: by what it hosts, and whether somebody has taken it out of service.
pub(crate) fn severity(context: &Context<'_>, node: &Node, guests: Option<&Guests<'_>>) -> Severity {
    let meant = node.spec.unschedulable || is_leaving(node) || node.taint(SHUT_DOWN).is_some();
    let staying = guests.map(|guests| guests.pods.iter().copied().filter(|pod| pod.meta.deleted.is_none()));
    match staying.map(Iterator::collect::<Vec<&Pod>>) {
        Some(pods) if pods.is_empty() && meant => Severity::Medium,
        _ if meant => Severity::High,
        Some(pods) if !is_missed(context, node, &pods) => Severity::High,
        _ => Severity::Critical,
    }
}

/// Whether nobody stands in for one of these pods of a node: no other is ready, or none can be like it.
fn is_missed(context: &Context<'_>, node: &Node, pods: &[&Pod]) -> bool {
    if pods.iter().any(|pod| pod.meta.controller().is_none_or(|owner| owner.kind == "StatefulSet")) {
        return true;
    }
    // A Job's pod runs anew.
    let serves = |pod: &&&Pod| pod.meta.controller().is_some_and(|owner| owner.kind != "Job");
    let owners: BTreeSet<ObjectRef> = pods.iter().filter(serves).map(|pod| context.top_owner(pod)).collect();
    owners.iter().any(|owner| {
        let elsewhere = |pod: &Pod| pod.is_ready() && pod.spec.node_name != node.meta.name;
        context.any_pod_under(owner, elsewhere) != Ok(true)
    })
}

/// Whether pods wait because a node of the cause has one of these taints: the lesson about them shows it where the node would
/// take them without.
pub(crate) fn keeps_off(cause: &Finding, effect: &Finding, taints: &[&str], lag: i64) -> bool {
    let tainted = |evidence: &Evidence| {
        evidence.object.kind == "Node"
            && concerns(cause, &evidence.object.name)
            && taints.iter().any(|key| evidence.value.starts_with(key))
    };
    !cause.is_history() && in_time(cause, effect, lag) && effect.evidence.iter().any(tainted)
}

/// What the control plane will do, or has done, about the pods of a node that isn't Ready.
pub(crate) struct Forecast<'n> {
    /// The taint that decides.
    pub(crate) taint: &'n Taint,
    /// When the first pod will be deleted, and how many will be in all, if any still is to be.
    pub(crate) next: Option<(Time, usize)>,
    /// How many are marked for deletion already.
    pub(crate) marked: usize,
    /// Those of StatefulSets, by namespace and name: none is made in their place before the node says that they have ended.
    sets: Vec<String>,
}

/// So many pods of StatefulSets are named.
const SETS: usize = 3;

/// By the NoExecute taint of a node that isn't Ready, and what its pods tolerate. `None` without such a taint: then no
/// pod is deleted.
pub(crate) fn forecast<'n>(node: &'n Node, guests: &Guests<'_>) -> Option<Forecast<'n>> {
    let taint = evicting(node)?;
    let going = |pod: &&&Pod| pod.meta.deleted.is_some();
    let marked = guests.pods.iter().filter(going).count();
    let staying = guests.pods.iter().filter(|pod| !going(pod));
    let times: Vec<Time> = staying.filter_map(|pod| deletion(pod, taint)).collect();
    let next = times.iter().min().map(|first| (*first, times.len()));
    let of_set = |pod: &&&Pod| pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    let names = guests.pods.iter().filter(of_set).filter(|pod| deletion(pod, taint).is_some());
    let sets = names.map(|pod| format!("{}/{}", pod.meta.namespace, pod.meta.name)).collect();
    Some(Forecast { taint, next, marked, sets })
}

/// The taint for which the pods of a node that isn't Ready are deleted.
pub(crate) fn evicting(node: &Node) -> Option<&Taint> {
    let evicts =
        |taint: &&Taint| taint.effect == "NoExecute" && matches!(taint.key.as_str(), NOT_READY | UNREACHABLE);
    node.spec.taints.iter().find(evicts)
}

/// When a pod is deleted for a taint; `None` if never, or if nothing says since when the taint is there.
fn deletion(pod: &Pod, taint: &Taint) -> Option<Time> {
    let seconds = tolerated(pod, taint)?;
    Some(taint.time_added?.plus(seconds))
}

/// How many seconds a pod stays under a NoExecute taint; `None`: for ever.
pub(crate) fn tolerated(pod: &Pod, taint: &Taint) -> Option<i64> {
    let tolerates = |all: &&Toleration| {
        let exists = all.operator == "Exists";
        let key = all.key == taint.key || (all.key.is_empty() && exists);
        key && (exists || all.value == taint.value) && matches!(all.effect.as_str(), "" | "NoExecute")
    };
    let matching: Vec<Option<i64>> =
        pod.spec.tolerations.iter().filter(tolerates).map(|all| all.toleration_seconds).collect();
    if matching.is_empty() {
        return Some(0);
    }
    matching.into_iter().flatten().min().map(|seconds| seconds.max(0))
}

impl Forecast<'_> {
    /// To stand behind a semicolon. `until` is what would save the pods: `the node recovers`.
    pub(crate) fn phrase(&self, context: &Context<'_>, until: &str) -> Option<String> {
        let what = self.what(context, until)?;
        let names = words::list(&self.sets, SETS);
        Some(match self.sets.len() {
            0 => what,
            1 => format!(
                "{what}; {names}, of a StatefulSet, will not be replaced before the node confirms its end"
            ),
            number => format!(
                "{what}; {number} pods of StatefulSets ({names}) will not be replaced before the node confirms their end"
            ),
        })
    }

    fn what(&self, context: &Context<'_>, until: &str) -> Option<String> {
        match self.next {
            Some((first, number)) if context.now().since(first) < 0 => {
                let of = if number == 1 { "its pod".to_owned() } else { format!("the first of {number}") };
                Some(format!("{of} will be deleted at {} unless {until}", clock(context, first)))
            }
            _ if self.marked > 0 => Some(format!(
                "{} deleted, but Terminating until the node confirms it",
                are(self.marked, "pod")
            )),
            Some((first, number)) => {
                let due = are(number, "pod");
                Some(format!("{due} due for deletion since {}, but not deleted", clock(context, first)))
            }
            None => None,
        }
    }

    /// The path of the taint's time in the node.
    pub(crate) fn path(&self) -> String {
        format!("spec.taints[{}].timeAdded", self.taint.key)
    }
}

/// `1 pod is`, `3 pods are`.
pub(crate) fn are(number: usize, noun: &str) -> String {
    format!("{} {}", words::count(number, noun), if number == 1 { "is" } else { "are" })
}

/// Whether a finding about nodes is about this one too. Those that are about several name them in order.
pub(crate) fn concerns(finding: &Finding, node: &str) -> bool {
    finding.node == node || finding.instances.binary_search_by(|one| one.name.as_str().cmp(node)).is_ok()
}

/// The node of a finding, or `node-a and 2 other nodes`.
pub(crate) fn nodes_of(finding: &Finding) -> String {
    match finding.instances.len() {
        0 | 1 => finding.node.to_string(),
        2 => format!("{} and 1 other node", finding.node),
        number => format!("{} and {} other nodes", finding.node, number - 1),
    }
}

/// Whether all pods that show an effect are on the nodes of its cause: otherwise these alone don't explain it.
pub(crate) fn all_on(context: &Context<'_>, effect: &Finding, cause: &Finding) -> bool {
    let elsewhere = |name: &str| !concerns(cause, name);
    !effect.instances.iter().any(|instance| {
        instance.kind == "Pod" && context.pod(instance).is_some_and(|pod| elsewhere(&pod.spec.node_name))
    })
}

/// Whether all pods that show an effect are on nodes that are not Ready, for whatever reason.
pub(crate) fn all_on_unready(context: &Context<'_>, effect: &Finding) -> bool {
    effect.instances.iter().all(|instance| {
        let node = context.pod(instance).map(|pod| context.node(&pod.spec.node_name));
        node.is_some_and(|node| node.is_ok_and(|node| node.is_some_and(|node| !node.is_ready())))
    })
}

/// Whether an effect began when its cause was there, `lag` seconds earlier at most: unknown times don't speak against
/// it.
pub(crate) fn in_time(cause: &Finding, effect: &Finding, lag: i64) -> bool {
    let (Some(from), Some(began)) = (cause.since, effect.since) else { return true };
    let ended = cause.until.is_some_and(|until| began.since(until) > lag);
    began.since(from) >= -lag && !ended
}

/// Whether what a workload or a Service lacks comes from something else than pods that exist and don't become ready.
pub(crate) fn has_other_cause(effect: &Finding) -> bool {
    matches!(
        effect.variant,
        "cannot-create"
            | "cannot-schedule"
            | "no-match"
            | "no-pods"
            | "port-missing"
            | "not-observed"
            | "stale"
    )
}

/// How far the trouble of a node explains that a workload or a Service lacks ready pods: those that aren't ready are on
/// the node and became so in its time. The number of them, and how sure.
pub(crate) fn lacks_pods(
    context: &Context<'_>,
    cause: &Finding,
    effect: &Finding,
    lag: i64,
) -> Option<(usize, Confidence)> {
    if has_other_cause(effect) || cause.is_history() || effect.is_history() {
        return None;
    }
    let (mut here, mut elsewhere) = (0, 0);
    for pod in unready_behind(context, effect)? {
        if concerns(cause, &pod.spec.node_name) && since_then(pod, cause, lag) {
            here += 1;
        } else if !on_bad_node(context, pod) {
            elsewhere += 1;
        }
    }
    let confidence = match (here, elsewhere) {
        (0, _) => return None,
        (_, 0) => Confidence::Certain,
        _ if here >= elsewhere => Confidence::Possible,
        _ => return None,
    };
    Some((here, confidence))
}

/// The pods of a workload or of a Service.
pub(crate) fn pods_behind<'c>(context: &Context<'c>, effect: &Finding) -> Option<Vec<&'c Pod>> {
    let object = &effect.object;
    match object.kind.as_str() {
        "Service" => {
            let service = context.service(&object.namespace, &object.name).ok()??;
            context.pods_selected_by(service).ok()
        }
        _ => context.pods_under(object).ok(),
    }
}

/// The pods of a workload or of a Service that should be ready and aren't.
pub(crate) fn unready_behind<'c>(context: &Context<'c>, effect: &Finding) -> Option<Vec<&'c Pod>> {
    let object = &effect.object;
    match object.kind.as_str() {
        "Service" => {
            let service = context.service(&object.namespace, &object.name).ok()??;
            context.unready_selected_by(service).ok()
        }
        _ => context.unready_under(object).ok(),
    }
}

/// Whether the pod stopped being ready no earlier than the cause began.
fn since_then(pod: &Pod, cause: &Finding, lag: i64) -> bool {
    let changed = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    cause.since.zip(changed).is_none_or(|(from, changed)| changed.since(from) >= -lag)
}

fn on_bad_node(context: &Context<'_>, pod: &Pod) -> bool {
    !pod.spec.node_name.is_empty()
        && context.node(&pod.spec.node_name).ok().flatten().is_some_and(|node| !node.is_ready())
}

/// `Node node-a` of a finding about a node.
pub(crate) fn node_of<'c>(context: &Context<'c>, finding: &Finding) -> Option<&'c Node> {
    context.node(&finding.object.name).ok().flatten()
}

/// The names of these pods, the first few: `shop/web-0, shop/web-1 and 3 more`.
pub(crate) fn names(pods: &[&Pod], most: usize) -> String {
    let names: Vec<String> = pods
        .iter()
        .map(|pod| {
            let reference = pod.object_ref();
            format!("{}/{}", reference.namespace, reference.name)
        })
        .collect();
    words::list(&names, most)
}
