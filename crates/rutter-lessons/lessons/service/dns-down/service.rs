//! The Service through which names resolve, and what is behind it.

use rutter_cluster::{
    Labels, ObjectRef, Resource, Time,
    objects::{Pod, Service},
};

use super::{ID, START};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Origin, Outcome, Seen, Severity, containers, dns, words,
};

pub(super) fn evaluate(context: &Context<'_>, service: &Service, findings: &mut Findings) -> Outcome {
    let meta = &service.meta;
    if !dns::is_cluster_dns(service) || meta.deleted.is_some() {
        return Ok(());
    }
    // Found again: the subject lives as long as the call, the table's Service as long as the cluster.
    let Some(service) = context.service(&meta.namespace, &meta.name)? else { return Ok(()) };
    let published = published(context, service);
    if published.as_ref().is_some_and(|(_, ready)| *ready > 0) {
        return Ok(());
    }
    let pods = context.pods_selected_by(service)?;
    let Some(verdict) = judge(context, service, &pods)? else { return Ok(()) };
    // A cluster that was just made has no DNS yet. That somebody wants none is no matter of waiting.
    let young = meta.created.is_some_and(|created| context.may_be_younger(created, 2 * START));
    if young && verdict.variant != "scaled-to-zero" {
        return Ok(());
    }
    let mut finding = Finding::about(ID, service);
    finding.variant = verdict.variant;
    finding.severity = Severity::Critical;
    finding.confidence =
        if published.is_some() { verdict.confidence } else { verdict.confidence.min(Confidence::Likely) };
    finding.since = verdict.since;
    finding.message = format!("no name resolves in the cluster: {}", verdict.phrase);
    finding.evidence = published
        .map(|(by, _)| Evidence::field(service, format!("({by})"), "0 ready", None))
        .into_iter()
        .chain(verdict.evidence)
        .collect();
    findings.push(finding);
    Ok(())
}

/// How many backends are published as ready, or serve until others are, and by what; `None` where that is not seen.
fn published(context: &Context<'_>, service: &Service) -> Option<(&'static str, usize)> {
    if let Ok(slices) = context.slices(service) {
        let endpoints = slices.iter().flat_map(|slice| slice.endpoints.iter());
        let serves = endpoints.filter(|one| one.is_ready() || one.conditions.serving == Some(true));
        return Some(("EndpointSlices", serves.count()));
    }
    let endpoints = context.endpoints(service).ok()??;
    Some(("Endpoints", endpoints.subsets.iter().map(|subset| subset.addresses.len()).sum()))
}

struct Verdict {
    variant: &'static str,
    confidence: Confidence,
    /// To stand behind a colon.
    phrase: String,
    since: Option<Time>,
    evidence: Vec<Evidence>,
}

fn judge(context: &Context<'_>, service: &Service, pods: &[&Pod]) -> Seen<Option<Verdict>> {
    let (going, active): (Vec<&Pod>, Vec<&Pod>) =
        pods.iter().copied().filter(|pod| !pod.is_finished()).partition(|pod| pod.meta.deleted.is_some());
    if active.iter().any(|pod| pod.is_ready()) {
        return Ok(None);
    }
    if !active.is_empty() {
        return Ok(not_ready(context, &active));
    }
    let just_gone = |pod: &&Pod| pod.meta.deleted.is_some_and(|gone| context.may_be_younger(gone, START));
    if going.iter().any(just_gone) {
        return Ok(None);
    }
    let Some(maker) = maker(context, service)? else { return Ok(nobody(context, service)) };
    if maker.wanted == 0 && dns::stands_in(context, service) {
        return Ok(None);
    }
    let (kind, name) = (&maker.object.kind, &maker.object.name);
    let (variant, phrase) = if maker.wanted == 0 {
        ("scaled-to-zero", format!("{kind} {name}, which answers for them, is scaled to 0"))
    } else {
        ("no-pods", format!("{kind} {name}, which answers for them, has no pod ({} wanted)", maker.wanted))
    };
    let evidence = vec![Evidence {
        object: maker.object.clone(),
        origin: Origin::Field(maker.path.to_owned()),
        value: maker.wanted.to_string(),
        time: None,
    }];
    Ok(Some(Verdict { variant, confidence: Confidence::Certain, phrase, since: maker.since, evidence }))
}

fn not_ready(context: &Context<'_>, active: &[&Pod]) -> Option<Verdict> {
    let became = |pod: &Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
    let since = active.iter().filter_map(|pod| became(pod)).max();
    let young = since.is_some_and(|since| context.may_be_younger(since, START));
    if young || active.iter().all(|pod| containers::starts(context, pod)) {
        return None;
    }
    let states = words::pod_states(active.iter().copied());
    let phrase = match active.len() {
        1 => format!("the only pod that answers for them is not ready: {states}"),
        number => format!("none of the {number} pods that answer for them is ready: {states}"),
    };
    let shown = active
        .iter()
        .take(3)
        .map(|pod| Evidence::field(*pod, "status.conditions[Ready]", words::pod_state(pod), became(pod)));
    Some(Verdict {
        variant: "not-ready",
        confidence: Confidence::Certain,
        phrase,
        since,
        evidence: shown.collect(),
    })
}

/// What makes the pods of the Service.
struct Maker {
    object: ObjectRef,
    wanted: i64,
    path: &'static str,
    since: Option<Time>,
}

fn maker(context: &Context<'_>, service: &Service) -> Seen<Option<Maker>> {
    let namespace = &service.meta.namespace;
    let selects =
        |labels: &Labels| service.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value));
    for one in context.deployments_in(namespace)? {
        if selects(&one.spec.template.meta.labels) {
            let since =
                one.status.condition("Available").and_then(|condition| condition.last_transition_time);
            let since = since.filter(|_| one.wanted() > 0);
            return Ok(Some(Maker {
                object: one.object_ref(),
                wanted: one.wanted(),
                path: "spec.replicas",
                since,
            }));
        }
    }
    for one in context.daemon_sets_in(namespace)? {
        if selects(&one.spec.template.meta.labels) {
            let (object, wanted) = (one.object_ref(), one.status.desired_number_scheduled);
            let path = "status.desiredNumberScheduled";
            return Ok(Some(Maker { object, wanted, path, since: None }));
        }
    }
    Ok(None)
}

/// Nothing makes pods for it: its workload was deleted, unless another answers.
fn nobody(context: &Context<'_>, service: &Service) -> Option<Verdict> {
    if dns::stands_in(context, service) {
        return None;
    }
    let phrase = format!(
        "Service {} selects {}, and nothing makes such pods",
        service.meta.name, service.spec.selector
    );
    let selector = Evidence::field(service, "spec.selector", service.spec.selector.to_string(), None);
    Some(Verdict {
        variant: "no-match",
        confidence: Confidence::Likely,
        phrase,
        since: None,
        evidence: vec![selector],
    })
}
