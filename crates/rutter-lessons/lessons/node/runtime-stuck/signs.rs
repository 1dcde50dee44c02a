//! What a pod shows of a runtime that does not finish calls.

use rutter_cluster::{
    ObjectRef, Time,
    objects::{ContainerStatus, Event, Pod},
};

use super::RECENT;
use crate::{
    Context, Evidence, containers,
    texts::unfinished::{self, Call},
};

/// A kubelet that works may need this long, in seconds, after the deadline to stop a pod and to confirm it.
const OVERDUE: i64 = 180;

/// A call that is given up once, and ends at the next try, delays a pod by so long, in seconds.
const PASSING: i64 = 180;

/// A pod whose call to the runtime does not end.
pub(super) struct Sign<'c> {
    pub(super) pod: &'c Pod,
    pub(super) owner: ObjectRef,
    /// Which call; none where the pod should have ended and nothing is said of it.
    pub(super) call: Option<Call>,
    pub(super) first: Option<Time>,
    /// When it was told last; none where it is so now.
    pub(super) last: Option<Time>,
    pub(super) evidence: Evidence,
}

impl Sign<'_> {
    /// Whether nothing but the runtime can be what does not answer.
    pub(super) fn is_certain(&self) -> bool {
        self.call.is_some_and(Call::is_of_runtime_alone)
    }

    /// Whether the pod does not end, rather than start.
    pub(super) fn is_about_end(&self) -> bool {
        matches!(self.call, None | Some(Call::Stop | Call::Teardown))
    }

    /// Whether the pod does not come to run.
    pub(super) fn is_about_start(&self) -> bool {
        matches!(self.call, Some(Call::Start | Call::Sandbox))
    }

    /// Whether it goes on for longer than one call that is tried again.
    pub(super) fn lasts(&self, context: &Context<'_>) -> bool {
        self.first.is_none_or(|first| !context.may_be_younger(first, PASSING))
    }

    /// Whether it says something of the time since `from`.
    pub(super) fn is_since(&self, context: &Context<'_>, from: Option<Time>) -> bool {
        from.is_none_or(|from| self.last.map_or_else(|| context.is_past(from), |last| last >= from))
    }
}

/// What the pod shows now; events that were not seen are none.
pub(super) fn sign<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Sign<'c>> {
    if pod.is_finished() || pod.spec.node_name.is_empty() {
        return None;
    }
    if pod.meta.deleted.is_some() {
        return told(context, pod).or_else(|| overdue(context, pod));
    }
    waiting(context, pod).or_else(|| told(context, pod))
}

/// A container that waits because the runtime did not get it made or started.
fn waiting<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Sign<'c>> {
    let status = pod.container_statuses().map(|(status, _)| status).find(|status| is_unfinished(status))?;
    let events = context.events(pod).unwrap_or_default();
    let about = |event: &&&Event| unfinished::call(&event.reason, &event.message) == Some(Call::Start);
    let first = events.iter().filter(about).filter_map(|event| event.first_seen()).min();
    let never_ran = status.restart_count == 0;
    let evidence = containers::last_end(status)
        .filter(|end| end.ended.reason == "StartError")
        .map(|end| end.evidence(pod, status))
        .or_else(|| containers::waiting(pod, status))?;
    Some(Sign {
        pod,
        owner: context.top_owner(pod),
        call: Some(Call::Start),
        first: first.or(pod.status.start_time.filter(|_| never_ran)),
        last: None,
        evidence,
    })
}

fn is_unfinished(status: &ContainerStatus) -> bool {
    let Some(waiting) = &status.state.waiting else { return false };
    match waiting.reason.as_str() {
        "CreateContainerError" | "RunContainerError" | "ImageInspectError" => {
            unfinished::start(&waiting.message)
        }
        "CrashLoopBackOff" => {
            let ended = status.last_state.terminated.as_ref();
            ended.is_some_and(|ended| ended.reason == "StartError" && unfinished::start(&ended.message))
        }
        _ => false,
    }
}

/// The newest event that tells of such a call, if it says something about now.
fn told<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Sign<'c>> {
    let events = context.events(pod).unwrap_or_default();
    let (event, call) = events
        .iter()
        .rev()
        .find_map(|event| Some((*event, unfinished::call(&event.reason, &event.message)?)))?;
    let last = event.last_seen()?;
    if !context.is_younger(last, RECENT) || came_on(pod, &events, call, last) {
        return None;
    }
    Some(Sign {
        pod,
        owner: context.top_owner(pod),
        call: Some(call),
        first: began(&events, call),
        last: Some(last),
        evidence: Evidence::event(event),
    })
}

/// Since when such calls have failed without a pause. The runtime says it in several ways, and each has an event of its own.
fn began(events: &[&Event], call: Call) -> Option<Time> {
    let fails = |event: &&&Event| unfinished::call(&event.reason, &event.message) == Some(call);
    let mut spans: Vec<(Time, Time)> = events
        .iter()
        .filter(fails)
        .filter_map(|event| Some((event.last_seen()?, event.first_seen()?)))
        .collect();
    spans.sort();
    let (_, mut began) = spans.pop()?;
    while let Some((last, first)) = spans.pop() {
        if began.since(last) > PASSING {
            break;
        }
        began = began.min(first);
    }
    Some(began)
}

/// Whether the call came to its end after that. A pod that was deleted would be gone.
fn came_on(pod: &Pod, events: &[&Event], call: Call, last: Time) -> bool {
    if pod.meta.deleted.is_some() {
        return false;
    }
    let needs = |event: &&&Event| match call {
        Call::Sandbox => matches!(event.reason.as_str(), "Pulling" | "Pulled" | "Created" | "Started"),
        _ => event.reason == "Started",
    };
    let went_on = events.iter().filter(needs).any(|event| event.last_seen().is_some_and(|seen| seen > last));
    let ready = pod.condition("Ready").filter(|ready| ready.is_true());
    let recovered = ready.and_then(|ready| ready.last_transition_time).is_some_and(|since| since > last);
    // A pod whose state can't be asked for keeps the one that it had.
    went_on || recovered || (ready.is_some() && call != Call::Status && call != Call::Stop)
}

/// A deleted pod that still runs long after its grace, though nothing but the kubelet has to let it go.
fn overdue<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Sign<'c>> {
    let deadline = pod.meta.deleted?;
    let runs = || pod.container_statuses().any(|(status, _)| status.state.running.is_some());
    if !pod.meta.finalizers.is_empty() || !runs() || !context.is_past(deadline.plus(OVERDUE)) {
        return None;
    }
    let evidence = Evidence::field(pod, "metadata.deletionTimestamp", deadline.to_string(), Some(deadline));
    Some(Sign { pod, owner: context.top_owner(pod), call: None, first: Some(deadline), last: None, evidence })
}
