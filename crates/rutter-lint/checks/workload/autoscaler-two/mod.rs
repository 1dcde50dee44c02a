//! Two autoscalers of one workload.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, links::surely_together};

pub(crate) static CHECK: Check = Check {
    id: "autoscaler-two",
    topic: Topic::Workload,
    title: "two autoscalers scale the same workload",
    severity: Severity::High,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let is_keda = object.is("keda.sh", "ScaledObject");
    if !is_keda && !object.is("autoscaling", "HorizontalPodAutoscaler") {
        return;
    }
    let Some(target) = object.at(&["spec", "scaleTargetRef"]) else { return };
    let (kind, name) = (target.text_at(&["kind"]).unwrap_or("Deployment"), target.text_at(&["name"]));
    let Some(name) = name else { return };
    let autoscalers = context.links().autoscalers(context.namespace(object), kind, name);
    // The first is right for all that is known; each further one is too many.
    let mut before = autoscalers.iter().take_while(|other| !std::ptr::eq(**other, object)).take(50);
    let Some(other) = before.find(|other| is_other(context, object, other)) else { return };
    let message = format!(
        "{} {} scales {kind} {name} as well: each undoes what the other does, and the replicas go up and down",
        other.kind, other.name
    );
    let node = target.at(&["name"]).unwrap_or(target);
    found.at(node, message).advice("one autoscaler with all metrics: it takes the largest of their results");
}

/// Whether these are two; KEDA makes an autoscaler of its own from a `ScaledObject`, which a dump of a cluster shows beside it.
fn is_other(context: &Context<'_>, one: &Object, other: &Object) -> bool {
    let is_made = |object: &Object| !object.root.items_at(&["metadata", "ownerReferences"]).is_empty();
    surely_together(context, one, other) && !is_made(one) && !is_made(other)
}
