//! Probes and hooks on init containers that end: the API server refuses them.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, template::Role};

pub(crate) static CHECK: Check = Check {
    id: "probe-on-init",
    topic: Topic::Probe,
    title: "an init container has a probe",
    severity: Severity::High,
    default: true,
    prevents: &["crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    if container.role != Role::Init {
        return;
    }
    for field in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
        let Some((key, value)) = container.node.entry(field) else { continue };
        if !value.is_null() {
            found
                .at(key, format!("an init container can't have a {field}: the API server refuses the pod"))
                .advice("take it out; if the container is to go on beside the others, give it restartPolicy: Always");
        }
    }
}
