//! Nodes with their conditions, taints and images, and the Leases by which their kubelets show that they live.

use super::json::{Json, arr, obj};
use super::meta::Meta;
use super::output::Emit;
use super::plan::{NOW, Namespace, Node, NodeFault, Plan};
use super::pods::NODE_FAILED;
use super::rng::time;
use super::template;

/// A kubelet reports at most this many images.
const MOST_IMAGES: usize = 50;
const IMAGES_SHARED: usize = 12;

/// When the kubelet of an unreachable node last wrote: the grace period before the node controller noticed.
const LAST_WORD: i64 = NODE_FAILED - 50;

pub(super) fn emit(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    (0..plan.nodes.len()).try_for_each(|index| emit(node_json(plan, index)))
}

pub(super) fn emit_leases(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    if namespace.name != "kube-node-lease" {
        return Ok(());
    }
    (0..plan.nodes.len()).try_for_each(|index| emit(lease_json(plan, index)))
}

pub(super) fn emit_csi_nodes(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    plan.nodes.iter().enumerate().try_for_each(|(index, node)| {
        let mut meta = Meta::new("", &node.name, plan.uid("csinode", index), node.created + 5);
        meta.owner = arr![obj! { "apiVersion": "v1", "kind": "Node", "name": &node.name, "uid": &node.uid }];
        let driver = obj! {
            "name": "ebs.csi.aws.com",
            "nodeID": format!("i-{:017x}", plan.rng("instance", index).next() >> 4),
            "topologyKeys": arr!["kubernetes.io/os", "topology.kubernetes.io/zone"],
            "allocatable": obj! { "count": 26 },
        };
        emit(obj! { "metadata": meta.json(), "spec": obj! { "drivers": arr![driver] } })
    })
}

fn zone(index: usize) -> &'static str {
    ["eu-west-1a", "eu-west-1b", "eu-west-1c"][index % 3]
}

/// Room for the pods per node that were asked for, with a third to spare.
struct Room {
    cpu: usize,
    memory_gib: usize,
    pods: usize,
}

fn room(plan: &Plan) -> Room {
    let per_node = plan.pods.len() / plan.nodes.len().max(1) + 1;
    let cpu = [8, 16, 32, 64, 128].into_iter().find(|&cpu| cpu * 3 >= per_node).unwrap_or(256);
    Room { cpu, memory_gib: cpu * 4, pods: if per_node < 90 { 110 } else { 250.max(per_node * 5 / 4) } }
}

fn node_json(plan: &Plan, index: usize) -> Json {
    let node = &plan.nodes[index];
    let cidr = format!("10.{}.{}.0/24", index / 256, index % 256);
    let taints = taints(node);
    obj! {
        "metadata": metadata(plan, index),
        "spec": obj! {
            "podCIDR": cidr.clone(),
            "podCIDRs": arr![cidr],
            "providerID": format!("aws:///{}/i-{:017x}", zone(index), plan.rng("instance", index).next() >> 4),
            "taints": Json::when(!taints.is_empty(), || taints.into()),
        },
        "status": status(plan, index),
    }
}

fn metadata(plan: &Plan, index: usize) -> Json {
    let node = &plan.nodes[index];
    Meta {
        labels: Json::map([
            ("beta.kubernetes.io/arch", Json::from("amd64")),
            ("beta.kubernetes.io/os", "linux".into()),
            ("kubernetes.io/arch", "amd64".into()),
            ("kubernetes.io/hostname", (&node.name).into()),
            ("kubernetes.io/os", "linux".into()),
            ("node.kubernetes.io/instance-type", "m6i.4xlarge".into()),
            ("topology.kubernetes.io/region", "eu-west-1".into()),
            ("topology.kubernetes.io/zone", zone(index).into()),
        ]),
        annotations: Json::map([
            ("node.alpha.kubernetes.io/ttl", "0"),
            ("volumes.kubernetes.io/controller-managed-attach-detach", "true"),
        ]),
        ..Meta::new("", &node.name, node.uid.clone(), node.created)
    }
    .json()
}

fn taints(node: &Node) -> Vec<Json> {
    let taint = |key: &str, effect: &'static str, added: i64| {
        obj! { "key": format!("node.kubernetes.io/{key}"), "effect": effect, "timeAdded": time(added) }
    };
    let failed = |key| vec![taint(key, "NoSchedule", NODE_FAILED), taint(key, "NoExecute", NODE_FAILED + 3)];
    match node.fault {
        NodeFault::None => Vec::new(),
        NodeFault::RuntimeHung => failed("not-ready"),
        NodeFault::Unreachable => failed("unreachable"),
        NodeFault::DiskPressure => vec![taint("disk-pressure", "NoSchedule", super::pods::EVICTED_AT - 12)],
    }
}

fn status(plan: &Plan, index: usize) -> Json {
    let Room { cpu, memory_gib, pods } = room(plan);
    let node = &plan.nodes[index];
    let resources = |cpu: String, disk: String, memory: usize| {
        obj! {
            "cpu": cpu,
            "ephemeral-storage": disk,
            "hugepages-1Gi": "0",
            "hugepages-2Mi": "0",
            "memory": format!("{memory}Ki"),
            "pods": pods.to_string(),
        }
    };
    let memory = memory_gib * 1_048_576;
    let disk_kib: u64 = 262_144_000;
    let machine = plan.digest("machine", index);
    obj! {
        "capacity": resources(cpu.to_string(), format!("{disk_kib}Ki"), memory),
        "allocatable": resources(format!("{}m", cpu * 1000 - 110), (disk_kib * 922).to_string(), memory - 1_048_576),
        "conditions": conditions(plan, index),
        "addresses": arr![
            obj! { "type": "InternalIP", "address": Plan::node_ip(index) },
            obj! { "type": "Hostname", "address": &node.name },
        ],
        "daemonEndpoints": obj! { "kubeletEndpoint": obj! { "Port": 10250 } },
        "nodeInfo": obj! {
            "machineID": machine[..32].to_owned(),
            "systemUUID": plan.uid("system", index),
            "bootID": plan.uid("boot", index),
            "kernelVersion": "6.12.40-63.114.amzn2023.x86_64",
            "osImage": "Amazon Linux 2023.8.20250808",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kubeletVersion": "v1.34.4",
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
        "images": images(plan, index),
    }
}

fn conditions(plan: &Plan, index: usize) -> Json {
    let node = &plan.nodes[index];
    let heartbeat = match node.fault {
        NodeFault::Unreachable => LAST_WORD,
        _ => NOW - plan.rng("heartbeat", index).seconds(1, 290),
    };
    let condition = |kind: &'static str,
                     status: &'static str,
                     since: i64,
                     reason: &'static str,
                     message: &'static str| {
        obj! {
            "type": kind,
            "status": status,
            "lastHeartbeatTime": time(heartbeat),
            "lastTransitionTime": time(since),
            "reason": reason,
            "message": message,
        }
    };
    if node.fault == NodeFault::Unreachable {
        let unknown = |kind| {
            let message = "Kubelet stopped posting node status.";
            condition(kind, "Unknown", NODE_FAILED, "NodeStatusUnknown", message)
        };
        return arr![
            unknown("MemoryPressure"),
            unknown("DiskPressure"),
            unknown("PIDPressure"),
            unknown("Ready")
        ];
    }
    let since = node.created + 8;
    let disk = if node.fault == NodeFault::DiskPressure {
        let since = super::pods::EVICTED_AT - 15;
        condition("DiskPressure", "True", since, "KubeletHasDiskPressure", "kubelet has disk pressure")
    } else {
        condition("DiskPressure", "False", since, "KubeletHasNoDiskPressure", "kubelet has no disk pressure")
    };
    let ready = if node.fault == NodeFault::RuntimeHung {
        let message = "[container runtime is down, PLEG is not healthy: pleg was last seen active 4m7.733081084s ago; \
            threshold is 3m0s]";
        condition("Ready", "False", NODE_FAILED, "KubeletNotReady", message)
    } else {
        condition("Ready", "True", since + 20, "KubeletReady", "kubelet is posting ready status")
    };
    let memory = "kubelet has sufficient memory available";
    arr![
        condition("MemoryPressure", "False", since, "KubeletHasSufficientMemory", memory),
        disk,
        condition(
            "PIDPressure",
            "False",
            since,
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available"
        ),
        ready,
    ]
}

/// The images of some workloads, as many as a kubelet reports at most; the largest first, as it does.
fn images(plan: &Plan, index: usize) -> Json {
    let mut rng = plan.rng("images", index);
    let count = MOST_IMAGES.min(plan.workloads.len());
    let mut images: Vec<(u64, Json)> = Vec::with_capacity(count);
    for number in 0..count {
        let workload = match number {
            0..IMAGES_SHARED => number,
            _ => rng.below(plan.workloads.len() as u64) as usize,
        };
        let image = template::image(plan, workload);
        let repository = image.rsplit_once(':').map_or("", |(repository, _)| repository);
        let digest = plan.digest("image", workload);
        let bytes = plan.rng("image-size", workload).below(900_000_000) + 2_000_000;
        let names = arr![format!("{repository}@sha256:{digest}"), image];
        images.push((bytes, obj! { "names": names, "sizeBytes": bytes as i64 }));
    }
    images.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    images.into_iter().map(|(_, image)| image).collect()
}

fn lease_json(plan: &Plan, index: usize) -> Json {
    let node = &plan.nodes[index];
    let renewed = match node.fault {
        NodeFault::Unreachable => LAST_WORD,
        _ => NOW - plan.rng("lease", index).seconds(0, 10),
    };
    let micros = plan.rng("micros", index).below(1_000_000);
    let mut meta = Meta::new("kube-node-lease", &node.name, plan.uid("lease", index), node.created);
    meta.owner = arr![obj! { "apiVersion": "v1", "kind": "Node", "name": &node.name, "uid": &node.uid }];
    obj! {
        "metadata": meta.json(),
        "spec": obj! {
            "holderIdentity": &node.name,
            "leaseDurationSeconds": 40,
            "renewTime": time(renewed).replace('Z', &format!(".{micros:06}Z")),
        },
    }
}
