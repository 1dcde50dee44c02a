//! Whether a node lacks the pod of an agent, and in which way.

use std::{collections::BTreeSet, sync::Arc};

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{ContainerStatus, DaemonSet, Event, Node, Pod, PodSpec, Taint},
};

use super::{RESTART, START};
use crate::{
    Context, Seen,
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

/// The nodes that lack an agent, by name, and how many there are that should have it.
pub(super) fn lacking<'c>(
    context: &Context<'c>,
    set: &'c DaemonSet,
    role: Role,
) -> Seen<(Vec<(&'c Node, Lack<'c>)>, usize)> {
    let counting = counting(context)?;
    let unready = context.unready_under(&set.object_ref())?;
    let agent = Agent { set, role, is_short: is_short(context, set)?, unready };
    let suspects = agent.suspects(context, &counting);
    let nodes = suspects.into_iter().filter_map(|name| context.node(&name).ok().flatten());
    let mut lacking = Vec::new();
    for node in nodes {
        lacking.extend(agent.lack(context, node)?.map(|lack| (node, lack)));
    }
    Ok((lacking, counting.len()))
}

/// The names of the nodes that should have their agents, sorted: the same for all agents.
fn counting(context: &Context<'_>) -> Seen<Arc<BTreeSet<Str>>> {
    context.nodes()?;
    Ok(context.kept("nodes that should have their agents", &ObjectRef::default(), |context, _| {
        let nodes = context.nodes().into_iter().flat_map(rutter_cluster::Objects::iter);
        nodes.filter(|node| counts(context, node)).map(|node| node.meta.name.clone()).collect()
    }))
}

/// Whether a DaemonSet's controller says that pods are missing, and none comes or goes.
fn is_short(context: &Context<'_>, set: &DaemonSet) -> Seen<bool> {
    if set.status.current_number_scheduled >= set.status.desired_number_scheduled {
        return Ok(false);
    }
    let moves = |pod: &Pod| {
        pod.meta.deleted.is_some()
            || pod.meta.created.is_some_and(|created| context.may_be_younger(created, RESTART))
    };
    Ok(!context.pods_under(&set.object_ref())?.into_iter().any(moves))
}

/// An agent, by its DaemonSet.
struct Agent<'c> {
    set: &'c DaemonSet,
    role: Role,
    /// Whether its controller says that pods are missing.
    is_short: bool,
    /// Its pods that should be ready and aren't.
    unready: Vec<&'c Pod>,
}

impl<'c> Agent<'c> {
    /// The nodes to look at: of thousands, mostly those of the pods that aren't ready.
    fn suspects(&self, context: &Context<'c>, counting: &BTreeSet<Str>) -> BTreeSet<Str> {
        if self.is_short {
            return counting.clone();
        }
        let named = self.unready.iter().filter_map(|pod| agents::nodes_of(&pod.spec).next());
        let mut suspects: BTreeSet<Str> = named.filter_map(|name| counting.get(name)).cloned().collect();
        let spec = &self.set.spec.template.spec;
        if may_be_kept_off(self.role, spec) {
            let kept = context.kept("nodes that keep an agent off", &self.set.object_ref(), keeping_off);
            suspects.extend(kept.iter().filter(|name| counting.contains(*name)).cloned());
        }
        suspects
    }

    /// How the node lacks the agent, if it does.
    fn lack(&self, context: &Context<'c>, node: &'c Node) -> Seen<Option<Lack<'c>>> {
        let here = agents_on(context, node);
        let mut mine = Vec::new();
        for at in here.as_ref().as_ref().map_err(Clone::clone)?.iter().filter(|at| self.owns(at)) {
            if at.is_ready {
                return Ok(None);
            }
            mine.extend(context.pod(&at.pod));
        }
        if let Some(pod) = mine.first() {
            return Ok((!may_come(context, pod)).then_some(Lack::NotReady(pod)));
        }
        let waits_for_it = |pod: &&Pod| agents::nodes_of(&pod.spec).next() == Some(node.meta.name.as_str());
        if let Some(pod) = self.unready.iter().copied().find(waits_for_it) {
            let young = pod.meta.created.is_none_or(|created| context.may_be_younger(created, START));
            return Ok((!young).then_some(Lack::Unscheduled(pod)));
        }
        let spec = &self.set.spec.template.spec;
        if !placement::has_labels(spec, node) {
            return Ok(None);
        }
        Ok(match obstacle(spec, node) {
            Obstacle::None => self.is_short.then_some(Lack::Absent),
            Obstacle::Passing => None,
            Obstacle::Taint(taint) => {
                needed_by(context, self.role, spec, node).map(|pod| Lack::Kept(taint, pod))
            }
        })
    }

    fn owns(&self, pod: &OfSet) -> bool {
        pod.pod.namespace == self.set.meta.namespace && pod.set == self.set.meta.name
    }
}

/// A pod of a DaemonSet.
#[derive(PartialEq)]
struct OfSet {
    pod: ObjectRef,
    /// The DaemonSet's name.
    set: Str,
    is_ready: bool,
}

/// The pods of DaemonSets on a node that have not ended. Other pods come and go there, and are nothing to an agent.
fn agents_on(context: &Context<'_>, node: &Node) -> Arc<Seen<Vec<OfSet>>> {
    let about = ObjectRef { name: node.meta.name.clone(), ..ObjectRef::default() };
    context.kept("pods of DaemonSets on a node", &about, |context, node| {
        let of_set = |pod: &Pod| {
            let owner = pod.meta.controller().filter(|owner| owner.kind == "DaemonSet")?;
            Some(OfSet { pod: pod.object_ref(), set: owner.name.clone(), is_ready: pod.is_ready() })
        };
        let pods = context.pods_on(&node.name)?.into_iter();
        Ok(pods.filter(|pod| !pod.is_finished()).filter_map(of_set).collect())
    })
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

/// The names of the nodes whose taints keep the pods of a DaemonSet off.
fn keeping_off(context: &Context<'_>, set: &ObjectRef) -> Vec<Str> {
    let Ok(Some(set)) = context.daemon_set(&set.namespace, &set.name) else { return Vec::new() };
    let spec = &set.spec.template.spec;
    let nodes = context.nodes().into_iter().flat_map(rutter_cluster::Objects::iter);
    let kept = nodes.filter(|node| matches!(obstacle(spec, node), Obstacle::Taint(_)));
    kept.map(|node| node.meta.name.clone()).collect()
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
fn counts(context: &Context<'_>, node: &Node) -> bool {
    node.is_ready()
        && !hosting::is_virtual(node)
        && !hosting::is_leaving(node)
        && node.meta.created.is_none_or(|created| !context.may_be_younger(created, START))
        && node
            .condition("Ready")
            .and_then(|ready| ready.last_transition_time)
            .is_none_or(|time| !context.may_be_younger(time, RESTART))
}
