//! Namespaces that should be gone.

use rutter_cluster::objects::{Condition, Namespace, PersistentVolumeClaim, Pod, condition};

use super::{ID, OTHER, POD, finalizers, is_overdue, pod, volume};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity,
    containers::{clean, shortened},
    leaders,
    texts::namespace::{self, Left},
    webhooks, words,
};

pub(super) fn evaluate(context: &Context<'_>, namespace: &Namespace, findings: &mut Findings) -> Outcome {
    let meta = &namespace.meta;
    if !is_overdue(context, meta.deleted, OTHER) {
        return Ok(());
    }
    let Some(why) = why(context, namespace)? else { return Ok(()) };
    let mut finding = Finding::about(ID, namespace);
    finding.variant = why.variant;
    finding.severity = Severity::Medium;
    finding.confidence = why.confidence;
    finding.since = meta.deleted;
    finding.message = format!("deleted namespace {} does not go: {}", meta.name, why.phrase);
    finding.evidence = why.evidence;
    findings.push(finding);
    Ok(())
}

/// Why a namespace is still there.
struct Why {
    variant: &'static str,
    phrase: String,
    evidence: Vec<Evidence>,
    confidence: Confidence,
}

fn why(context: &Context<'_>, namespace: &Namespace) -> Seen<Option<Why>> {
    let told = |kind: &str| condition(&namespace.status.conditions, kind).filter(|told| told.is_true());
    let failed = told("NamespaceDeletionDiscoveryFailure")
        .or_else(|| told("NamespaceDeletionGroupVersionParsingFailure"));
    if let Some(failed) = failed {
        return Ok(Some(discovery(context, namespace, failed)));
    }
    // Pods first: what kills them may take its time, and most else waits for them.
    let pods: Vec<&Pod> = context.pods_in(&namespace.meta.name)?.iter().collect();
    if pods.iter().any(|pod| !is_overdue(context, pod.meta.deleted, POD)) {
        return Ok(leaving(context, namespace, &pods, told("NamespaceDeletionContentFailure")));
    }
    if let Some(why) = by_pod(context, &pods).or_else(|| by_claim(context, namespace)) {
        let conditions = ["NamespaceContentRemaining", "NamespaceFinalizersRemaining"];
        let shown = conditions.into_iter().filter_map(told).map(|told| shown(namespace, told));
        let evidence = why.evidence.into_iter().chain(shown).collect();
        return Ok(Some(Why { evidence, ..why }));
    }
    Ok(by_conditions(context, namespace, told))
}

/// Some pods are within their time, or have not even been asked to go.
fn leaving(
    context: &Context<'_>,
    namespace: &Namespace,
    pods: &[&Pod],
    failed: Option<&Condition>,
) -> Option<Why> {
    let unasked = pods.iter().filter(|pod| pod.meta.deleted.is_none()).count();
    let failed = failed.filter(|_| unasked > 0)?;
    Some(content_failure(context, namespace, failed))
}

fn by_pod(context: &Context<'_>, pods: &[&Pod]) -> Option<Why> {
    let (pod, hold) = pods.iter().find_map(|pod| Some((*pod, pod::hold(context, pod)?)))?;
    let others = pods.len() - 1;
    let more = if others == 0 { String::new() } else { format!(" (and {others} more)") };
    let phrase = format!("pod {}{more} is left: {}", pod.meta.name, hold.phrase);
    let mut evidence = hold.evidence;
    if !pod.spec.node_name.is_empty() && hold.variant != "finalizer" {
        evidence.push(Evidence::field(pod, "spec.nodeName", pod.spec.node_name.as_str(), None));
    }
    Some(Why { variant: hold.variant, phrase, evidence, confidence: hold.confidence })
}

fn by_claim(context: &Context<'_>, namespace: &Namespace) -> Option<Why> {
    let claims = context.claims_in(&namespace.meta.name).ok()?;
    let held = |claim: &PersistentVolumeClaim| volume::hold(context, claim);
    let (claim, hold) = claims.iter().find_map(|claim| Some((claim, held(claim)?)))?;
    let phrase = format!("claim {} is left: {}", claim.meta.name, hold.phrase);
    Some(Why { variant: hold.variant, phrase, evidence: hold.evidence, confidence: hold.confidence })
}

fn by_conditions<'n>(
    context: &Context<'_>,
    namespace: &'n Namespace,
    told: impl Fn(&str) -> Option<&'n Condition>,
) -> Option<Why> {
    let content = told("NamespaceContentRemaining");
    let left = content.map(|told| namespace::content(&told.message)).unwrap_or_default();
    if let Some(kept) = told("NamespaceFinalizersRemaining") {
        return Some(kept_by(namespace, kept, content, &left));
    }
    if let Some(failed) = told("NamespaceDeletionContentFailure") {
        return Some(content_failure(context, namespace, failed));
    }
    let meta = &namespace.meta;
    if let Some(content) = content {
        let phrase = match listed(&left) {
            list if list.is_empty() => shortened(&clean(&content.message), 160),
            list => format!("{list} left"),
        };
        let evidence = vec![shown(namespace, content)];
        return Some(Why { variant: "content", phrase, evidence, confidence: Confidence::Certain });
    }
    let own = !meta.finalizers.is_empty();
    let phrase = if own {
        finalizers::phrase(&meta.finalizers)
    } else {
        "its conditions name nothing that is left, as if no controller-manager worked on it".to_owned()
    };
    let evidence = if own {
        vec![finalizers::evidence(namespace)]
    } else {
        let phase = Evidence::field(namespace, "status.phase", namespace.status.phase.as_str(), meta.deleted);
        [phase].into_iter().chain(leaders::evidence(context, leaders::MANAGER)).collect()
    };
    let (variant, confidence) =
        if own { ("finalizer", Confidence::Certain) } else { ("untold", Confidence::Likely) };
    Some(Why { variant, phrase, evidence, confidence })
}

fn kept_by(namespace: &Namespace, kept: &Condition, content: Option<&Condition>, left: &[Left<'_>]) -> Why {
    let finalizers = namespace::finalizers(&kept.message);
    let names: Vec<&str> = finalizers.iter().map(|one| one.name).collect();
    let what = match listed(left) {
        list if list.is_empty() => "what is left in it".to_owned(),
        list => list,
    };
    let phrase = match names.as_slice() {
        [] => shortened(&clean(&kept.message), 160),
        [one] => match finalizers::known(one) {
            Some(who) => format!("finalizer {one} keeps {what}: {who}"),
            None => format!("finalizer {one} keeps {what}, and whoever put it there has not removed it"),
        },
        all => format!(
            "finalizers {} keep {what}, and whoever put them there has not removed them",
            words::list(all, 3)
        ),
    };
    let evidence = [Some(kept), content].into_iter().flatten().map(|told| shown(namespace, told)).collect();
    Why { variant: "finalizer", phrase, evidence, confidence: Confidence::Certain }
}

fn discovery(context: &Context<'_>, namespace: &Namespace, failed: &Condition) -> Why {
    let groups = namespace::failing_groups(&failed.message);
    let phrase = match groups.as_slice() {
        [] => format!(
            "the API server could not tell what kinds of objects there are: {}",
            shortened(&clean(&failed.message), 120)
        ),
        groups => format!(
            "nobody answers for the API {}, so that nobody knows whether objects of it are left in there",
            words::list(groups, 3)
        ),
    };
    let mut evidence = vec![shown(namespace, failed)];
    evidence.extend(registered(context, &groups));
    Why { variant: "discovery", phrase, evidence, confidence: Confidence::Certain }
}

/// The registrations of the APIs that don't answer.
fn registered(context: &Context<'_>, groups: &[&str]) -> Vec<Evidence> {
    let names = groups.iter().filter_map(|group| group.split_once('/'));
    let names: Vec<String> = names.map(|(group, version)| format!("{version}.{group}")).collect();
    let all = context.api_services().unwrap_or_default();
    let named = all.iter().filter(|api| names.iter().any(|name| api.meta.name == name.as_str()));
    let mut evidence = Vec::new();
    for api in named.take(3) {
        let available = condition(&api.status.conditions, "Available");
        let Some(available) = available.filter(|available| !available.is_true()) else { continue };
        let value = format!("{} ({})", available.status, available.reason);
        let time = available.last_transition_time;
        evidence.push(Evidence::field(api, "status.conditions[Available].status", value, time));
    }
    evidence
}

fn content_failure(context: &Context<'_>, namespace: &Namespace, failed: &Condition) -> Why {
    let phrase = format!("objects in it cannot be deleted: {}", shortened(&clean(&failed.message), 160));
    let mut evidence = vec![shown(namespace, failed)];
    evidence.extend(webhooks::evidence(context, &failed.message));
    Why { variant: "content", phrase, evidence, confidence: Confidence::Certain }
}

/// `2 widgets.example.com and 1 pods`, as the API names them.
fn listed(left: &[Left<'_>]) -> String {
    let each: Vec<String> = left.iter().map(|one| format!("{} {}", one.count, one.name)).collect();
    words::list(&each, 3)
}

fn shown(namespace: &Namespace, told: &Condition) -> Evidence {
    let path = format!("status.conditions[{}]", told.kind);
    Evidence::field(namespace, path, clean(&told.message), told.last_transition_time)
}
