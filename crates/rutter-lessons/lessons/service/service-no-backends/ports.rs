//! A Service whose pods are ready, but don't have the port that it sends to.

use rutter_cluster::objects::{Pod, Service, ServicePort};

use super::judge::Verdict;
use super::view::{self, Published, has_port};
use crate::{Confidence, Evidence, Severity, words};

/// Ports whose target is a name that no ready pod declares.
pub(super) fn port_missing(
    service: &Service,
    ready: &[&Pod],
    published: Option<&Published>,
    sure: Confidence,
) -> Option<Verdict> {
    let lost: Vec<&ServicePort> =
        service.spec.ports.iter().filter(|port| !ready.iter().any(|pod| has_port(pod, port))).collect();
    let port = lost.first()?;
    let partial = lost.len() < service.spec.ports.len();
    // Of several ports, one that nothing was ever meant to answer is common and harmless.
    let severity = if partial { Severity::Medium } else { Severity::High };
    let protocol = if port.protocol.is_empty() { "TCP" } else { port.protocol.as_str() };
    let message = format!(
        "port {} leads to a container port named {} ({protocol}), which none of its pods declares{}",
        port.port,
        port.target_port,
        declared(ready)
    );
    let path = format!("spec.ports[{}].targetPort", port.port);
    let evidence = vec![Evidence::field(service, path, port.target_port.to_string(), None)];
    let sure = if published.is_some() { sure } else { Confidence::Likely };
    Some(Verdict { severity, evidence, partial, ..Verdict::new("port-missing", sure, message) })
}

/// The ports that the pods do declare.
fn declared(pods: &[&Pod]) -> String {
    let Some(pod) = pods.first() else { return String::new() };
    let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
    let names: Vec<String> = ports
        .map(|port| match port.name.as_str() {
            "" => port.container_port.to_string(),
            name => format!("{name} ({})", port.container_port),
        })
        .collect();
    if names.is_empty() {
        "; they declare no port".to_owned()
    } else {
        format!("; there is {}", words::list(&names, 4))
    }
}

/// The pods' addresses are listed, but without a port that they do declare.
pub(super) fn port_unlisted(
    service: &Service,
    ready: &[&Pod],
    published: Option<&Published>,
) -> Option<Verdict> {
    let published = published.filter(|published| published.addresses > 0)?;
    let mut ports = service.spec.ports.iter().zip(&published.ready);
    let (port, _) = ports.find(|(_, backends)| **backends == 0)?;
    let by = published.by;
    let sidecar = ready.iter().all(|pod| view::only_sidecar_has_port(pod, port));
    let why = if sidecar {
        "only a sidecar has it, and controllers before 1.32 don't look there"
    } else {
        "their controller doesn't keep up"
    };
    let message = format!(
        "its {by} list the pods, but not their port {} for port {}: {why}",
        port.target_port, port.port
    );
    let path = format!("spec.ports[{}].targetPort", port.port);
    let evidence = vec![Evidence::field(service, path, port.target_port.to_string(), None)];
    let variant = if sidecar { "port-missing" } else { "stale" };
    let partial = published.total() > 0;
    let severity = if partial { Severity::Medium } else { Severity::High };
    Some(Verdict { severity, evidence, partial, ..Verdict::new(variant, Confidence::Likely, message) })
}
