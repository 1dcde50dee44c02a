//! Requests above limits; and for devices and huge pages, which can't be promised twice, any difference.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities};

pub(crate) static CHECK: Check = Check {
    id: "resources-limit-below-request",
    topic: Topic::Resources,
    title: "the API server refuses requests and limits",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for (key, value) in container.node.entries_at(&["resources", "requests"]) {
        let Some(name) = key.text() else { continue };
        let Some((_, request)) = quantities::of(container, "requests", name) else { continue };
        let shared =
            !name.starts_with("hugepages-") && (!name.contains('/') || name.contains("kubernetes.io/"));
        let text = value.text().unwrap_or_default();
        let limit = container.at(&["resources", "limits", name]);
        let message = match (limit, quantities::of(container, "limits", name)) {
            (Some(node), Some((_, limit))) if shared && request > limit || !shared && request != limit => {
                let limit = node.text().unwrap_or_default();
                let must = if shared { "above" } else { "not equal to" };
                format!(
                    "it requests {text} of {name}, {must} its limit of {limit}: the API server refuses the pod"
                )
            }
            (None, _) if !shared && request.milli() > 0 => {
                format!(
                    "{name} is requested without a limit, and can't be overcommitted: the API server refuses the pod"
                )
            }
            _ => continue,
        };
        found.at(value, message).advice(if shared {
            "raise the limit or lower the request"
        } else {
            "write the same number under limits; requests may then be left out"
        });
    }
}
