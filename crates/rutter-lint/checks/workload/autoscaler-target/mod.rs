//! Autoscalers of what isn't there or can't be scaled.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Edit, Found, Look, Object, Presence, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-target",
    topic: Topic::Workload,
    title: "the autoscaler's target can't be scaled",
    severity: Severity::High,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

const APPS: [&str; 3] = ["Deployment", "StatefulSet", "ReplicaSet"];

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let Some(target) = object.at(&["spec", "scaleTargetRef"]) else { return };
    let (Some(kind), Some(name)) = (target.at(&["kind"]), target.at(&["name"])) else { return };
    let (Some(kind_text), Some(name_text)) = (kind.text(), name.text()) else { return };
    if matches!(kind_text, "DaemonSet" | "Job" | "CronJob" | "Pod") {
        found.at(
            kind,
            format!("a {kind_text} has no number of replicas to change: the autoscaler does nothing"),
        );
    } else if APPS.contains(&kind_text) {
        version(target, kind, kind_text, found);
        present(context, object, name, (kind_text, name_text), found);
    }
}

fn version(target: &Node, kind: &Node, kind_text: &str, found: &mut Found<'_>) {
    let version = target.at(&["apiVersion"]);
    match version.map(|node| (node, node.text().unwrap_or_default())) {
        None => {
            let message = format!(
                "scaleTargetRef has no apiVersion: a {kind_text} is looked for in the core group, where there is none, \
                 and nothing is scaled"
            );
            found
                .at(kind, message)
                .advice("apiVersion: apps/v1")
                .fix(Edit::insert(target, "apiVersion: apps/v1"));
        }
        // The group decides, whatever the version.
        Some((node, text))
            if !matches!(text.split_once('/'), Some(("apps" | "extensions", _))) && !text.contains('.') =>
        {
            let message = format!("there is no {kind_text} in {text}: the autoscaler finds nothing to scale");
            found.at(node, message).advice("apiVersion: apps/v1").fix(Edit::replace(node, "apps/v1"));
        }
        Some(_) => {}
    }
}

fn present(
    context: &Context<'_>,
    object: &Object,
    node: &Node,
    (kind, name): (&str, &str),
    found: &mut Found<'_>,
) {
    let Some(known) = Kind::of("apps/v1", kind) else { return };
    if let Presence::Absent { nearest } = context.presence(object, known, name) {
        let meant = nearest.map(|name| format!(", is it {name}?")).unwrap_or_default();
        found.at(node, format!("there is no {kind} {name}{meant}: nothing is scaled"));
    }
}
