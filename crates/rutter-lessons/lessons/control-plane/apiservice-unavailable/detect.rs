//! APIs that are not available, and why.

use rutter_cluster::objects::{ApiService, Condition, ServiceReference, condition};

use super::{ID, START, harm};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::{clean, shortened},
    texts::api_service::{self, Answer},
};

pub(super) fn evaluate(context: &Context<'_>, api: &ApiService, findings: &mut Findings) -> Outcome {
    // Those that the API server serves itself have no Service, and are always available.
    let Some(service) = api.spec.service.as_ref().filter(|_| api.meta.deleted.is_none()) else {
        return Ok(());
    };
    let Some(available) = condition(&api.status.conditions, "Available") else { return Ok(()) };
    if available.is_true() || is_young(context, api, available) {
        return Ok(());
    }
    findings.push(finding(context, api, service, available));
    Ok(())
}

fn is_young(context: &Context<'_>, api: &ApiService, available: &Condition) -> bool {
    let times = [api.meta.created, available.last_transition_time];
    times.into_iter().flatten().any(|time| context.may_be_younger(time, START))
}

fn finding(
    context: &Context<'_>,
    api: &ApiService,
    service: &ServiceReference,
    available: &Condition,
) -> Finding {
    let (variant, why) = why(service, available);
    let harm = harm::of(context, api);
    let mut finding = Finding::about(ID, api);
    finding.variant = variant;
    finding.severity = if harm.is_felt { Severity::High } else { Severity::Medium };
    finding.confidence = if variant == "unknown" { Confidence::Likely } else { Confidence::Certain };
    finding.since = available.last_transition_time;
    finding.message = format!("nobody answers for the API {}: {why}{}", group(api), harm.phrase);
    let value = format!("{} ({}): {}", available.status, available.reason, available.message);
    let time = available.last_transition_time;
    finding.evidence.push(Evidence::field(api, "status.conditions[Available]", value, time));
    let behind = context.service(&service.namespace, &service.name).ok().flatten();
    finding.evidence.extend(behind.map(|behind| {
        Evidence::field(behind, "metadata.name", format!("serves the API {}", group(api)), None)
    }));
    finding.evidence.extend(harm.evidence);
    finding
}

/// `metrics.k8s.io/v1beta1`, of an APIService called `v1beta1.metrics.k8s.io`.
pub(super) fn group(api: &ApiService) -> String {
    match api.meta.name.split_once('.') {
        Some((version, group)) if !group.is_empty() => format!("{group}/{version}"),
        _ => api.meta.name.to_string(),
    }
}

fn why(service: &ServiceReference, available: &Condition) -> (&'static str, String) {
    let at = format!("Service {}/{}", service.namespace, service.name);
    match available.reason.as_str() {
        "ServiceNotFound" => ("no-service", format!("its {at} does not exist")),
        "ServicePortError" => {
            ("no-port", format!("its {at} does not have port {}", service.port.unwrap_or(443)))
        }
        "EndpointsNotFound" | "MissingEndpoints" => {
            ("no-endpoints", format!("its {at} has no ready endpoint"))
        }
        "FailedDiscoveryCheck" => ("no-answer", format!("its {at} {}", answer(&available.message))),
        _ => ("unknown", format!("the API server could not check its {at}: {}", words(&available.message))),
    }
}

fn answer(message: &str) -> String {
    match api_service::answer(message) {
        Answer::Status(status @ (401 | 403)) => {
            format!("answers with status {status}: it does not trust the API server's proxy certificate")
        }
        Answer::Status(404) => {
            "answers with status 404: what answers there does not serve this API".to_owned()
        }
        Answer::Status(status) => format!("answers with status {status}"),
        Answer::Timeout => "does not answer the API server in time".to_owned(),
        Answer::Refused => "refuses the API server's connections".to_owned(),
        Answer::Broken => "can't be reached from the API server".to_owned(),
        Answer::Other => format!("does not answer as it should: {}", words(message)),
    }
}

fn words(message: &str) -> String {
    shortened(&clean(message), 120)
}
