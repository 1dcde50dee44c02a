//! Looks at each Service that has ready pods: can a client's connection find one that listens?

use rutter_cluster::objects::{Pod, Service};

use super::{
    ID, headless, local,
    ports::{self, Ports},
};
use crate::{Confidence, Context, Evidence, Findings, Outcome, Severity, verdict::Verdict, words};

pub(super) fn evaluate(context: &Context<'_>, service: &Service, findings: &mut Findings) -> Outcome {
    let spec = &service.spec;
    let stored = !service.meta.uid.is_empty() || service.meta.created.is_some();
    if !stored || service.meta.deleted.is_some() || spec.selector.is_empty() || spec.kind == "ExternalName" {
        return Ok(());
    }
    let Some(service) = context.service(&service.meta.namespace, &service.meta.name)? else { return Ok(()) };
    // Most Services lead to names and to all nodes: their pods need not be looked at, nor at each change of one.
    let by_number = ports::all_numbered(service) && !ports::is_aside(service);
    if !by_number && !local::is_local(service) {
        return Ok(());
    }
    let pods = context.pods_selected_by(service)?;
    let ready: Vec<&Pod> =
        pods.into_iter().filter(|pod| pod.is_ready() && pod.meta.deleted.is_none()).collect();
    let verdict = match (by_number, service.is_headless()) {
        (true, true) => headless::wrong_port(context, service, &ready),
        (true, false) => {
            wrong_port(context, service, &ready).or_else(|| local::only(context, service, &ready))
        }
        (false, true) => None,
        (false, false) => local::only(context, service, &ready),
    };
    findings.extend(verdict.map(|verdict| verdict.about(ID, service)));
    Ok(())
}

/// A Service none of whose ports leads to one that its pods declare or are probed at, while they do declare others that nobody
/// else sends to.
fn wrong_port<'c>(context: &Context<'c>, service: &Service, ready: &[&'c Pod]) -> Option<Verdict> {
    let pod = *ready.first()?;
    let wrong = ports::numbered(service);
    for pod in ready {
        let known = Ports::of(pod);
        let has_one = wrong.iter().any(|(_, target)| known.knows(*target));
        if has_one || !known.are_all {
            return None;
        }
    }
    let known = Ports::of(pod);
    if ports::is_served_by_another(context, service, pod, &known) {
        return None;
    }
    let (port, target) = wrong.first()?;
    let proven = known.probed.iter().any(|probed| known.declared.contains(probed));
    let declared: Vec<String> = known.declared.iter().map(ToString::to_string).collect();
    let probe = if proven { ", where their probes succeed" } else { "" };
    Some(Verdict {
        variant: "wrong-port",
        severity: match (proven, is_routed_to(context, service)) {
            (false, _) => Severity::Low,
            (true, true) => Severity::High,
            (true, false) => Severity::Medium,
        },
        // A container may listen where it declares nothing.
        confidence: if proven { Confidence::Likely } else { Confidence::Possible },
        message: format!(
            "its port {} sends to port {target} of its pods, which declare {}{probe}, and not {target}: clients are refused \
             though all is ready",
            port.port,
            words::list(&declared, 3)
        ),
        since: None,
        evidence: vec![
            Evidence::field(
                service,
                format!("spec.ports[{}].targetPort", port.port),
                target.to_string(),
                None,
            ),
            Evidence::field(pod, "spec.containers[].ports", declared.join(", "), None),
        ],
    })
}

/// Whether something is known to send requests to it.
pub(super) fn is_routed_to(context: &Context<'_>, service: &Service) -> bool {
    let ingresses = context.ingresses_in(&service.meta.namespace).into_iter().flatten();
    let mut names = ingresses.flat_map(rutter_cluster::objects::Ingress::services);
    service.spec.kind == "LoadBalancer" || names.any(|name| *name == service.meta.name)
}
