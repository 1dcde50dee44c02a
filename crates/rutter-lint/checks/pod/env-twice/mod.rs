//! A variable that a container's `env` sets more than once.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "env-twice",
    topic: Topic::Pod,
    title: "a variable is set twice",
    severity: Severity::Medium,
    default: true,
    prevents: &["crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let mut seen: FxHashMap<&str, &Node> = FxHashMap::default();
    for name in container.node.items_at(&["env"]).iter().filter_map(|one| one.at(&["name"])) {
        let Some(text) = name.text() else { continue };
        if let Some(first) = seen.insert(text, name) {
            found
                .at(
                    name,
                    format!(
                        "{text} is set here and in line {}: the container gets this value alone",
                        first.span.line
                    ),
                )
                .advice("keep the one that is meant");
        }
    }
}
