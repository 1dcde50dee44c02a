//! `nodeName` in what pods are made from.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, template::Controller};

pub(crate) static CHECK: Check = Check {
    id: "node-name-set",
    topic: Topic::Pod,
    title: "the pods bypass the scheduler",
    severity: Severity::Medium,
    default: true,
    prevents: &["pod-unschedulable", "node-unknown"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some(node) = template.spec.at(&["nodeName"]) else { return };
    if matches!(template.controller, Controller::None | Controller::Other) {
        return;
    }
    let name = node.text().unwrap_or_default();
    found
        .at(
            node,
            format!(
                "nodeName puts each pod on {name} unasked: when that is full they fail one after another (OutOfcpu), and when it is \
                 away they never run"
            ),
        )
        .advice("take a nodeSelector: kubernetes.io/hostname keeps to one node and asks whether there is room");
}
