//! Namespaces that the cluster lacks, or is about to lose.

use rutter_cluster::{Kind, Str, near};
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, live};

pub(crate) static CHECK: Check = Check {
    id: "live-namespace",
    topic: Topic::Cluster,
    title: "the namespace isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["stuck-terminating"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

/// Kinds whose objects make, or are, the namespace of their name.
const MAKERS: [&str; 4] = ["Namespace", "Project", "ProjectRequest", "SubnamespaceAnchor"];

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    // One finding for each namespace, however many objects go there.
    if !live.is_first(namespace, object) {
        return;
    }
    let node = object.at(&["metadata", "namespace"]).unwrap_or_else(|| object.head());
    match live.cluster.namespaces.get("", namespace) {
        Some(there) if there.meta.deleted.is_some() || there.status.phase == "Terminating" => {
            let message = format!(
                "namespace {namespace} is being deleted: the API server refuses every new object in it, and what is there goes"
            );
            found.at(node, message).advice("wait until it is gone and make it anew, or name another one");
        }
        Some(_) => {}
        None => {
            let is_made = MAKERS.iter().any(|kind| context.cluster_scoped(kind, namespace).is_some());
            if is_made || !live::saw(live.cluster, &[Kind::Namespace], "") {
                return;
            }
            let names: Vec<&Str> = live.cluster.namespaces.iter().map(|one| &one.meta.name).collect();
            let near = near::nearest(namespace, names.iter().copied());
            let near = near.map(|near| format!("; the nearest is {near}")).unwrap_or_default();
            let message = format!(
                "namespace {namespace} is neither in the cluster nor among the manifests: the API server refuses what goes there{near}"
            );
            found.at(node, message).advice(
                "write the Namespace beside it, unless whoever applies it makes it (`helm --create-namespace`, `CreateNamespace=true`)",
            );
        }
    }
}
