//! Autoscalers by utilisation whose pods have no requests to measure it by.

use rutter_lessons::Severity;

use crate::{
    Check, Container, Context, Found, Look, Object, Topic,
    workloads::{is_whole, lasting},
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-requests",
    topic: Topic::Workload,
    title: "the autoscaler has nothing to measure by",
    severity: Severity::High,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

/// A resource that is measured against requests: in all containers, or in one.
struct Measured<'o> {
    resource: &'o str,
    container: Option<&'o str>,
    node: &'o Node,
}

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let field = |name| object.root.text_at(&["spec", "scaleTargetRef", name]);
    let (Some(kind), Some(name)) = (field("kind"), field("name")) else { return };
    let Some(target) = context.named(object, kind, name) else { return };
    // Defaults of the namespace, or requests for the whole pod.
    let has_defaults = !context.links().of_kind_in("LimitRange", context.namespace(object)).is_empty();
    let templates = crate::Template::of(target);
    let [template] = templates[..] else { return };
    if has_defaults || !is_whole(&template) || template.spec.at(&["resources", "requests"]).is_some() {
        return;
    }
    for one in measured(object) {
        let is_meant = |container: &Container<'_>| one.container.is_none_or(|name| name == container.name);
        let lacks = |container: &Container<'_>| {
            let has = |of| container.at(&["resources", of, one.resource]).is_some();
            !has("requests") && !has("limits")
        };
        let Some(container) = lasting(&template).filter(is_meant).find(lacks) else { continue };
        let message = format!(
            "it scales by the part of the requested {} that is used, and container {} of {kind} {name} requests none: \
             nothing is scaled",
            one.resource, container.name
        );
        found.at(one.node, message).advice(format!("resources.requests.{} in that container", one.resource));
    }
}

fn measured(object: &Object) -> Vec<Measured<'_>> {
    let metrics = object.at(&["spec", "metrics"]);
    let Some(metrics) = metrics.filter(|metrics| !metrics.is_empty()) else {
        // Of what says nothing else, CPU at 80 %.
        let node = object.at(&["spec", "targetCPUUtilizationPercentage"]).unwrap_or(object.head());
        return vec![Measured { resource: "cpu", container: None, node }];
    };
    let of = |metric: &'_ Node| -> Option<(bool, &'static str)> {
        match metric.text_at(&["type"])? {
            "Resource" => Some((false, "resource")),
            "ContainerResource" => Some((true, "containerResource")),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for metric in metrics.items() {
        let Some((is_one, field)) = of(metric) else { continue };
        let Some(source) = metric.at(&[field]) else { continue };
        let by_part =
            source.at(&["target", "averageUtilization"]).or(source.at(&["targetAverageUtilization"]));
        let (Some(node), Some(resource)) = (by_part, source.text_at(&["name"])) else { continue };
        let container = source.text_at(&["container"]).filter(|_| is_one);
        if is_one && container.is_none() {
            continue;
        }
        found.push(Measured { resource, container, node });
    }
    found
}
