//! Somebody may do everything.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "rbac-cluster-admin",
    topic: Topic::Cluster,
    title: "somebody may do everything",
    severity: Severity::Low,
    default: true,
    prevents: &[],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.group() != "rbac.authorization.k8s.io" || object.kind != "ClusterRoleBinding" {
        return;
    }
    let Some(role) = object.at(&["roleRef", "name"]).filter(|name| name.text() == Some("cluster-admin"))
    else {
        return;
    };
    // The binding that Kubernetes makes itself.
    let is_masters = |subject: &crate::yaml::Node| subject.text_at(&["name"]) == Some("system:masters");
    let subjects = object.root.items_at(&["subjects"]);
    let Some(account) = subjects
        .iter()
        .find(|subject| !is_masters(subject) && subject.text_at(&["kind"]) == Some("ServiceAccount"))
    else {
        return;
    };
    let name = account.text_at(&["name"]).unwrap_or_default();
    let message = format!(
        "whoever gets into a pod of service account {name} may do everything in the cluster, reading all Secrets included"
    );
    found.at(role, message).advice("a role with what it needs");
}
