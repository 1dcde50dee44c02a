//! Plans about Services and what serves them.

use rutter_plan::{Action, Condition, Undo};
use serde_json::json;

use crate::load::{body, ids, maybe, plan, plan_of_edited, step, target, undo};

#[test]
fn a_selector_is_corrected_to_the_nearest_pods() {
    let plan = plan("service-no-backends", "fires-label-typo");
    let change = step(&plan, "change");
    let service = target(change);
    assert_eq!((service.kind.as_str(), service.uid.is_empty()), ("Service", false));
    let (to, from) = (body(&change.action), undo(change));
    assert_ne!(to, from);
    let whole = |need: &Condition| matches!(need, Condition::Field { path, .. } if path == "/spec/selector");
    assert!(change.needs.iter().any(whole));
    assert!(!change.until.is_empty());
}

#[test]
fn a_label_that_moved_is_asked_for_where_it_is() {
    let plan = plan("service-no-backends", "fires-label-moved");
    let change = step(&plan, "change");
    let selector = &body(&change.action)["spec"]["selector"];
    assert!(selector.as_object().unwrap().values().any(serde_json::Value::is_null), "{selector}");
    assert!(undo(change)["spec"]["selector"].as_object().unwrap().values().any(serde_json::Value::is_null));
}

#[test]
fn without_a_near_miss_there_is_no_plan() {
    for case in ["fires-no-near", "fires-other-namespace", "fires-not-ready"] {
        assert!(maybe("service-no-backends", case).is_none(), "{case}");
    }
}

#[test]
fn names_get_somebody_who_answers() {
    let plan = plan("dns-down", "fires-scaled-to-zero");
    let scale = step(&plan, "scale");
    assert_eq!(body(&scale.action), json!({"spec": {"replicas": 2}}));
    assert_eq!(undo(scale), json!({"spec": {"replicas": 0}}));
}

#[test]
fn settings_are_corrected_where_only_one_value_can_be_meant() {
    let unread = plan("nginx-ingress-tuning", "fires-unreadable");
    let change = step(&unread, "change");
    let data = &body(&change.action)["data"];
    assert!(data.as_object().unwrap().values().all(serde_json::Value::is_string), "{data}");
    assert_eq!(ids(&unread), ["change ingress-nginx/ingress-nginx-controller"], "all of them are plain");
    let workers = plan("nginx-ingress-tuning", "fires-workers");
    assert!(body(&workers.steps[0].action)["data"]["worker-processes"].is_string());
    assert!(maybe("nginx-ingress-tuning", "fires-misspelt").is_none());
    assert!(maybe("nginx-ingress-tuning", "fires-file").is_none());
}

#[test]
fn what_only_a_person_knows_of_settings_is_asked_for() {
    let plan = plan_of_edited("nginx-ingress-tuning", "fires-unreadable", |text| {
        text.replace(r#""keep-alive": "75s""#, r#""keep-alive": "75s", "client_body_timeout": "9""#)
    });
    assert_eq!(ids(&plan), ["change ingress-nginx/ingress-nginx-controller", "correct the rest"]);
    let Action::Person { ask, commands, proof: false } = &plan.steps[1].action else { panic!("{plan:#?}") };
    assert!(ask.ends_with("client_body_timeout (is it client-body-timeout?)"), "{ask}");
    assert_eq!(commands, &["kubectl edit configmap ingress-nginx-controller -n ingress-nginx"]);
}

#[test]
fn addresses_are_written_only_after_a_person_has_looked() {
    let plan = plan("ingress-default-change", "fires-stale");
    let first = plan.steps.iter().position(|step| step.action.writes_to().is_some()).unwrap();
    let proof = |action: &Action| matches!(action, Action::Person { proof: true, .. });
    assert!(plan.steps[..first].iter().any(|step| proof(&step.action)));
    assert!(matches!(plan.steps[first].undo, Undo::Never { .. }));
    assert!(maybe("ingress-default-change", "fires-service-missing").is_none());
}
