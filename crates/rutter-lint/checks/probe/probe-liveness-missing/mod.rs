//! Containers that serve without a livenessProbe.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, setting, template::Role};

pub(crate) static CHECK: Check = Check {
    id: "probe-liveness-missing",
    topic: Topic::Probe,
    title: "a program that hangs is never restarted",
    severity: Severity::Low,
    default: false,
    prevents: &["running-but-dead"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let template = &container.template;
    let asked = template.controller.serves()
        && container.role == Role::Main
        && container.at(&["livenessProbe"]).is_none()
        && container.at(&["ports"]).is_some();
    if asked && !setting::is_patch(template) && !setting::is_injected(template) {
        found
            .at(container.head(), "it has no livenessProbe: a process that hangs without ending stays as it is")
            .advice("if it can hang, add a livenessProbe that asks no other system, with a timeout of some seconds");
    }
}
