//! `rutter lint` on ten thousand manifests in one file, beside kube-score, which is a Go module and so can be built here.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::measure::{Usage, median, run_measured};

/// How many of each of the five kinds: 10,000 objects, 2.3 MB.
const OF_EACH: usize = 2_000;
const KUBE_SCORE: &str = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0";

/// One program on that file.
#[derive(Debug, Serialize)]
pub(crate) struct Linted {
    program: String,
    wall_ms: f64,
    cpu_ms: f64,
    peak_mb: f64,
    /// Its time, in times of rutter's.
    ratio: f64,
}

/// Rutter, and those of the others that can be had, in turn.
pub(crate) fn measure(folder: &Path, rutter: &Path, rounds: usize) -> anyhow::Result<Vec<Linted>> {
    let file = folder.join("manifests-v1.yaml");
    std::fs::write(&file, manifests())?;
    let mut programs = vec![("rutter lint", vec![rutter.to_owned(), "lint".into(), "--no-config".into()])];
    match kube_score(folder) {
        Some(program) => programs.push(("kube-score", vec![program, "score".into()])),
        None => println!("kube-score is not measured: `go install {KUBE_SCORE}` did not work here"),
    }
    let mut usages: Vec<Vec<Usage>> = vec![Vec::new(); programs.len()];
    for _ in 0..rounds.max(1) {
        for ((_, words), usages) in programs.iter().zip(&mut usages) {
            let mut command = Command::new(&words[0]);
            command.args(&words[1..]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
            usages.push(run_measured(&mut command)?);
        }
    }
    let wall = |usages: &[Usage]| median(usages.iter().map(|usage| usage.wall_ms));
    let least = wall(&usages[0]);
    let linted = programs.iter().zip(&usages).map(|((program, _), usages)| Linted {
        program: (*program).to_owned(),
        wall_ms: wall(usages),
        cpu_ms: median(usages.iter().map(|usage| usage.cpu_ms)),
        peak_mb: median(usages.iter().map(|usage| usage.peak_mb)),
        ratio: wall(usages) / least,
    });
    Ok(linted.collect())
}

pub(crate) fn print(all: &[Linted]) {
    println!("{:<12} {:>9} {:>9} {:>9} {:>7}", "10k objects", "wall ms", "cpu ms", "peak MB", "ratio");
    for one in all {
        println!(
            "{:<12} {:>9.1} {:>9.1} {:>9.0} {:>7.1}",
            one.program, one.wall_ms, one.cpu_ms, one.peak_mb, one.ratio
        );
    }
}

/// Built once, into the folder of the measurements.
fn kube_score(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("kube-score");
    if !program.is_file() {
        let mut go = Command::new("go");
        go.args(["install", KUBE_SCORE]).env("GOBIN", folder.canonicalize().ok()?).env("GOFLAGS", "-mod=mod");
        go.status().ok().filter(std::process::ExitStatus::success)?;
    }
    Some(program)
}

/// Deployments with their Services, StatefulSets, Jobs and autoscalers, as people write them.
fn manifests() -> String {
    let mut documents = Vec::with_capacity(5 * OF_EACH);
    for number in 0..OF_EACH {
        let namespace = number % 50;
        let meta = |name: char| format!("metadata:\n  name: {name}{number}\n  namespace: team-{namespace}\n");
        let template = |name: char| {
            format!(
                "  selector:\n    matchLabels: {{app: {name}{number}}}\n  template:\n    metadata:\n      labels: {{app: {name}{number}}}\n    \
                 spec:\n      containers:\n      - name: main\n        image: registry.example/app:{number}\n"
            )
        };
        documents.push(format!(
            "apiVersion: apps/v1\nkind: Deployment\n{}spec:\n  replicas: 2\n{}        ports: [{{containerPort: 8080}}]\n        \
             resources: {{requests: {{cpu: 100m, memory: 64Mi}}}}\n",
            meta('d'),
            template('d')
        ));
        documents.push(format!(
            "apiVersion: v1\nkind: Service\n{}spec:\n  selector: {{app: d{number}}}\n  ports: [{{port: 80, targetPort: 8080}}]\n",
            meta('d')
        ));
        documents.push(format!(
            "apiVersion: apps/v1\nkind: StatefulSet\n{}spec:\n  serviceName: s{number}\n{}",
            meta('s'),
            template('s')
        ));
        documents.push(format!(
            "apiVersion: batch/v1\nkind: Job\n{}spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      \
             - name: main\n        image: registry.example/job:{number}\n",
            meta('j')
        ));
        documents.push(format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n{}spec:\n  maxReplicas: 4\n  scaleTargetRef: \
             {{apiVersion: apps/v1, kind: Deployment, name: d{number}}}\n",
            meta('d')
        ));
    }
    documents.join("---\n")
}
