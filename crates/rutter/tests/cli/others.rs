//! The other commands.

use std::process::Command;

use crate::{run, rutter};

#[test]
fn lessons_are_listed_and_explained() {
    let all = rutter(["lessons", "-o", "name"]);
    assert!(all.out.lines().count() >= 12, "{}", all.out);
    for id in all.out.lines() {
        let text = rutter(["explain", id]);
        assert_eq!(text.code, 0);
        assert!(text.out.to_lowercase().contains(id) && text.out.lines().count() > 20, "{}", text.out);
    }
    let json = rutter(["lessons", "-o", "json", "--group", "node"]).json();
    assert!(json.as_array().unwrap().iter().all(|lesson| lesson["group"] == "node"));
    assert_eq!(rutter(["lessons", "--group", "nodes"]).code, 2);
    // A name that a lesson had before is found, and said where it is listed.
    for form in ["text", "wide"] {
        let old = rutter(["lessons", "node-delete", "-o", form]);
        assert!(
            old.out.contains("node-leftovers") && old.out.contains("also called node-delete"),
            "{}",
            old.out
        );
    }
    let typo = rutter(["explain", "crashloop"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("crash-loop"), "{}", typo.err);
}

#[test]
fn the_sign_of_one_lesson_is_explained_and_that_of_several_is_told_with_them() {
    let one = rutter(["explain", "InvalidImageName"]);
    assert_eq!((one.code, one.err.as_str()), (0, "rutter: InvalidImageName is a sign of image-pull\n"));
    assert_eq!(one.out, rutter(["explain", "image-pull"]).out);
    // The one that it is most of all a sign of comes first.
    let several = rutter(["explain", "CrashLoopBackOff"]);
    assert_eq!((several.code, several.err.as_str()), (0, ""));
    let out = several.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("not the cause") && out.contains("lessons rutter explain crash-loop;"), "{out}");
    for status in ["Pending", "Terminating", "ContainerCreating", "NotReady", "imagepullbackoff"] {
        assert_eq!(rutter(["explain", status]).code, 0, "{status}");
    }
}

#[test]
fn shells_and_manuals_are_served() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = rutter(["completion", shell]);
        assert!(script.code == 0 && script.out.contains("diagnose"), "{shell}");
        // The generators of the other two write no values of arguments without a flag.
        if ["bash", "zsh"].contains(&shell) {
            assert!(script.out.contains("disk-pressure"), "{shell} does not know the lessons");
        }
    }
}

#[test]
fn the_manual_is_one_page_with_all_commands() {
    let manual = rutter(["man"]).out;
    assert_eq!(manual.matches("\n.TH ").count(), 1);
    for part in [
        ".SH \"RUTTER DIAGNOSE\"",
        ".SH \"RUTTER EXPLAIN\"",
        "\\-\\-fail\\-on",
        ".SS \"EXIT CODES\"",
        "\n3  done, but not all",
        "\nrutter diagnose \\-\\-demo\nrutter diagnose \\-n shop",
    ] {
        assert!(manual.contains(part), "{part}");
    }
    assert!(!manual.contains("(1)"), "it cites a page that nobody has");
}

#[test]
fn help_has_examples_and_exit_codes() {
    let help = rutter(["diagnose", "--help"]);
    assert_eq!(help.code, 0);
    for part in ["Examples:", "Exit codes:", "130, 143", "--demo", "must-gather"] {
        assert!(help.out.contains(part), "{part}");
    }
    assert_eq!(rutter([] as [&str; 0]).code, 2);
    assert!(rutter(["--version"]).out.starts_with("rutter "));
}

#[test]
fn help_manual_and_book_tell_the_limits() {
    let help = rutter(["diagnose", "--help"]).out;
    let manual = rutter(["man"]).out;
    let book = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/book/src/flags.md"))
        .unwrap();
    let limits = help.split("Limits on archives:").nth(1).unwrap();
    let flags: Vec<&str> = limits.split("--max-").skip(1).collect();
    assert_eq!(flags.len(), 5);
    for flag in flags {
        let name = flag.split_whitespace().next().unwrap();
        let usual = flag.split("[default: ").nth(1).unwrap().split(']').next().unwrap();
        assert!(manual.contains(&format!("[default: {usual}]")), "{name} in the manual");
        assert!(book.contains(&format!("| `--max-{name}` | {usual} |")), "{name} in the book");
    }
}

#[test]
fn kubectl_completes_the_plugin() {
    let dir = tempfile::tempdir().unwrap();
    let completer = dir.path().join("kubectl_complete-rutter");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rutter"), &completer).unwrap();
    let mut command = Command::new(&completer);
    command.args(["explain", "disk"]);
    let run = run(command, b"");
    assert!(run.out.starts_with("disk-pressure\t") && run.out.ends_with("\n:4\n"), "{}", run.out);
}

#[test]
fn it_is_a_plugin_of_kubectl() {
    let dir = tempfile::tempdir().unwrap();
    let plugin = dir.path().join("kubectl-rutter");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rutter"), &plugin).unwrap();
    let mut command = Command::new(&plugin);
    command.args(["diagnose", "--help"]);
    assert!(run(command, b"").out.contains("kubectl rutter diagnose"));
}

#[test]
fn what_the_readme_collects_is_all_that_lessons_read() {
    // What `kubectl cluster-info dump` holds, and what is left out on purpose, or served by no API.
    let others = [
        "nodes",
        "pods",
        "events",
        "services",
        "replicationcontrollers",
        "deployments",
        "replicasets",
        "daemonsets",
        "configmaps",
        "secrets",
        "staticpods",
    ];
    let readme = include_str!("../../../../README.md");
    let recipe = readme.split("for kind in ").nth(1).and_then(|rest| rest.split("; do").next()).unwrap();
    let collected: Vec<&str> = recipe.split_whitespace().filter(|word| *word != "\\").chain(others).collect();
    for kind in rutter_lessons::LESSONS.iter().flat_map(|lesson| lesson.inputs().iter()) {
        assert!(collected.contains(&kind.plural()), "{}", kind.plural());
    }
}
