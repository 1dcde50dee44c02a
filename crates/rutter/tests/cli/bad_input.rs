//! Input that is wrong, cut or hostile: a clear error or a note, never a crash.

use std::fs;

use crate::{recording, rutter, rutter_reading};

fn refused(input: &[u8]) -> String {
    let run = rutter_reading(["diagnose", "-"], input);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
    run.err
}

#[test]
fn nothing_to_read_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let run = rutter([std::ffi::OsStr::new("diagnose"), dir.path().as_os_str()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("nothing to read") && run.err.contains("is empty"), "{}", run.err);
    assert_eq!(rutter(["diagnose", "/nonexistent"]).code, 2);
    assert!(refused(b"").contains("standard input is empty"));
    refused(b"hello");
    assert!(
        refused(b"Error from server (Forbidden): nodes is forbidden\n").contains("error text of kubectl")
    );
    assert!(refused(b"NAME    READY   STATUS\nweb-0   1/1     Running\n").contains("table of kubectl get"));
    let status = br#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}"#;
    assert!(refused(status).contains("403 Forbidden"));
    assert!(refused(b"<html><body>Please log in</body></html>").contains("HTML"));
    let page = dir.path().join("page.html");
    fs::write(&page, "\n<!DOCTYPE html><html>Please log in</html>").unwrap();
    let run = rutter([std::ffi::OsStr::new("diagnose"), page.as_os_str()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("this is HTML"), "{}", run.err);
    refused(b"\xff\xfe\x00\x00 binary \x00");
}

#[test]
fn a_cut_file_is_used_as_far_as_it_goes() {
    let whole = fs::read(recording()).unwrap();
    for part in [2, 3, 5] {
        let run = rutter_reading(["diagnose", "-"], &whole[..whole.len() * (part - 1) / part]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.out.contains("line "), "the place of the break is not told: {}", run.out);
        let strict = rutter_reading(["diagnose", "-", "--require-complete"], &whole[..whole.len() / part]);
        assert_eq!(strict.code, 3);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    refused("[".repeat(10_000).as_bytes());
    refused(format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)).as_bytes());
    refused(format!("a:\n{}", "- ".repeat(10_000)).as_bytes());
}

#[test]
fn terminal_escapes_do_not_reach_the_terminal() {
    let input = r#"{"apiVersion":"v1","kind":"Node","metadata":{"name":"a\u001b[2Jb"},"status":{"conditions":[
        {"type":"Ready","status":"False","reason":"KubeletNotReady\u001b]0;x\u0007",
         "message":"container runtime is down\u009b31m\u202e","lastTransitionTime":"2026-03-02T10:00:00Z"}]}}"#;
    for form in ["text", "wide", "name"] {
        let run = rutter_reading(["diagnose", "-", "-o", form], input.as_bytes());
        assert_eq!(run.code, 0, "{}", run.err);
        let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!run.out.contains(hostile), "{:?}", run.out);
    }
}

#[test]
fn archives_do_not_reach_out() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("outside.json");
    fs::write(&secret, fs::read(recording()).unwrap()).unwrap();
    let inside = dir.path().join("inside");
    fs::create_dir(&inside).unwrap();
    std::os::unix::fs::symlink(&secret, inside.join("pods.json")).unwrap();
    let run = rutter(["diagnose", inside.to_str().unwrap()]);
    assert_eq!(run.code, 2, "a link was followed out of the folder: {}", run.out);
}
