//! What a node has left.

use std::collections::BTreeMap;

use rutter_cluster::{
    Cluster, Quantity, Str,
    objects::{ContainerPort, Node, Pod},
    placement,
};

use super::refusal::Refusal;

/// What a node has left.
pub(super) struct Room<'c> {
    /// Of its resources, in thousandths. What it has none of is not there.
    free: BTreeMap<&'c str, i64>,
    /// So many more pods.
    pods: i64,
    ports: Vec<&'c ContainerPort>,
}

impl<'c> Room<'c> {
    pub(super) fn of(cluster: &'c Cluster, node: &'c Node) -> Self {
        let allocatable = node.status.allocatable.iter();
        let free = allocatable.map(|(name, quantity)| (name.as_str(), quantity.milli())).collect();
        let pods = node.status.allocatable.get("pods").map_or(i64::MAX, Quantity::units);
        let mut room = Self { free, pods, ports: Vec::new() };
        for pod in cluster.pods_on(&node.meta.name).filter(|pod| !pod.is_finished()) {
            room.take(pod, &wants(pod));
        }
        room
    }

    /// Why the pod doesn't fit in.
    pub(super) fn refuses(&self, pod: &Pod, wants: &[(Str, i64)]) -> Option<Refusal> {
        if self.pods < 1 {
            return Some(Refusal::Full);
        }
        let lacking = wants.iter().find_map(|(resource, wanted)| {
            let free = self.free.get(resource.as_str()).copied().unwrap_or(0);
            (*wanted > free).then(|| Refusal::Lacks(resource.clone(), free.max(0)))
        });
        lacking.or_else(|| {
            let taken = ports(pod).find(|port| self.ports.iter().any(|other| clash(port, other)));
            taken.map(|port| Refusal::Port(port.host_port))
        })
    }

    /// Takes what the pod asks for.
    pub(super) fn take(&mut self, pod: &'c Pod, wants: &[(Str, i64)]) {
        self.pods = self.pods.saturating_sub(1);
        for (resource, wanted) in wants {
            if let Some(free) = self.free.get_mut(resource.as_str()) {
                *free = free.saturating_sub(*wanted);
            }
        }
        self.ports.extend(ports(pod));
    }
}

/// What a pod asks for, in thousandths, each resource once.
pub(super) fn wants(pod: &Pod) -> Vec<(Str, i64)> {
    let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    let own = containers.map(|container| &container.resources);
    let names = own.chain([&pod.spec.resources]).flat_map(|resources| resources.requests.iter());
    let mut all: Vec<(Str, i64)> = Vec::new();
    for (name, _) in names {
        if !all.iter().any(|(known, _)| known == name) {
            all.push((name.clone(), placement::request(pod, name)));
        }
    }
    all.retain(|(_, wanted)| *wanted > 0);
    all
}

fn ports(pod: &Pod) -> impl Iterator<Item = &ContainerPort> {
    pod.spec.containers.iter().flat_map(|container| &container.ports).filter(|port| port.host_port > 0)
}

/// Whether both can't be on one host: without an address, a port is taken on all of them.
fn clash(one: &ContainerPort, other: &ContainerPort) -> bool {
    let protocol = |port: &ContainerPort| {
        if port.protocol.is_empty() { Str::from("TCP") } else { port.protocol.clone() }
    };
    let any = |port: &ContainerPort| matches!(&*port.host_ip, "" | "0.0.0.0");
    one.host_port == other.host_port
        && protocol(one) == protocol(other)
        && (any(one) || any(other) || one.host_ip == other.host_ip)
}
