//! Numbers and switches without quotes where a variable's value must be a text: the API server can't decode the object.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, texts};

pub(crate) static CHECK: Check = Check {
    id: "env-not-text",
    topic: Topic::Pod,
    title: "a variable's value is not a text",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for one in container.node.items_at(&["env"]) {
        let Some(value) = one.at(&["value"]) else { continue };
        if texts::may_be(value) {
            continue;
        }
        let name = one.text_at(&["name"]).unwrap_or("a variable");
        let is = texts::is(value);
        found
            .at(
                value,
                format!("the value of {name} is {is}, and must be a text: the API server refuses the object"),
            )
            .advice("put it in quotes")
            .fix(texts::quote(value));
    }
}
