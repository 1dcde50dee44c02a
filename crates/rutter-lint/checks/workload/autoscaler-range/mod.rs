//! Autoscalers with bounds that can't be.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-range",
    topic: Topic::Workload,
    title: "the autoscaler's bounds exclude each other",
    severity: Severity::High,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let bound = |field| object.at(&["spec", field]);
    let (least, most) = (bound("minReplicas"), bound("maxReplicas"));
    if let Some(node) = most
        && let Some(most) = node.integer()
    {
        let least = least.and_then(Node::integer).unwrap_or(1);
        if most < least || most < 1 {
            let message =
                format!("maxReplicas {most} is below minReplicas {least}: the API server refuses it");
            found.at(node, message);
            return;
        }
    }
    if let Some(node) = least
        && node.integer() == Some(0)
        && !counts_outside(object)
    {
        let message = "minReplicas 0 needs a metric that exists without pods (Object or External): the API server refuses it";
        found.at(node, message).advice("minReplicas: 1");
    }
}

fn counts_outside(object: &Object) -> bool {
    let metrics = object.root.items_at(&["spec", "metrics"]);
    metrics.iter().any(|metric| matches!(metric.text_at(&["type"]), Some("Object" | "External")))
}
