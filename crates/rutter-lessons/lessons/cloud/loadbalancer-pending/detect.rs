//! Finding the Services that wait for an address.

use rutter_cluster::objects::Service;

use super::{
    ID, START,
    verdict::{self, Verdict},
};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Origin, Outcome, Severity, hosting,
    texts::cloud::Refusal, words,
};

/// So many characters of the cloud's words are told.
const SHORT: usize = 120;

pub(super) fn evaluate(context: &Context<'_>, service: &Service, findings: &mut Findings) -> Outcome {
    if !waits(context, service) {
        return Ok(());
    }
    let Some(verdict) = verdict::judge(context, service) else { return Ok(()) };
    let mut finding = Finding::about(ID, service);
    finding.variant = verdict.variant();
    finding.since = service.meta.created;
    finding.severity = severity(service, &verdict);
    finding.confidence = confidence(&verdict);
    finding.message = format!(
        "it has no address from outside (EXTERNAL-IP <pending>): {}",
        why(context, service, &verdict)
    );
    finding.evidence = evidence(service, &verdict);
    findings.push(finding);
    Ok(())
}

/// Whether the Service should have an address by now, and has none.
fn waits(context: &Context<'_>, service: &Service) -> bool {
    let meta = &service.meta;
    let stored = !meta.uid.is_empty() || meta.created.is_some();
    service.spec.kind == "LoadBalancer"
        && service.status.load_balancer.ingress.is_empty()
        && meta.deleted.is_none()
        && stored
        && !meta.created.is_some_and(|created| context.may_be_younger(created, START))
}

fn severity(service: &Service, verdict: &Verdict<'_>) -> Severity {
    match verdict {
        _ if !service.spec.external_ips.is_empty() => Severity::Low,
        // On one's own machines, charts bring such Services for clouds, and nobody misses the address.
        Verdict::NoController => Severity::Low,
        Verdict::Refused { .. }
        | Verdict::ControllerDown(..)
        | Verdict::LeaderStale(_)
        | Verdict::Stuck(_) => Severity::High,
        _ => Severity::Medium,
    }
}

fn confidence(verdict: &Verdict<'_>) -> Confidence {
    match verdict {
        Verdict::Refused { .. } | Verdict::Unknown | Verdict::NoAddress(_) => Confidence::Certain,
        Verdict::Unanswered(_) => Confidence::Possible,
        _ => Confidence::Likely,
    }
}

fn why(context: &Context<'_>, service: &Service, verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Refused { answer, .. } => {
            let said = words::short(answer.words, SHORT);
            match answer.refusal {
                Refusal::Other => format!("who makes load balancers says {said:?}"),
                refusal => format!("{}: {said}", refusal.phrase()),
            }
        }
        Verdict::Stuck(event) => {
            let when = event
                .last_seen()
                .map_or_else(String::new, |seen| format!(" for {}", words::duration(context.age(seen))));
            format!("{} began to make it, and has said nothing{when}", event.component())
        }
        Verdict::NoAddress(event) => {
            format!("{} says that it is done, but has written no address", event.component())
        }
        Verdict::ControllerDown(pods, owner) => {
            let states = words::pod_states(pods.iter().copied());
            format!("{} {} makes it, and has no ready pod ({states})", owner.kind, owner.name)
        }
        Verdict::LeaderStale(record) => format!(
            "no replica of {} leads: the record of its leader ({}) was last renewed at {}",
            record.object.name,
            if record.holder.is_empty() { "nobody" } else { &record.holder },
            hosting::clock(context, record.renewed)
        ),
        Verdict::Class => format!(
            "it asks for the load balancer class {}, and nobody who answers for that has said anything about it",
            service.spec.load_balancer_class
        ),
        Verdict::NoController => {
            "nothing that makes load balancers is seen in this cluster, and no event tells that anybody tried"
                .to_owned()
        }
        Verdict::Unanswered(pods) => match pods.first() {
            Some(pod) => format!("no event tells that anybody tried, though {} runs", pod.meta.name),
            None => "no event tells that anybody tried".to_owned(),
        },
        Verdict::Unknown => "why, the source does not tell".to_owned(),
    }
}

fn evidence(service: &Service, verdict: &Verdict<'_>) -> Vec<Evidence> {
    let mut all = vec![Evidence::field(service, "status.loadBalancer.ingress", "none", service.meta.created)];
    match verdict {
        Verdict::Refused { event, .. } | Verdict::Stuck(event) | Verdict::NoAddress(event) => {
            all.push(Evidence::event(event));
        }
        Verdict::ControllerDown(pods, owner) => {
            let value = words::pod_states(pods.iter().copied());
            let origin = Origin::Field("(pods)".to_owned());
            all.push(Evidence { object: owner.clone(), origin, value, time: None });
        }
        Verdict::LeaderStale(record) => all.push(record.evidence.clone()),
        Verdict::Class => {
            all.push(Evidence::field(
                service,
                "spec.loadBalancerClass",
                service.spec.load_balancer_class.as_str(),
                None,
            ));
        }
        _ => {}
    }
    all
}
