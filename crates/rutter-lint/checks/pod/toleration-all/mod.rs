//! Tolerations of all taints, or of a dead node's without an end, in workloads that ought to move.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "toleration-all",
    topic: Topic::Pod,
    title: "pods stay on a node that is dead",
    severity: Severity::Medium,
    default: true,
    prevents: &["node-unknown", "statefulset-unknown-pod", "pod-unschedulable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let tolerations = template.spec.items_at(&["tolerations"]);
    if tolerations.is_empty()
        || !template.controller.serves()
        || setting::is_of_system(context, template)
        || template.spec.at(&["hostNetwork"]).and_then(Node::bool) == Some(true)
    {
        return;
    }
    for one in tolerations {
        let text = |field: &str| one.text_at(&[field]).unwrap_or_default();
        let dead = matches!(text("key"), "node.kubernetes.io/unreachable" | "node.kubernetes.io/not-ready");
        let for_ever = one.at(&["tolerationSeconds"]).is_none() && matches!(text("effect"), "" | "NoExecute");
        if text("operator") != "Exists" || !for_ever || !(dead || text("key").is_empty()) {
            continue;
        }
        let what = if dead { text("key") } else { "every taint" };
        found
            .at(
                one.at(&["key"]).or_else(|| one.at(&["operator"])).unwrap_or(one),
                format!("it tolerates {what} for ever: when its node dies, the pod is not replaced"),
            )
            .advice(if dead {
                "add tolerationSeconds: pods have 300 by default"
            } else {
                "name the taints that are meant, by key"
            });
    }
}
