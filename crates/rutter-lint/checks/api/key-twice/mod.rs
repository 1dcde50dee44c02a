//! A key stands twice.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    yaml::{Node, Value},
};

pub(crate) static CHECK: Check = Check {
    id: "key-twice",
    topic: Topic::Api,
    title: "a key stands twice",
    severity: Severity::High,
    default: true,
    prevents: &["crash-loop"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    walk(&object.root, found);
}

fn walk(node: &Node, found: &mut Found<'_>) {
    match &node.value {
        Value::Scalar(..) => {}
        Value::List(items) => {
            for item in items {
                walk(item, found);
            }
        }
        Value::Map(entries) => {
            let mut seen: FxHashMap<&str, &Node> = FxHashMap::default();
            for (key, value) in entries {
                walk(value, found);
                let Some(text) = key.text() else { continue };
                let Some(first) = seen.insert(text, key) else { continue };
                // What `<<` brought stands elsewhere, and is meant to be overridden.
                let is_merged = first.span.start < node.span.start || first.span.start > key.span.start;
                if !is_merged {
                    let message = format!(
                        "{text} stands here and in line {}: what stands first is lost, or the whole is refused",
                        first.span.line
                    );
                    found.at(key, message).advice("keep one of them");
                }
            }
        }
    }
}
