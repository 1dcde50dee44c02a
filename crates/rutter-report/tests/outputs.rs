//! What is printed, as snapshots: read their diff as the one who is woken by it.
//! `INSTA_UPDATE=always` writes them; `UPDATE_SCHEMA=1` writes the published schema.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod sample;

use std::{fs, io};

use rutter_cluster::Time;
use rutter_report::{
    Confidence, Explained, ObjectRef, Report, Severity, State, change_schema, changes, json, name, schema,
    text, yaml,
};

const CASES: [&str; 5] = [
    "pod/evicted/cases/fires-node-low-many",
    "pod/evicted/cases/fires-history-spot-node-gone",
    "pod/evicted/cases/fires-node-low-job",
    "pod/evicted/cases/fires-pod-limit-recorded",
    "pod/image-pull/cases/fires-host-unresolved-recorded",
];

type Write = fn(&mut dyn io::Write, &Report) -> io::Result<()>;

fn written(write: Write, report: &Report) -> String {
    let mut out = Vec::new();
    write(&mut out, report).unwrap();
    String::from_utf8(out).unwrap()
}

fn shown(report: &Report, width: usize, wide: bool) -> String {
    let now = Time::parse("2026-03-02T10:04:00Z").filter(|_| report.scope.sources[0] == "shop/cluster.yaml");
    let mut out = Vec::new();
    text::write(&mut out, report, &text::Options { width, now, wide }).unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

#[test]
fn text_and_names() {
    let report = sample::report();
    insta::assert_snapshot!("shop", shown(&report, 100, false));
    insta::assert_snapshot!("shop_narrow", shown(&report, 60, false));
    insta::assert_snapshot!("shop_wide", shown(&report, 100, true));
    insta::assert_snapshot!("shop_name", written(name::write, &report));
    assert_eq!(written(json::write, &report), include_str!("shop/report.json"));
    // These two change with the lessons; what is told of the stored report does not.
    for case in &CASES[..2] {
        insta::assert_snapshot!(case.replace('/', "_"), shown(&sample::of_case(case), 100, false));
    }
}

/// A tree of effects three deep and too long to show, with one that something else explains too.
#[test]
fn effects_are_a_tree() {
    let mut report = sample::report();
    let root = report.incidents[0].root.clone();
    let effect = |n: usize, by: &str, why: &str, cause_confidence| {
        let mut finding = root.clone();
        finding.id = format!("effect-{n}");
        finding.object.name = format!("app-{n}");
        finding.message = format!("app-{n} has no ready replica of 3 wanted");
        let by = by.to_owned();
        Explained {
            finding,
            by,
            why: why.to_owned(),
            cause_confidence,
            also_explained_by: Vec::new(),
            stays: (n == 3).then(|| "it stays failed: make it anew".to_owned()),
        }
    };
    let mut explains = vec![
        effect(1, &root.id, "its pods wait for an image that can't be pulled", Confidence::Certain),
        effect(2, "effect-1", "it starts only after app-1", Confidence::Likely),
        effect(3, "effect-2", "it asks app-2 in its readiness probe", Confidence::Possible),
    ];
    explains.extend((4..20).map(|n| effect(n, &root.id, "all run the same image", Confidence::Certain)));
    explains[3].also_explained_by = vec![root.id.clone()];
    report.incidents[0].explains = explains;
    report.incidents[0].confidence = Confidence::Likely;
    insta::assert_snapshot!("tree", shown(&report, 100, false));
    report.incidents.truncate(1);
    report.incidents[0].explains.truncate(3);
    insta::assert_snapshot!("tree_wide", shown(&report, 100, true));
}

#[test]
fn a_lesson_on_a_terminal() {
    let lesson = rutter_lessons::LESSONS.iter().find(|lesson| lesson.id == "evicted").unwrap();
    for width in [60, 100] {
        let mut out = Vec::new();
        rutter_report::lesson::write(&mut out, lesson.text, width).unwrap();
        let text = anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string();
        // The start: the whole would have to be read again with every word that is changed in it.
        let start: Vec<&str> = text.lines().take(40).collect();
        insta::assert_snapshot!(format!("lesson_{width}"), start.join("\n"));
    }
}

#[test]
fn nothing_found_is_not_called_healthy() {
    let mut report = sample::report();
    report.incidents.clear();
    report.findings.clear();
    let text = shown(&report, 100, false);
    assert!(text.contains("Nothing found by") && text.contains("in what was seen"), "{text}");
    assert!(!text.contains("healthy"));
    assert!(text.contains("Nothing found by 13 lessons"), "three of 16 lack what they must read: {text}");
    report.scope.min_severity = Some(Severity::Critical);
    let text = shown(&report, 100, false);
    assert!(text.contains("Nothing at or above critical; less severe incidents are not shown"), "{text}");
    assert!(!text.contains("Nothing found"), "{text}");
}

/// Many incidents: all of them in a line or two each, those that are alike folded, and the first in full.
#[test]
fn many_incidents_begin_with_an_overview() {
    let mut report = sample::report();
    let first = report.incidents[0].clone();
    report.incidents = (1..=12)
        .map(|rank| {
            let mut incident = first.clone();
            incident.rank = rank;
            incident.title = incident.title.replace("web", &format!("web-{rank}"));
            if rank % 5 == 0 {
                incident.severity = Severity::Low;
                incident.root.lesson = "oom-killed".to_owned();
            }
            incident
        })
        .collect();
    let text = shown(&report, 100, false);
    let overview: Vec<&str> = text.lines().take(22).collect();
    insta::assert_snapshot!("overview", overview.join("\n"));
    assert_eq!(text.matches("rutter explain").count(), 3);
    assert_eq!(shown(&report, 100, true).matches("rutter explain").count(), 12);
    let title = "Deployment shop/web: container app keeps crashing again and again since the last roll-out: it can't reach the database";
    report.incidents[0].title = title.to_owned();
    let text = shown(&report, 100, false);
    let overview = text.split("The first 3").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(overview.contains("it can't reach the database 2 "), "the cause is told: {overview}");
    report.incidents.truncate(5);
    assert_eq!(shown(&report, 100, false).matches("rutter explain").count(), 5);
}

#[test]
fn the_head_names_what_was_seen() {
    let mut report = sample::report();
    report.coverage.retain(|resource| ["jobs", "ingresses"].contains(&resource.resource.as_str()));
    for resource in &mut report.coverage {
        (resource.state, resource.used, resource.note) = (State::Partial, true, "cut off".to_owned());
        resource.count = Some(if resource.resource == "jobs" { 2 } else { 1 });
    }
    let text = shown(&report, 100, false);
    assert!(text.contains("Seen      2 jobs, 1 ingress\n"), "{text}");
    assert!(text.contains("In part   jobs and ingresses: cut off\n") && !text.contains("Not seen"), "{text}");
    assert!(!text.contains("unnamed"), "{text}");
    report.coverage[0].state = State::Forbidden;
    let text = shown(&report, 100, false);
    assert!(text.contains("Not seen  jobs (may not be read)\n"), "{text}");
}

/// The API server names the resource in each refusal: one reason all the same.
#[test]
fn a_refusal_is_told_once_for_all_resources() {
    let mut report = sample::report();
    report.coverage.retain(|resource| ["jobs", "ingresses"].contains(&resource.resource.as_str()));
    for resource in &mut report.coverage {
        let (name, group) =
            (&resource.resource, if resource.resource == "jobs" { "batch" } else { "networking.k8s.io" });
        resource.note = format!(
            "{name}.{group} is forbidden: User \"jane\" cannot list resource \"{name}\" in API group \"{group}\" at the cluster \
             scope; read only in namespace shop"
        );
        (resource.state, resource.used, resource.count) = (State::Partial, true, Some(1));
    }
    let once = "User \"jane\" may not list them at the cluster scope; read only in namespace shop";
    let text = shown(&report, 200, false);
    assert!(text.contains(&format!("In part   jobs and ingresses: {once}\n")), "{text}");
    let table = shown(&report, 200, true);
    assert_eq!(table.matches(once).count(), 1, "{table}");
    assert!(table.contains("  for the same reason\n"), "{table}");
}

#[test]
fn a_title_says_its_object_once() {
    let mut finding = sample::report().incidents[0].root.clone();
    let mut title = |kind: &str, namespace: &str, message: &str| {
        finding.object = ObjectRef {
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: "node-a".to_owned(),
            ..ObjectRef::default()
        };
        message.clone_into(&mut finding.message);
        finding.title()
    };
    assert_eq!(title("Node", "", "node-a is silent"), "Node node-a is silent");
    assert_eq!(title("Node", "", "containerd on node-a is silent"), "containerd on node-a is silent");
    assert_eq!(title("Node", "", "node-a2 took over"), "Node node-a: node-a2 took over");
    assert_eq!(title("Pod", "x", "runs on node-a"), "Pod x/node-a: runs on node-a");
    assert_eq!(title("Pod", "x", "app of x/node-a ended"), "app of x/node-a ended");
}

/// Objects that suffer, each kind once.
#[test]
fn harms_are_told_by_kind() {
    let mut report = sample::report();
    let object = |kind: &str, namespace: &str, name: &str| ObjectRef {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        ..ObjectRef::default()
    };
    report.incidents[0].harms = vec![
        object("DaemonSet", "kube-system", "cilium"),
        object("DaemonSet", "logging", "fluent-bit"),
        object("Ingress", "shop", "a"),
        object("Ingress", "shop", "b"),
        object("Service", "shop", "c"),
    ];
    let text = shown(&report, 100, false);
    let wanted = "DaemonSets kube-system/cilium, logging/fluent-bit; Ingresses shop/a, shop/b and 1 more";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn credentials_are_in_no_output() {
    let report = sample::shop();
    let all =
        [written(json::write, &report), written(yaml::write, &report), shown(&report, 100, true)].concat();
    assert!(all.contains("robot:<redacted>@") && !all.contains("s3cr3t"), "{all}");
}

#[test]
fn json_and_yaml_read_back_as_they_were() {
    for report in CASES.map(sample::of_case).into_iter().chain([sample::report(), sample::shop()]) {
        let from_json: Report = serde_json::from_str(&written(json::write, &report)).unwrap();
        assert_eq!(from_json, report);
        let from_yaml: Report = serde_saphyr::from_str(&written(yaml::write, &report)).unwrap();
        assert_eq!(from_yaml, report);
    }
}

fn assert_published(what: &str, schema: &serde_json::Value) {
    let file = format!("{}/../../docs/schema/{what}-v1alpha1.json", env!("CARGO_MANIFEST_DIR"));
    let current = serde_json::to_string_pretty(schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&file, &current).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), current, "UPDATE_SCHEMA=1 writes it");
}

#[test]
fn the_published_schema_of_changes_is_current_and_holds() {
    assert_published("change", &change_schema());
    let validator = jsonschema::validator_for(&change_schema()).unwrap();
    let report = sample::report();
    let nothing = Report { incidents: Vec::new(), findings: Vec::new(), ..report.clone() };
    for (before, after) in [(&nothing, &report), (&report, &nothing)] {
        let changes = changes::changes(before, after);
        assert!(!changes.is_empty());
        for change in changes {
            assert!(validator.is_valid(&serde_json::to_value(&change).unwrap()), "{change:?}");
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"event": "exploded"})), "the schema asks for nothing");
}

#[test]
fn the_published_schema_is_current_and_holds() {
    assert_published("report", &schema());
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for report in CASES.map(sample::of_case).into_iter().chain([sample::report(), sample::shop()]) {
        let errors: Vec<String> = validator
            .iter_errors(&serde_json::to_value(&report).unwrap())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({"kind": "Report"})), "the schema asks for nothing");
}
