//! What is published of a Service's backends: what proxies, DNS and ingress controllers read.

use rutter_cluster::objects::{Container, EndpointPort, Pod, Service, ServicePort};

use crate::Context;

/// The ready backends by port, as EndpointSlices or Endpoints list them.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// `EndpointSlices` or `Endpoints`.
    pub(super) by: &'static str,
    /// For each port of the Service, how many backends take traffic. One entry for a Service without ports.
    pub(super) ready: Vec<usize>,
    /// Ready backends, with whatever ports.
    pub(super) addresses: usize,
    /// Backends that are listed and not ready.
    pub(super) not_ready: usize,
    /// Backends that are going and still serve: proxies use them when there is no other (1.26 and later).
    pub(super) leaving: usize,
}

impl Published {
    /// Whether each port has a backend; a port without one is a matter for [`super::judge`] only if another has none
    /// of the pods either, or the port is named.
    pub(super) fn serves_all(&self, service: &Service) -> bool {
        self.ready.iter().all(|ready| *ready > 0) || (service.spec.ports.is_empty() && self.total() > 0)
    }

    /// The most that any port has.
    pub(super) fn total(&self) -> usize {
        self.ready.iter().copied().max().unwrap_or(0)
    }
}

/// What is published, by EndpointSlices where they were seen, else by Endpoints. `None`: neither was seen.
pub(super) fn published(context: &Context<'_>, service: &Service) -> Option<Published> {
    by_slices(context, service).or_else(|| by_endpoints(context, service))
}

fn no_backends(service: &Service, by: &'static str) -> Published {
    Published { by, ready: vec![0; service.spec.ports.len().max(1)], ..Published::default() }
}

pub(super) fn by_slices(context: &Context<'_>, service: &Service) -> Option<Published> {
    let slices = context.slices(service).ok()?;
    let mut published = no_backends(service, "EndpointSlices");
    for slice in slices {
        let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count();
        published.add(service, &slice.ports, ready);
        published.addresses += ready;
        published.not_ready += slice.endpoints.len() - ready;
        let leaving = slice.endpoints.iter().map(|endpoint| endpoint.conditions);
        let serves = |is: Option<bool>| is == Some(true);
        published.leaving += leaving.filter(|one| serves(one.terminating) && serves(one.serving)).count();
    }
    Some(published)
}

pub(super) fn by_endpoints(context: &Context<'_>, service: &Service) -> Option<Published> {
    let endpoints = context.endpoints(service).ok()?;
    let mut published = no_backends(service, "Endpoints");
    for subset in endpoints.iter().flat_map(|endpoints| &endpoints.subsets) {
        published.add(service, &subset.ports, subset.addresses.len());
        published.addresses += subset.addresses.len();
        published.not_ready += subset.not_ready_addresses.len();
    }
    Some(published)
}

impl Published {
    /// Adds ready backends to those ports of the Service that are listed with them. A named target port that a pod
    /// doesn't declare is missing from the list, while the pod's address is there.
    fn add(&mut self, service: &Service, ports: &[EndpointPort], ready: usize) {
        if service.spec.ports.is_empty() {
            self.ready.iter_mut().for_each(|count| *count += ready);
        }
        for (count, port) in self.ready.iter_mut().zip(&service.spec.ports) {
            if ports.iter().any(|listed| listed.name == port.name) {
                *count += ready;
            }
        }
    }
}

/// Whether a pod has the port that a Service's port sends to, as the endpoint controllers look for it: a number needs
/// no declaration, a name must be declared with the same protocol; by sidecars too (1.32 and later).
pub(super) fn has_port(pod: &Pod, port: &ServicePort) -> bool {
    let sidecars = pod.spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    declares(pod.spec.containers.iter().chain(sidecars), port)
}

/// Whether only sidecars have it.
pub(super) fn only_sidecar_has_port(pod: &Pod, port: &ServicePort) -> bool {
    has_port(pod, port) && !declares(pod.spec.containers.iter(), port)
}

fn declares<'a>(containers: impl Iterator<Item = &'a Container>, port: &ServicePort) -> bool {
    let rutter_cluster::objects::IntOrString::Name(name) = &port.target_port else { return true };
    let protocol =
        |text: &rutter_cluster::Str| if text.is_empty() { "TCP".to_owned() } else { text.to_string() };
    let mut ports = containers.flat_map(|container| &container.ports);
    ports.any(|declared| declared.name == *name && protocol(&declared.protocol) == protocol(&port.protocol))
}

/// Whether the Service sends to pods before they are ready.
pub(super) fn publishes_unready(service: &Service) -> bool {
    // The annotation is from before 1.9 and was heeded up to 1.23.
    let annotation = "service.alpha.kubernetes.io/tolerate-unready-endpoints";
    service.spec.publish_not_ready_addresses
        || service.meta.annotations.get(annotation).is_some_and(|value| value == "true")
}
