//! The API version is no longer served.

use rutter_lessons::Severity;

use crate::{Check, Context, Edit, Found, Look, Object, Topic, removed};

pub(crate) static CHECK: Check = Check {
    id: "api-removed",
    topic: Topic::Api,
    title: "the API version is no longer served",
    severity: Severity::Critical,
    default: true,
    prevents: &[],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(row) = removed::of(object) else { return };
    if context.settings.version < row.gone {
        return;
    }
    let Some(node) = object.root.get("apiVersion") else { return };
    let message = format!(
        "{} of {} is not served since Kubernetes {}, and the manifests are for {}: the apply fails",
        object.kind, row.api_version, row.gone, context.settings.version
    );
    let advice = row.instead.map_or(
        "what it did, Pod Security Admission does by labels of namespaces".to_owned(),
        |new| {
            let change = if row.same { "" } else { "; some fields have other names or are required there" };
            format!("{new}{change}")
        },
    );
    let fix = row.instead.filter(|_| row.same).map(|new| Edit::replace(node, new));
    found.at(node, message).advice(advice).fix(fix);
}
