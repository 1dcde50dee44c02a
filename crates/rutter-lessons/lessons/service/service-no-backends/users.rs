//! Who would miss a Service.

use rutter_cluster::objects::{Backend, Ingress, Pod, Service};

use crate::{Context, Evidence};

/// Somebody who uses the Service, or used it.
pub(super) struct User {
    /// To stand behind a semicolon: `Ingress shop routes to it`. `None` where it is only a sign.
    pub(super) phrase: Option<String>,
    pub(super) evidence: Evidence,
}

/// Signs of users, the most telling first.
pub(super) fn users(context: &Context<'_>, service: &Service, pods: &[&Pod]) -> Vec<User> {
    let asked = webhook(context, service).or_else(|| api(context, service)).or_else(|| ingress(context, service));
    let open = asked.or_else(|| load_balancer(service)).or_else(|| dns(service));
    open.or_else(|| served(context, service, pods)).into_iter().collect()
}

fn webhook(context: &Context<'_>, service: &Service) -> Option<User> {
    let webhook = context.webhooks().ok()?.into_iter().find(|webhook| {
        let behind = webhook.client_config.service.as_ref();
        webhook.failure_policy != "Ignore" && behind.is_some_and(|behind| names(&behind.namespace, &behind.name, service))
    })?;
    Some(User {
        phrase: Some(format!("the API server asks it (webhook {}) and refuses objects without its answer", webhook.name)),
        evidence: Evidence::field(service, "metadata.name", format!("webhook {}", webhook.name), None),
    })
}

fn api(context: &Context<'_>, service: &Service) -> Option<User> {
    let api = context.api_services().ok()?.iter().find(|api| {
        api.spec.service.as_ref().is_some_and(|behind| names(&behind.namespace, &behind.name, service))
    })?;
    Some(User {
        phrase: Some(format!("it serves the API {}", api.meta.name)),
        evidence: Evidence::field(api, "spec.service.name", service.meta.name.as_str(), None),
    })
}

fn names(namespace: &str, name: &str, service: &Service) -> bool {
    service.meta.namespace == namespace && service.meta.name == name
}

fn ingress(context: &Context<'_>, service: &Service) -> Option<User> {
    let all = context.ingresses_in(&service.meta.namespace).ok()?;
    let ingress = all.iter().find(|ingress| routes(ingress, service))?;
    Some(User {
        phrase: Some(format!("Ingress {} routes to it", ingress.meta.name)),
        evidence: Evidence::field(ingress, "spec.rules", format!("backend {}", service.meta.name), None),
    })
}

fn routes(ingress: &Ingress, service: &Service) -> bool {
    let to = |backend: &Backend| backend.service_name().is_some_and(|name| *name == service.meta.name);
    let mut paths = ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
    ingress.spec.default_backend.as_ref().is_some_and(to) || paths.any(|path| to(&path.backend))
}

fn load_balancer(service: &Service) -> Option<User> {
    (service.spec.kind == "LoadBalancer").then(|| User {
        phrase: Some("a load balancer stands before it".to_owned()),
        evidence: Evidence::field(service, "spec.type", "LoadBalancer", None),
    })
}

fn dns(service: &Service) -> Option<User> {
    (service.meta.namespace == "kube-system" && service.meta.name == "kube-dns").then(|| User {
        phrase: Some("the cluster's names resolve through it".to_owned()),
        evidence: Evidence::field(service, "metadata.name", "kube-dns", None),
    })
}

/// Whether it had backends before: a pod was ready and isn't any more, or its endpoints changed after they were made.
fn served(context: &Context<'_>, service: &Service, pods: &[&Pod]) -> Option<User> {
    let fell = pods.iter().find_map(|pod| {
        let since = pod.condition("Ready")?.last_transition_time?;
        let started = pod.status.start_time.or(pod.meta.created)?;
        // Ready=False is written when the pod starts; later than that only after it was True.
        (!pod.is_ready() && since.since(started) > 10).then(|| {
            Evidence::field(*pod, "status.conditions[Ready].status", "False, after it was True", Some(since))
        })
    });
    let evidence = fell.or_else(|| changed(context, service))?;
    Some(User { phrase: None, evidence })
}

/// The controllers note the time of the pod's change that made them write; for a new Service its own creation.
fn changed(context: &Context<'_>, service: &Service) -> Option<Evidence> {
    const KEY: &str = "endpoints.kubernetes.io/last-change-trigger-time";
    let created = service.meta.created?;
    let late = |text: &str| rutter_cluster::Time::parse(text).filter(|time| time.since(created) > 60);
    let slices = context.slices(service).unwrap_or_default();
    let of_slices = slices.iter().find_map(|slice| {
        let time = late(slice.meta.annotations.get(KEY)?)?;
        Some(Evidence::field(*slice, format!("metadata.annotations[{KEY}]"), time.to_string(), Some(time)))
    });
    of_slices.or_else(|| {
        let endpoints = context.endpoints(service).ok()??;
        let time = late(endpoints.meta.annotations.get(KEY)?)?;
        Some(Evidence::field(endpoints, format!("metadata.annotations[{KEY}]"), time.to_string(), Some(time)))
    })
}
