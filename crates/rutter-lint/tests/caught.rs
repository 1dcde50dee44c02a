//! The lab's scenarios that a manifest causes: each names, in `lint`, the checks that would have caught it before the apply. `healed.yaml`, which
//! mends it, must not fail them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test: it reads the scenarios")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use rutter_lint::{CHECKS, Context, Settings, manifest, run};
use serde::Deserialize;

#[derive(Deserialize)]
struct Scenario {
    #[serde(default)]
    lint: Vec<String>,
}

fn scenarios() -> Vec<(PathBuf, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lab/scenarios");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let folder = entry.unwrap().path();
            let text = fs::read_to_string(folder.join("scenario.yaml")).unwrap();
            let scenario: Scenario = serde_saphyr::from_str(&text).unwrap();
            (folder, scenario.lint)
        })
        .collect();
    all.sort();
    all
}

/// The checks that fail for the manifests of a folder whose names pass.
fn failing(folder: &Path, passes: impl Fn(&str) -> bool) -> BTreeSet<&'static str> {
    let mut objects = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for (index, path) in files.iter().enumerate() {
        let name = path.file_name().unwrap().to_string_lossy();
        if name.ends_with(".yaml") && name != "scenario.yaml" && passes(&name) {
            objects.extend(manifest::read(index, &fs::read_to_string(path).unwrap()).objects);
        }
    }
    let settings = Settings { namespace: "scenario".into(), ..Settings::default() };
    let findings = run(&Context::new(&objects, None, &settings), CHECKS);
    findings.into_iter().map(|finding| finding.check).collect()
}

#[test]
fn what_a_manifest_causes_is_caught_before_it_is_applied() {
    let mut missed = Vec::new();
    let mut caught = 0;
    for (folder, lint) in scenarios() {
        let failing = failing(&folder, |name| name != "healed.yaml");
        for check in lint {
            if failing.contains(check.as_str()) {
                caught += 1;
            } else {
                missed.push(format!("{}: {check}", folder.display()));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(caught >= 15, "only {caught}");
}

#[test]
fn what_mends_a_scenario_is_not_blamed_for_it() {
    let mut blamed = Vec::new();
    for (folder, lint) in scenarios() {
        let failing = failing(&folder, |name| name == "healed.yaml");
        blamed.extend(
            lint.into_iter()
                .filter(|check| failing.contains(check.as_str()))
                .map(|check| format!("{}: {check}", folder.display())),
        );
    }
    assert!(blamed.is_empty(), "{blamed:#?}");
}
