//! Pods that nobody makes anew.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, template::Controller};

pub(crate) static CHECK: Check = Check {
    id: "bare-pod",
    topic: Topic::Pod,
    title: "a pod without a controller",
    severity: Severity::Medium,
    default: true,
    prevents: &["evicted", "node-unknown"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    if template.controller != Controller::None {
        return;
    }
    let object = template.object;
    // One that ends, one that a controller made (in what was taken from a cluster), a file of the kubelet, or a hook.
    let ends = matches!(template.spec.text_at(&["restartPolicy"]), Some("Never" | "OnFailure"));
    let owned = !object.root.items_at(&["metadata", "ownerReferences"]).is_empty()
        || object.annotation("kubernetes.io/config.mirror").is_some()
        || object.annotation("kubernetes.io/config.source").is_some();
    if ends
        || owned
        || setting::is_of_system(context, template)
        || setting::is_hook(template)
        || setting::is_patch(template)
    {
        return;
    }
    found
        .at(
            object.head(),
            format!(
                "nothing makes pod {} anew: when its node fails, is drained or evicts it, it is gone",
                object.name
            ),
        )
        .advice(
            "write a Deployment, or a Job for what ends; restartPolicy: Never for a pod that is to run once",
        );
}
