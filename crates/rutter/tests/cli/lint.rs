//! `rutter lint`.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Run, run, rutter_reading};

const LATEST: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # the shop's front
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:latest
        env:
        - name: PORT
          value: 8080   # a number
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn lint(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.current_dir(folder).arg("lint").args(arguments);
    run(command, b"")
}

/// Nothing else is asked, so that a new check changes no test here.
fn only<'a>(check: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = rest.to_vec();
    arguments.extend(["--only", check]);
    arguments
}

#[test]
fn a_finding_stands_with_its_line_and_fails_the_run() {
    let folder = folder(&[("web.yaml", LATEST)]);
    let run = lint(folder.path(), &only("image-tag", &["."]));
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.out.starts_with("medium web.yaml:13:16 Deployment web, container web  image-tag\n"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("   13 |         image: nginx:latest\n        |                ^^^^^^^^^^^^\n"),
        "{}",
        run.out
    );
    assert!(run.out.ends_with("1 medium in 1 file (1 object)\n"), "{}", run.out);
    assert_eq!(lint(folder.path(), &only("image-tag", &[".", "--fail-on", "high"])).code, 0);
    let short = lint(folder.path(), &only("image-tag", &["web.yaml", "-o", "short"]));
    assert!(
        short.out.starts_with("web.yaml:13:16: medium: Deployment web, container web: image nginx:latest")
    );
}

#[test]
fn nothing_to_look_at_is_an_error() {
    let folder = folder(&[("values.yaml", "replicas: 1\n"), ("notes.txt", "")]);
    let run = lint(folder.path(), &["."]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("none of the 1 documents"), "{}", run.err);
    assert_eq!(lint(folder.path(), &[".", "--allow-empty"]).code, 0);
    assert_eq!(rutter_reading(["lint", "-"], b"").code, 2);
    assert_eq!(lint(folder.path(), &["gone"]).code, 2);
    assert_eq!(lint(folder.path(), &[]).code, 2);
}

#[test]
fn bad_input_is_told_and_costs_itself() {
    let folder = folder(&[("a.yaml", "a: [\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")]);
    fs::write(folder.path().join("b.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    let run = lint(folder.path(), &[".", "-o", "json"]);
    let report = run.json();
    assert_eq!(report["summary"]["objects"], 1);
    assert_eq!(report["findings"][0]["check"], "manifest-unreadable");
    assert!(run.err.contains("b.yaml was not looked at: it is not UTF-8"), "{}", run.err);
    assert_eq!(run.code, 1);
    // What could not be read at all is never taken for well.
    assert_eq!(lint(folder.path(), &["b.yaml", "a.yaml", "--exclude", "manifest-unreadable"]).code, 2);
}

#[test]
fn several_forms_go_to_several_places() {
    let folder = folder(&[("web.yaml", LATEST)]);
    let forms =
        ["web.yaml", "-o", "github", "-o", "sarif=out.sarif", "-o", "junit=out.xml", "-o", "json=out.json"];
    let run = lint(folder.path(), &only("image-tag", &forms));
    assert!(run.out.starts_with("::warning file=web.yaml,line=13,col=16,title=image-tag::"), "{}", run.out);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let sarif: Value = serde_json::from_str(&read("out.sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 13);
    let json: Value = serde_json::from_str(&read("out.json")).unwrap();
    assert_eq!(result["partialFingerprints"]["rutter/v1"], json["findings"][0]["fingerprint"]);
    assert!(read("out.xml").contains("failures=\"1\""));
    let twice = lint(folder.path(), &["web.yaml", "-o", "text", "-o", "json"]);
    assert_eq!((twice.code, twice.out.as_str()), (2, ""));
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let folder = folder(&[("web.yaml", LATEST)]);
    let written = lint(folder.path(), &only("image-tag", &[".", "--write-baseline", "known.json"]));
    assert_eq!(written.code, 0, "{}", written.err);
    let known = only("image-tag", &[".", "--baseline", "known.json"]);
    let run = lint(folder.path(), &known);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("1 known from the baseline"));
    // Lines that move and files that are renamed make nothing new.
    fs::remove_file(folder.path().join("web.yaml")).unwrap();
    fs::write(folder.path().join("moved.yaml"), format!("# moved\n\n{LATEST}")).unwrap();
    assert_eq!(lint(folder.path(), &known).code, 0);
    fs::write(folder.path().join("other.yaml"), LATEST.replace("name: web", "name: other")).unwrap();
    let run = lint(folder.path(), &known);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("Deployment other") && !run.out.contains("Deployment web"), "{}", run.out);
    // What was mended is told, so that it can't come back unseen.
    fs::remove_file(folder.path().join("moved.yaml")).unwrap();
    assert!(lint(folder.path(), &known).err.contains("1 of the 1 findings in the baseline are gone"));
    fs::write(folder.path().join("known.json"), "{}").unwrap();
    assert_eq!(lint(folder.path(), &known).code, 2);
}

#[test]
fn findings_are_accepted_with_a_reason_and_until_a_day() {
    let accept = |value: &str| {
        LATEST.replace(
            "  name: web   # the shop's front\n",
            &format!("  name: web\n  annotations:\n    rutter.dev/ignore.image-tag: {value}\n"),
        )
    };
    let run = |value: &str, more: &[&str]| {
        let folder = folder(&[("web.yaml", &accept(value))]);
        let mut arguments = only("image-tag", &["."]);
        arguments.extend(more);
        lint(folder.path(), &arguments)
    };
    let accepted = run("the mirror keeps one", &[]);
    assert_eq!(accepted.code, 0, "{}{}", accepted.out, accepted.err);
    assert!(accepted.out.ends_with("; 1 accepted\n") && !accepted.out.contains("image-tag"));
    assert!(
        run("the mirror keeps one", &["--show-suppressed"])
            .out
            .contains("accepted by annotation: the mirror keeps one")
    );
    assert_eq!(run("'until 2999-01-01: the mirror'", &[]).code, 0);
    let over = run("'until 2020-01-01: the mirror'", &[]);
    assert_eq!(over.code, 1);
    assert!(over.err.contains("held until 2020-01-01"), "{}", over.err);
    let bare = run("''", &[]);
    assert_eq!(bare.code, 1);
    assert!(bare.err.contains("gives no reason"), "{}", bare.err);
}

#[test]
fn the_configuration_accepts_chooses_and_is_checked() {
    let config = "lint:\n  failOn: high\n  excludePaths: ['dev/**']\n  checks: {severity: {image-tag: high}}\n  ignore:\n  \
                  - {check: image-tag, object: deployment/web, reason: a mirror}\n  - {check: env-twice, reason: nothing has it}\n";
    let dev = LATEST.replace("name: web", "name: dev");
    let folder = folder(&[
        (".rutter.yaml", config),
        ("web.yaml", LATEST),
        ("dev/dev.yaml", &dev),
        ("api.yaml", &LATEST.replace("name: web", "name: api")),
    ]);
    let run = lint(folder.path(), &[".", "-o", "short", "--only", "image-tag,env-twice"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.out.contains("api.yaml:13:16: high:")
            && !run.out.contains("web.yaml:13")
            && !run.out.contains("dev.yaml"),
        "{}",
        run.out
    );
    assert!(run.err.contains("the rule to ignore check env-twice accepts nothing"), "{}", run.err);
    fs::write(folder.path().join(".rutter.yaml"), "lint: {checks: {exclude: [image-tga]}}").unwrap();
    let wrong = lint(folder.path(), &["."]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("is it `image-tag`?"), "{}", wrong.err);
}

#[test]
fn a_kustomization_s_findings_stand_where_they_were_written() {
    if Command::new("kubectl").arg("version").arg("--client").output().is_err() {
        return;
    }
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: side\n        image: busybox\n";
    let folder = folder(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", LATEST),
        (
            "prod/kustomization.yaml",
            "namePrefix: prod-\nresources: [../base]\npatches: [{path: side.yaml}]\n",
        ),
        ("prod/side.yaml", patch),
    ]);
    let run = lint(folder.path(), &only("image-tag", &[".", "-o", "short"]));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}{}", run.out, run.err);
    assert!(
        lines[0].starts_with("base/web.yaml:13:16: medium: Deployment prod-web, container web"),
        "{}",
        run.out
    );
    assert!(
        lines[1].starts_with("prod/side.yaml:9:16: medium: Deployment prod-web, container side"),
        "{}",
        run.out
    );
}

#[test]
fn a_chart_that_cannot_be_rendered_is_told() {
    let folder = folder(&[
        ("chart/Chart.yaml", "name: a\n"),
        ("chart/templates/a.yaml", "{{ x }}\n"),
        ("web.yaml", LATEST),
    ]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.current_dir(folder.path()).env("PATH", "/nonexistent").args([
        "lint",
        ".",
        "--require-complete",
        "--fail-on",
        "critical",
    ]);
    let run = run(command, b"");
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("the chart ./chart was not looked at: helm is not installed"), "{}", run.err);
}

#[test]
fn a_chart_s_findings_stand_in_its_templates() {
    if Command::new("helm").arg("version").output().is_err() {
        return;
    }
    let template = LATEST.replace("image: nginx:latest", "image: {{ .Values.image }}");
    let folder = folder(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/values.yaml", "image: nginx:latest\n"),
        ("chart/templates/web.yaml", &format!("{{{{/* the front */}}}}\n{template}")),
    ]);
    let run = lint(folder.path(), &only("image-tag", &["chart", "-o", "short"]));
    assert!(run.out.starts_with("chart/templates/web.yaml:14:"), "{}{}", run.out, run.err);
}

#[test]
fn checks_are_listed_and_explained() {
    let run = rutter_reading(["lint", "--list"], b"");
    assert!(
        run.out.lines().any(|line| line.starts_with("image-tag ") && line.contains(" medium ")),
        "{}",
        run.out
    );
    let run = rutter_reading(["explain", "image-tag"], b"");
    assert!(
        run.out.contains("severity medium") && run.out.contains("rutter explain image-pull"),
        "{}",
        run.out
    );
    assert!(rutter_reading(["explain", "image-tga"], b"").err.contains("image-tag"));
}

#[test]
fn an_apply_s_changes_are_told_against_a_cluster() {
    let live = "apiVersion: v1\nkind: DeploymentList\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web, namespace: shop}\n  \
                spec: {replicas: 2, strategy: {type: RollingUpdate}, template: {spec: {containers: [{name: web, image: nginx:1.27}]}}}\n";
    let folder = folder(&[("web.yaml", LATEST), ("live/d.yaml", live)]);
    let run = lint(
        folder.path(),
        &only("env-twice", &["web.yaml", "--against", "live", "-n", "shop", "-o", "json"]),
    );
    // `live` is the live cluster; a folder of that name is meant by its path.
    assert_eq!(run.code, 2, "{}", run.err);
    let run = lint(folder.path(), &only("env-twice", &["web.yaml", "--against", "./live", "-n", "shop"]));
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("Deployment shop/web: image of web: nginx:1.27 → nginx:latest"), "{}", run.out);
    // What a manifest doesn't say stays as it is.
    assert!(!run.out.contains("strategy") && !run.out.contains("replicas"), "{}", run.out);
}
