//! What an autoscaler said last about a pod that waits for a node.

use rutter_cluster::{
    ObjectRef, Str,
    objects::{Event, Pod},
};

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

/// A pod that waits no longer than this, in seconds, may be about to get its node.
const START: i64 = 120;

/// An autoscaler looks at pods that wait every few seconds and says so again within minutes: older words, in seconds, are past.
const STALE: i64 = 1200;

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    let waits = pod.condition("PodScheduled").filter(|one| one.is_false() && one.reason == "Unschedulable");
    let Some(waits) = waits.filter(|_| pod.spec.node_name.is_empty() && pod.meta.deleted.is_none()) else {
        return Ok(());
    };
    // Pods of negative priority keep room for others, and wait whenever these need it.
    let is_filler = pod.spec.priority.is_some_and(|priority| priority < 0);
    if is_filler || waits.last_transition_time.is_some_and(|since| context.may_be_younger(since, START)) {
        return Ok(());
    }
    let events = context.events(pod)?;
    let Some((event, reason)) = last_word(&events) else { return Ok(()) };
    if event.last_seen().is_none_or(|last| context.age(last) > STALE) {
        return Ok(());
    }
    let failure = if reason.variant == "failed" { failure(context) } else { None };
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = reason.variant;
    let up = context.any_ready_under(&finding.object) == Ok(true);
    finding.severity = if up { Severity::Medium } else { Severity::High };
    finding.confidence = match (reason.variant, reason.is_mixed) {
        // Of a group that can't grow, the autoscaler doesn't look whether the pod would fit (`filterValidScaleUpNodeGroups`).
        (_, true) => Confidence::Possible,
        ("no-fit", _) => Confidence::Likely,
        _ => Confidence::Certain,
    };
    finding.since = event.first_seen();
    finding.message = format!("{} makes no node for a pod that waits: {}", reason.who, reason.says);
    if let Some(failure) = failure {
        finding.message = format!("{} ({})", finding.message, words::short(failure.text(), 160));
    }
    finding.evidence = [Some(event), failure].into_iter().flatten().map(Evidence::event).collect();
    findings.push(finding);
    Ok(())
}

struct Reason {
    variant: &'static str,
    who: &'static str,
    says: String,
    /// Whether it says something else of other groups, which the pod may be meant for.
    is_mixed: bool,
}

/// The autoscaler's last word, unless that is that a node comes.
fn last_word<'e>(events: &[&'e Event]) -> Option<(&'e Event, Reason)> {
    let mut said: Vec<&Event> = events.iter().copied().filter(|event| is_word(event)).collect();
    said.sort_by_key(|event| event.last_seen());
    let last = said.pop()?;
    let reason = match last.reason.as_str() {
        "NotTriggerScaleUp" => cluster_autoscaler(last.text()),
        "FailedScheduling" => karpenter(last.text()),
        _ => return None,
    };
    Some((last, reason?))
}

fn is_word(event: &Event) -> bool {
    let by_karpenter = event.component().as_str() == "karpenter";
    matches!(event.reason.as_str(), "NotTriggerScaleUp" | "TriggeredScaleUp" | "Nominated")
        || (by_karpenter && event.reason == "FailedScheduling")
}

/// `pod didn't trigger scale-up: 1 max node group size reached, 2 Insufficient cpu`: by groups. Of one that can't grow it isn't
/// known whether the pod would fit.
fn cluster_autoscaler(text: &str) -> Option<Reason> {
    const CANNOT_GROW: [&str; 5] = [
        "max node group size reached",
        "max total nodes in cluster reached",
        "limit reached",
        "in backoff after failed scale-up",
        "not ready for scale-up",
    ];
    let (_, said) = text.split_once("scale-up")?;
    let all = said.split_once(": ").map_or("", |(_, all)| all);
    let others: Vec<&str> = all
        .split(", ")
        .filter(|one| !one.is_empty() && !CANNOT_GROW.iter().any(|mark| one.contains(mark)))
        .collect();
    let others = words::short(&others.join(", "), 120);
    let reason = |variant, says: String| {
        let is_mixed = variant != "no-fit" && !others.is_empty();
        let of_others = if is_mixed { format!("; of others it says: {others}") } else { String::new() };
        Some(Reason { variant, who: "the cluster-autoscaler", says: format!("{says}{of_others}"), is_mixed })
    };
    if said.contains("max node group size reached") {
        return reason(
            "max-size",
            format!("{} as large as allowed", groups(said, "max node group size reached")),
        );
    }
    if said.contains("max total nodes in cluster reached") {
        return reason("max-size", "the cluster has as many nodes as allowed".to_owned());
    }
    if let Some(resources) = limit(said) {
        return reason("max-size", format!("the cluster has as much {resources} as allowed"));
    }
    if said.contains("in backoff after failed scale-up") {
        let groups = groups(said, "in backoff after failed scale-up");
        return reason("failed", format!("{groups} put aside for a while after an attempt that failed"));
    }
    if said.contains("not ready for scale-up") {
        return reason("not-ready", format!("{} not ready to grow", groups(said, "not ready for scale-up")));
    }
    let why = said.split_once(": ").map_or("", |(_, why)| why);
    let why = if why.is_empty() { "it does not say why".to_owned() } else { words::short(why, 160) };
    reason("no-fit", format!("no node of its groups would take the pod ({why})"))
}

/// `1 max node group size reached` → `1 node group is`.
fn groups(said: &str, mark: &str) -> String {
    let number = said.split_once(mark).and_then(|(head, _)| head.trim_end().rsplit(' ').next()?.parse().ok());
    let number: usize = number.unwrap_or(1);
    format!("{} {}", words::count(number, "node group"), if number == 1 { "is" } else { "are" })
}

/// `max cluster cpu, memory limit reached` → `cpu, memory`.
fn limit(said: &str) -> Option<&str> {
    said.split_once("max cluster ")?.1.split_once(" limit reached").map(|(resources, _)| resources)
}

/// Karpenter tells why each of its pools is out.
fn karpenter(text: &str) -> Option<Reason> {
    let reason = |variant, says: String| Some(Reason { variant, who: "Karpenter", says, is_mixed: false });
    if text.contains("exceed limits for nodepool") || text.contains("exceed limits for provisioner") {
        return reason("max-size", "a node pool is as large as its limits allow".to_owned());
    }
    let mentions = |mark: &str| text.contains(mark);
    if mentions("incompatible with nodepool")
        || mentions("no instance type")
        || mentions("incompatible with provisioner")
    {
        return reason(
            "no-fit",
            format!("no node of its pools would take the pod ({})", words::short(text, 160)),
        );
    }
    None
}

/// Why an attempt failed: cluster-autoscaler tells that of its groups at the ConfigMap in which it keeps its state.
fn failure<'c>(context: &Context<'c>) -> Option<&'c Event> {
    let status = ObjectRef {
        api_version: "v1".into(),
        kind: "ConfigMap".into(),
        namespace: "kube-system".into(),
        name: "cluster-autoscaler-status".into(),
        uid: Str::default(),
    };
    let events = context.events_of(&status).ok()?;
    let told = |event: &&Event| matches!(event.reason.as_str(), "FailedToScaleUpGroup" | "ScaleUpTimedOut");
    events.into_iter().rev().find(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both() {
        let of = |text: &str| cluster_autoscaler(text).map(|reason| (reason.variant, reason.says));
        let max =
            of("pod didn't trigger scale-up: 2 max node group size reached, 1 Insufficient cpu").unwrap();
        let told = "2 node groups are as large as allowed; of others it says: 1 Insufficient cpu";
        assert_eq!(max, ("max-size", told.to_owned()));
        let old =
            of("pod didn't trigger scale-up (it wouldn't fit if a new node is added): 1 Insufficient memory")
                .unwrap();
        assert_eq!(old.0, "no-fit");
        assert!(old.1.ends_with("(1 Insufficient memory)"), "{}", old.1);
        assert_eq!(of("pod didn't trigger scale-up: 1 max cluster cpu limit reached").unwrap().0, "max-size");
        for text in ["", "scale-up", "scale-up: ", "max cluster "] {
            let _ = of(text);
        }
        assert!(karpenter("something else").is_none());
    }
}
