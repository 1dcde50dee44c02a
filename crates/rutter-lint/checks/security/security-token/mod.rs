//! Pods that mount their account's token without saying so.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic, setting};

pub(crate) static CHECK: Check = Check {
    id: "security-token",
    topic: Topic::Security,
    title: "the pod gets a token that it may not need",
    severity: Severity::Low,
    default: false,
    prevents: &[],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let account = template.spec.text_at(&["serviceAccountName"]).unwrap_or("default");
    let says = |object: &crate::Object| object.at(&["automountServiceAccountToken"]).is_some();
    let by_account = context.named(template.object, "ServiceAccount", account).is_some_and(says);
    if by_account
        || template.spec.at(&["automountServiceAccountToken"]).is_some()
        || setting::is_agent(context, template)
        || setting::is_patch(template)
    {
        return;
    }
    let Some((key, _)) = template.spec.entry("containers") else { return };
    found
        .at(key, format!("its containers get a token of ServiceAccount {account}: an intruder may speak to the API with it"))
        .advice("write automountServiceAccountToken: false, or true where it is needed");
}
