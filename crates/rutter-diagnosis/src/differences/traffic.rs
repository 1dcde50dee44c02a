//! What leads requests to pods.

use rutter_cluster::objects::{Backend, Ingress, IngressClass, Service, ServicePort};

use super::Fields;

pub(super) fn service(service: &Service) -> Fields {
    let mut fields = Fields::default();
    let spec = &service.spec;
    fields.add("type", &spec.kind);
    fields.add_all("selector", spec.selector.iter().map(|(key, value)| format!("{key}={value}")));
    fields.add_all("ports", spec.ports.iter().map(port));
    fields.add("external name", &spec.external_name);
    fields.add("external traffic policy", &spec.external_traffic_policy);
    fields.add("internal traffic policy", &spec.internal_traffic_policy);
    let addresses = service.status.load_balancer.ingress.iter();
    fields.add_all("load balancer", addresses.map(|at| if at.ip.is_empty() { &at.hostname } else { &at.ip }));
    fields
}

fn port(port: &ServicePort) -> String {
    let protocol = if port.protocol.is_empty() { "TCP" } else { &port.protocol };
    format!("{} → {}/{protocol}", port.port, port.target_port)
}

pub(super) fn ingress(ingress: &Ingress) -> Fields {
    let mut fields = Fields::default();
    fields.add("class", &ingress.spec.ingress_class_name);
    for rule in &ingress.spec.rules {
        let paths = rule.http.iter().flat_map(|http| &http.paths);
        for path in paths {
            fields.add(format!("backend of {}{}", rule.host, path.path), backend(&path.backend));
        }
    }
    fields.add("default backend", ingress.spec.default_backend.as_ref().map(backend).unwrap_or_default());
    fields.add_all("TLS secrets", ingress.spec.tls.iter().map(|tls| &tls.secret_name));
    let addresses = ingress.status.load_balancer.ingress.iter();
    fields.add_all("address", addresses.map(|at| if at.ip.is_empty() { &at.hostname } else { &at.ip }));
    fields
}

fn backend(backend: &Backend) -> String {
    match &backend.service {
        Some(service) if service.port.name.is_empty() => format!("{}:{}", service.name, service.port.number),
        Some(service) => format!("{}:{}", service.name, service.port.name),
        None => format!("{}:{}", backend.service_name, backend.service_port),
    }
}

pub(super) fn ingress_class(class: &IngressClass) -> Fields {
    let mut fields = Fields::default();
    fields.add("controller", &class.spec.controller);
    fields
}
