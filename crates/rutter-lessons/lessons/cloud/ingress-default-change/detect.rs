//! Holding the Service that a controller publishes against what its Ingresses show.

use std::collections::BTreeSet;

use rutter_cluster::{
    Resource, Str,
    objects::{DaemonSet, Deployment, Ingress, LoadBalancerIngress, Service},
};

use super::ID;
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, ingress_nginx::Controller,
    words,
};

const NAMED: usize = 3;
const SHOWN: usize = 4;

/// The controller writes addresses every minute; what it has not written for so long, in seconds, it does not write.
const PATIENCE: i64 = 600;

/// What classes name the controller, unless an argument says otherwise.
const CLASS: &str = "k8s.io/ingress-nginx";

pub(super) fn deployment(context: &Context<'_>, subject: &Deployment, findings: &mut Findings) -> Outcome {
    let Some(controller) = Controller::of_deployment(subject) else { return Ok(()) };
    let is_ready = subject.status.ready_replicas >= subject.wanted();
    evaluate(context, subject, controller, is_ready, findings)
}

pub(super) fn daemon_set(context: &Context<'_>, subject: &DaemonSet, findings: &mut Findings) -> Outcome {
    let Some(controller) = Controller::of_daemon_set(subject) else { return Ok(()) };
    let is_ready = subject.status.number_ready >= subject.status.desired_number_scheduled;
    evaluate(context, subject, controller, is_ready, findings)
}

fn evaluate(
    context: &Context<'_>,
    subject: &impl Resource,
    controller: Controller<'_>,
    is_ready: bool,
    findings: &mut Findings,
) -> Outcome {
    let own = subject.meta().namespace.as_str();
    let Some((namespace, name)) = controller.names("publish-service", own) else { return Ok(()) };
    match context.service(&namespace, &name)? {
        None => findings.push(missing(subject, &namespace, &name, is_ready)),
        Some(service) => findings.extend(stale(context, subject, controller, service)?),
    }
    Ok(())
}

fn missing(subject: &impl Resource, namespace: &str, name: &str, is_ready: bool) -> Finding {
    let mut finding = Finding::about(ID, subject);
    finding.variant = "service-missing";
    finding.severity = if is_ready { Severity::Medium } else { Severity::High };
    let then = if is_ready {
        "its pods run, but none will start anew"
    } else {
        "without that the controller does not start"
    };
    finding.message =
        format!("it is to publish the address of Service {namespace}/{name}, which does not exist: {then}");
    let argument = format!("--publish-service={namespace}/{name}");
    finding.evidence =
        vec![Evidence::field(subject, "spec.template.spec.containers[*].args", argument, None)];
    finding
}

fn stale(
    context: &Context<'_>,
    subject: &impl Resource,
    controller: Controller<'_>,
    service: &Service,
) -> Seen<Option<Finding>> {
    let published = addresses(&service.status.load_balancer.ingress);
    let is_young =
        |created: Option<rutter_cluster::Time>| created.is_none_or(|time| context.is_younger(time, PATIENCE));
    // One that has no address yet is the business of others; and whoever says not to write, means it.
    // Nor is another address that was given, or a controller for a part of the namespaces, whose Ingresses are not told apart here.
    let other = ["publish-status-address", "watch-namespace", "watch-namespace-selector"];
    let writes = controller.argument("update-status") != Some("false")
        && other.iter().all(|name| controller.argument(name).is_none_or(str::is_empty));
    if published.is_empty() || !writes || is_young(service.meta.created) {
        return Ok(None);
    }
    let classes = classes(context, controller)?;
    let shows_another = |ingress: &&Ingress| {
        let shown = addresses(&ingress.status.load_balancer.ingress);
        is_of(ingress, &classes)
            && !shown.is_empty()
            && shown.is_disjoint(&published)
            && !is_young(ingress.meta.created)
    };
    let stale: Vec<&Ingress> = context.ingresses()?.iter().filter(shows_another).collect();
    Ok((!stale.is_empty()).then(|| finding(subject, service, &published, &stale)))
}

fn finding(
    subject: &impl Resource,
    service: &Service,
    published: &BTreeSet<&str>,
    stale: &[&Ingress],
) -> Finding {
    let mut finding = Finding::about(ID, subject);
    finding.variant = "stale";
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Likely;
    let hosts: BTreeSet<&str> =
        stale.iter().flat_map(|ingress| &ingress.spec.rules).map(|rule| rule.host.as_str()).collect();
    let hosts: Vec<&str> = hosts.into_iter().filter(|host| !host.is_empty()).collect();
    let shown: BTreeSet<&str> =
        stale.iter().flat_map(|ingress| addresses(&ingress.status.load_balancer.ingress)).collect();
    let list = |all: &BTreeSet<&str>| words::list(&all.iter().collect::<Vec<_>>(), NAMED);
    let of_hosts =
        if hosts.is_empty() { String::new() } else { format!(" ({})", words::list(&hosts, NAMED)) };
    let show = if stale.len() == 1 { "an Ingress" } else { "Ingresses" };
    let verb = if stale.len() == 1 { "shows" } else { "show" };
    finding.message = format!(
        "it is to publish {} of Service {}/{}, and {}{of_hosts} still {verb} {}: DNS made from them leads there",
        list(published),
        service.meta.namespace,
        service.meta.name,
        if stale.len() == 1 { show.to_owned() } else { format!("{} {show}", stale.len()) },
        list(&shown),
    );
    let of_service = Evidence::field(service, "status.loadBalancer.ingress", list(published), None);
    let of_ingresses = stale.iter().take(SHOWN).map(|ingress| {
        let shown = addresses(&ingress.status.load_balancer.ingress);
        Evidence::field(*ingress, "status.loadBalancer.ingress", list(&shown), None)
    });
    finding.evidence = [of_service].into_iter().chain(of_ingresses).collect();
    finding
}

fn addresses(all: &[LoadBalancerIngress]) -> BTreeSet<&str> {
    all.iter().flat_map(|at| [at.ip.as_str(), at.hostname.as_str()]).filter(|at| !at.is_empty()).collect()
}

/// The names of the classes that the controller serves.
fn classes(context: &Context<'_>, controller: Controller<'_>) -> Seen<BTreeSet<String>> {
    let own = controller.argument("ingress-class").unwrap_or("nginx");
    let class = controller.argument("controller-class").unwrap_or(CLASS);
    let named = context.ingress_classes()?.iter().filter(|known| known.spec.controller == class);
    Ok(named.map(|known| known.meta.name.to_string()).chain([own.to_owned()]).collect())
}

fn is_of(ingress: &Ingress, classes: &BTreeSet<String>) -> bool {
    let annotated = ingress.meta.annotations.get("kubernetes.io/ingress.class").map(Str::as_str);
    let class = match ingress.spec.ingress_class_name.as_str() {
        "" => annotated,
        class => Some(class),
    };
    class.is_some_and(|class| classes.contains(class))
}
