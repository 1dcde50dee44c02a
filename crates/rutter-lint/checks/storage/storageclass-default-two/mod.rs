//! Two StorageClasses are the default.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "storageclass-default-two",
    topic: Topic::Storage,
    title: "two StorageClasses are the default",
    severity: Severity::Medium,
    default: true,
    prevents: &["volume-stuck"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let is_default =
        |class: &Object| class.annotation("storageclass.kubernetes.io/is-default-class") == Some("true");
    if !object.is("storage.k8s.io", "StorageClass") || !is_default(object) {
        return;
    }
    let mut others =
        context.of_kind("storage.k8s.io", "StorageClass").take_while(|other| !std::ptr::eq(*other, object));
    // The same class for several environments is one.
    if let Some(first) =
        others.find(|other| is_default(other) && other.name != object.name && other.source == object.source)
    {
        let message = format!(
            "{} is the default, too: claims without a class get the newer one, whichever that is",
            first.name
        );
        found.at(object.head(), message).advice("take the annotation from one of them");
    }
}
