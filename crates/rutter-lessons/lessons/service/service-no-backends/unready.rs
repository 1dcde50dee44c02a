//! A Service whose pods aren't ready, or all go.

use std::collections::BTreeSet;

use rutter_cluster::Time;
use rutter_cluster::objects::{Pod, Service};

use super::START;
use super::judge::{Verdict, is_spare};
use super::makers::Makers;
use super::view::publishes_unready;
use crate::{Confidence, Context, Evidence, Severity, containers, words};

/// All its pods go. That is how a restart or the end of a workload looks for a moment; later the node doesn't confirm.
pub(super) fn being_removed(
    context: &Context<'_>,
    service: &Service,
    going: &[&Pod],
    sure: Confidence,
) -> Option<Verdict> {
    let fresh = |pod: &&Pod| pod.meta.deleted.is_some_and(|deleted| context.may_be_younger(deleted, START));
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    let wanted = mine.is_empty() || mine.iter().any(|maker| maker.wanted > 0);
    if !wanted || going.iter().any(fresh) {
        return None;
    }
    let first = going.first()?;
    let since = going.iter().filter_map(|pod| pod.meta.deleted).max();
    let message = match going.len() {
        1 => "its only pod is being removed and doesn't end".to_owned(),
        number => format!("all its {number} pods are being removed and don't end"),
    };
    let value = since.map_or_else(String::new, |time| time.to_string());
    let evidence = vec![Evidence::field(*first, "metadata.deletionTimestamp", value, since)];
    Some(Verdict { since, evidence, ..Verdict::new("not-ready", sure, message) })
}

pub(super) fn not_ready(
    context: &Context<'_>,
    service: &Service,
    active: &[&Pod],
    sure: Confidence,
) -> Option<Verdict> {
    let has_address = active.iter().any(|pod| !pod.status.pod_ip.is_empty());
    if active.iter().all(|pod| containers::starts(context, pod))
        || (publishes_unready(service) && has_address)
    {
        return None;
    }
    let mut evidence = Vec::new();
    for pod in active.iter().take(2) {
        let value = format!("not True: {}", words::pod_state(pod));
        evidence.push(Evidence::field(*pod, "status.conditions[Ready].status", value, became_unready(pod)));
    }
    let message = states(active);
    let severity = if is_spare(service) { Severity::Low } else { Severity::High };
    let since = active.iter().filter_map(|pod| became_unready(pod)).max();
    Some(Verdict { severity, since, evidence, ..Verdict::new("not-ready", sure, message) })
}

fn states(active: &[&Pod]) -> String {
    let all: BTreeSet<String> = active.iter().map(|pod| words::pod_state(pod)).collect();
    match (active.len(), all.first()) {
        (1, Some(state)) => format!("its only pod is {state}"),
        (number, Some(state)) if all.len() == 1 => format!("its {number} pods are {state}"),
        (number, _) => {
            format!("none of its {number} pods is ready: {}", words::pod_states(active.iter().copied()))
        }
    }
}

pub(super) fn became_unready(pod: &Pod) -> Option<Time> {
    pod.condition("Ready").and_then(|ready| ready.last_transition_time).or(pod.meta.created)
}
