//! Pods of the ServiceAccount `default` that get its token.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-default-account",
    topic: Topic::Security,
    title: "the pod shares its namespace's account",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let field = template.spec.at(&["serviceAccountName"]);
    let token = template.spec.at(&["automountServiceAccountToken"]).and_then(Node::bool);
    if field.and_then(Node::text).is_some_and(|name| name != "default")
        || token == Some(false)
        || template.spec.at(&["serviceAccount"]).is_some() && field.is_none()
        || setting::is_of_system(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    let Some((key, _)) = template.spec.entry("containers") else { return };
    found
        .at(
            field.unwrap_or(key),
            "it has the account that all pods of its namespace share: a right that one gets, all get",
        )
        .advice("make a ServiceAccount for it, or write automountServiceAccountToken: false");
}
