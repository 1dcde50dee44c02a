//! Small clusters to report on.
#![allow(dead_code, clippy::unwrap_used, unreachable_pub, missing_docs, reason = "each test uses a part")]

pub mod hostile;

use std::path::{Path, PathBuf};

use rutter_cluster::Cluster;
use rutter_diagnosis::{Scope, diagnose};
use rutter_report::{Asked, Report};
use rutter_source::{Input, files::Limits};

/// A Deployment whose only pod can't pull its image, as a report that was stored: what lessons say of it does not change.
pub fn report() -> Report {
    serde_json::from_str(include_str!("../shop/report.json")).unwrap()
}

/// What the lessons say of it now; the registry's answer holds a password.
pub fn shop() -> Report {
    of(vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shop/cluster.yaml")], "shop/cluster.yaml")
}

/// What they say of it with some of its words replaced by others.
pub fn forged(name: &str, words: &[(&str, &str)]) -> Report {
    of(vec![forged_file(name, words)], name)
}

/// The same as a cluster.
pub fn forged_cluster(name: &str, words: &[(&str, &str)]) -> Cluster {
    cluster(vec![forged_file(name, words)])
}

fn forged_file(name: &str, words: &[(&str, &str)]) -> PathBuf {
    let shop = include_str!("../shop/cluster.yaml").to_owned();
    let text = words.iter().fold(shop, |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.yaml"));
    std::fs::write(&file, text).unwrap();
    file
}

/// The report of a lesson's case.
pub fn of_case(case: &str) -> Report {
    of(files_of_case(case), case.rsplit('/').next().unwrap())
}

/// The cluster of a lesson's case.
pub fn cluster_of_case(case: &str) -> Cluster {
    cluster(files_of_case(case))
}

fn files_of_case(case: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rutter-lessons/lessons").join(case);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| !path.ends_with("expect.json")).collect();
    files.sort();
    files
}

fn of(files: Vec<PathBuf>, name: &str) -> Report {
    let cluster = cluster(files);
    let asked = Asked { sources: vec![name.to_owned()], lessons: 16, ..Asked::default() };
    Report::new(&cluster, &diagnose(&cluster, &Scope::default()), asked)
}

fn cluster(files: Vec<PathBuf>) -> Cluster {
    let inputs: Vec<Input> = files.into_iter().map(Input::Path).collect();
    rutter_source::load(&inputs, &Limits::default()).unwrap()
}
