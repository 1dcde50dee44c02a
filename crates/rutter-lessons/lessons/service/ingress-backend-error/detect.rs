//! Ingresses that refer to what isn't there.

use rutter_cluster::{
    Resource, Str,
    objects::{Ingress, IngressClass},
};

use super::{ID, START, backends, tls};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, near, words};

pub(super) fn evaluate(context: &Context<'_>, ingress: &Ingress, findings: &mut Findings) -> Outcome {
    let meta = &ingress.meta;
    let only_written = meta.uid.is_empty() && meta.created.is_none();
    let young = meta.created.is_some_and(|created| context.may_be_younger(created, START));
    // cert-manager answers one challenge with it, and removes it.
    let challenge = meta.labels.contains_key("acme.cert-manager.io/http01-solver");
    if only_written || young || challenge || meta.deleted.is_some() {
        return Ok(());
    }
    // Each is said as far as it was seen; what wasn't leaves the lesson undecided.
    let class = class(context, ingress).map(|found| findings.extend(found));
    let backends = backends::broken(context, ingress).map(|(number, broken)| {
        findings.extend(of_backends(ingress, number, &broken));
    });
    let secrets = tls::missing(context, ingress).map(|missing| {
        findings.extend(of_secrets(context, ingress, &missing));
    });
    class.and(backends).and(secrets)
}

/// Nobody takes an Ingress whose class isn't there.
fn class(context: &Context<'_>, ingress: &Ingress) -> crate::Seen<Option<Finding>> {
    let wanted = &ingress.spec.ingress_class_name;
    // Some controllers (Contour) need no object for their name: one that says where it is reached has taken it.
    if wanted.is_empty() || !ingress.status.load_balancer.ingress.is_empty() {
        return Ok(None);
    }
    let all = context.ingress_classes()?;
    if all.iter().any(|class: &IngressClass| class.meta.name == *wanted) {
        return Ok(None);
    }
    let names: Vec<&Str> = all.iter().map(|class| &class.meta.name).collect();
    let hint = match near::nearest(wanted, names.iter().copied()) {
        Some(near) => format!(" (there is {near})"),
        None if names.is_empty() => {
            " (there is none at all: no ingress controller seems to be installed)".to_owned()
        }
        None => format!(
            " (there are {})",
            words::list(&names.iter().map(|name| name.as_str()).collect::<Vec<_>>(), 3)
        ),
    };
    let mut finding = Finding::about(ID, ingress);
    finding.variant = "no-class";
    finding.severity = Severity::High;
    // A controller may take the name without an object for it.
    finding.confidence = Confidence::Likely;
    finding.since = ingress.meta.created;
    finding.message = format!("no ingress controller takes it: IngressClass {wanted} does not exist{hint}");
    finding.evidence = vec![Evidence::field(ingress, "spec.ingressClassName", wanted.as_str(), None)];
    Ok(Some(finding))
}

fn of_backends(ingress: &Ingress, number: usize, broken: &[backends::Broken]) -> Option<Finding> {
    let first = broken.first()?;
    let mut finding = Finding::about(ID, ingress);
    finding.variant = first.variant;
    finding.severity = if broken.len() == number { Severity::High } else { Severity::Medium };
    finding.confidence = Confidence::Certain;
    let mut phrases: Vec<&str> = Vec::new();
    for one in broken {
        if !phrases.contains(&one.phrase.as_str()) {
            phrases.push(&one.phrase);
        }
    }
    let routes: Vec<&str> = broken
        .iter()
        .map(|one| if one.route.is_empty() { "the default backend" } else { one.route.as_str() })
        .collect();
    let all =
        if broken.len() == number { "all its routes lead nowhere" } else { "a part of it leads nowhere" };
    finding.message = format!("{all} ({}): {}", words::list(&routes, 2), words::list(&phrases, 2));
    finding.evidence = broken
        .iter()
        .take(3)
        .map(|one| {
            if one.route.is_empty() {
                return Evidence::field(ingress, "spec.defaultBackend", one.service.as_str(), None);
            }
            Evidence::field(ingress, "spec.rules", format!("{} to Service {}", one.route, one.service), None)
        })
        .collect();
    Some(finding)
}

fn of_secrets(context: &Context<'_>, ingress: &Ingress, missing: &[Str]) -> Option<Finding> {
    if missing.is_empty() || tls::may_come(context, ingress) || tls::is_elsewhere(ingress) {
        return None;
    }
    let mut finding = Finding::about(ID, ingress);
    finding.variant = "no-secret";
    finding.severity = Severity::Medium;
    // Some controllers are told to serve a default certificate for such hosts.
    finding.confidence = Confidence::Likely;
    let names: Vec<&str> = missing.iter().map(Str::as_str).collect();
    let (noun, verb) = if names.len() == 1 { ("Secret", "does") } else { ("Secrets", "do") };
    let who =
        tls::maker(ingress).map_or_else(String::new, |who| format!("; {who} should make it, and has not"));
    finding.message = format!(
        "its hosts are served with the controller's own certificate or not at all: TLS {noun} {} {verb} not exist in namespace {}{who}",
        words::list(&names, 3),
        ingress.object_ref().namespace
    );
    finding.evidence = names
        .iter()
        .take(3)
        .map(|name| Evidence::field(ingress, "spec.tls[*].secretName", *name, None))
        .collect();
    Some(finding)
}
