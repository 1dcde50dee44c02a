//! A ReplicationController replaces no pods when its template changes.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, workloads};

pub(crate) static CHECK: Check = Check {
    id: "replication-controller",
    topic: Topic::Workload,
    title: "a ReplicationController replaces no pods when its template changes",
    severity: Severity::Medium,
    default: true,
    prevents: &["replication-controller-stale"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.is("", "ReplicationController") && !workloads::is_owned(object) {
        found
            .at(object.head(), "a change of its template reaches no pod until that is deleted by hand: `kubectl rolling-update` is gone since 1.18")
            .advice("make it a Deployment");
    }
}
