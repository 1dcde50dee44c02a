//! Two manifests of one file are the same object.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "object-twice",
    topic: Topic::Api,
    title: "two manifests of one file are the same object",
    severity: Severity::High,
    default: true,
    prevents: &[],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.name.is_empty() || object.at(&["metadata", "generateName"]).is_some() {
        return;
    }
    let same = context.all_named(object, &object.kind, &object.name);
    let before = same.iter().take_while(|other| !std::ptr::eq(**other, object));
    let Some(first) =
        before.filter(|other| other.group() == object.group() && other.source == object.source).last()
    else {
        return;
    };
    let message = format!(
        "{} {} stands in line {} already: the last one applied wins, and each apply changes it twice",
        object.kind,
        object.name,
        first.head().span.line
    );
    found.at(object.head(), message).advice("keep one, or give it another name");
}
