//! Pods, with the status that their node and their fault give them.

use super::json::{Json, arr, obj};
use super::meta::{Meta, owned_by};
use super::output::Emit;
use super::plan::{Kind, NOW, Namespace, Node, NodeFault, Plan, Workload, WorkloadFault};
use super::rng::{name_suffix, time};
use super::template::{self, Container, Placement};

/// How long ago the faulty nodes failed: not long enough for their pods to be evicted.
pub(super) const NODE_FAILED: i64 = NOW - 240;
pub(super) const EVICTION_MESSAGE: &str = "The node was low on resource: ephemeral-storage. Threshold quantity: \
    26843545600, available: 20112340Ki. Container app was using 812004Ki, request is 0, has larger consumption of \
    ephemeral-storage. ";

pub(super) fn emit(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    plan.pods_in(namespace).try_for_each(|pod| emit(pod_json(plan, pod)))
}

fn pod_json(plan: &Plan, pod: usize) -> Json {
    let owner = plan.pods[pod].workload as usize;
    let workload = &plan.workloads[owner];
    let name = plan.pod_name(pod);
    let placement = Placement {
        pod_name: name.clone(),
        node: plan.node_of(pod).name.clone(),
        token_volume: format!("kube-api-access-{}", name_suffix(plan.rng("token", pod).next(), 5)),
    };
    obj! {
        "metadata": metadata(plan, pod, name),
        "spec": template::pod_spec(plan, owner, Some(&placement)),
        "status": status(&Subject { plan, pod, workload, owner, placement: &placement }),
    }
}

pub(super) fn pod_uid(plan: &Plan, pod: usize) -> String {
    plan.uid("pod", pod)
}

fn metadata(plan: &Plan, pod: usize, name: String) -> Json {
    let owner = plan.pods[pod].workload as usize;
    let workload = &plan.workloads[owner];
    let hash = plan.template_hash(owner, plan.revision(owner));
    let mut labels = template::labels(plan, workload, None);
    let (prefix, owner_reference) = match workload.kind {
        Kind::Deployment => {
            let set = format!("{}-{hash}", workload.name);
            let uid = plan.uid("replicaset", owner * 64 + plan.revision(owner));
            labels.push(("pod-template-hash", hash.into()));
            (format!("{set}-"), owned_by("apps/v1", "ReplicaSet", set, uid))
        }
        Kind::DaemonSet => {
            labels.push(("controller-revision-hash", hash.into()));
            labels.push(("pod-template-generation", "1".into()));
            let uid = plan.uid("workload", owner);
            (format!("{}-", workload.name), owned_by("apps/v1", "DaemonSet", workload.name.clone(), uid))
        }
        Kind::StatefulSet => {
            labels.push(("apps.kubernetes.io/pod-index", plan.pods[pod].suffix.to_string().into()));
            labels.push(("controller-revision-hash", format!("{}-{hash}", workload.name).into()));
            labels.push(("statefulset.kubernetes.io/pod-name", (&name).into()));
            let uid = plan.uid("workload", owner);
            (format!("{}-", workload.name), owned_by("apps/v1", "StatefulSet", workload.name.clone(), uid))
        }
    };
    Meta {
        generate_name: Some(prefix),
        generation: 1,
        labels: Json::map(labels),
        annotations: template::annotations(workload),
        owner: owner_reference,
        ..Meta::new(plan.namespace_of(workload), name, pod_uid(plan, pod), plan.pod_created(pod))
    }
    .json()
}

/// The pod whose status is being written, with all that the status depends on.
struct Subject<'a> {
    plan: &'a Plan,
    pod: usize,
    workload: &'a Workload,
    owner: usize,
    placement: &'a Placement,
}

impl Subject<'_> {
    fn created(&self) -> i64 {
        self.plan.pod_created(self.pod)
    }

    fn started(&self) -> i64 {
        self.created() + 3
    }

    fn node(&self) -> &Node {
        self.plan.node_of(self.pod)
    }

    fn evicted(&self) -> bool {
        self.plan.pods[self.pod].evicted
    }

    /// An unready container is the main one: a sidecar runs in any case.
    fn container_ready(&self, container: &Container) -> bool {
        !self.evicted() && (self.workload.fault == WorkloadFault::None || !container.main)
    }
}

fn status(of: &Subject<'_>) -> Json {
    let node_ip = Plan::node_ip(of.plan.pods[of.pod].node as usize);
    let pod_ip = of.plan.pod_ip(of.pod);
    let containers = template::containers(of.plan, of.owner);
    let phase = match of.workload.fault {
        _ if of.evicted() => "Failed",
        WorkloadFault::ImagePull => "Pending",
        _ => "Running",
    };
    let statuses = containers.iter().map(|container| container_status(of, container));
    obj! {
        "observedGeneration": 1,
        "phase": phase,
        "conditions": conditions(of),
        "message": Json::when(of.evicted(), || EVICTION_MESSAGE.into()),
        "reason": Json::when(of.evicted(), || "Evicted".into()),
        "hostIP": node_ip.clone(),
        "hostIPs": arr![obj! { "ip": node_ip }],
        "podIP": pod_ip.clone(),
        "podIPs": arr![obj! { "ip": pod_ip }],
        "startTime": time(of.created()),
        "containerStatuses": statuses.collect::<Json>(),
        "qosClass": "Burstable",
    }
}

/// The end of the evicted pods: some time before the snapshot.
pub(super) const EVICTED_AT: i64 = NOW - 1500;

fn conditions(of: &Subject<'_>) -> Json {
    let condition = |kind: &'static str, status: bool, since: i64, reason: Json, message: Json| {
        obj! {
            "type": kind,
            "observedGeneration": 1,
            "status": if status { "True" } else { "False" },
            "lastProbeTime": Json::Null,
            "lastTransitionTime": time(since),
            "reason": reason,
            "message": message,
        }
    };
    let plain = |kind, since| condition(kind, true, since, Json::Absent, Json::Absent);
    let not_ready = |kind| match of.workload.fault {
        _ if of.evicted() => condition(kind, false, EVICTED_AT, "PodFailed".into(), Json::Absent),
        WorkloadFault::None => plain(kind, of.started() + 5),
        _ => {
            let message = "containers with unready status: [app]";
            condition(kind, false, of.created(), "ContainersNotReady".into(), message.into())
        }
    };
    // The node controller turns Ready off and leaves the rest as the kubelet last wrote it.
    let ready = match of.node().fault {
        NodeFault::Unreachable => condition("Ready", false, NODE_FAILED, Json::Absent, Json::Absent),
        _ => not_ready("Ready"),
    };
    let mut all = vec![
        if of.evicted() {
            condition("PodReadyToStartContainers", false, EVICTED_AT, Json::Absent, Json::Absent)
        } else {
            plain("PodReadyToStartContainers", of.started())
        },
        plain("Initialized", of.created()),
        ready,
        not_ready("ContainersReady"),
        plain("PodScheduled", of.created()),
    ];
    if of.evicted() {
        let (reason, message) = ("TerminationByKubelet", EVICTION_MESSAGE);
        all.insert(0, condition("DisruptionTarget", true, EVICTED_AT, reason.into(), message.into()));
    }
    all.into()
}

fn container_status(of: &Subject<'_>, container: &Container) -> Json {
    let crashing = container.main && of.workload.fault == WorkloadFault::CrashLoop;
    let pulled = !(container.main && of.workload.fault == WorkloadFault::ImagePull);
    let digest =
        if container.main { of.plan.digest("image", of.owner) } else { of.plan.digest("sidecar", 0) };
    let repository = container.image.rsplit_once(':').map_or("", |(repository, _)| repository);
    let container_id = format!("containerd://{}", of.plan.digest(container.name, of.pod));
    let token = (of.placement.token_volume.clone(), "/var/run/secrets/kubernetes.io/serviceaccount", true);
    let mounts = container.mounts.iter().chain(std::iter::once(&token)).map(|(name, path, read_only)| {
        obj! {
            "name": name,
            "mountPath": *path,
            "readOnly": Json::when(*read_only, || true.into()),
            "recursiveReadOnly": Json::when(*read_only, || "Disabled".into()),
        }
    });
    obj! {
        "name": container.name,
        "state": state(of, container),
        "lastState": if crashing { obj! { "terminated": crash(of, &container_id) } } else { obj! {} },
        "ready": of.container_ready(container),
        "restartCount": if crashing { RESTARTS } else { 0 },
        "image": &container.image,
        "imageID": if pulled { format!("{repository}@sha256:{digest}") } else { String::new() },
        "containerID": Json::when(pulled, || container_id.clone().into()),
        "started": of.container_ready(container),
        "allocatedResources": Json::when(pulled, || container.requests()),
        "resources": Json::when(pulled, || container.resources()),
        "volumeMounts": mounts.collect::<Json>(),
    }
}

/// How often crashing containers have been started again in the 45 minutes since their roll-out.
pub(super) const RESTARTS: i64 = 12;

/// The last run of a crashing container: over after two seconds, some minutes ago.
fn crash(of: &Subject<'_>, container_id: &str) -> Json {
    let out_of_memory = of.owner % 2 == 1;
    let finished = NOW - 30 - of.plan.rng("crash", of.pod).seconds(0, 240);
    obj! {
        "exitCode": if out_of_memory { 137 } else { 1 },
        "reason": if out_of_memory { "OOMKilled" } else { "Error" },
        "startedAt": time(finished - 2),
        "finishedAt": time(finished),
        "containerID": container_id.to_owned(),
    }
}

fn state(of: &Subject<'_>, container: &Container) -> Json {
    if of.evicted() {
        let message = "The container could not be located when the pod was terminated";
        return obj! {
            "terminated": obj! {
                "exitCode": 137,
                "reason": "ContainerStatusUnknown",
                "message": message,
                "startedAt": Json::Null,
                "finishedAt": Json::Null,
            },
        };
    }
    let (reason, message) = match of.workload.fault {
        WorkloadFault::CrashLoop if container.main => {
            let Subject { plan, pod, workload, .. } = of;
            let (name, namespace) = (&of.placement.pod_name, plan.namespace_of(workload));
            let uid = pod_uid(plan, *pod);
            let message =
                format!("back-off 5m0s restarting failed container=app pod={name}_{namespace}({uid})");
            ("CrashLoopBackOff", message)
        }
        WorkloadFault::ImagePull if container.main => (
            "ImagePullBackOff",
            format!("Back-off pulling image \"{}\": {}", container.image, pull_error(&container.image)),
        ),
        _ => return obj! { "running": obj! { "startedAt": time(of.started()) } },
    };
    obj! { "waiting": obj! { "reason": reason, "message": message } }
}

/// What containerd says of an image that the registry doesn't have.
pub(super) fn pull_error(image: &str) -> String {
    format!(
        "ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve \
         reference \"{image}\": {image}: not found"
    )
}
