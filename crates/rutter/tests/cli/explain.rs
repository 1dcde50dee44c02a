//! Why an object is as it is.

use std::path::{Path, PathBuf};

use crate::{Run, rutter, rutter_reading};

fn demo(arguments: &[&str]) -> Run {
    rutter(["explain"].iter().chain(arguments).chain(&["--demo"]))
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rutter-lessons/lessons").join(name)
}

fn first_line(run: &Run) -> &str {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.lines().next().unwrap()
}

/// A name and namespace of the demo's objects of a kind that are on a thread, or are not.
fn some(kind: &str, wanted: bool) -> (String, String) {
    let report = rutter(["diagnose", "--demo", "-o", "json"]).json();
    let findings = report["findings"].as_array().unwrap();
    let instances = findings.iter().flat_map(|one| one["instances"].as_array().cloned().unwrap_or_default());
    let of = instances.chain(findings.iter().map(|one| one["object"].clone()));
    let one = of.filter(|_| wanted).find(|object| object["kind"] == kind).unwrap();
    (one["namespace"].as_str().unwrap_or_default().to_owned(), one["name"].as_str().unwrap().to_owned())
}

#[test]
fn a_sick_pod_is_led_to_its_root() {
    let (namespace, name) = some("Pod", true);
    let run = demo(&[&format!("pod/{name}"), "-n", &namespace]);
    let first = first_line(&run);
    assert!(first.contains(&name) && run.out.contains("node-a"), "{}", run.out);
    for part in ["because", "root", "Timeline", "rutter explain node-not-ready-pleg", "   do "] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    // As kubectl takes it, and by a short name.
    assert_eq!(demo(&["po", &name, "-n", &namespace]).out, run.out);
    let json = demo(&["pod", &name, "-n", &namespace, "-o", "json"]).json();
    assert_eq!((&json["kind"], &json["verdict"]), (&"Explanation".into(), &"wrong".into()));
    let up = json["threads"][0]["up"].as_array().unwrap();
    assert_eq!(up.last().unwrap()["lesson"], "node-not-ready-pleg");
    assert!(!json["timeline"]["moments"].as_array().unwrap().is_empty());
}

#[test]
fn a_node_tells_what_it_harms() {
    let run = demo(&["node/node-a"]);
    assert!(first_line(&run).starts_with("CRITICAL"), "{}", run.out);
    assert!(run.out.contains("   so ") && run.out.contains("harms"), "{}", run.out);
    assert!(run.out.contains("Ready False"), "{}", run.out);
}

#[test]
fn a_healthy_object_is_told_with_what_is_to_say_of_it() {
    let fine = demo(&["ns/default"]);
    assert_eq!(first_line(&fine), "Namespace default: nothing wrong; Active");
    assert!(first_line(&demo(&["ns/payments"])).contains("near it: Deployment payments/api"));
    // Its node is not well: that comes before all else.
    let near = demo(&["pod/store-0", "-n", "payments"]);
    assert!(first_line(&near).contains("nothing found wrong with itself, but near it"), "{}", near.out);
    assert!(near.out.contains("Near it") && near.out.contains("running on node-a"), "{}", near.out);
    // Its pods count as ready, and one of them is on that node.
    let near = demo(&["sts/ledger", "-n", "h03-sts"]);
    assert!(first_line(&near).contains("near it: containerd on node-a"), "{}", near.out);
}

#[test]
fn the_only_one_of_a_name_is_taken_and_said() {
    let (namespace, name) = some("Pod", true);
    let run = demo(&[&format!("pod/{name}")]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains(&format!("taking Pod {namespace}/{name}")), "{}", run.err);
}

#[test]
fn what_is_not_there_is_an_error_that_helps() {
    for (arguments, told) in [
        (&["node/node-x"][..], "there is node-a"),
        (
            &["pod/no-such-pod-anywhere", "-n", "default"],
            "there is no pod no-such-pod-anywhere in namespace default",
        ),
        (&["pod/x", "-n", "no-such-namespace"], "namespace no-such-namespace"),
        (&["certificate/web"], "does not know the kind `certificate`"),
        (&["deploymnt/web"], "did you mean deployment?"),
        (&["job/x"], "no jobs were seen"),
        (&["pod"], "which pod?"),
        (&["shop/pod/web-0"], "rutter explain pod/web-0 -n shop"),
        (&["crash-loop"], "--demo goes with an object only"),
    ] {
        let run = demo(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(told), "{arguments:?}: {}", run.err);
    }
    let run = rutter(["explain", "pod/web-0", "/nonexistent", "--context", "prod"]);
    assert!(run.code == 2 && run.err.contains("--context is of a live cluster"), "{}", run.err);
}

const TWO: &str = r#"{"apiVersion":"v1","kind":"List","items":[
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"a"},"status":{"phase":"Running"}},
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"b","creationTimestamp":"2026-03-02T09:00:00Z"},
     "spec":{"nodeName":"n","containers":[{"name":"app"}]},
     "status":{"phase":"Running","startTime":"2026-03-02T09:00:05Z",
       "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-03-02T09:30:00Z"}],
       "containerStatuses":[{"name":"app","ready":true,"restartCount":1,"state":{"running":{"startedAt":"2026-03-02T09:01:00Z"}},
         "lastState":{"terminated":{"exitCode":1,"reason":"Error","startedAt":"2026-03-02T09:00:10Z","finishedAt":"2026-03-02T09:00:40Z"}}}]}},
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"db-0","namespace":"b","ownerReferences":[
        {"apiVersion":"db.example.com/v1","kind":"Database","name":"db","controller":true}]},"status":{"phase":"Pending"}}]}"#;

#[test]
fn of_several_with_one_name_none_is_taken() {
    let run = rutter_reading(["explain", "pod/web-0", "-"], TWO.as_bytes());
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("in the namespaces a and b") && run.err.contains("-n a"), "{}", run.err);
}

#[test]
fn what_was_not_seen_is_never_called_fine() {
    let run = rutter_reading(["explain", "pod/web-0", "-n", "b", "-"], TWO.as_bytes());
    let first = first_line(&run);
    assert!(
        !first.contains("nothing wrong;") && first.contains("nothing found wrong in what was seen"),
        "{first}"
    );
    assert!(run.out.contains("events are not in the source"), "{}", run.out);
    assert!(run.out.contains("ended: Error, exit code 1"), "{}", run.out);
    // A pod of which nothing is known but that it does not run well.
    let pending = rutter_reading(["explain", "pod/db-0", "-n", "b", "-"], TWO.as_bytes());
    assert!(first_line(&pending).contains("no lesson says why"), "{}", pending.out);
}

#[test]
fn an_owner_of_a_kind_that_is_not_known_leads_to_what_it_owns() {
    let run = rutter_reading(["explain", "database/db", "-"], TWO.as_bytes());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("it controls Pod b/db-0: rutter explain pod/db-0 -n b"), "{}", run.err);
}

#[test]
fn a_short_name_with_a_typing_error_is_told_what_was_meant() {
    let run = rutter_reading(["explain", "dpeloy/web", "-"], TWO.as_bytes());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean deploy"), "{}", run.err);
}

#[test]
fn a_workload_tells_of_its_pods() {
    let dump = case("pod/crash-loop/cases/fires-all-replicas");
    let files = std::fs::read_dir(&dump).unwrap().map(|entry| entry.unwrap().path());
    let mut arguments: Vec<PathBuf> = files.filter(|path| !path.ends_with("expect.json")).collect();
    let report = rutter(
        [Path::new("diagnose"), Path::new("-o"), Path::new("json")]
            .into_iter()
            .chain(arguments.iter().map(PathBuf::as_path)),
    )
    .json();
    let object = &report["incidents"][0]["root"]["object"];
    let (kind, name) = (object["kind"].as_str().unwrap(), object["name"].as_str().unwrap());
    let mut all = vec![PathBuf::from("explain"), PathBuf::from(kind.to_lowercase()), PathBuf::from(name)];
    all.append(&mut arguments);
    let run = rutter(&all);
    assert!(first_line(&run).contains(name), "{}", run.out);
    assert!(run.out.contains("Pods ") && run.out.contains("Timeline"), "{}", run.out);
}

#[test]
fn words_with_a_slash_are_a_text_where_their_first_is_no_kind() {
    let run = rutter(["explain", "i/o", "timeout"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.contains("look at"), "{}", run.out);
}

#[test]
fn texts_are_told_with_what_stands_in_them() {
    for (text, told) in [
        ("Back-off restarting failed container", "rutter explain crash-loop"),
        (
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {x: y}",
            "Of 3 nodes 0 can take the pod",
        ),
        ("exit code 137", "SIGKILL"),
        ("OOMKilled", "memory limit was reached"),
        ("PLEG is not healthy: pleg was last seen active 3m0s ago", "not Ready"),
    ] {
        let run = rutter(["explain", text]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{text}");
        let out = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains(told), "{text}: {out}");
    }
    // Without quotes, too.
    assert_eq!(rutter(["explain", "exit", "code", "137"]).out, rutter(["explain", "exit code 137"]).out);
    let unknown = rutter(["explain", "the cat sat on the mat"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("nothing here knows this text"), "{}", unknown.err);
    let escape = rutter(["explain", "Container a\u{1b}[2Jb failed liveness probe, will be restarted"]);
    assert!(escape.code == 0 && !escape.out.contains('\u{1b}'), "{:?}", escape.out);
}

#[test]
fn of_namespaces_that_were_not_seen_nothing_is_said() {
    let one =
        r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0", "namespace": "b", "uid": "p"}}"#;
    let run = rutter_reading(["explain", "pod/web-0", "-"], one.as_bytes());
    assert!(run.err.contains("no other namespace that was seen has one of that name"), "{}", run.err);
}
