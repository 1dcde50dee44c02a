//! The plan: the selector as the nearest pods would have it.

use rutter_cluster::objects::Service;
use rutter_plan::{Changes, Condition, Draft, Object, Step, pointer};
use serde_json::{Map, Value};

use super::nearest::Near;
use crate::{Context, fixes};

pub(super) fn plan(context: &Context<'_>, service: &Service, near: &Near) -> Option<Draft> {
    // Without a pod it would still reach nobody, and stand-bys are told by labels that others set.
    if near.pods() == 0 || near.is_standby() {
        return None;
    }
    let Near::Label { object, key, wanted, has, .. } = near else { return None };
    let target = fixes::known(service)?;
    let at = |key: &str| pointer("/spec/selector", key);
    let (from, changes) = (wanted.as_str(), Changes::new());
    let changes = match has {
        Some((has_key, has)) if has_key == key => changes.set(at(key), from, has.as_str()),
        Some((has_key, has)) => {
            changes.set(at(key), from, Value::Null).set(at(has_key), Value::Null, has.as_str())
        }
        // Who would select everything selects nothing.
        None if service.spec.selector.len() > 1 => changes.set(at(key), from, Value::Null),
        None => return None,
    };
    let pairs =
        service.spec.selector.iter().map(|(key, value)| (key.to_string(), Value::from(value.as_str())));
    let whole = Value::Object(pairs.collect::<Map<_, _>>());
    let title = format!("Correct the selector of {target} to the labels of {} {}", object.kind, object.name);
    let step = Step::change(&target, title.as_str(), &changes, fixes::SOON).needing([Condition::field(
        &target,
        "/spec/selector",
        whole,
    )]);
    let draft = Draft::new(title)
        .about(&target)
        .risk(
            &target,
            format!(
                "its clients are sent to the pods of {} {} from then on: see that these are meant ({})",
                object.kind,
                object.name,
                near.phrase()
            ),
        )
        .note(
            &target,
            "what applies the Service (a chart, GitOps) sets the old selector again: correct it there, too",
        )
        .then(step);
    Some(draft.and(listed(context, service)))
}

/// Waits until somebody is found; where Endpoints are still written, which bear the name of their Service.
fn listed(context: &Context<'_>, service: &Service) -> Option<Step> {
    context.endpoints(service).ok().flatten()?;
    let endpoints = Object {
        api_version: "v1".into(),
        kind: "Endpoints".into(),
        namespace: service.meta.namespace.to_string(),
        name: service.meta.name.to_string(),
        uid: String::new(),
    };
    let name = &service.meta.name;
    let until = Condition::at_least(&endpoints, "/subsets", 1);
    Some(Step::wait(
        format!("{name} found"),
        format!("Wait until {endpoints} list a pod"),
        [until],
        fixes::SOON,
    ))
}
