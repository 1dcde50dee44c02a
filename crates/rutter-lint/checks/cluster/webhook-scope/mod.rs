//! The webhook stands in the way of its own pods, or of the whole cluster.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "webhook-scope",
    topic: Topic::Cluster,
    title: "the webhook stands in the way of its own pods, or of the whole cluster",
    severity: Severity::High,
    default: true,
    prevents: &["webhook-blocks"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.group() != "admissionregistration.k8s.io" || !object.kind.ends_with("WebhookConfiguration") {
        return;
    }
    for webhook in object.root.items_at(&["webhooks"]) {
        // An address outside of the cluster doesn't depend on it.
        let Some(service) = webhook.at(&["clientConfig", "service"]) else { continue };
        let fails = webhook.text_at(&["failurePolicy"]).unwrap_or("Fail") == "Fail";
        let narrow = ["namespaceSelector", "objectSelector", "matchConditions"];
        let is_narrow = narrow.iter().any(|field| webhook.at(&[field]).is_some_and(|node| !node.is_empty()));
        if !fails || is_narrow || !webhook.items_at(&["rules"]).iter().any(catches_pods) {
            continue;
        }
        let namespace = service.text_at(&["namespace"]).unwrap_or("its namespace");
        let message = format!(
            "while its pods in {namespace} are away no pod can be created anywhere, theirs and those of kube-system included"
        );
        found
            .at(webhook.at(&["name"]).unwrap_or(webhook), message)
            .advice("leave out its own namespace and kube-system by namespaceSelector, or failurePolicy: Ignore where it only completes");
    }
}

/// Whether pods are created through it.
fn catches_pods(rule: &Node) -> bool {
    let has = |field: &str, wanted: &[&str]| {
        rule.items_at(&[field]).iter().any(|one| one.text().is_some_and(|text| wanted.contains(&text)))
    };
    has("resources", &["pods", "*", "*/*", "pods/*"])
        && has("operations", &["CREATE", "*"])
        && has("apiGroups", &["", "*"])
}
