//! A pull that takes minutes: nothing has failed, and nothing runs.

use rutter_cluster::{
    Str,
    objects::{Event, Pod},
};

use super::about;
use crate::{Confidence, Context, Evidence, Findings, Outcome, Severity, texts::image_pull, words};

/// A pull that takes this long, in seconds, is worth a look.
const SLOW: i64 = 300;

/// Events are kept for an hour: older pods have none about their start.
const REMEMBERED: i64 = 3600;

/// Looks at the containers that have not started: what is the last that happened to their images?
pub(super) fn is_slow(
    context: &Context<'_>,
    pod: &Pod,
    starting: &[&Str],
    findings: &mut Findings,
) -> Outcome {
    let bound = !pod.spec.node_name.is_empty();
    if !bound || pod.status.start_time.is_none_or(|start| context.is_younger(start, SLOW)) {
        return Ok(());
    }
    let events = context.events(pod)?;
    let pulls = starting.iter().filter_map(|name| Some((*name, unfinished(&events, name)?)));
    let pulls: Vec<_> = pulls
        .filter(|(_, event)| event.last_seen().is_some_and(|begun| context.age(begun) >= SLOW))
        .collect();
    if pulls.is_empty() || !node_reports(context, pod) {
        return Ok(());
    }
    for (name, event) in pulls {
        let mut finding = about(context, pod);
        finding.variant = "slow";
        finding.severity = if finding.severity > Severity::Medium { Severity::Medium } else { Severity::Low };
        finding.confidence = Confidence::Likely;
        finding.container = Some(name.clone());
        finding.since = event.last_seen();
        finding.message = format!(
            "the pull of {} for container {name} has not ended after more than {}",
            image(pod, name),
            words::duration(SLOW)
        );
        finding.evidence.push(Evidence::event(event));
        findings.push(finding);
    }
    Ok(())
}

/// The event that a pull began, if nothing followed it.
fn unfinished<'c>(events: &[&'c Event], container: &str) -> Option<&'c Event> {
    let mine = |event: &&&Event| {
        event.container() == Some(container)
            && matches!(
                event.reason.as_str(),
                "Pulling" | "Pulled" | "Failed" | "BackOff" | "Created" | "Started"
            )
    };
    events.iter().rev().find(mine).filter(|event| event.reason == "Pulling").copied()
}

/// Whether the kubelet still reports: events of a node that went silent tell nothing about now.
fn node_reports(context: &Context<'_>, pod: &Pod) -> bool {
    context.node(&pod.spec.node_name).ok().flatten().is_none_or(rutter_cluster::objects::Node::is_ready)
}

/// Notes pulls of the last hour that took long: new nodes and new replicas will wait as long.
pub(super) fn was_slow(context: &Context<'_>, pod: &Pod, findings: &mut Findings) {
    if !pod.status.start_time.is_some_and(|start| context.is_younger(start, REMEMBERED)) {
        return;
    }
    let Ok(events) = context.events(pod) else { return };
    for event in events.into_iter().filter(|event| event.reason == "Pulled") {
        let Some(pulled) = image_pull::pulled(&event.message) else { continue };
        let took = pulled.with_waiting.or(pulled.took).map_or(0, |took| took.as_secs());
        if took < SLOW.unsigned_abs() {
            continue;
        }
        let size =
            pulled.size.map_or_else(String::new, |size| format!(", an image of {},", words::bytes(size)));
        let mut finding = about(context, pod);
        finding.variant = "slow";
        finding.severity = Severity::Info;
        finding.container = event.container().map(Str::from);
        finding.until = event.last_seen();
        finding.since = finding.until.map(|end| end.plus(-took.cast_signed()));
        finding.message =
            format!("the pull of {}{size} took more than {}", pulled.image, words::duration(SLOW));
        finding.evidence.push(Evidence::event(event));
        findings.push(finding);
    }
}

fn image(pod: &Pod, container: &str) -> Str {
    pod.container(container).map(|container| container.image.clone()).unwrap_or_default()
}
