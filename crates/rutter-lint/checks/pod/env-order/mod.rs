//! `$(NAME)` in a variable's value, where NAME is only set later in the list: the text stays as it is written.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic};

pub(crate) static CHECK: Check = Check {
    id: "env-order",
    topic: Topic::Pod,
    title: "a variable is used before it is set",
    severity: Severity::Medium,
    default: true,
    prevents: &["crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let list = container.node.items_at(&["env"]);
    let mut first: FxHashMap<&str, (usize, u32)> = FxHashMap::default();
    for (index, one) in list.iter().enumerate() {
        if let Some(name) = one.at(&["name"])
            && let Some(text) = name.text()
        {
            first.entry(text).or_insert((index, name.span.line));
        }
    }
    for (index, one) in list.iter().enumerate() {
        let Some(value) = one.at(&["value"]) else { continue };
        for name in references(value.text().unwrap_or_default()) {
            // What the kubelet sets for Services is there before.
            let of_service = name.contains("_SERVICE_") || name.contains("_PORT_");
            let Some((at, line)) = first.get(name).copied().filter(|(at, _)| *at >= index && !of_service)
            else {
                continue;
            };
            let why = if at == index {
                "is this variable itself".to_owned()
            } else {
                format!("is set later, in line {line}")
            };
            found
                .at(
                    value,
                    format!("$({name}) {why}: the container gets the text $({name}) as it stands here"),
                )
                .advice(if at == index {
                    "write the whole value: the image's own is not known here"
                } else {
                    "move the one that is used before this one"
                });
        }
    }
}

/// The names in `$(NAME)`; `$$` stands for a dollar.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, behind) = rest.split_once('$')?;
            if let Some(behind) = behind.strip_prefix('$') {
                rest = behind;
            } else if let Some((name, end)) =
                behind.strip_prefix('(').and_then(|behind| behind.split_once(')'))
            {
                rest = end;
                return Some(name);
            } else {
                rest = behind;
            }
        }
    })
}
