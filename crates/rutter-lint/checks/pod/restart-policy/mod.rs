//! Restart policies that the API server refuses: not Always where pods go on, Always where they end.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, finding::Edit, setting, template::Controller};

pub(crate) static CHECK: Check = Check {
    id: "restart-policy",
    topic: Topic::Pod,
    title: "the restart policy is refused",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable", "job-failing"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let field = template.spec.at(&["restartPolicy"]);
    let policy = field.and_then(|node| node.text());
    if policy.is_some_and(crate::image::is_unfilled) {
        return;
    }
    let kind = &template.object.kind;
    match (template.controller, field, policy) {
        (Controller::Other, ..) => {}
        (_, Some(node), policy) if !matches!(policy, Some("Always" | "OnFailure" | "Never")) => {
            let text = policy.unwrap_or("a list or a map");
            found
                .at(node, format!("there is no restart policy {text}: the API server refuses the object"))
                .advice("write Always, OnFailure or Never, with these capitals");
        }
        (Controller::None, ..) => {}
        (controller, Some(node), Some("Always")) if controller.runs_to_completion() => {
            found
                .at(node, format!("a {kind} can't have restartPolicy Always: the API server refuses it"))
                .advice("write Never, which keeps failed pods and their logs, or OnFailure");
        }
        (controller, None, _) if controller.runs_to_completion() && !setting::is_patch(template) => {
            let at = template.spec.at(&["containers"]).and_then(|list| list.items().first());
            let at = at.and_then(|one| one.at(&["name"])).unwrap_or(template.spec);
            found
                .at(at, format!("a {kind} must say restartPolicy, for the default is Always: the API server refuses it"))
                .advice("write restartPolicy: Never beside containers, which keeps failed pods and their logs; or OnFailure");
        }
        (controller, Some(node), Some(text @ ("OnFailure" | "Never")))
            if !controller.runs_to_completion() =>
        {
            found
                .at(node, format!("a {kind} can't have restartPolicy {text}: the API server refuses it"))
                .advice("write Always, or nothing; a Job for what ends")
                .fix(Edit::replace(node, "Always"));
        }
        _ => {}
    }
}
