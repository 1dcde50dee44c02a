use serde_json::{Value, json};

use super::*;
use crate::accuracy::labels::Kind;
use crate::accuracy::views::parse;

fn found(lesson: &str, name: &str) -> Value {
    let object = json!({ "kind": "Deployment", "namespace": "shop", "name": name });
    json!({ "lesson": lesson, "variant": "", "object": object, "message": "" })
}

fn incident(lesson: &str, explains: &[&str]) -> Value {
    let explains: Vec<Value> = explains.iter().map(|lesson| found(lesson, "web")).collect();
    json!({ "root": found(lesson, "web"), "explains": explains })
}

/// Two labelled roots, `crash-loop` and `image-pull`, of which the first may explain `replicas-unavailable`.
fn labels() -> Labels {
    let expect = json!([
        {
            "root": { "lesson": "crash-loop", "object": "Deployment/shop/.*" },
            "mayExplain": [{ "lesson": "replicas-unavailable", "object": "Deployment/shop/web" }],
        },
    ]);
    let other = json!([{ "root": { "lesson": "image-pull", "object": "Deployment/shop/web" } }]);
    let fault = |scenario: &str, expect: Value| Fault {
        scenario: scenario.to_owned(),
        namespaces: vec![scenario.to_owned()],
        expect: serde_json::from_value(expect).unwrap(),
    };
    Labels {
        name: "a+b".to_owned(),
        kind: Kind::Pair,
        faults: vec![fault("a", expect), fault("b", other)],
        noise: Vec::new(),
        allow: serde_json::from_value(json!([{ "lesson": "node-versions", "object": ".*" }])).unwrap(),
        made_from: String::new(),
    }
}

fn scored(incidents: &[Value]) -> Score {
    scored_with(incidents, &json!([]), &json!([]))
}

fn scored_with(incidents: &[Value], undecided: &Value, coverage: &Value) -> Score {
    let report = json!({ "incidents": incidents, "undecided": undecided, "coverage": coverage });
    score(&labels(), None, &parse(&report.to_string()).unwrap()).unwrap()
}

fn fates(score: &Score) -> Vec<Fate> {
    score.roots.iter().map(|root| root.fate.clone()).collect()
}

fn at(position: usize, first: bool, near: bool) -> Fate {
    Fate::Found { position, first, near }
}

#[test]
fn labelled_roots_that_stand_first_are_first_in_any_order() {
    let score = scored(&[incident("image-pull", &[]), incident("crash-loop", &["replicas-unavailable"])]);
    assert_eq!(fates(&score), [at(1, true, true), at(0, true, true)]);
    assert!(score.false_roots.is_empty() && score.unfolded.is_empty());
    assert_eq!((score.incidents, score.findings, score.folded), (2, 3, 1));
}

#[test]
fn what_is_told_as_a_possible_symptom_is_no_false_root() {
    let mut unsure = incident("replicas-unavailable", &[]);
    unsure["root"]["object"]["name"] = json!("other");
    let certain = unsure.clone();
    unsure["root"]["hiddenBy"] = json!("nodes may not be read");
    let score = scored(&[incident("crash-loop", &[]), unsure, certain]);
    assert_eq!((score.unsure, score.false_roots.len()), (1, 1));
    // A labelled root is found all the same.
    let mut labelled = incident("crash-loop", &[]);
    labelled["root"]["hiddenBy"] = json!("nodes may not be read");
    assert_eq!(fates(&scored(&[labelled]))[0], at(0, true, true));
}

#[test]
fn what_stands_behind_something_else_is_not_first() {
    let stranger = incident("evicted", &[]);
    let score = scored(&[incident("crash-loop", &[]), stranger.clone(), incident("image-pull", &[])]);
    assert_eq!(fates(&score), [at(0, true, true), at(2, false, true)]);
    assert_eq!(score.false_roots.len(), 1);
    // Also behind what is allowed: it is read first all the same.
    let allowed = incident("node-versions", &[]);
    let score = scored(&[allowed.clone(), incident("crash-loop", &[]), incident("image-pull", &[])]);
    assert_eq!(fates(&score), [at(1, false, true), at(2, false, true)]);
    assert!(score.false_roots.is_empty());
    // The fifth of two is not near.
    let five = [stranger, allowed.clone(), allowed.clone(), allowed, incident("image-pull", &[])];
    assert_eq!(fates(&scored(&five)), [Fate::Missed, at(4, false, false)]);
}

#[test]
fn a_root_that_is_found_twice_is_false_once() {
    let score = scored(&[incident("image-pull", &[]), incident("image-pull", &[])]);
    assert_eq!(fates(&score), [Fate::Missed, at(0, true, true)]);
    assert_eq!(score.false_roots.len(), 1);
}

#[test]
fn a_symptom_that_stands_alone_is_told_apart_from_what_is_false() {
    let score = scored(&[incident("replicas-unavailable", &[]), incident("evicted", &[])]);
    assert_eq!((score.unfolded.len(), score.false_roots.len()), (1, 1));
}

#[test]
fn a_symptom_that_stands_for_a_root_that_is_not_found_costs_no_rank() {
    let symptom = incident("replicas-unavailable", &[]);
    let score = scored(&[symptom.clone(), incident("image-pull", &[])]);
    assert_eq!(fates(&score), [Fate::Missed, at(1, true, true)]);
    // Beside its root it does.
    let score = scored(&[symptom, incident("image-pull", &[]), incident("crash-loop", &[])]);
    assert_eq!(fates(&score), [at(2, false, true), at(1, false, true)]);
}

#[test]
fn another_variant_is_neither_found_nor_false() {
    let mut labels = labels();
    labels.faults[0].expect[0].root.variant = Some("crash".to_owned());
    let report = json!({ "incidents": [incident("crash-loop", &[])] });
    let score = score(&labels, None, &parse(&report.to_string()).unwrap()).unwrap();
    assert!(matches!(&fates(&score)[0], Fate::OtherVariant(_)));
    assert!(score.false_roots.is_empty());
}

#[test]
fn a_root_that_is_not_found_is_missed_unless_rutter_says_that_it_could_not_see() {
    assert_eq!(fates(&scored(&[])), [Fate::Missed, Fate::Missed]);
    let undecided = json!([{ "lesson": "image-pull", "why": "x" }, { "lesson": "image-pull", "why": "y" }]);
    let score = scored_with(&[], &undecided, &json!([]));
    assert_eq!((fates(&score), score.undecided), (vec![Fate::Missed, Fate::Undecided], 1));
    let absent = json!([{ "resource": "deployments", "state": "absent" }]);
    assert_eq!(fates(&scored_with(&[], &json!([]), &absent)), [Fate::KindUnseen, Fate::KindUnseen]);
    let seen = json!([{ "resource": "deployments", "state": "seen" }]);
    assert_eq!(fates(&scored_with(&[], &json!([]), &seen)), [Fate::Missed, Fate::Missed]);
}

#[test]
fn a_root_under_another_is_not_found() {
    let score = scored(&[incident("evicted", &["crash-loop", "image-pull"])]);
    assert!(fates(&score).iter().all(|fate| matches!(fate, Fate::Under(by) if by.starts_with("evicted"))));
}

#[test]
fn in_a_view_of_one_scenario_what_is_right_of_another_is_not_false() {
    let all = labels();
    let report = json!({ "incidents": [incident("image-pull", &[]), incident("evicted", &[])] });
    let score = score(&all, all.faults.first(), &parse(&report.to_string()).unwrap()).unwrap();
    assert_eq!((fates(&score), score.false_roots.len()), (vec![Fate::Missed], 1));
}
