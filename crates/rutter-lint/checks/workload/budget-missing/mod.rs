//! Replicas that serve, and no budget that keeps a drain from taking them all.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Template, Topic,
    workloads::{is_hook, is_owned, is_whole},
};

pub(crate) static CHECK: Check = Check {
    id: "budget-missing",
    topic: Topic::Workload,
    title: "no budget protects the replicas",
    severity: Severity::Low,
    default: true,
    prevents: &["traffic-avalanche", "dns-down"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    if !matches!(template.controller, Controller::Deployment | Controller::StatefulSet)
        || is_owned(object)
        || is_hook(object)
        || !is_whole(template)
    {
        return;
    }
    let links = context.links();
    let served = links.services(template);
    if served.is_empty() || !links.budgets(template).is_empty() || sees_budgets(context, template) {
        return;
    }
    // One that an autoscaler keeps at one pod at least is none that a budget helps.
    let scaled = links.autoscalers(context.namespace(object), &object.kind, &object.name);
    let least = |one: &&crate::Object| one.at(&["spec", "minReplicas"]).and_then(crate::yaml::Node::integer);
    let replicas = scaled.iter().find_map(least).or_else(|| template.replicas()).unwrap_or_default();
    if replicas < 2 {
        return;
    }
    let message = format!(
        "no PodDisruptionBudget chooses the pods behind {}: a drain of several nodes may evict all {replicas} at once",
        served.first().map_or("its Service", |service| service.name.as_str()),
    );
    found
        .at(object.head(), message)
        .advice("a PodDisruptionBudget with maxUnavailable: 1 and this workload's selector");
}

/// Whether the cluster has budgets in that namespace, any of which may be of these pods.
fn sees_budgets(context: &Context<'_>, template: &Template<'_>) -> bool {
    let namespace = context.namespace(template.object);
    context.cluster.is_some_and(|cluster| {
        cluster.refs(Kind::PodDisruptionBudget).iter().any(|budget| budget.namespace == namespace)
    })
}
