//! How an object is, as its own status tells: what there is to say where no lesson finds anything.

use rutter_cluster::{
    Cluster, Kind, ObjectRef, Time,
    objects::{Condition, Job, Node, Pod, Service},
};
use rutter_lessons::words::{count, duration, list, pod_state};

use super::early;
use crate::timeline::how;

/// How an object is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Whether it is as it should be; none where its status doesn't tell.
    pub is_well: Option<bool>,
    /// That, and more of it: short phrases, the first the most telling.
    pub facts: Vec<String>,
}

impl State {
    fn new(is_well: impl Into<Option<bool>>, fact: impl Into<String>) -> Self {
        Self { is_well: is_well.into(), facts: vec![fact.into()] }
    }

    fn and(mut self, fact: Option<String>) -> Self {
        self.facts.extend(fact);
        self
    }
}

pub(super) fn of(cluster: &Cluster, object: &ObjectRef) -> State {
    let state = by_kind(cluster, object).unwrap_or_default();
    let deleted = cluster.meta_of(object).and_then(|meta| meta.deleted);
    let created = cluster.meta_of(object).and_then(|meta| meta.created);
    let age = created.and_then(|created| ago(cluster, created)).map(|age| format!("created {age}"));
    let mut state = if state.facts.is_empty() { state.and(age) } else { state };
    if deleted.is_some() {
        state.facts.insert(0, "it is being deleted".to_owned());
        // What it lacks, it may lack because it goes.
        state.is_well = None;
    }
    state
}

fn by_kind(cluster: &Cluster, object: &ObjectRef) -> Option<State> {
    let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
    macro_rules! replicas {
        ($table:ident) => {{
            let of = cluster.$table.get(namespace, name)?;
            let is_written = is_written(
                of.meta.generation,
                of.status.observed_generation,
                of.status.replicas.max(of.status.ready_replicas),
            );
            ready(is_written, of.status.ready_replicas, of.wanted())
        }};
    }
    Some(match Kind::of(&object.api_version, &object.kind)? {
        Kind::Pod => pod(cluster, cluster.pods.get(namespace, name)?),
        Kind::Node => node(cluster, cluster.nodes.get("", name)?),
        Kind::Service => service(cluster, cluster.services.get(namespace, name)?),
        Kind::Deployment => {
            let of = cluster.deployments.get(namespace, name)?;
            let mut state = replicas!(deployments);
            if state.is_well == Some(false) && early::is_rolling(of) {
                state.is_well = None;
                state.facts.push("its roll-out is under way".to_owned());
            }
            state.and(of.spec.paused.then(|| "its roll-out is paused".to_owned()))
        }
        Kind::ReplicaSet => replicas!(replica_sets),
        Kind::StatefulSet => replicas!(stateful_sets),
        Kind::ReplicationController => replicas!(replication_controllers),
        Kind::DaemonSet => {
            let of = cluster.daemon_sets.get(namespace, name)?;
            let status = &of.status;
            // How many it wants stands in its status only.
            let is_written =
                is_written(of.meta.generation, status.observed_generation, status.desired_number_scheduled);
            ready(is_written, status.number_ready, status.desired_number_scheduled)
        }
        Kind::Job => job(cluster.jobs.get(namespace, name)?),
        Kind::CronJob => {
            let of = cluster.cron_jobs.get(namespace, name)?;
            let last = of.status.last_schedule_time.and_then(|last| ago(cluster, last));
            let suspended = if of.spec.suspend { "suspended" } else { "active" };
            let last = last.map(|last| format!("its last Job was scheduled {last}"));
            State::new(None, format!("{suspended}, schedule {}", of.spec.schedule)).and(last)
        }
        Kind::PersistentVolumeClaim => {
            let of = cluster.claims.get(namespace, name)?;
            let volume = Some(&of.spec.volume_name).filter(|name| !name.is_empty());
            let mut state = phase(&of.status.phase, &["Bound"]);
            if early::awaits_consumer(cluster, of) {
                state = State::new(None, "Pending: its class binds a volume only once a pod uses it");
            }
            state.and(volume.map(|name| format!("its volume is {name}")))
        }
        Kind::PersistentVolume => {
            phase(&cluster.volumes.get("", name)?.status.phase, &["Bound", "Available", "Released"])
        }
        Kind::Namespace => phase(&cluster.namespaces.get("", name)?.status.phase, &["Active"]),
        Kind::PodDisruptionBudget => {
            let status = &cluster.budgets.get(namespace, name)?.status;
            let text =
                format!("{} healthy pods of {} wanted", status.current_healthy, status.desired_healthy);
            State::new(status.current_healthy >= status.desired_healthy, text)
        }
        Kind::Ingress => {
            let services: Vec<_> = cluster.ingresses.get(namespace, name)?.services().collect();
            let mut services: Vec<&str> = services.iter().map(|service| service.as_str()).collect();
            services.dedup();
            State::new(None, format!("leads to {}", list(&services, 3)))
        }
        Kind::ConfigMap => referred(cluster, object, "ConfigMap"),
        Kind::Secret => referred(cluster, object, "Secret"),
        _ => return None,
    })
}

/// `3d ago`; nothing where the source tells no time.
fn ago(cluster: &Cluster, time: Time) -> Option<String> {
    Some(format!("{} ago", age(cluster, time)?))
}

fn age(cluster: &Cluster, time: Time) -> Option<String> {
    let age = cluster.time().since(time);
    (cluster.time() != Time::EPOCH && age >= 0).then(|| duration(age))
}

/// Whether a status tells of the object as it is now: its controller has seen that generation of it, and has counted something
/// where it doesn't say which it has seen.
fn is_written(generation: i64, observed: i64, counted: i64) -> bool {
    observed >= generation && (observed > 0 || counted > 0)
}

fn ready(is_written: bool, ready: i64, wanted: i64) -> State {
    if !is_written {
        return State::new(None, "its status was not written yet");
    }
    match wanted {
        ..=0 => State::new(true, "no pods are wanted"),
        _ => State::new(ready >= wanted, format!("{ready} of {wanted} pods are ready")),
    }
}

fn phase(phase: &str, good: &[&str]) -> State {
    if phase.is_empty() { State::default() } else { State::new(good.contains(&phase), phase) }
}

fn pod(cluster: &Cluster, pod: &Pod) -> State {
    let state = match pod.status.phase.as_str() {
        "Succeeded" => State::new(true, "it has done its work and ended (Succeeded)"),
        "Failed" => State::new(false, pod_state(pod)),
        _ if pod.is_ready() => State::new(true, running(cluster, pod)),
        _ if early::is_starting(cluster, pod) => {
            let old = pod.meta.created.and_then(|created| age(cluster, created)).unwrap_or_default();
            State::new(None, format!("it is {}, {old} old", pod_state(pod)))
        }
        _ => State::new(false, format!("it is {}", pod_state(pod))),
    };
    state.and(last_restart(cluster, pod))
}

/// `running on node-a for 3d`.
fn running(cluster: &Cluster, pod: &Pod) -> String {
    let node =
        if pod.spec.node_name.is_empty() { String::new() } else { format!(" on {}", pod.spec.node_name) };
    let long = pod.status.start_time.and_then(|start| age(cluster, start));
    let long = long.map_or_else(String::new, |age| format!(" for {age}"));
    let ready = pod.condition("Ready").and_then(|ready| age(cluster, ready.last_transition_time?));
    let ready = ready.map_or_else(String::new, |age| format!(", Ready for {age}"));
    format!("running{node}{long}{ready}")
}

/// `last restart 2h ago: container app ended with OOMKilled, exit code 137 (4 restarts)`.
fn last_restart(cluster: &Cluster, pod: &Pod) -> Option<String> {
    let each = pod.container_statuses().map(|(status, _)| status.restart_count.max(0));
    let restarts = usize::try_from(each.fold(0, i64::saturating_add)).unwrap_or(usize::MAX);
    let ended = pod.container_statuses().filter_map(|(status, _)| {
        let last = status.last_state.terminated.as_ref()?;
        Some((last.finished_at, &status.name, last))
    });
    let Some((at, name, last)) = ended.max_by_key(|(at, ..)| *at) else {
        return (restarts > 0).then(|| count(restarts, "restart"));
    };
    let ago = at.and_then(|at| ago(cluster, at)).unwrap_or_else(|| "at an unknown time".to_owned());
    let times = count(restarts, "restart");
    Some(format!("last restart {ago}: container {name} ended with {} ({times} in all)", how(last)))
}

fn node(cluster: &Cluster, node: &Node) -> State {
    let condition = node.condition("Ready");
    let since = condition.and_then(|ready| age(cluster, ready.last_transition_time?));
    let since = since.map_or_else(String::new, |age| format!(" for {age}"));
    let state = match condition {
        None => State::new(None, "its status has no condition Ready"),
        Some(ready) if ready.is_true() => State::new(true, format!("Ready{since}")),
        Some(ready) => State::new(false, format!("Ready is {}{since}{}", ready.status, reason(ready))),
    };
    let pods: Vec<&Pod> = cluster.pods_on(&node.meta.name).collect();
    let unready = pods.iter().filter(|pod| pod.is_unready()).count();
    let pods = match (pods.len(), unready) {
        (0, _) => None,
        (all, 0) => Some(count(all, "pod")),
        (all, unready) => Some(format!(
            "{}, of which {unready} should be ready and {}",
            count(all, "pod"),
            if unready == 1 { "isn't" } else { "aren't" }
        )),
    };
    state.and(node.spec.unschedulable.then(|| "cordoned".to_owned())).and(pods)
}

fn reason(condition: &Condition) -> String {
    if condition.reason.is_empty() { String::new() } else { format!(" ({})", condition.reason) }
}

fn service(cluster: &Cluster, service: &Service) -> State {
    if service.spec.kind == "ExternalName" {
        return State::new(None, format!("a name for {}", service.spec.external_name));
    }
    let slices = cluster.slices_of(service);
    let seen = cluster.coverage().check(Kind::EndpointSlice, &service.meta.namespace).is_ok();
    let ready = slices.flat_map(|slice| &slice.endpoints).filter(|endpoint| endpoint.is_ready()).count();
    let selector = service.spec.selector.is_empty().then(|| "without a selector".to_owned());
    let state = match (ready, seen) {
        (1.., _) => State::new(true, count(ready, "ready endpoint")),
        (0, true) if selector.is_none() => State::new(false, "no ready endpoint"),
        _ => State::default(),
    };
    state.and(selector)
}

fn job(job: &Job) -> State {
    let is = |kind: &str| {
        rutter_cluster::objects::condition(&job.status.conditions, kind).is_some_and(Condition::is_true)
    };
    let status = &job.status;
    let counts =
        format!("{} active, {} succeeded, {} failed", status.active, status.succeeded, status.failed);
    match (is("Failed"), is("Complete")) {
        (true, _) => State::new(false, format!("failed: {counts}")),
        (_, true) => State::new(true, "complete"),
        _ if job.spec.suspend => State::new(None, "suspended"),
        _ => State::new(None, counts),
    }
}

/// Which pods refer to a ConfigMap or Secret.
fn referred(cluster: &Cluster, object: &ObjectRef, kind: &str) -> State {
    let refers = |pod: &&Pod| refers(pod, kind, &object.name);
    let pods: Vec<&str> = cluster
        .pods
        .in_namespace(&object.namespace)
        .iter()
        .filter(refers)
        .map(|pod| pod.meta.name.as_str())
        .collect();
    match pods.len() {
        0 => State::default(),
        all => State::new(
            None,
            format!(
                "{} to it: {}",
                if all == 1 { "1 pod refers".to_owned() } else { format!("{all} pods refer") },
                list(&pods, 3)
            ),
        ),
    }
}

fn refers(pod: &Pod, kind: &str, name: &str) -> bool {
    let containers = || pod.spec.containers.iter().chain(&pod.spec.init_containers);
    let env = containers().flat_map(|container| container.env_refs.iter().chain(&container.env_from));
    let mut env = env.filter(|reference| reference.kind == kind).map(|reference| &reference.name);
    let mut mounted = pod.spec.volumes.iter().filter_map(|volume| match kind {
        "ConfigMap" => volume.config_map.as_ref().map(|source| &source.name),
        _ => volume.secret.as_ref().map(|source| &source.secret_name),
    });
    let pulls = kind == "Secret" && pod.spec.image_pull_secrets.iter().any(|secret| secret == name);
    pulls || env.any(|found| found == name) || mounted.any(|found| found == name)
}
