//! The CronJob never starts.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "cronjob-deadline",
    topic: Topic::Workload,
    title: "the CronJob never starts",
    severity: Severity::High,
    default: true,
    prevents: &["job-failing"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    /// The controller looks every ten seconds.
    const LEAST: i64 = 10;
    if !object.is("batch", "CronJob") {
        return;
    }
    let Some(node) = object.at(&["spec", "startingDeadlineSeconds"]) else { return };
    if node.integer().is_some_and(|seconds| seconds < LEAST) {
        let message = "its start is given up after less than 10 s, and the controller looks every 10 s: it may never start";
        found.at(node, message).advice("allow a minute and more, up to what the work can bear");
    }
}
