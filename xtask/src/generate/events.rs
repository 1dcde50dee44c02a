//! Events: what the last hour's roll-outs leave, and what the faults do.

use super::json::{Json, obj};
use super::meta::Meta;
use super::output::Emit;
use super::plan::{Kind, NOW, Namespace, NodeFault, Plan, WorkloadFault};
use super::pods::{EVICTED_AT, EVICTION_MESSAGE, NODE_FAILED, RESTARTS, pod_uid, pull_error};
use super::rng::{Rng, time};
use super::{template, workloads};

/// The API server forgets events after an hour.
const LIFETIME: i64 = 3600;

/// An event, its object and its source.
struct Event<'a> {
    object: Json,
    object_name: &'a str,
    namespace: &'a str,
    reason: &'static str,
    message: String,
    warning: bool,
    first: i64,
    last: i64,
    count: i64,
    component: &'static str,
    host: Option<&'a str>,
}

impl Event<'_> {
    /// `chance` names the event: each needs its own.
    fn json(self, chance: &mut Rng) -> Json {
        let name = format!("{}.{:016x}", self.object_name, 0x18ea_0000_0000_0000 | (chance.next() >> 16));
        let uid = super::rng::uid(chance.next(), "event", 0);
        let host = || self.host.map_or(Json::Absent, |host| host.to_owned().into());
        // The scheduler writes events of the newer kind, which have no count but an exact time.
        let scheduler = self.component == "default-scheduler";
        let instance = if scheduler { "default-scheduler-0" } else { self.host.unwrap_or_default() };
        let old_kind = |value: Json| if scheduler { Json::Null } else { value };
        let micros = chance.next() % 1_000_000;
        let exact = scheduler.then(|| format!("{}.{micros:06}Z", time(self.first).trim_end_matches('Z')));
        let exact = exact.map_or(Json::Null, Json::from);
        obj! {
            "metadata": Meta::new(self.namespace, name, uid, self.first).json(),
            "involvedObject": self.object,
            "reason": self.reason,
            "message": self.message,
            "source": if scheduler { obj! {} } else { obj! { "component": self.component, "host": host() } },
            "firstTimestamp": old_kind(time(self.first).into()),
            "lastTimestamp": old_kind(time(self.last).into()),
            "count": Json::when(!scheduler, || self.count.into()),
            "type": if self.warning { "Warning" } else { "Normal" },
            "eventTime": exact,
            "action": Json::when(scheduler, || "Binding".into()),
            "reportingComponent": self.component,
            "reportingInstance": instance.to_owned(),
        }
    }
}

pub(super) fn emit(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    if namespace.name == "default" {
        node_events(plan, emit)?;
    }
    for index in namespace.workloads.clone() {
        if plan.workloads[index].rolled_out > NOW - LIFETIME {
            workload_events(plan, namespace, index, emit)?;
        }
        for pod in plan.workloads[index].pods.clone() {
            pod_events(plan, pod, emit)?;
        }
    }
    Ok(())
}

fn node_events(plan: &Plan, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    for (index, node) in plan.nodes.iter().enumerate() {
        let mut chance = plan.rng("node-event", index);
        // A kubelet doesn't know its node's uid and gives the name; the node controller does.
        let object = |uid: &String| obj! { "kind": "Node", "name": &node.name, "uid": uid };
        let mut event = |reason, message: String, warning, at, component| {
            let kubelet = component == "kubelet";
            emit(
                Event {
                    object: object(if kubelet { &node.name } else { &node.uid }),
                    object_name: &node.name,
                    namespace: "default",
                    reason,
                    message,
                    warning,
                    first: at,
                    last: at,
                    count: 1,
                    component,
                    host: kubelet.then_some(&node.name),
                }
                .json(&mut chance),
            )
        };
        let status = |now: &str| format!("Node {} status is now: {now}", node.name);
        match node.fault {
            NodeFault::None => {}
            NodeFault::RuntimeHung => {
                event("NodeNotReady", status("NodeNotReady"), false, NODE_FAILED, "kubelet")?;
            }
            NodeFault::Unreachable => {
                event("NodeNotReady", status("NodeNotReady"), false, NODE_FAILED, "node-controller")?;
            }
            NodeFault::DiskPressure => {
                let threshold = "Attempting to reclaim ephemeral-storage".to_owned();
                event("EvictionThresholdMet", threshold, true, EVICTED_AT - 15, "kubelet")?;
                event(
                    "NodeHasDiskPressure",
                    status("NodeHasDiskPressure"),
                    false,
                    EVICTED_AT - 15,
                    "kubelet",
                )?;
            }
        }
    }
    Ok(())
}

/// The events of a roll-out on its controllers' objects.
fn workload_events(
    plan: &Plan,
    namespace: &Namespace,
    index: usize,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    let workload = &plan.workloads[index];
    let mut chance = plan.rng("workload-event", index);
    let set = workloads::replica_set_name(plan, index, plan.revision(index));
    let at = workload.rolled_out;
    let mut event =
        |object: (&'static str, &str, String), reason, message, warning, component, last, count| {
            let (kind, name, uid) = object;
            let object = obj! {
                "kind": kind,
                "namespace": &namespace.name,
                "name": name.to_owned(),
                "uid": uid,
                "apiVersion": "apps/v1",
            };
            emit(
                Event {
                    object,
                    object_name: name,
                    namespace: &namespace.name,
                    reason,
                    message,
                    warning,
                    first: at,
                    last,
                    count,
                    component,
                    host: None,
                }
                .json(&mut chance),
            )
        };
    let workload_uid = plan.uid("workload", index);
    if workload.kind == Kind::Deployment {
        let replicas = workload.replicas;
        let message = format!("Scaled up replica set {set} from 0 to {replicas}");
        let object = ("Deployment", workload.name.as_str(), workload_uid.clone());
        event(object, "ScalingReplicaSet", message, false, "deployment-controller", at, 1)?;
    }
    let set_uid = plan.uid("replicaset", index * 64 + plan.revision(index));
    if workload.fault == WorkloadFault::Quota {
        let message = format!("Error creating: {}", workloads::quota_message(plan, index));
        let object = ("ReplicaSet", set.as_str(), set_uid.clone());
        event(object, "FailedCreate", message, true, "replicaset-controller", NOW - 95, 14)?;
    }
    for pod in plan.replicas_of(workload) {
        let name = plan.pod_name(pod);
        let at = plan.pod_created(pod);
        match workload.kind {
            Kind::Deployment => {
                let object = ("ReplicaSet", set.as_str(), set_uid.clone());
                let message = format!("Created pod: {name}");
                event(object, "SuccessfulCreate", message, false, "replicaset-controller", at, 1)?;
            }
            Kind::StatefulSet => {
                let object = ("StatefulSet", workload.name.as_str(), workload_uid.clone());
                let message = format!("create Pod {name} in StatefulSet {} successful", workload.name);
                event(object, "SuccessfulCreate", message, false, "statefulset-controller", at, 1)?;
            }
            Kind::DaemonSet => {}
        }
    }
    Ok(())
}

/// What happened to a pod: reason, message, whether a warning, first and last time, count, component.
type Happening = (&'static str, String, bool, i64, i64, i64, &'static str);

fn pod_events(plan: &Plan, pod: usize, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let workload = plan.workload_of(pod);
    let recent = workload.rolled_out > NOW - LIFETIME;
    let evicted = plan.pods[pod].evicted;
    let silent = plan.node_of(pod).fault == NodeFault::Unreachable;
    if !recent && !evicted && !silent {
        return Ok(());
    }
    let name = plan.pod_name(pod);
    let namespace = plan.namespace_of(workload);
    let node = &plan.node_of(pod).name;
    let mut happenings = Vec::new();
    if recent {
        happenings.extend(started(plan, pod, &name));
    }
    if evicted {
        happenings.push(("Evicted", EVICTION_MESSAGE.to_owned(), true, EVICTED_AT, EVICTED_AT, 1, "kubelet"));
    }
    if silent {
        let message = "Node is not ready".to_owned();
        happenings.push(("NodeNotReady", message, true, NODE_FAILED, NODE_FAILED, 1, "node-controller"));
    }
    let mut chance = plan.rng("pod-event", pod);
    for (reason, message, warning, first, last, count, component) in happenings {
        let of_container = component == "kubelet" && reason != "Evicted";
        let object = obj! {
            "kind": "Pod",
            "namespace": namespace.to_owned(),
            "name": &name,
            "uid": pod_uid(plan, pod),
            "apiVersion": "v1",
            "fieldPath": Json::when(of_container, || "spec.containers{app}".into()),
        };
        let host = (component == "kubelet").then_some(node.as_str());
        let (object_name, event) = (name.as_str(), (reason, message));
        let (reason, message) = event;
        emit(
            Event {
                object,
                object_name,
                namespace,
                reason,
                message,
                warning,
                first,
                last,
                count,
                component,
                host,
            }
            .json(&mut chance),
        )?;
    }
    Ok(())
}

/// From the scheduling to the start, and on to the failure if the workload has one.
fn started(plan: &Plan, pod: usize, name: &str) -> Vec<Happening> {
    let workload = plan.workload_of(pod);
    let (namespace, node) = (plan.namespace_of(workload), &plan.node_of(pod).name);
    let image = template::image(plan, plan.pods[pod].workload as usize);
    let at = plan.pod_created(pod);
    let kubelet =
        |reason, message, warning, last, count| (reason, message, warning, at + 2, last, count, "kubelet");
    let scheduled = format!("Successfully assigned {namespace}/{name} to {node}");
    let mut all = vec![("Scheduled", scheduled, false, at, at, 1, "default-scheduler")];
    if workload.fault == WorkloadFault::ImagePull {
        let (tries, failed) =
            (NOW - 130, format!("Failed to pull image \"{image}\": {}", pull_error(&image)));
        all.push(kubelet("Pulling", format!("Pulling image \"{image}\""), false, tries, 12));
        all.push(kubelet("Failed", failed.replacen("ErrImagePull: ", "", 1), true, tries, 12));
        all.push(kubelet("Failed", "Error: ErrImagePull".to_owned(), true, tries, 12));
        all.push(kubelet("BackOff", format!("Back-off pulling image \"{image}\""), false, NOW - 12, 180));
        all.push(kubelet("Failed", "Error: ImagePullBackOff".to_owned(), true, NOW - 12, 180));
        return all;
    }
    let crashing = workload.fault == WorkloadFault::CrashLoop;
    let (last, count) = if crashing { (NOW - 40, RESTARTS + 1) } else { (at + 2, 1) };
    let present = format!("Container image \"{image}\" already present on machine");
    all.push(kubelet("Pulled", present, false, last, count));
    all.push(kubelet("Created", "Created container: app".to_owned(), false, last, count));
    all.push(kubelet("Started", "Started container app".to_owned(), false, last, count));
    if crashing {
        let message = format!(
            "Back-off restarting failed container app in pod {name}_{namespace}({})",
            pod_uid(plan, pod)
        );
        all.push(kubelet("BackOff", message, true, NOW - 8, 190));
    }
    all
}
