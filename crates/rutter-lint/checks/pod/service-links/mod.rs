//! Pods that get variables for all Services of their namespace.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "service-links",
    topic: Topic::Pod,
    title: "a variable for each Service of the namespace",
    severity: Severity::Low,
    default: false,
    prevents: &["crash-loop"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    if template.spec.at(&["enableServiceLinks"]).is_some() || setting::is_patch(template) {
        return;
    }
    let Some((key, _)) = template.spec.entry("containers") else { return };
    found
        .at(
            key,
            "its containers get seven variables or more for each Service of the namespace, which may change what the program does",
        )
        .advice("write enableServiceLinks: false");
}
