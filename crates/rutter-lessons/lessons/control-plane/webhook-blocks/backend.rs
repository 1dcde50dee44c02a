//! What stands behind a webhook: its Service, and whether that has an endpoint.

use rutter_cluster::{
    Labels, Time,
    objects::{Service, ServiceReference, Webhook},
};

use super::START;
use crate::{Context, Evidence, Seen, containers::clean, webhooks::Refusal};

/// What is wrong with the Service of a webhook.
pub(super) struct Fault {
    pub(super) variant: &'static str,
    /// To stand behind `webhook x can't be asked: `.
    pub(super) phrase: String,
    pub(super) evidence: Vec<Evidence>,
    /// Whether what published endpoints there are was seen, or only pods.
    pub(super) sure: bool,
}

/// Judges the Service. `None`: it has a ready endpoint, or can't be judged by its state.
pub(super) fn judge(
    context: &Context<'_>,
    webhook: &Webhook,
    reference: &ServiceReference,
    refusals: &[&Refusal],
) -> Seen<Option<Fault>> {
    let (namespace, name) = (&reference.namespace, &reference.name);
    let Some(service) = context.service(namespace, name)? else {
        let phrase = format!("its Service {namespace}/{name} does not exist");
        return Ok(Some(Fault { variant: "no-service", phrase, evidence: Vec::new(), sure: true }));
    };
    if service.spec.kind == "ExternalName" {
        return Ok(None);
    }
    let port = reference.port.unwrap_or(443);
    let ports = &service.spec.ports;
    if !ports.is_empty() && !ports.iter().any(|one| one.port == port) {
        let there: Vec<String> = ports.iter().map(|one| one.port.to_string()).collect();
        let phrase = format!(
            "it is called at port {port} of Service {namespace}/{name}, which has port {}",
            there.join(", ")
        );
        let evidence = vec![Evidence::field(service, "spec.ports[*].port", there.join(", "), None)];
        return Ok(Some(Fault { variant: "no-port", phrase, evidence, sure: true }));
    }
    let Some((ready, by)) = ready(context, service)? else { return Ok(None) };
    // Without a selector, somebody else keeps the endpoints, perhaps where they aren't seen.
    let kept_by_others = service.spec.selector.is_empty() && refusals.is_empty();
    if ready > 0 || kept_by_others || is_starting(context, service, refusals) {
        return Ok(None);
    }
    let told = format!("{by} list no ready backend; called for webhook {}", webhook.name);
    let evidence = vec![Evidence::field(service, "metadata.name", told, None)];
    let own = refusals.iter().find(|refusal| is_own(context, service, refusal));
    let (variant, phrase) = match own {
        Some(own) => {
            let (kind, name) = (&own.about.kind, &own.about.name);
            let phrase = format!(
                "its Service {namespace}/{} has no ready endpoint, and the pods of {kind} {name} behind it are themselves \
                 refused for want of its answer: it does not come back by itself",
                service.meta.name
            );
            ("deadlock", phrase)
        }
        None => ("no-endpoints", format!("its Service {namespace}/{name} has no ready endpoint")),
    };
    Ok(Some(Fault { variant, phrase, evidence, sure: by != "Its pods" }))
}

/// How many backends are ready, and what says so.
fn ready(context: &Context<'_>, service: &Service) -> Seen<Option<(usize, &'static str)>> {
    // Found again: the table's Service lives as long as the cluster.
    let Some(service) = context.service(&service.meta.namespace, &service.meta.name)? else {
        return Ok(None);
    };
    if let Ok(slices) = context.slices(service) {
        let endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
        return Ok(Some((endpoints.filter(|one| one.is_ready()).count(), "EndpointSlices")));
    }
    if let Ok(endpoints) = context.endpoints(service) {
        let subsets = endpoints.iter().flat_map(|endpoints| &endpoints.subsets);
        return Ok(Some((subsets.map(|subset| subset.addresses.len()).sum(), "Endpoints")));
    }
    if service.spec.selector.is_empty() {
        return Ok(None);
    }
    let pods = context.pods_selected_by(service)?;
    Ok(Some((pods.iter().filter(|pod| pod.is_ready()).count(), "Its pods")))
}

/// Whether its pods have just come, or have just stopped being ready, and nobody was refused for long.
fn is_starting(context: &Context<'_>, service: &Service, refusals: &[&Refusal]) -> bool {
    let long = |refusal: &&Refusal| refusal.first.is_some_and(|first| !context.may_be_younger(first, START));
    if refusals.iter().any(long) {
        return false;
    }
    if service.meta.created.is_some_and(|created| context.may_be_younger(created, START)) {
        return true;
    }
    changed(context, service).is_some_and(|changed| context.may_be_younger(changed, START))
}

/// When one of its pods last became ready, or stopped being it, or came.
pub(super) fn changed(context: &Context<'_>, service: &Service) -> Option<Time> {
    let service = context.service(&service.meta.namespace, &service.meta.name).ok()??;
    let pods = context.pods_selected_by(service).ok()?;
    let times = |pod: &&rutter_cluster::objects::Pod| {
        let ready = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
        [ready, pod.meta.created].into_iter().flatten().max()
    };
    pods.iter().filter_map(times).max()
}

/// Whether what was refused is a pod behind the Service itself.
fn is_own(context: &Context<'_>, service: &Service, refusal: &Refusal) -> bool {
    let selector = &service.spec.selector;
    let matches = |labels: &Labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value));
    let about = &refusal.about;
    about.namespace == service.meta.namespace
        && !selector.is_empty()
        && labels(context, about).is_some_and(matches)
}

/// The labels of the pods that a workload makes.
fn labels<'c>(context: &Context<'c>, about: &rutter_cluster::ObjectRef) -> Option<&'c Labels> {
    let (namespace, name) = (about.namespace.as_str(), about.name.as_str());
    let template = match about.kind.as_str() {
        "ReplicaSet" => &context.replica_set(namespace, name).ok()??.spec.template,
        "StatefulSet" => &context.stateful_set(namespace, name).ok()??.spec.template,
        "DaemonSet" => &context.daemon_set(namespace, name).ok()??.spec.template,
        _ => return None,
    };
    Some(&template.meta.labels)
}

/// The API server's words, shortened.
pub(super) fn words_of(text: &str) -> String {
    crate::containers::shortened(&clean(text), 100)
}
