//! The quota refuses pods that say nothing.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Template, Topic, quantities};

pub(crate) static CHECK: Check = Check {
    id: "quota-without-defaults",
    topic: Topic::Cluster,
    title: "the quota refuses pods that say nothing",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "ResourceQuota")
        || object.at(&["spec", "scopes"]).is_some()
        || object.at(&["spec", "scopeSelector"]).is_some()
    {
        return;
    }
    for (key, _) in object.root.entries_at(&["spec", "hard"]) {
        let (list, resource) = match key.text() {
            Some("requests.cpu" | "cpu") => ("requests", "cpu"),
            Some("requests.memory" | "memory") => ("requests", "memory"),
            Some("limits.cpu") => ("limits", "cpu"),
            Some("limits.memory") => ("limits", "memory"),
            _ => continue,
        };
        if has_default(context, object, list, resource) {
            continue;
        }
        // A limit is the request, too, where that is missing.
        let lacks = |container: &crate::Container<'_>| {
            !(quantities::names(container, list, resource)
                || (list == "requests" && quantities::names(container, "limits", resource)))
        };
        let without = context
            .templates_beside(object)
            .filter(|template| !quantities::of_pod(template, resource))
            .find_map(|template| template.containers().find(lacks).map(|container| (template, container)));
        if let Some((Template { object: workload, .. }, container)) = without {
            let message = format!(
                "every pod must have {list}.{resource}, and container {} of {} {} has none: its pods are refused",
                container.name, workload.kind, workload.name
            );
            found.at(key, message).advice(format!(
                "a LimitRange with a default for {resource}, or the value in each container"
            ));
            return;
        }
    }
}

/// Whether a LimitRange of the namespace gives what is missing.
fn has_default(context: &Context<'_>, object: &Object, list: &str, resource: &str) -> bool {
    let fields: &[&str] = if list == "limits" { &["default"] } else { &["defaultRequest", "default"] };
    context.beside(object, "", "LimitRange").flat_map(|range| range.root.items_at(&["spec", "limits"])).any(
        |limit| {
            limit.text_at(&["type"]) == Some("Container")
                && fields.iter().any(|field| limit.at(&[field, resource]).is_some())
        },
    )
}
