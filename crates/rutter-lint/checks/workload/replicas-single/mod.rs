//! A single pod that users wait for.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Object, Template, Topic,
    workloads::{is_hook, is_whole},
};

pub(crate) static CHECK: Check = Check {
    id: "replicas-single",
    topic: Topic::Workload,
    title: "too few replicas behind what users ask",
    severity: Severity::Medium,
    default: true,
    prevents: &["traffic-avalanche", "node-unknown"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    if template.controller != Controller::Deployment
        || !is_whole(template)
        || is_hook(object)
        || is_alone(object, template)
    {
        return;
    }
    let namespace = context.namespace(object);
    let links = context.links();
    if !links.autoscalers(namespace, &object.kind, &object.name).is_empty() {
        return;
    }
    let wanted = context.settings.least_replicas;
    let Some(replicas) = template.replicas().filter(|replicas| *replicas > 0 && *replicas < wanted) else {
        return;
    };
    let Some(entrance) =
        links.services(template).iter().find_map(|service| links.entrance(namespace, service))
    else {
        return;
    };
    let pods = if replicas == 1 { "one pod answers".to_owned() } else { format!("{replicas} pods answer") };
    let message = format!(
        "{pods} for {} {}: nobody does while it is moved, restarted or on a node that died",
        entrance.kind, entrance.name
    );
    let node = object.at(&["spec", "replicas"]).unwrap_or(object.head());
    found.at(node, message).advice(format!("replicas: {wanted} or an autoscaler, and a PodDisruptionBudget"));
}

/// Whether it must be alone: it is stopped before the next one starts, or keeps its data in a volume.
fn is_alone(object: &Object, template: &Template<'_>) -> bool {
    let volumes = template.spec.items_at(&["volumes"]);
    object.root.text_at(&["spec", "strategy", "type"]) == Some("Recreate")
        || volumes
            .iter()
            .any(|volume| volume.get("persistentVolumeClaim").is_some() || volume.get("hostPath").is_some())
}
