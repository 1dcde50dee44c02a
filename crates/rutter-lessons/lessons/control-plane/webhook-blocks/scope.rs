//! What a webhook is asked about, in words, and how bad it is that it can't be.

use rutter_cluster::{
    Str,
    objects::{Webhook, WebhookRule},
};

use crate::{Context, Severity, words};

/// What a webhook is asked about.
pub(super) struct Scope {
    /// `creating pods in all namespaces`.
    pub(super) phrase: String,
    pub(super) severity: Severity,
}

pub(super) fn of(context: &Context<'_>, webhook: &Webhook, is_refusing: bool) -> Scope {
    let (within, some) = namespaces(context, webhook);
    let what = what(&webhook.rules);
    let core = webhook.rules.is_empty() || webhook.rules.iter().any(is_core);
    // Objects with certain labels only: whether there are any, nobody knows before one is refused.
    let few = webhook.object_selector.as_ref().is_some_and(|selector| !selector.is_empty());
    let severity = match (some, core) {
        _ if is_refusing && core => Severity::Critical,
        _ if is_refusing => Severity::High,
        (Some(0), _) => Severity::Low,
        _ if few => Severity::Medium,
        (_, true) => Severity::Critical,
        _ => Severity::Medium,
    };
    let labelled = if few { " with the labels that it selects" } else { "" };
    Scope { phrase: format!("{what}{labelled}{within}"), severity }
}

/// Whether it is asked about what the cluster can't do without: new pods, nodes, leases.
fn is_core(rule: &WebhookRule) -> bool {
    let makes = rule.operations.iter().any(|one| matches!(one.as_str(), "CREATE" | "*"));
    let has = |group: &str| rule.api_groups.iter().any(|one| one == group || one == "*");
    let core = has("") || rule.api_groups.is_empty();
    let names = |resource: &Str| match resource.as_str() {
        "pods" | "nodes" => core,
        "leases" => has("coordination.k8s.io"),
        "*" | "*/*" => core || has("coordination.k8s.io"),
        _ => false,
    };
    makes && rule.resources.iter().any(names)
}

fn what(rules: &[WebhookRule]) -> String {
    let operations = rules.iter().flat_map(|rule| &rule.operations);
    let has = |name: &str| operations.clone().any(|one| one == name || one == "*");
    let verbs: Vec<&str> = [
        ("CREATE", "creating"),
        ("UPDATE", "changing"),
        ("DELETE", "deleting"),
        ("CONNECT", "connecting to"),
    ]
    .into_iter()
    .filter(|(name, _)| has(name))
    .map(|(_, verb)| verb)
    .collect();
    let mut resources: Vec<&str> = Vec::new();
    for resource in rules.iter().flat_map(|rule| &rule.resources) {
        let name = resource.as_str();
        if !resources.contains(&name) {
            resources.push(name);
        }
    }
    let mut groups: Vec<&str> = rules.iter().flat_map(|rule| &rule.api_groups).map(Str::as_str).collect();
    groups.sort_unstable();
    groups.dedup();
    let resources = if resources.iter().any(|one| matches!(*one, "*" | "*/*")) {
        match groups.as_slice() {
            [] => "objects of many kinds".to_owned(),
            groups if groups.iter().any(|group| matches!(*group, "" | "*")) => {
                "objects of many kinds".to_owned()
            }
            groups => format!("objects of {}", words::list(groups, 2)),
        }
    } else {
        words::list(&resources, 3)
    };
    if verbs.is_empty() || resources.is_empty() {
        return "what it is asked about".to_owned();
    }
    format!("{} {resources}", words::list(&verbs, 4))
}

/// Where, and in how many namespaces that there are, if both that is limited and they were seen.
fn namespaces(context: &Context<'_>, webhook: &Webhook) -> (String, Option<usize>) {
    let Some(selector) = webhook.namespace_selector.as_ref().filter(|selector| !selector.is_empty()) else {
        return (String::new(), None);
    };
    let Ok(all) = context.namespaces() else {
        return (" in the namespaces that it selects".to_owned(), None);
    };
    let selected = all.iter().filter(|one| selector.matches(&one.meta.labels)).count();
    // A dump of some namespaces holds no others.
    let phrase = match selected {
        0 => " in namespaces of which there is none".to_owned(),
        1 => " in one namespace".to_owned(),
        selected => format!(" in {selected} of {} namespaces", all.len()),
    };
    (phrase, Some(selected))
}
