//! Workloads that choose each other's pods.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Template, Topic,
    links::surely_together,
    selector::Selector,
    workloads::{is_owned, is_replicated},
};

pub(crate) static CHECK: Check = Check {
    id: "selector-shared",
    topic: Topic::Workload,
    title: "two workloads choose each other's pods",
    severity: Severity::Medium,
    default: true,
    prevents: &["hpa-behaviour", "pdb-blocks"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    let Some(selector) = selector_of(template) else { return };
    let Some(node) = object.at(&["spec", "selector"]) else { return };
    let scaled =
        !context.links().autoscalers(context.namespace(object), &object.kind, &object.name).is_empty();
    let others = context.selected(object, &selector);
    let shared = others.iter().take(50).find(|other| {
        let mutual = || selector_of(other).is_some_and(|selector| selector.matches(template.labels()));
        surely_together(context, object, other.object) && selector_of(other).is_some() && (scaled || mutual())
    });
    let Some(other) = shared else { return };
    let count = if scaled {
        "its autoscaler counts them and their load as well"
    } else {
        "budgets, autoscalers and Services take both for one"
    };
    let message = format!(
        "the selector {selector} chooses the pods of {} {}, too: {count}",
        other.object.kind, other.object.name
    );
    found
        .at(node, message)
        .advice("one label that only this workload's pods have, in the selector and in the template");
}

fn selector_of<'o>(template: &Template<'o>) -> Option<Selector<'o>> {
    if !is_replicated(template) || is_owned(template.object) || template.object.group() != "apps" {
        return None;
    }
    let selector = Selector::of(template.object.at(&["spec", "selector"])?);
    (!selector.is_empty() && selector.matches(template.labels())).then_some(selector)
}
