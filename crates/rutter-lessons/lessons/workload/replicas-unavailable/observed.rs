//! Whether a workload's controller keeps up with it.

use rutter_cluster::{Time, objects::Pod};

use super::{START, workload::Workload};
use crate::{Confidence, Context, Evidence, Origin, Severity, leaders, verdict::Verdict, words};

/// The controller-manager renews its lease every 2 s; one this old, in seconds, is nobody's.
const LEASE: i64 = 60;

/// A status this far behind its pods, in seconds, is not just late.
const LATE: i64 = 300;

/// A change of the spec that the controller hasn't looked at. It does within a second, so that in a snapshot it hardly
/// ever shows; when it was made isn't known.
pub(super) fn not_observed(context: &Context<'_>, workload: &Workload<'_>) -> Option<Verdict> {
    let (generation, observed) = (workload.meta.generation, workload.observed);
    let young = workload.meta.created.is_some_and(|created| context.may_be_younger(created, 2 * START));
    if generation <= observed || young {
        return None;
    }
    let renewed = context.lease("kube-system", "kube-controller-manager").ok().flatten();
    let renewed = renewed.and_then(|lease| Some((lease, lease.spec.renew_time?)));
    let what = match observed {
        0 => "its controller has never looked at it".to_owned(),
        _ => format!("its last change (generation {generation}) was not acted on (observed {observed})"),
    };
    let mut evidence = vec![
        workload.field("metadata.generation", generation.to_string(), None),
        workload.field("status.observedGeneration", observed.to_string(), None),
    ];
    let (confidence, why, since) = match renewed {
        Some((_, time)) if context.age(time) <= LEASE && observed > 0 => return None,
        Some((_, time)) if context.age(time) <= LEASE => (Confidence::Likely, String::new(), None),
        Some((lease, time)) => {
            evidence.push(Evidence::field(lease, "spec.renewTime", time.to_string(), Some(time)));
            let age = words::duration(context.age(time));
            (
                Confidence::Certain,
                format!(": kube-controller-manager last renewed its lease {age} ago"),
                Some(time),
            )
        }
        None if leaders::silent(context, leaders::MANAGER).is_some() => {
            evidence.extend(leaders::evidence(context, leaders::MANAGER));
            (Confidence::Certain, ": no kube-controller-manager leads".to_owned(), None)
        }
        None => (Confidence::Possible, "; kube-controller-manager's lease was not seen".to_owned(), None),
    };
    let severity = if workload.ready > 0 { Severity::Medium } else { Severity::High };
    let severity = if confidence == Confidence::Possible { Severity::Low } else { severity };
    Some(Verdict {
        variant: "not-observed",
        severity,
        confidence,
        message: format!("{what}{why}"),
        since,
        evidence,
    })
}

/// A status that says that all is well, while pods of the workload have not been ready for long.
pub(super) fn stale(context: &Context<'_>, workload: &Workload<'_>) -> Option<Verdict> {
    // Nearly always there are none, and then the others need not be looked at.
    let late = |pod: &&Pod| {
        let since = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
        since.is_some_and(|since| !context.may_be_younger(since, LATE))
    };
    context.unready_under(&workload.object).ok()?.into_iter().find(late)?;
    let pods = context.pods_under(&workload.object).ok()?;
    let active: Vec<&Pod> =
        pods.into_iter().filter(|pod| !pod.is_finished() && pod.meta.deleted.is_none()).collect();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let ready = count(active.iter().filter(|pod| pod.is_ready()).count());
    // With ReplicaSets unseen, some of its pods are not known as its own.
    if count(active.len()) < workload.made || ready >= workload.wanted {
        return None;
    }
    let lost = |pod: &&Pod| -> Option<(Time, String)> {
        let since = pod.condition("Ready").filter(|ready| !ready.is_true())?.last_transition_time?;
        Some((since, pod.meta.name.to_string()))
    };
    let (since, name) = active.iter().filter_map(lost).min()?;
    if context.may_be_younger(since, LATE) {
        return None;
    }
    let pod = active.iter().find(|pod| pod.meta.name == name.as_str())?;
    let says = words::pod_state(pod);
    let really = match ready {
        0 => "none is".to_owned(),
        1 => "only 1 is".to_owned(),
        number => format!("only {number} are"),
    };
    let message = format!(
        "its status counts {} as ready, but {really}: its controller doesn't keep up",
        words::count(usize::try_from(workload.ready).unwrap_or_default(), "pod")
    );
    let object = rutter_cluster::Resource::object_ref(*pod);
    let origin = Origin::Field("status.conditions[Ready].status".to_owned());
    let evidence = Evidence { object, origin, value: format!("not True: {says}"), time: Some(since) };
    let evidence =
        [workload.count(), evidence].into_iter().chain(leaders::evidence(context, leaders::MANAGER));
    Some(Verdict {
        variant: "stale",
        severity: if ready > 0 { Severity::Medium } else { Severity::High },
        confidence: Confidence::Likely,
        message,
        since: Some(since),
        evidence: evidence.collect(),
    })
}
