//! The ports of a Service's pods, as far as their templates tell: a container may listen where it declares nothing.

use std::collections::BTreeSet;

use rutter_cluster::objects::{Container, IntOrString, Pod, Probe, Service, ServicePort};

use crate::Context;

/// What a Service is asked for by whoever only looks: such a port is often declared nowhere.
const ASIDE: [&str; 8] = ["metric", "prom", "exporter", "admin", "debug", "health", "pprof", "jmx"];

/// The TCP ports of a pod.
pub(super) struct Ports {
    /// That its containers declare.
    pub(super) declared: BTreeSet<i64>,
    /// That its probes ask.
    pub(super) probed: BTreeSet<i64>,
    /// Whether each of its containers declares some: one that declares none may be the one that listens.
    pub(super) are_all: bool,
}

impl Ports {
    pub(super) fn of(pod: &Pod) -> Self {
        let sidecars = pod.spec.init_containers.iter().filter(|one| one.restart_policy == "Always");
        let containers: Vec<&Container> = pod.spec.containers.iter().chain(sidecars).collect();
        let tcp = |protocol: &str| matches!(protocol, "" | "TCP");
        let declares = |container: &&Container| container.ports.iter().any(|port| tcp(&port.protocol));
        let are_all = containers.iter().all(declares);
        let declared = containers.iter().flat_map(|container| container.ports.iter());
        let declared = declared.filter(|port| tcp(&port.protocol)).map(|port| port.container_port);
        let probes = |container: &'_ Container| {
            let probes = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
            let ports = probes.into_iter().flatten().filter_map(|probe| number(container, probe));
            ports.collect::<Vec<_>>()
        };
        Self {
            declared: declared.collect(),
            probed: containers.iter().flat_map(|container| probes(container)).collect(),
            are_all,
        }
    }

    /// Whether something is known to listen there.
    pub(super) fn knows(&self, port: i64) -> bool {
        self.declared.contains(&port) || self.probed.contains(&port)
    }
}

fn number(container: &Container, probe: &Probe) -> Option<i64> {
    match probe.port()? {
        IntOrString::Int(number) => Some(*number),
        IntOrString::Name(name) => {
            container.ports.iter().find(|port| port.name == *name).map(|port| port.container_port)
        }
    }
}

/// The TCP ports of a Service that lead to a number.
pub(super) fn numbered(service: &Service) -> Vec<(&ServicePort, i64)> {
    let number = |port: &'_ ServicePort| match port.target_port {
        // Not filled in by an API server: the port itself.
        IntOrString::Int(0) => Some(port.port),
        IntOrString::Int(number) => Some(number),
        IntOrString::Name(_) => None,
    };
    let tcp = service.spec.ports.iter().filter(|port| matches!(port.protocol.as_str(), "" | "TCP"));
    tcp.filter_map(|port| Some((port, number(port)?))).collect()
}

/// Whether all ports of a Service are TCP and lead to numbers: what leads to a name that is declared, works.
pub(super) fn all_numbered(service: &Service) -> bool {
    !service.spec.ports.is_empty() && numbered(service).len() == service.spec.ports.len()
}

/// Whether a Service is there to look at pods, not to use them.
pub(super) fn is_aside(service: &Service) -> bool {
    let names = service.spec.ports.iter().map(|port| port.name.as_str()).chain([service.meta.name.as_str()]);
    names.into_iter().any(|name| ASIDE.iter().any(|word| name.contains(word)))
}

/// Another Service of the same pods that leads to one of these ports: then this one is for something else.
pub(super) fn is_served_by_another<'c>(
    context: &Context<'c>,
    service: &Service,
    pod: &'c Pod,
    ports: &Ports,
) -> bool {
    let others = context.services_selecting(pod).unwrap_or_default();
    others.into_iter().filter(|other| other.meta.name != service.meta.name).any(|other| {
        let named = other.spec.ports.iter().any(|port| matches!(port.target_port, IntOrString::Name(_)));
        named || numbered(other).iter().any(|(_, target)| ports.knows(*target))
    })
}
