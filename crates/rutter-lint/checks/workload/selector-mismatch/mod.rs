//! Workloads whose selector doesn't choose their own pods.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Object, Template, Topic, selector::Selector, yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "selector-mismatch",
    topic: Topic::Workload,
    title: "the selector doesn't choose the workload's own pods",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some((node, selector)) = selector_of(template) else { return };
    if selector.is_empty() || selector.matches(template.labels()) {
        return;
    }
    let has = |key: &str| template.labels().find(|(name, _)| *name == key).map(|(_, value)| value);
    let wrong = selector.equalities().find(|(key, wanted)| has(key) != Some(wanted));
    let why = match wrong {
        Some((key, wanted)) => match has(key) {
            Some(value) => format!("it asks for {key}={wanted}, and the template has {key}={value}"),
            None => format!("it asks for {key}={wanted}, and the template has no label {key}"),
        },
        None => format!("it asks for {selector}"),
    };
    found
        .at(node, format!("the selector doesn't choose the pods of its own template, which the API server refuses: {why}"))
        .advice("the same labels in both; the selector can't be changed later, so that it should hold only what stays");
}

fn selector_of<'o>(template: &Template<'o>) -> Option<(&'o Node, Selector<'o>)> {
    let object: &'o Object = template.object;
    let node = object.at(&["spec", "selector"])?;
    let by_labels = match template.controller {
        Controller::Deployment | Controller::ReplicaSet | Controller::StatefulSet | Controller::DaemonSet => {
            false
        }
        Controller::ReplicationController => true,
        _ if object.is("argoproj.io", "Rollout") => false,
        _ if object.is("apps.openshift.io", "DeploymentConfig") => true,
        _ => return None,
    };
    Some((node, if by_labels { Selector::of_labels(node) } else { Selector::of(node) }))
}
