//! Plans as files. `UPDATE_SCHEMA=1` writes the published schema.

use std::fs;

use rutter_plan::{
    Plan,
    node::{self, DrainOptions, MaintainOptions},
    schema,
};
use serde_json::{Value, json};

use super::sample::*;

fn plan() -> Plan {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.extend(deployment("single", &["node-b"]));
    items.push(pod("bare", "node-b"));
    let drain = DrainOptions { surge: true, ..DrainOptions::default() };
    let options = MaintainOptions { drain, ..MaintainOptions::default() };
    node::maintain(&cluster(items), &named(&["node-b"]), &options, OPERATION, identity()).unwrap()
}

#[test]
fn a_plan_reads_back_as_it_was_written() {
    let plan = plan();
    let written = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&written).unwrap(), plan);
}

#[test]
fn an_unknown_field_is_refused_wherever_it_is() {
    let plan = serde_json::to_value(plan()).unwrap();
    for path in [
        "",
        "/cluster",
        "/remarks/0",
        "/remarks/0/about",
        "/steps/0",
        "/steps/0/action",
        "/steps/0/needs/0",
        "/steps/0/undo",
    ] {
        let mut changed = plan.clone();
        let at = changed.pointer_mut(path).and_then(Value::as_object_mut).unwrap();
        at.insert("surprise".into(), json!(1));
        assert!(serde_json::from_value::<Plan>(changed).is_err(), "{path:?}");
    }
}

#[test]
fn an_unsound_plan_says_why() {
    let unsound = |change: fn(&mut Plan)| {
        let mut plan = plan();
        change(&mut plan);
        plan.sound().unwrap_err().0
    };
    assert!(unsound(|plan| plan.api_version = "v2".into()).contains("v2 Plan"));
    assert!(unsound(|plan| plan.operation = "a/b".into()).contains("not a name"));
    assert!(unsound(|plan| plan.steps[1].id = plan.steps[0].id.clone()).contains("two of its steps"));
    assert!(unsound(|plan| plan.steps[0].stage = 9).contains("earlier stage"));
    assert!(unsound(|plan| plan.parallel = 0).contains("parallel is 0"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the schema is published as a file")]
fn the_published_schema_is_current_and_holds() {
    let file = format!("{}/../../docs/schema/plan-v1alpha1.json", env!("CARGO_MANIFEST_DIR"));
    let current = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&file, &current).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), current, "UPDATE_SCHEMA=1 writes it");
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let plan = serde_json::to_value(plan()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&plan).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut changed = plan;
    changed["steps"][0]["surprise"] = json!(1);
    assert!(!validator.is_valid(&changed));
}
