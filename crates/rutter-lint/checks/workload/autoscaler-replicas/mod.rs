//! A number of replicas in the manifest of what an autoscaler scales.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, workloads::is_owned, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-replicas",
    topic: Topic::Workload,
    title: "the manifest sets the replicas of what is autoscaled",
    severity: Severity::Medium,
    default: true,
    prevents: &["hpa-behaviour", "traffic-avalanche"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    let Some(node) = object.at(&["spec", "replicas"]) else { return };
    // With none it is switched off, and the autoscaler rests.
    let Some(replicas) = node.integer().filter(|replicas| *replicas > 0) else { return };
    if is_owned(object) {
        return;
    }
    let autoscalers = context.links().autoscalers(context.namespace(object), &object.kind, &object.name);
    let Some(autoscaler) = autoscalers.first() else { return };
    let bound = |field: &str| autoscaler.at(&["spec", field]).and_then(Node::integer);
    if bound("maxReplicas") == Some(replicas) && bound("minReplicas") == Some(replicas) {
        return;
    }
    let message = format!(
        "each apply sets {replicas} replicas again, whatever {} {} has made of them, also in the middle of a peak",
        autoscaler.kind, autoscaler.name
    );
    // No fix: an apply without the field sets one replica where an earlier apply had it.
    found
        .at(node, message)
        .advice("no replicas here; where `kubectl apply` wrote them before, take them out of the last applied configuration first, or it sets 1 once");
}
