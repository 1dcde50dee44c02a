//! Pods that should be gone.

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Event, Node, Pod},
};

use super::{ID, POD, finalizers, going, is_overdue};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::{clean, severity, shortened},
    leaders,
    texts::pod_end::Disruption,
    words,
};

/// What keeps a pod.
pub(super) struct Hold {
    pub(super) variant: &'static str,
    /// To stand behind a colon.
    pub(super) phrase: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) confidence: Confidence,
}

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.meta.deleted.is_none() || going(context, &pod.meta.namespace).is_some() {
        return Ok(());
    }
    let Some(hold) = hold(context, pod) else { return Ok(()) };
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = hold.variant;
    if finding.variant == "untold" {
        finding.hidden_with_node(context);
    }
    finding.confidence = hold.confidence;
    finding.since = asked(pod);
    // Another pod may take its place, but one with the same name may not.
    let named = pod.meta.controller().is_some_and(|owner| owner.kind == "StatefulSet");
    finding.severity = if named { severity(context, pod) } else { Severity::Low };
    let name = if named { ", and its name is not free for the next one" } else { "" };
    finding.message = format!("a deleted pod does not go{name}: {}", hold.phrase);
    finding.evidence = hold.evidence;
    findings.push(finding);
    Ok(())
}

/// When the deletion was asked for.
fn asked(pod: &Pod) -> Option<Time> {
    let grace = pod.meta.deletion_grace_period_seconds.max(0);
    pod.meta.deleted.map(|gone| gone.plus(grace.saturating_neg()))
}

/// Why a pod is still there, if it is late.
pub(super) fn hold(context: &Context<'_>, pod: &Pod) -> Option<Hold> {
    if !is_overdue(context, pod.meta.deleted, POD) || finalizers::only_wait(&pod.meta.finalizers) {
        return None;
    }
    let on_node = !pod.spec.node_name.is_empty() && !has_ended(pod);
    // Only after its containers are gone, a finalizer is all that holds it.
    if !pod.meta.finalizers.is_empty() && !on_node {
        return Some(by_finalizer(pod));
    }
    if is_evicted(context, pod) {
        return None;
    }
    by_node(context, pod)
}

fn has_ended(pod: &Pod) -> bool {
    let over = |status: &ContainerStatus| status.state.running.is_none();
    pod.is_finished() || pod.container_statuses().all(|(status, _)| over(status))
}

fn by_finalizer(pod: &Pod) -> Hold {
    Hold {
        variant: "finalizer",
        phrase: finalizers::phrase(&pod.meta.finalizers),
        evidence: vec![finalizers::evidence(pod)],
        confidence: Confidence::Certain,
    }
}

/// Whether the lesson about evicted pods tells of it: it was deleted for a taint of its node.
fn is_evicted(context: &Context<'_>, pod: &Pod) -> bool {
    let target = pod.condition("DisruptionTarget").filter(|target| target.is_true());
    let tainted = target.and_then(|target| Disruption::of_reason(&target.reason)) == Some(Disruption::Taint);
    let said = || {
        let events = context.events(pod).unwrap_or_default();
        target.is_none() && events.iter().any(|event| event.reason == "TaintManagerEviction")
    };
    pod.status.reason == "NodeLost" || tainted || said()
}

fn by_node(context: &Context<'_>, pod: &Pod) -> Option<Hold> {
    let name = &pod.spec.node_name;
    let deleted = Evidence::field(
        pod,
        "metadata.deletionTimestamp",
        pod.meta.deleted.map_or_else(String::new, |time| time.to_string()),
        pod.meta.deleted,
    );
    if name.is_empty() {
        // Nothing but the API server has to let it go.
        return None;
    }
    let Ok(node) = context.node(name) else { return Some(untold(pod, deleted)) };
    let Some(node) = node else {
        let phrase = format!(
            "its node {name} is not there any more, and the controller-manager, which should clear that up, does not"
        );
        let node = Evidence::field(pod, "spec.nodeName", name.as_str(), None);
        let manager = leaders::evidence(context, leaders::MANAGER);
        let evidence = [node, deleted].into_iter().chain(manager).collect();
        return Some(Hold { variant: "node-gone", phrase, evidence, confidence: Confidence::Certain });
    };
    if !node.is_ready() {
        return Some(on_silent_node(node, deleted));
    }
    Some(not_stopped(context, pod, deleted))
}

fn untold(pod: &Pod, deleted: Evidence) -> Hold {
    let phrase = format!("{} has not confirmed that it is gone", pod.spec.node_name);
    Hold { variant: "untold", phrase, evidence: vec![deleted], confidence: Confidence::Likely }
}

fn on_silent_node(node: &Node, deleted: Evidence) -> Hold {
    let name = &node.meta.name;
    let phrase = format!(
        "{name} is not Ready and does not confirm that its containers have stopped: they may still run"
    );
    let ready = node.condition("Ready").map(|ready| {
        let value = format!("{} ({})", ready.status, ready.reason);
        Evidence::field(node, "status.conditions[Ready]", value, ready.last_transition_time)
    });
    let evidence = [deleted].into_iter().chain(ready).collect();
    Hold { variant: "node-silent", phrase, evidence, confidence: Confidence::Certain }
}

/// The node is well: its kubelet says what it does not get done, or nothing.
fn not_stopped(context: &Context<'_>, pod: &Pod, deleted: Evidence) -> Hold {
    let name = &pod.spec.node_name;
    let events = context.events(pod).unwrap_or_default();
    let failed = |event: &&&Event| event.reason == "FailedKillPod" && event.is_warning();
    let failed = events.iter().rev().find(failed).copied();
    let running: Vec<&str> = pod
        .container_statuses()
        .filter(|(status, _)| status.state.running.is_some())
        .map(|(status, _)| status.name.as_str())
        .collect();
    let phrase = match failed {
        Some(event) => {
            let said = shortened(&clean(&event.message), 120);
            format!("{name} does not get it stopped: {said}")
        }
        None if running.is_empty() => format!(
            "its containers have ended, but {name} has not released it: its volumes or its network are not cleared away"
        ),
        None => {
            let noun = if running.len() == 1 { "container" } else { "containers" };
            format!("{name} has not stopped {noun} {}", words::list(&running, 3))
        }
    };
    let evidence = failed.map(Evidence::event).into_iter().chain([deleted]).collect();
    let confidence = if failed.is_some() { Confidence::Certain } else { Confidence::Likely };
    Hold { variant: "not-stopped", phrase, evidence, confidence }
}
