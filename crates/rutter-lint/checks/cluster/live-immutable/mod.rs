//! Fields that can't be changed any more, and that the manifest has otherwise than the cluster.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, live::workloads};

mod changes;

pub(crate) static CHECK: Check = Check {
    id: "live-immutable",
    topic: Topic::Cluster,
    title: "a field is changed that can't be",
    severity: Severity::High,
    default: true,
    prevents: &["rollout-stuck", "statefulset-stuck"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(kind) = Kind::of(&object.api_version, &object.kind).filter(|_| !workloads::is_replaced(object))
    else {
        return;
    };
    let namespace = if kind.is_namespaced() { context.namespace(object) } else { "" };
    if kind.is_namespaced() && namespace.is_empty() {
        return;
    }
    for changed in changes::of(live.cluster, kind, namespace, object) {
        let message = format!(
            "{} is {} in the cluster and {} here: it can't be changed, and the API server refuses the object",
            changed.field, changed.now, changed.new
        );
        found.at(changed.node, message).advice(changed.advice);
    }
}
