//! Pods with the default of five dots.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "dns-ndots",
    topic: Topic::Pod,
    title: "each outside name is asked for several times",
    severity: Severity::Low,
    default: false,
    prevents: &["dns-inefficient", "dns-down"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let policy = template.spec.text_at(&["dnsPolicy"]).unwrap_or("ClusterFirst");
    let host = template.spec.at(&["hostNetwork"]).and_then(Node::bool) == Some(true);
    let mut options = template.spec.items_at(&["dnsConfig", "options"]).iter();
    let set = options.any(|option| option.text_at(&["name"]) == Some("ndots"));
    let of_cluster = policy == "ClusterFirstWithHostNet" || policy == "ClusterFirst" && !host;
    if set || !of_cluster || !template.controller.serves() || setting::is_patch(template) {
        return;
    }
    let Some((key, _)) = template.spec.entry("containers") else { return };
    found
        .at(key, "names with fewer than five dots are tried with each search domain first: an outside name costs eight questions or more")
        .advice("set dnsConfig.options ndots to 2, or write outside names with a dot at the end");
}
