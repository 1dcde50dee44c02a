//! Asking a pod's containers about their probes.

use rutter_cluster::objects::{Condition, Container, ContainerStatus, Pod};

use super::{
    failing::{self, Failing},
    say, untold,
};
use crate::{Context, Findings, Outcome, texts::probe::ProbeKind};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    let probed: Vec<_> = probed(pod).collect();
    if probed.is_empty() {
        return Ok(());
    }
    let (events, unseen) = match context.events(pod) {
        Ok(events) => (events, None),
        Err(unseen) => (Vec::new(), Some(unseen)),
    };
    let mut undecided = false;
    for (container, status) in probed {
        let all = failing::failing(context, pod, container, status, &events);
        if all.is_empty() && failing::lacks_readiness(context, container, status) && !is_silent(context, pod)
        {
            let finding = untold::finding(context, pod, container, status, unseen.as_ref());
            undecided |= finding.variant == "unknown";
            findings.push(finding);
        }
        findings.extend(all.iter().map(|failing| say::finding(context, pod, failing)));
    }
    unseen.filter(|_| undecided).map_or(Ok(()), Err)
}

/// Whether nobody hears from the pod's node: its container was not ready when it was heard of last, and may be by now.
fn is_silent(context: &Context<'_>, pod: &Pod) -> bool {
    let node = context.node(&pod.spec.node_name).ok().flatten();
    node.and_then(|node| node.condition("Ready")).is_some_and(Condition::is_unknown)
}

/// Containers that stay and have a probe, sidecars included.
fn probed(pod: &Pod) -> impl Iterator<Item = (&Container, &ContainerStatus)> {
    let stay = pod.container_statuses().filter(|(_, must_end)| !must_end);
    stay.filter_map(|(status, _)| {
        let container = pod.container(&status.name)?;
        let kinds = [ProbeKind::Startup, ProbeKind::Liveness, ProbeKind::Readiness];
        kinds
            .iter()
            .any(|kind| failing::definition(container, *kind).is_some())
            .then_some((container, status))
    })
}

/// What fails in a container of that name, in that form: what a finding was made of.
pub(super) fn again<'c>(
    context: &Context<'c>,
    pod: &'c Pod,
    name: &str,
    variant: &str,
) -> Option<Failing<'c>> {
    let events = context.events(pod).ok()?;
    let (container, status) = probed(pod).find(|(container, _)| container.name == name)?;
    let all = failing::failing(context, pod, container, status, &events);
    all.into_iter().find(|failing| failing.variant == variant)
}
