//! Replicas that nothing but the scheduler's own weak preference keeps apart.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Template, Topic,
    workloads::{is_hook, is_owned, is_whole},
};

pub(crate) static CHECK: Check = Check {
    id: "spread-missing",
    topic: Topic::Workload,
    title: "nothing spreads the replicas over nodes",
    severity: Severity::Low,
    default: false,
    prevents: &["traffic-avalanche", "dns-down", "node-unknown"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    if !matches!(template.controller, Controller::Deployment | Controller::StatefulSet)
        || is_owned(object)
        || is_hook(object)
        || !is_whole(template)
    {
        return;
    }
    let spec = template.spec;
    let is_spread = !spec.items_at(&["topologySpreadConstraints"]).is_empty()
        || spec.at(&["affinity", "podAntiAffinity"]).is_some_and(|rules| !rules.is_empty())
        // Host ports keep them apart as well.
        || spec.at(&["hostNetwork"]).and_then(crate::yaml::Node::bool) == Some(true);
    let Some(replicas) = template.replicas().filter(|replicas| *replicas >= 2 && !is_spread) else { return };
    let message = format!(
        "nothing keeps the {replicas} replicas on different nodes but the scheduler's own preference: one node may take \
         most of them with it"
    );
    found.at(object.head(), message).advice(
        "topologySpreadConstraints over kubernetes.io/hostname and topology.kubernetes.io/zone, with \
         whenUnsatisfiable: ScheduleAnyway",
    );
}
