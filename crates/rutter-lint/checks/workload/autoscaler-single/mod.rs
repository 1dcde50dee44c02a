//! Autoscalers that may leave one pod for what users ask.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Template, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-single",
    topic: Topic::Workload,
    title: "the autoscaler may leave a single pod to users",
    severity: Severity::Low,
    default: true,
    prevents: &["traffic-avalanche"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let field = |name| object.root.text_at(&["spec", "scaleTargetRef", name]);
    let (Some(kind), Some(name)) = (field("kind"), field("name")) else { return };
    let node = object.at(&["spec", "minReplicas"]);
    let least = node.map_or(Some(1), Node::integer);
    if least.is_none_or(|least| least < 1 || least >= context.settings.least_replicas) {
        return;
    }
    let Some(target) = context.named(object, kind, name) else { return };
    let (links, namespace) = (context.links(), context.namespace(object));
    let entrance = Template::of(target).iter().find_map(|template| {
        links.services(template).iter().find_map(|service| links.entrance(namespace, service))
    });
    let Some(entrance) = entrance else { return };
    let message = format!(
        "at a quiet hour {} pod is left behind {} {}: nobody answers while it is moved or restarted",
        least.unwrap_or(1),
        entrance.kind,
        entrance.name
    );
    let advice = format!("minReplicas: {}", context.settings.least_replicas);
    found.at(node.unwrap_or(object.head()), message).advice(advice);
}
