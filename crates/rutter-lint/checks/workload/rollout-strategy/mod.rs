//! The rollout may replace nothing, or all at once.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Template, Topic, workloads::Share};

pub(crate) static CHECK: Check = Check {
    id: "rollout-strategy",
    topic: Topic::Workload,
    title: "the rollout may replace nothing, or all at once",
    severity: Severity::High,
    default: true,
    prevents: &["rollout-stuck", "traffic-avalanche"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("apps", "Deployment") {
        return;
    }
    let Some(update) = object.at(&["spec", "strategy", "rollingUpdate"]) else { return };
    let (missing, more) = (update.at(&["maxUnavailable"]), update.at(&["maxSurge"]));
    let share = |node: Option<&crate::yaml::Node>| node.and_then(Share::of);
    if let (Some(none), Some(node)) = (share(missing), missing)
        && none.is_zero()
        && share(more).is_some_and(Share::is_zero)
    {
        let message = "neither may a pod be missing nor one be too many, so that none can be replaced: the API server refuses it";
        found.at(node, message).advice("leave room for one: maxUnavailable: 1, or maxSurge: 1");
        return;
    }
    let replicas = Template::of(object).first().and_then(Template::replicas).unwrap_or(1);
    if let (Some(all), Some(node)) = (share(missing), missing)
        && replicas > 1
        && all.down(replicas) >= replicas
    {
        let message = format!("a rollout may end all {replicas} pods before the first new one is ready");
        found.at(node, message).advice("let one or a quarter of them be missing");
    }
}
