//! The Ingress sends to a Service, or a port of it, that isn't there.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Presence, Topic, links};

pub(crate) static CHECK: Check = Check {
    id: "ingress-backend",
    topic: Topic::Network,
    title: "the Ingress sends to a Service, or a port of it, that isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["ingress-backend-error"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.kind != "Ingress" || !matches!(object.group(), "networking.k8s.io" | "extensions") {
        return;
    }
    for backend in links::ingress_backends(object) {
        let Some(name) = backend.service else { continue };
        let node = backend.node.at(&["service", "name"]).or_else(|| backend.node.at(&["serviceName"]));
        let node = node.unwrap_or(backend.node);
        if let Presence::Absent { nearest } = context.presence(object, Kind::Service, name) {
            let nearest = nearest.map(|name| format!("; the nearest is {name}")).unwrap_or_default();
            let message =
                format!("there is no Service {name} in its namespace{nearest}: its requests end with 503");
            found.at(node, message).advice("name a Service that is there");
            continue;
        }
        // Layers of an overlay may each have one.
        let services = context.all_named(object, "Service", name);
        let (Some(port), [service]) = (backend.port, services.as_slice()) else { continue };
        if !service.root.items_at(&["spec", "ports"]).is_empty() && !links::has_port(service, port) {
            let wanted = port.text().unwrap_or_default();
            let message = format!(
                "Service {name} has no port {wanted}, only {}: its requests end with 503",
                links::ports_of(service)
            );
            found.at(port, message).advice("name a port that the Service has");
        }
    }
}
