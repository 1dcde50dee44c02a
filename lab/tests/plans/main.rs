//! Plans on a real API server: killed at every line of the journal, beside others who act, without rights, with the server
//! gone in the middle. Nodes and pods are written here, no kubelet runs: pods end at once, with no grace.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod bench;
mod nodes;

use std::{thread, time::Duration};

use bench::{Bench, wait_for};

/// Where a run is killed: after so many bytes of its journal, so that the next line is cut.
fn ends_of_lines(text: &str) -> Vec<usize> {
    text.match_indices('\n').map(|(at, _)| at + 1).collect()
}

#[test]
fn a_run_that_is_killed_at_any_line_of_its_journal_is_finished_with_nothing_done_twice() {
    let bench = Bench::start();
    bench.prepare(&["one", "two"]);
    let whole = bench.run(&bench.plan("whole"), &[]);
    assert!(whole.status.success(), "{whole:?}");
    let journal = bench.journal("whole");
    let announced = bench.writes();
    assert_eq!(announced.len(), 4, "cordon, two evictions, release: {announced:?}");
    for (line, end) in ends_of_lines(&journal).into_iter().enumerate() {
        // Just behind the line, and in the middle of the next.
        for (tail, more) in [("a", 0), ("b", 60)] {
            let operation = format!("killed-{line}{tail}");
            bench.prepare(&["one", "two"]);
            let plan = bench.plan(&operation);
            let killed = bench.run_with_so_much_journal(&plan, end + operation.len() + more);
            let told = bench.resume_if_begun(&operation, &plan);
            assert!(told.status.success(), "killed at line {line}{tail} ({killed:?}): {told:?}");
            assert!(bench.is_drained(), "killed at line {line}{tail}: {}", bench.journal(&operation));
            let writes = bench.writes();
            assert_eq!(writes, announced, "killed at line {line}{tail}: {}", bench.journal(&operation));
        }
    }
}

#[test]
fn budgets_are_waited_for_and_an_api_server_that_goes_away_is_too() {
    let mut bench = Bench::start();
    bench.prepare(&["one", "two"]);
    bench.budget("one", 0);
    let mut run = bench.begin(&bench.plan("patient"), &[]);
    run.wait_for_line("PDB default/one allows 0 disruptions: 1 of 1 healthy, needs 1");
    bench.cluster.kill_api_server().unwrap();
    run.wait_for_line("the API server doesn't answer");
    bench.cluster.start_api_server().unwrap();
    bench.budget("one", 1);
    assert_eq!(run.ended(), Some(0));
    assert!(bench.is_drained());
    assert_eq!(bench.taken().len(), 4, "{:?}", bench.taken());
}

#[test]
fn an_api_server_that_says_when_to_ask_again_is_not_asked_before() {
    let bench = Bench::start();
    bench.prepare(&["one"]);
    bench.budget("one", 1);
    // A budget that was changed and not counted since: evictions are refused, and may be tried again after ten seconds.
    bench.kubectl(&["patch", "pdb", "one", "--type=merge", "-p", r#"{"spec":{"minAvailable":0}}"#]);
    let mut run = bench.begin(&bench.plan("polite"), &[]);
    let evictions = || bench.writes().iter().filter(|write| write.contains("/eviction")).count();
    wait_for("the first try", || evictions() == 1);
    thread::sleep(Duration::from_secs(5));
    assert_eq!(evictions(), 1, "{}", run.said());
    let counted = r#"{"status":{"observedGeneration":2}}"#;
    bench.kubectl(&["patch", "pdb", "one", "--subresource=status", "--type=merge", "-p", counted]);
    assert_eq!(run.ended(), Some(0), "{}", run.said());
    assert_eq!(evictions(), 2);
}

#[test]
fn a_plan_that_nobody_could_read_does_not_run() {
    let bench = Bench::start();
    bench.prepare(&["one"]);
    let plan = bench.plan("unread");
    let unread = bench.run_unread(&plan, &["--yes"]);
    assert_eq!(unread.status.code(), Some(2), "{unread:?}");
    assert!(String::from_utf8_lossy(&unread.stderr).contains("nothing was changed"), "{unread:?}");
    assert!(bench.writes().is_empty() && bench.journal("unread").is_empty());
    // Who only looks may look at the beginning.
    assert_eq!(bench.run_unread(&plan, &["--dry-run=client"]).status.code(), Some(0));
}

#[test]
fn an_interrupt_stops_where_it_is_safe_and_the_rest_is_resumed_or_undone() {
    let bench = Bench::start();
    for (operation, verb) in [("resumed", "resume"), ("undone", "undo")] {
        bench.prepare(&["one", "two"]);
        bench.budget("one", 0);
        let mut run = bench.begin(&bench.plan(operation), &[]);
        run.wait_for_line("allows 0 disruptions");
        run.interrupt();
        assert_eq!(run.ended(), Some(130));
        assert!(run.said().contains(&format!("rutter journal undo {operation}")), "{}", run.said());
        bench.budget("one", 1);
        let told = bench.rutter(&["journal", verb, operation, "--yes"]);
        assert!(told.status.success(), "{told:?}");
        let cordoned = bench.node("{.spec.unschedulable}");
        assert_eq!(cordoned, if verb == "undo" { "" } else { "true" });
        let claim = bench.node(r"{.metadata.annotations.rutter\.dev/operation}");
        assert_eq!(claim, "", "nothing claims the node any more");
    }
}

#[test]
fn i9_i10_a_persons_decision_wins_and_a_second_rutter_keeps_off() {
    let bench = Bench::start();
    bench.prepare(&["one"]);
    bench.budget("one", 0);
    let mut first = bench.begin(&bench.plan("first"), &[]);
    first.wait_for_line("allows 0 disruptions");
    let before = bench.writes().iter().filter(|write| write.contains("/nodes/")).count();
    let second = bench.run(&bench.plan("second"), &[]);
    assert_eq!(second.status.code(), Some(4), "{second:?}");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("operation first of Rutter is at work"), "{said}");
    let after = bench.writes().iter().filter(|write| write.contains("/nodes/")).count();
    assert_eq!(before, after, "the second writes nothing");
    // Somebody takes the cordon back, and with it the note of who made it.
    bench.kubectl(&["uncordon", "node-a"]);
    bench.kubectl(&["annotate", "node", "node-a", "rutter.dev/cordoned-"]);
    bench.kubectl(&["cordon", "node-a"]);
    first.interrupt();
    first.ended();
    let undone = bench.rutter(&["journal", "undo", "first", "--yes"]);
    assert_eq!(bench.node("{.spec.unschedulable}"), "true", "{undone:?}");
}

#[test]
fn i1_a_dry_run_changes_nothing_and_always_ends() {
    let bench = Bench::start();
    bench.prepare(&["one"]);
    bench.budget("one", 0);
    let before = bench.kubectl(&["get", "nodes,pods", "-o", "yaml"]);
    for flag in ["--dry-run=client", "--dry-run=server"] {
        let done = bench.run(&bench.plan("dry"), &[flag]);
        assert!(done.status.success(), "{flag}: {done:?}");
    }
    assert_eq!(before, bench.kubectl(&["get", "nodes,pods", "-o", "yaml"]));
    assert!(bench.writes().iter().all(|write| write.contains("dryRun=All")));
    assert!(bench.journal("dry").is_empty());
}

#[test]
fn without_the_rights_or_on_another_cluster_nothing_is_changed() {
    let bench = Bench::start();
    bench.prepare(&["one"]);
    let plan = bench.plan("refused");
    let viewer = bench.cluster.viewer_kubeconfig().to_str().unwrap().to_owned();
    let refused = bench.run_as(&viewer, &plan, &["--yes"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("missing: ") && said.contains("patch nodes"), "{said}");
    let other = bench.run(&plan.replace(&bench.uid(), "0d5a4f1e-0000-0000-0000-000000000000"), &[]);
    assert_eq!(other.status.code(), Some(2), "{other:?}");
    assert!(String::from_utf8_lossy(&other.stderr).contains("another cluster"), "{other:?}");
    assert!(bench.writes().is_empty());
    wait_for("the pod to be where it was", || bench.pods() == ["one"]);
}

#[test]
fn i7_a_restore_is_not_taken_for_the_word_that_a_deletion_waits_for() {
    let bench = Bench::start();
    bench.prepare(&[]);
    let ready = serde_json::json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    bench.kubectl(&[
        "patch",
        "node",
        "node-a",
        "--subresource=status",
        "--type=merge",
        "-p",
        &ready.to_string(),
    ]);
    let asked = bench.rutter(&["node", "delete", "node-a", "--yes"]);
    assert_eq!(asked.status.code(), Some(0), "it waits until a person has stopped the kubelet: {asked:?}");
    assert_eq!(bench.node("{.spec.unschedulable}"), "true", "{asked:?}");
    bench.rutter(&["node", "restore", "node-a", "--ready-for=0s", "--timeout=5s", "--yes"]);
    assert_eq!(bench.node("{.metadata.name}"), "node-a");
    assert!(bench.writes().iter().all(|write| write.starts_with("patch ")), "{:?}", bench.writes());
    let list = bench.rutter(&["journal", "list"]);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let deletion = list.lines().find(|line| line.contains("Delete node-a")).unwrap().to_owned();
    assert!(deletion.contains("stopped at"), "nobody has said anything to it: {list}");
}
