//! Manifests that need more than a quota of their namespace has left, or that a quota refuses because they don't say what they need.

use rutter_cluster::Quantity;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Template, Topic,
    live::{self, quota},
};

pub(crate) static CHECK: Check = Check {
    id: "live-quota",
    topic: Topic::Cluster,
    title: "a quota refuses the pods",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    for template in Template::of(object) {
        if let Some(unset) = quota::unset(context, live.cluster, &template, namespace) {
            let container = template.containers().find(|container| container.name == unset.container);
            let message = format!(
                "container {} sets no {}, which quota {namespace}/{} counts, and no LimitRange sets it: every pod is refused",
                unset.container,
                unset.resources.join(", "),
                unset.quota
            );
            found
                .at(container.map_or_else(|| object.head(), |container| container.head()), message)
                .container(&unset.container)
                .advice("set it in every container, init containers too");
            return;
        }
    }
    let Some(over) = live.over(context, object).first() else { return };
    let amount = |milli: i64| Quantity::parse(&format!("{milli}m")).unwrap_or_default();
    let others = if over.adds <= over.hard.saturating_sub(over.used) {
        format!(", and with {} others of its namespace {}", over.adding - 1, amount(over.together))
    } else {
        String::new()
    };
    let message = format!(
        "this adds {} of {}{others}, and quota {namespace}/{} has {} of {} left: what is beyond that is refused",
        amount(over.adds),
        over.resource,
        over.quota,
        amount(over.hard.saturating_sub(over.used).max(0)),
        amount(over.hard)
    );
    let node = object.at(&["spec", "replicas"]).unwrap_or_else(|| object.head());
    found.at(node, message).advice("ask for less, or have the quota raised first");
}
