//! One name for several containers of a pod, those of init included.

use rustc_hash::FxHashMap;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Template, Topic};

pub(crate) static CHECK: Check = Check {
    id: "container-twice",
    topic: Topic::Pod,
    title: "two containers have one name",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    for container in template.containers().filter(|container| !container.name.is_empty()) {
        let head = container.head();
        if let Some(line) = seen.insert(container.name, head.span.line) {
            found
                .at(
                    head,
                    format!(
                        "container {} is there already, in line {line}: the API server refuses the pod",
                        container.name
                    ),
                )
                .container(container.name)
                .advice("give each container, of init too, a name of its own");
        }
    }
}
