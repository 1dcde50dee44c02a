//! Scope, forms and exit codes.

use crate::{run, rutter, rutter_reading};

#[test]
fn the_demo_has_one_incident_and_one_thing_that_is_over() {
    let report = rutter(["diagnose", "--demo", "-o", "json"]).json();
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1, "{incidents:#?}");
    let root = &incidents[0]["root"];
    assert_eq!((&root["lesson"], &root["object"]["name"]), (&"node-not-ready-pleg".into(), &"node-a".into()));
    let history = report["history"].as_array().unwrap();
    assert_eq!(history.len(), 1, "{history:#?}");
    assert_eq!(history[0]["root"]["object"]["name"], "node-b");
}

#[test]
fn exit_codes_are_as_promised() {
    let code = |more: &[&str]| rutter(["diagnose", "--demo"].iter().chain(more)).code;
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "critical"]), 1);
    assert_eq!(code(&["--fail-on", "info"]), 1);
    assert_eq!(code(&["-n", "default", "--fail-on", "info"]), 0);
    assert_eq!(code(&["--min-severity", "critical", "--fail-on", "info", "-n", "payments"]), 1);
    // The recording has no Jobs, which a lesson reads.
    assert_eq!(code(&["--require-complete"]), 3);
    assert_eq!(code(&["--require-complete", "--fail-on", "critical"]), 1);
    for wrong in [
        &["--fail-on", "bad"][..],
        &["-l", "a b"],
        &["some-dump"],
        &["--no-such-flag"],
        &["-A", "-n", "a"],
        &["-n", ""],
        &["-n", "shpo"],
    ] {
        assert_eq!(code(wrong), 2, "{wrong:?}");
    }
}

#[test]
fn without_a_cluster_it_says_what_to_try() {
    let run = rutter(["diagnose"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("rutter diagnose --demo"), "{}", run.err);
    let run = rutter(["diagnose", "--kubeconfig", "/nonexistent/config"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("/nonexistent/config"), "{}", run.err);
}

#[test]
fn the_first_screen_names_the_node_and_fits_the_terminal() {
    let run = rutter(["diagnose", "--demo"]);
    assert!(!run.out.contains('\u{1b}'), "colours in a pipe");
    let first: Vec<&str> = run.out.lines().take(12).collect();
    assert!(first.iter().any(|line| line.contains("node-a")), "{first:#?}");
    let coloured = rutter(["diagnose", "--demo", "--color", "always"]);
    assert!(coloured.out.contains("\u{1b}["));
}

#[test]
fn the_width_that_a_person_sets_counts_without_a_terminal() {
    let widest = |columns: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rutter"));
        command.args(["explain", "apiservice-unavailable"]).env("COLUMNS", columns);
        let out = run(command, b"").out;
        // Addresses are never broken.
        let prose = out.lines().filter(|line| !line.contains("https://"));
        prose.map(|line| line.chars().count()).max().unwrap()
    };
    let usual = widest("");
    assert!(widest("60") < 70 && usual > 80, "{} {usual}", widest("60"));
    // What is no width is as if it were not set, and prose is not made wider than reads well.
    for odd in ["0", "-1", "wide", "1000"] {
        assert_eq!(widest(odd), usual, "{odd}");
    }
}

#[test]
fn what_was_not_asked_for_is_left_out() {
    let names = |more: &[&str]| rutter(["diagnose", "--demo", "-o", "name"].iter().chain(more)).out;
    assert!(!names(&[]).is_empty());
    assert_eq!(names(&["-n", "default"]), "");
    assert!(names(&["-n", "h29-healthy"]).contains("node-a"), "its pods run on a node that hangs");
    assert!(!names(&["--min-severity", "critical"]).is_empty());
}

#[test]
fn a_healthy_cluster_yields_nothing_and_is_not_called_healthy() {
    let healthy = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"},
        "status":{"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2026-03-02T10:00:00Z"}]}}]}"#;
    let run = rutter_reading(["diagnose", "-"], healthy.as_bytes());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.out.to_lowercase().contains("healthy"), "{}", run.out);
    assert!(run.out.contains("pods"), "what was not seen must be named: {}", run.out);
}

#[test]
fn a_namespace_that_does_not_exist_is_an_error() {
    let run = rutter(["diagnose", "--demo", "-n", "payment"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("payments"), "{}", run.err);
}

#[test]
fn a_selector_that_selects_nothing_is_an_error() {
    let run = |more: &[&str]| rutter(["diagnose", "--demo"].iter().chain(more));
    let typo = run(&["-l", "app=no-such-app"]);
    assert_eq!((typo.code, typo.out.as_str()), (2, ""));
    assert!(typo.err.contains("no object in the source has labels that -l selects"), "{}", typo.err);
    // The label is there, but not in that namespace.
    assert_eq!(run(&["-l", "app=api"]).code, 0);
    let elsewhere = run(&["-l", "app=api", "-n", "default"]);
    assert_eq!((elsewhere.code, elsewhere.out.as_str()), (2, ""));
    assert!(elsewhere.err.contains("in these namespaces"), "{}", elsewhere.err);
}

#[test]
fn a_closed_pipe_does_not_change_the_exit_code() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.args(["diagnose", "--demo", "--fail-on", "critical", "-o", "json"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn flags_of_a_live_cluster_are_refused_beside_a_source() {
    let source = crate::recording();
    let source = source.to_str().unwrap();
    for flags in [
        &["--context", "prod"][..],
        &["--token", "t"],
        &["--as", "somebody"],
        &["--kubeconfig", "config"],
        &["--timeout", "3s"],
        &["--insecure-skip-tls-verify"],
    ] {
        for from in [source, "-", "--demo"] {
            let run = rutter(["diagnose", from].iter().chain(flags));
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{from} {flags:?}");
            assert!(run.err.contains(flags[0]), "{}", run.err);
        }
    }
    // What the environment says of a cluster does not matter to a file.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.args(["diagnose", source]).env("KUBECONFIG", "/nonexistent");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
}

#[test]
fn graphs_lead_from_causes_to_effects() {
    let dot = rutter(["diagnose", "--demo", "-o", "dot"]);
    assert!(
        dot.code == 0 && dot.out.starts_with("digraph incidents {\n") && dot.out.ends_with("}\n"),
        "{}",
        dot.out
    );
    assert!(dot.out.contains("label=\"node-not-ready-pleg\\nNode node-a\""), "{}", dot.out);
    assert!(dot.out.contains("  n0 -> n1;\n"), "{}", dot.out);
    let mermaid = rutter(["diagnose", "--demo", "-o", "mermaid"]);
    assert!(mermaid.out.starts_with("flowchart LR\n  subgraph i1[\"1. critical\"]\n"), "{}", mermaid.out);
    assert!(mermaid.out.contains("  n0 --> n1\n"), "{}", mermaid.out);
}

#[test]
fn a_browser_gets_one_file_that_asks_for_nothing() {
    let run = rutter(["diagnose", "--demo", "-o", "html"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("<!doctype html>\n") && run.out.ends_with("</html>\n"), "{}", run.out);
    assert!(run.out.contains("default-src &#39;none&#39;") && run.out.contains("node-a"), "{}", run.out);
    let narrow = rutter(["diagnose", "--demo", "-o", "html", "-n", "default", "--fail-on", "info"]);
    assert!(narrow.code == 0 && narrow.out.contains("Nothing found by"), "{}", narrow.out);
    assert_eq!(rutter(["diagnose", "-w", "-o", "html"]).code, 2, "a page is not a stream");
}
