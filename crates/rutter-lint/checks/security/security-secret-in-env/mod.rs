//! Values of variables that are passwords, tokens or keys in plain text.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, credentials};

pub(crate) static CHECK: Check = Check {
    id: "security-secret-in-env",
    topic: Topic::Security,
    title: "a credential stands in the manifest",
    severity: Severity::Medium,
    default: true,
    prevents: &[],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for one in container.node.items_at(&["env"]) {
        let Some(value) = one.at(&["value"]) else { continue };
        let Some(text) = value.text() else { continue };
        let name = one.text_at(&["name"]).unwrap_or_default();
        let Some(what) = credentials::is_one(name, text) else { continue };
        // The value itself is not repeated.
        found
            .at(value, format!("{name} holds {what} in plain text: whoever reads the manifest, its history or the pod has it"))
            .advice("put it into a Secret, and refer to it by valueFrom.secretKeyRef; and change it");
    }
}
