//! Whether a node lacks the pod of an agent, and in which way.

use std::collections::BTreeMap;

use rutter_cluster::{
    Resource, Time,
    objects::{ContainerStatus, DaemonSet, Event, Node, Pod, PodSpec, Taint},
};

use super::{RESTART, START};
use crate::{
    Context,
    agents::{self, Role},
    containers,
    hosting::{self, Guests},
    placement,
    texts::volume,
};

/// The way in which a node lacks its agent.
pub(super) enum Lack<'c> {
    /// It has a pod of it, which isn't ready.
    NotReady(&'c Pod),
    /// The pod that is meant for it waits for the scheduler.
    Unscheduled(&'c Pod),
    /// It has none, though nothing keeps it off.
    Absent,
    /// A taint keeps it off, and a pod there needs it.
    Kept(&'c Taint, &'c Pod),
}

/// An agent, by its DaemonSet and its pods.
pub(super) struct Agent<'c> {
    set: &'c DaemonSet,
    role: Role,
    /// Those that aren't finished, by the node where they are or that they wait for.
    by_node: BTreeMap<&'c str, Vec<&'c Pod>>,
    /// Whether its controller says that pods are missing, and none comes or goes.
    is_short: bool,
}

impl<'c> Agent<'c> {
    pub(super) fn new(context: &Context<'c>, set: &'c DaemonSet, role: Role) -> crate::Seen<Self> {
        let pods = context.pods_under(&set.object_ref())?;
        let moves = |pod: &&Pod| {
            pod.meta.deleted.is_some()
                || pod.meta.created.is_some_and(|created| context.may_be_younger(created, RESTART))
        };
        let status = &set.status;
        let is_short =
            status.current_number_scheduled < status.desired_number_scheduled && !pods.iter().any(moves);
        let mut by_node = BTreeMap::<&str, Vec<&Pod>>::new();
        for pod in pods.into_iter().filter(|pod| !pod.is_finished()) {
            if let Some(node) = agents::nodes_of(&pod.spec).next() {
                by_node.entry(node).or_default().push(pod);
            }
        }
        Ok(Self { set, role, by_node, is_short })
    }

    /// How the node lacks the agent, if it does.
    pub(super) fn lack(&self, context: &Context<'c>, node: &'c Node) -> Option<Lack<'c>> {
        let pods = self.by_node.get(node.meta.name.as_str()).map_or(&[][..], Vec::as_slice);
        if pods.iter().any(|pod| pod.is_ready()) {
            return None;
        }
        if let Some(pod) = pods.iter().find(|pod| !pod.spec.node_name.is_empty()) {
            return (!may_come(context, pod)).then_some(Lack::NotReady(pod));
        }
        if let Some(pod) = pods.first() {
            let young = pod.meta.created.is_none_or(|created| context.may_be_younger(created, START));
            return (!young).then_some(Lack::Unscheduled(pod));
        }
        let spec = &self.set.spec.template.spec;
        if !placement::has_labels(spec, node) {
            return None;
        }
        match obstacle(spec, node) {
            Obstacle::None => self.is_short.then_some(Lack::Absent),
            Obstacle::Passing => None,
            Obstacle::Taint(taint) => Some(Lack::Kept(taint, needed_by(context, self.role, spec, node)?)),
        }
    }
}

/// Whether the controller itself says that fewer pods are ready than wanted.
pub(super) fn lacks_pods(set: &DaemonSet) -> bool {
    set.status.number_ready < set.status.desired_number_scheduled
}

/// Whether taints of some node may keep the agent off.
pub(super) fn may_be_kept_off(role: Role, spec: &PodSpec) -> bool {
    let all = spec
        .tolerations
        .iter()
        .any(|one| one.key.is_empty() && one.operator == "Exists" && one.effect.is_empty());
    // What a node without a network says itself, and that nobody offers devices, is the business of other lessons.
    !all && matches!(role, Role::Proxy | Role::Storage)
}

/// Whether a pod that isn't ready may just be starting, restarting or being replaced.
fn may_come(context: &Context<'_>, pod: &Pod) -> bool {
    let is_young =
        |time: Option<Time>, seconds| time.is_some_and(|time| context.may_be_younger(time, seconds));
    if is_young(pod.meta.created, START) || is_young(pod.meta.deleted, RESTART) {
        return true;
    }
    loops(pod).is_none() && is_young(not_ready_since(pod), RESTART)
}

/// The container of the pod that is started again and again, and waits for the next time.
pub(super) fn loops(pod: &Pod) -> Option<&ContainerStatus> {
    let waits = |status: &&ContainerStatus| {
        let waiting = status.state.waiting.as_ref();
        status.restart_count >= 3 && waiting.is_some_and(|waiting| waiting.reason == "CrashLoopBackOff")
    };
    pod.container_statuses().map(|(status, _)| status).find(waits)
}

/// Since when the pod doesn't work: where it ends again and again, it was ready for moments in between.
pub(super) fn since(context: &Context<'_>, pod: &Pod) -> Option<Time> {
    let looping = loops(pod).and_then(|status| containers::since(context, pod, status));
    [looping, not_ready_since(pod)].into_iter().flatten().min()
}

/// Since when the pod isn't ready.
pub(super) fn not_ready_since(pod: &Pod) -> Option<Time> {
    let ready = pod.condition("Ready").filter(|ready| !ready.is_true());
    ready.and_then(|ready| ready.last_transition_time).or(pod.meta.created)
}

enum Obstacle<'n> {
    None,
    /// The node is being set up or is unwell.
    Passing,
    Taint(&'n Taint),
}

/// What keeps the pods of a DaemonSet off a node whose labels they want. Its controller lets them tolerate most of what the
/// control plane sets.
fn obstacle<'n>(spec: &PodSpec, node: &'n Node) -> Obstacle<'n> {
    let is_passing = |taint: &Taint| {
        taint.key.starts_with("node.kubernetes.io/")
            || taint.key.starts_with("node.cloudprovider.kubernetes.io/")
    };
    let taints = || node.spec.taints.iter().filter(|taint| placement::keeps_off(spec, taint));
    match taints().next() {
        _ if taints().any(is_passing) => Obstacle::Passing,
        Some(taint) => Obstacle::Taint(taint),
        None => Obstacle::None,
    }
}

/// A pod on the node that shows that the agent is needed there: for whom it is kept off may be somebody's intention.
fn needed_by<'c>(context: &Context<'c>, role: Role, spec: &PodSpec, node: &Node) -> Option<&'c Pod> {
    match role {
        Role::Proxy => without_services(context, node),
        Role::Storage => without_driver(context, spec, node),
        Role::Network | Role::Devices => None,
    }
}

/// A pod on the pods' network that has not been ready for long, on a node where nothing else is a proxy.
fn without_services<'c>(context: &Context<'c>, node: &Node) -> Option<&'c Pod> {
    let all = context.pods_on(&node.meta.name).ok()?;
    if all.iter().any(|pod| Role::of(&pod.spec) == Some(Role::Proxy)) {
        return None;
    }
    let waits = |pod: &&Pod| {
        !pod.spec.host_network
            && !pod.is_ready()
            && pod.meta.deleted.is_none()
            && not_ready_since(pod).is_some_and(|since| !context.may_be_younger(since, START))
    };
    Guests::of(context, node)?.pods.into_iter().find(waits)
}

/// A pod whose volume the kubelet can't mount because the driver of these pods isn't registered.
fn without_driver<'c>(context: &Context<'c>, spec: &PodSpec, node: &Node) -> Option<&'c Pod> {
    let names_driver = |event: &&Event| {
        event.reason == "FailedMount"
            && volume::unregistered_driver(event.text())
                .is_some_and(|driver| agents::drivers(spec).any(|own| own == driver))
    };
    let waits = |pod: &&Pod| {
        pod.status.phase == "Pending"
            && pod.meta.deleted.is_none()
            && context.events(*pod).is_ok_and(|events| events.iter().any(names_driver))
    };
    Guests::of(context, node)?.pods.into_iter().find(waits)
}

/// Whether the node is one that should have its agents by now.
pub(super) fn counts(context: &Context<'_>, node: &Node) -> bool {
    node.is_ready()
        && !hosting::is_virtual(node)
        && !hosting::is_leaving(node)
        && node.meta.created.is_none_or(|created| !context.may_be_younger(created, START))
        && node
            .condition("Ready")
            .and_then(|ready| ready.last_transition_time)
            .is_none_or(|time| !context.may_be_younger(time, RESTART))
}
