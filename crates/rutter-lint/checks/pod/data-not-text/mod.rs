//! Numbers, switches, lists and maps where a ConfigMap or a Secret holds texts.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, texts};

pub(crate) static CHECK: Check = Check {
    id: "data-not-text",
    topic: Topic::Pod,
    title: "a value of a ConfigMap or Secret is not a text",
    severity: Severity::High,
    default: true,
    prevents: &["container-config-error"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let maps: &[&str] = match (object.group(), object.kind.as_str()) {
        ("", "ConfigMap") => &["data", "binaryData"],
        ("", "Secret") => &["data", "stringData"],
        _ => return,
    };
    for map in maps {
        for (key, value) in object.root.entries_at(&[map]) {
            if texts::may_be(value) {
                continue;
            }
            let key = key.text().unwrap_or("a key");
            let is = texts::is(value);
            let encoded = object.kind == "Secret" && *map == "data" || *map == "binaryData";
            let mut added = found.at(
                value,
                format!("{key} in {map} is {is}, and must be a text: the API server refuses the object"),
            );
            if encoded {
                added.advice("write the value in base64, in quotes; or as it is under stringData");
            } else if value.text().is_some() {
                added.advice("put it in quotes").fix(texts::quote(value));
            } else {
                added.advice("write it as one text, behind | with the lines below it indented");
            }
        }
    }
}
