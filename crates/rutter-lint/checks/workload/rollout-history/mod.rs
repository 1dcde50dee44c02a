//! No earlier revision is kept to go back to.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "rollout-history",
    topic: Topic::Workload,
    title: "no earlier revision is kept to go back to",
    severity: Severity::Medium,
    default: true,
    prevents: &["crash-loop", "rollout-stuck"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.group() != "apps" || !matches!(object.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet")
    {
        return;
    }
    let Some(limit) = object.at(&["spec", "revisionHistoryLimit"]) else { return };
    if limit.integer() == Some(0) {
        found
            .at(limit, "no earlier revision is kept: `kubectl rollout undo` has nothing to go back to when the next one is bad")
            .advice("keep two or three");
    }
}
