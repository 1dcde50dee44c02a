//! Scaling behaviour that never lets a workload grow, or that is refused.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-behaviour",
    topic: Topic::Workload,
    title: "the autoscaler's behaviour keeps it from scaling",
    severity: Severity::Medium,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let Some(behaviour) = object.at(&["spec", "behavior"]) else { return };
    if let Some(node) = behaviour.at(&["scaleUp", "selectPolicy"])
        && node.text() == Some("Disabled")
    {
        found.at(node, "scaling up is disabled: no replicas are added under any load");
    }
    for way in ["scaleUp", "scaleDown"] {
        let Some(rules) = behaviour.at(&[way]) else { continue };
        over(rules.at(&["stabilizationWindowSeconds"]), "stabilizationWindowSeconds", 3600, found);
        for policy in rules.items_at(&["policies"]) {
            over(policy.at(&["periodSeconds"]), "periodSeconds", 1800, found);
        }
    }
}

fn over(node: Option<&Node>, field: &str, most: i64, found: &mut Found<'_>) {
    if let Some(node) = node
        && let Some(value) = node.integer()
        && value > most
    {
        found.at(node, format!("{field} {value} is more than {most}, which the API server refuses"));
    }
}
