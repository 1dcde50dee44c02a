//! The plan: the old pods that ended, each by its uid, after what they tell has gone into the journal.

use rutter_cluster::objects::Pod;
use rutter_plan::{Condition, Draft, Step};

use crate::{Context, fixes, words};

/// So many at most: the journal keeps what each of them tells.
pub(super) const MOST: usize = 200;

/// What a pod tells, in bytes.
const TELLS: usize = 300;

pub(super) fn plan(context: &Context<'_>, pods: &[&Pod]) -> Option<Draft> {
    let first = pods.first()?;
    let reason = &first.status.reason;
    let of_set = |pod: &Pod| pod.meta.controller().is_some_and(|owner| owner.kind == "ReplicaSet");
    let is_ended = |pod: &Pod| pod.status.phase == "Failed" && pod.status.reason == *reason;
    let alike = pods.iter().filter(|pod| is_ended(pod) && of_set(pod));
    let pods: Vec<&Pod> = alike.filter(|pod| fixes::known(**pod).is_some()).take(MOST).copied().collect();
    let top = context.top_owner(first);
    let title =
        format!("Delete {} of {} {} ({reason})", words::count(pods.len(), "failed pod"), top.kind, top.name);
    let draft = pods.iter().fold(Draft::new(title), |draft, pod| one(draft, pod));
    (!draft.steps.is_empty()).then_some(draft)
}

fn one(draft: Draft, pod: &Pod) -> Draft {
    let Some(object) = fixes::known(pod) else { return draft };
    let (node, message) = (&pod.spec.node_name, words::short(pod.status.message.trim(), TELLS));
    let since = pod.condition("Ready").and_then(|ready| ready.last_transition_time).or(pod.meta.created);
    let at = since.map_or_else(String::new, |since| format!(", {since}"));
    let on = if node.is_empty() { String::new() } else { format!(" on {node}") };
    let step = Step::delete(
        &object,
        "What it tells stays in this plan's journal; its log on the node goes with it.",
        fixes::gone_within(pod),
    )
    .needing([
        Condition::field(&object, "/status/phase", "Failed"),
        Condition::field(&object, "/status/reason", pod.status.reason.as_str()),
    ]);
    draft.about(&object).note(&object, format!("{}{on}{at}: {message}", pod.status.reason)).then(step)
}
