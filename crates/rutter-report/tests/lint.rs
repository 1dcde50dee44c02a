//! Reports about manifests: the published schema, and the forms that others read.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::{path::PathBuf, process::Command};

use rutter_lint::{CHECKS, Input, Settings, Source, baseline::Baseline, config, lint};
use rutter_report::lint::{
    LintReport, write_github, write_junit, write_markdown, write_sarif, write_short, write_text,
};
use serde_json::Value;

/// With everything that a report can hold: odd names, an accepted and a known finding, a text that is no YAML.
const MANIFESTS: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: odd
  namespace: \"a|b\"
  annotations:
    rutter.dev/ignore.image-tag.first: 'until 2999-01-01: ]]> a <reason> with % and \"quotes\"'
spec:
  containers:
  - {name: first, image: 'a:latest'}
  - {name: second, image: \"b\\e[31m%0A|,:latest\"}
  - {name: third, image: c}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
data: {password: Y29ycmVjdC1ob3JzZQ==}
---
broken: [
";

fn report() -> LintReport {
    let sources =
        [Source { name: "dir with, space/ä%.yaml".into(), text: MANIFESTS.into(), ..Source::default() }];
    let settings = Settings::default();
    let checks: Vec<_> = CHECKS
        .iter()
        .filter(|check| ["image-tag", "manifest-unreadable"].contains(&check.id))
        .copied()
        .collect();
    let mut input = Input {
        sources: &sources,
        cluster: None,
        settings: &settings,
        checks: &checks,
        config: &config::Lint::default(),
        baseline: None,
        today: None,
    };
    let third = lint(&input)
        .problems
        .into_iter()
        .find(|one| one.finding.container.as_deref() == Some("third"))
        .unwrap();
    let known = [(third.fingerprint.as_str(), third.finding.check, &third.finding.object)];
    let baseline = Baseline::new(known.into_iter());
    input.baseline = Some(&baseline);
    LintReport::new(&sources, &lint(&input), &settings, Vec::new())
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_published_schema_is_current_and_holds() {
    let file = format!("{}/../../docs/schema/lint-v1alpha1.json", env!("CARGO_MANIFEST_DIR"));
    let schema = rutter_report::lint_schema();
    let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &current).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), current, "UPDATE_SCHEMA=1 writes it");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = serde_json::to_value(report()).unwrap();
    assert!(validator.is_valid(&report), "{report:#}");
    assert!(!validator.is_valid(&serde_json::json!({"kind": "LintReport"})), "the schema asks for nothing");
    let states: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|one| one["state"].as_str()).collect();
    assert_eq!(states, ["accepted", "open", "known", "open"]);
}

/// The schema that OASIS publishes, as the crate that has types for it brings it.
fn sarif_schema() -> Value {
    // Of other platforms, packages may not be here.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--filter-platform", &platform])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // `[a-zA-Z]{2}]?` is a slip of theirs, and no regular expression for who is strict.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    schema
}

#[test]
fn sarif_holds_to_its_schema() {
    let text = written(|out| write_sarif(out, &report(), true).unwrap());
    let sarif: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let mut wrong = sarif.clone();
    wrong["runs"][0]["results"][0]["level"] = "bad".into();
    assert!(!validator.is_valid(&wrong), "the schema asks for nothing");
    // And the types that others read it with.
    serde_json::from_str::<serde_sarif::sarif::Sarif>(&text).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(results[2]["baselineState"], "unchanged");
    let uri = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "dir%20with%2C%20space/%C3%A4%25.yaml");
}

#[test]
fn junit_is_well_formed_and_counts() {
    let text = written(|out| write_junit(out, &report()).unwrap());
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut failures, mut skipped) = (0, 0);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "failure" => failures += 1,
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == "skipped" => skipped += 1,
            _ => {}
        }
    }
    assert_eq!((failures, skipped), (2, 2));
    assert!(text.contains("tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"2\""), "{text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn nothing_in_a_manifest_breaks_a_form() {
    let report = report();
    let github = written(|out| write_github(out, &report).unwrap());
    assert_eq!(github.lines().count(), 2, "{github}");
    assert!(github.starts_with("::warning file=dir with%2C space/ä%25.yaml,line=11,"), "{github}");
    let markdown = written(|out| write_markdown(out, &report).unwrap());
    let row = markdown.lines().find(|line| line.contains("second")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    for text in [
        written(|out| write_text(out, &report, true).unwrap()),
        written(|out| write_short(out, &report).unwrap()),
    ] {
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert!(!plain.contains('\u{1b}'), "{plain}");
        assert!(text.contains("[31m%0A") && !text.contains("b\u{1b}[31m"), "{text}");
    }
}
