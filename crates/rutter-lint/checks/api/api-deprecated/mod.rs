//! The API version will not be served for long.

use rutter_lessons::Severity;

use crate::{Check, Context, Edit, Found, Look, Object, Topic, removed};

pub(crate) static CHECK: Check = Check {
    id: "api-deprecated",
    topic: Topic::Api,
    title: "the API version will not be served for long",
    severity: Severity::Medium,
    default: true,
    prevents: &[],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(row) = removed::of(object) else { return };
    let version = context.settings.version;
    // What is gone has a check of its own.
    if version >= row.gone || version < row.deprecated {
        return;
    }
    let (Some(node), Some(new)) = (object.root.get("apiVersion"), row.instead) else { return };
    let message =
        format!("{} of {} is not served from Kubernetes {} on", object.kind, row.api_version, row.gone);
    found.at(node, message).advice(new).fix(row.same.then(|| Edit::replace(node, new)));
}
