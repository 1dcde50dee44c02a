//! What is said of one object. `UPDATE_SCHEMA=1` writes the published schema, `INSTA_UPDATE=always` the snapshots.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod sample;

use rutter_cluster::{Cluster, Kind};
use rutter_diagnosis::{Scope, about, diagnose};
use rutter_report::{Asked, Explanation, Verdict, explanation_schema, json, text};

fn explained(cluster: &Cluster, kind: Kind, namespace: &str, name: &str) -> Explanation {
    let object = cluster.find(kind, namespace, name).unwrap();
    let diagnosis = diagnose(cluster, &Scope::default());
    let asked = Asked { sources: vec!["a dump".to_owned()], ..Asked::default() };
    Explanation::new(cluster, &diagnosis, &about(cluster, &diagnosis, &object), asked)
}

/// Of all objects of a cluster.
fn all(cluster: &Cluster) -> Vec<Explanation> {
    let objects =
        Kind::ALL.iter().flat_map(|kind| cluster.refs(*kind).into_iter().map(|object| (*kind, object)));
    objects.map(|(kind, object)| explained(cluster, kind, &object.namespace, &object.name)).collect()
}

fn shown(explanation: &Explanation, wide: bool) -> String {
    let mut out = Vec::new();
    text::explanation::write(&mut out, explanation, &text::Options { wide, ..text::Options::default() })
        .unwrap();
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

const CASES: [&str; 4] = [
    "pod/evicted/cases/fires-node-low-many",
    "pod/crash-loop/cases/fires-killed-by-probe",
    "pod/crash-loop/cases/fires-node-silent",
    "pod/crash-loop/cases/silent-one-crash",
];

#[test]
fn the_published_schema_is_current_and_holds() {
    let file = format!("{}/../../docs/schema/explanation-v1alpha1.json", env!("CARGO_MANIFEST_DIR"));
    let current = serde_json::to_string_pretty(&explanation_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&file, &current).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), current, "UPDATE_SCHEMA=1 writes it");
    let validator = jsonschema::validator_for(&explanation_schema()).unwrap();
    for cluster in CASES.map(sample::cluster_of_case) {
        for explanation in all(&cluster) {
            let value = serde_json::to_value(&explanation).unwrap();
            assert!(validator.is_valid(&value), "{value:#}");
            assert_eq!(serde_json::from_value::<Explanation>(value).unwrap(), explanation);
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"kind": "Explanation"})), "the schema asks for nothing");
}

/// A volume that nothing uses yet, in a cluster of which all was seen.
fn healthy() -> Cluster {
    let list = |api: &str, kind: &str| serde_json::json!({"apiVersion": api, "kind": format!("{kind}List"), "items": [], "metadata": {}});
    let mut inputs = Vec::new();
    for kind in Kind::served() {
        let mut of = list(kind.api_version(), kind.name());
        if kind == Kind::PersistentVolume {
            of["items"] = serde_json::json!([{"metadata": {"name": "disk", "uid": "v"}, "spec": {},
                "status": {"phase": "Available"}}]);
        }
        let text: &'static str = Box::leak(of.to_string().into_boxed_str());
        inputs.push(rutter_source::Input::Bytes(kind.word(), text.as_bytes().into()));
    }
    rutter_source::load(&inputs, &rutter_source::files::Limits::default()).unwrap()
}

#[test]
fn of_what_is_healthy_and_was_seen_nothing_is_wrong() {
    let verdicts: Vec<_> = all(&healthy()).iter().map(|one| (one.verdict, one.summary.clone())).collect();
    assert!(verdicts.iter().any(|(verdict, _)| *verdict == Verdict::NothingWrong), "{verdicts:?}");
}

#[test]
fn other_pods_are_counted_where_the_pods_are_told() {
    let mut explanation = explained(&sample::forged_cluster("counted", &[]), Kind::Deployment, "shop", "web");
    explanation.more_pods = 5;
    let text = shown(&explanation, false);
    assert_eq!(text.matches("5 other pods").count(), 1, "{text}");
}

/// Whatever is explained, it says something in its first line, and never that nothing is wrong where something is or was not seen.
#[test]
fn nothing_wrong_is_said_of_nothing_else() {
    for explanation in CASES.map(sample::cluster_of_case).iter().chain([&healthy()]).flat_map(all) {
        let is_fine = explanation.verdict == Verdict::NothingWrong;
        assert_eq!(explanation.summary.contains(": nothing wrong"), is_fine, "{}", explanation.summary);
        assert!(!is_fine || (explanation.undecided.is_empty() && explanation.threads.is_empty()));
        let text = shown(&explanation, false);
        assert!(!explanation.summary.is_empty() && text.contains("Timeline"), "{text}");
    }
}

#[test]
fn a_thread_leads_from_its_object_to_the_root() {
    let cluster = sample::cluster_of_case("pod/evicted/cases/fires-node-low-many");
    let mut threads = 0;
    for explanation in all(&cluster) {
        for thread in &explanation.threads {
            threads += 1;
            let (root, rest) = thread.up.split_last().unwrap();
            assert!(root.why.is_none() && rest.iter().all(|step| step.why.is_some()));
            assert_eq!(root.finding.id, thread.incident);
            let known = |id: &String| {
                *id == thread.up[0].finding.id || thread.down.iter().any(|effect| effect.finding.id == *id)
            };
            assert!(thread.down.iter().all(|effect| known(&effect.by)), "an effect hangs on something else");
        }
    }
    assert!(threads > 0);
}

#[test]
fn credentials_and_terminal_escapes_stay_out() {
    let words = [("name: app", "name: \"a\\e[2Jpp\"")];
    let cluster = sample::forged_cluster("explained", &words);
    let (mut found, mut told) = (0, 0);
    for explanation in all(&cluster) {
        let text = shown(&explanation, true);
        assert!(!text.contains('\u{1b}'), "{text}");
        found += usize::from(text.contains("\\x1b[2J"));
        let mut out = Vec::new();
        json::write(&mut out, &explanation).unwrap();
        let both = text + &String::from_utf8(out).unwrap();
        assert!(!both.contains("s3cr3t") && !both.contains('\u{1b}'), "{both}");
        told += both.matches("waits: ImagePullBackOff").count();
    }
    assert!(found > 0 && told > 0, "neither the escape nor the message was told at all");
}
