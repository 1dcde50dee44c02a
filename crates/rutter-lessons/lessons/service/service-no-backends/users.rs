//! Who would miss a Service.

use rutter_cluster::objects::{Backend, Ingress, Service};

use crate::{Context, Evidence};

/// Somebody who uses the Service.
pub(super) struct User {
    /// To stand behind a semicolon: `Ingress shop routes to it`.
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
    /// Whether something sends requests to it, as far as is known.
    pub(super) asks: bool,
}

/// The user that tells the most, if one is seen. Pods that ask it can't be.
pub(super) fn user(context: &Context<'_>, service: &Service) -> Option<User> {
    let asked =
        webhook(context, service).or_else(|| api(context, service)).or_else(|| ingress(context, service));
    asked.or_else(|| load_balancer(service)).or_else(|| dns(service))
}

fn webhook(context: &Context<'_>, service: &Service) -> Option<User> {
    let webhook = context.webhooks().ok()?.into_iter().find(|webhook| {
        let behind = webhook.client_config.service.as_ref();
        webhook.failure_policy != "Ignore"
            && behind.is_some_and(|behind| names(&behind.namespace, &behind.name, service))
    })?;
    Some(User {
        phrase: format!(
            "the API server asks it (webhook {}) and refuses objects without its answer",
            webhook.name
        ),
        evidence: Evidence::field(service, "(clientConfig.service of webhooks)", webhook.name.as_str(), None),
        asks: true,
    })
}

fn api(context: &Context<'_>, service: &Service) -> Option<User> {
    let api = context.api_services().ok()?.iter().find(|api| {
        api.spec.service.as_ref().is_some_and(|behind| names(&behind.namespace, &behind.name, service))
    })?;
    Some(User {
        phrase: format!("it serves the API {}", api.meta.name),
        evidence: Evidence::field(api, "spec.service.name", service.meta.name.as_str(), None),
        asks: true,
    })
}

fn names(namespace: &str, name: &str, service: &Service) -> bool {
    service.meta.namespace == namespace && service.meta.name == name
}

fn ingress(context: &Context<'_>, service: &Service) -> Option<User> {
    let all = context.ingresses_in(&service.meta.namespace).ok()?;
    let ingress = all.iter().find(|ingress| routes(ingress, service))?;
    Some(User {
        phrase: format!("Ingress {} routes to it", ingress.meta.name),
        evidence: Evidence::field(ingress, "spec.rules", format!("backend {}", service.meta.name), None),
        asks: true,
    })
}

fn routes(ingress: &Ingress, service: &Service) -> bool {
    let to = |backend: &Backend| backend.service_name().is_some_and(|name| *name == service.meta.name);
    let mut paths =
        ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
    ingress.spec.default_backend.as_ref().is_some_and(to) || paths.any(|path| to(&path.backend))
}

fn load_balancer(service: &Service) -> Option<User> {
    // While it waits for its address, nobody comes that way.
    let has_address = !service.status.load_balancer.ingress.is_empty();
    (service.spec.kind == "LoadBalancer" && has_address).then(|| User {
        phrase: "a load balancer stands before it".to_owned(),
        evidence: Evidence::field(service, "spec.type", "LoadBalancer", None),
        asks: false,
    })
}

fn dns(service: &Service) -> Option<User> {
    (service.meta.namespace == "kube-system" && service.meta.name == "kube-dns").then(|| User {
        phrase: "the cluster's names resolve through it".to_owned(),
        evidence: Evidence::field(service, "metadata.name", "kube-dns", None),
        asks: true,
    })
}
