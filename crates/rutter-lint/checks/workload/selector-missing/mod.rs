//! Workloads of `apps/v1` without a selector.

use rutter_lessons::Severity;

use crate::{Check, Context, Controller, Found, Look, Template, Topic, workloads::is_whole};

pub(crate) static CHECK: Check = Check {
    id: "selector-missing",
    topic: Topic::Workload,
    title: "the workload has no selector",
    severity: Severity::High,
    default: true,
    prevents: &[],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    let needs = matches!(
        template.controller,
        Controller::Deployment | Controller::ReplicaSet | Controller::StatefulSet | Controller::DaemonSet
    );
    let selector = object.at(&["spec", "selector"]);
    if !needs
        || object.api_version != "apps/v1"
        || !is_whole(template)
        || selector.is_some_and(|one| !one.is_empty())
    {
        return;
    }
    let labels: Vec<_> = template.labels().map(|(key, value)| format!("{key}: {value}")).collect();
    let message =
        format!("a {} of apps/v1 needs spec.selector: the API server refuses it without", object.kind);
    found.at(selector.unwrap_or(object.head()), message).advice(format!(
        "selector: {{ matchLabels: {{ {} }} }}, or those of them that never change",
        labels.join(", ")
    ));
}
