//! Each check's cases. In `fires-*.yaml` a comment `# ! why` stands on each line on which the check must fail, and it must fail on no
//! other; in `silent-*.yaml` it must not fail at all. `CHECK/cases/NAME.cluster.yaml`, if it is there, is the cluster.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test: it reads its cases")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::{Arguments, Failed, Trial};
use rutter_cluster::{Cluster, Coverage, Kind, coverage::Extent};
use rutter_lint::{CHECKS, Check, Context, Input, Look, Settings, Source, config, lint, manifest, run};
use rutter_source::files::Limits;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for check in CHECKS {
        let folder = folder(check).join("cases");
        let mut names: Vec<_> = files(&folder);
        names.sort();
        for kind in ["fires-", "silent-"] {
            let some = names.iter().any(|path| name(path).starts_with(kind));
            let id = check.id;
            trials.push(Trial::test(
                format!("{id}/has a case that {}", kind.trim_end_matches('-')),
                move || {
                    some.then_some(()).ok_or_else(|| Failed::from(format!("{id} has no case {kind}*.yaml")))
                },
            ));
        }
        for path in names {
            trials.push(Trial::test(format!("{}/{}", check.id, name(&path)), move || case(check, &path)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn folder(check: &Check) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checks").join(check.topic.name()).join(check.id)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).filter(|path| !name(path).ends_with(".cluster.yaml")).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn case(check: &'static Check, path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let read = manifest::read(0, &text);
    let is_reader = matches!(check.look, Look::Text);
    if !is_reader && (!read.broken.is_empty() || read.objects.is_empty()) {
        return Err(format!("it can't be read: {:?}", read.broken).into());
    }
    let settings = settings(&text);
    let cluster = cluster(path)?;
    let findings = if is_reader {
        let sources = [Source { name: name(path), text: text.clone(), ..Source::default() }];
        let input = Input {
            sources: &sources,
            cluster: None,
            settings: &settings,
            checks: &[check],
            config: &config::Lint::default(),
            baseline: None,
            today: None,
        };
        lint(&input).problems.into_iter().map(|problem| problem.finding).collect()
    } else {
        run(&Context::new(&read.objects, cluster.as_ref(), &settings), &[check])
    };
    let expected: BTreeSet<u32> =
        text.lines().zip(1..).filter(|(line, _)| line.contains("# !")).map(|(_, number)| number).collect();
    if name(path).starts_with("fires-") == expected.is_empty() {
        return Err("a case that fires says where (`# ! why`), and a silent one has no such line".into());
    }
    let mut complaints = Vec::new();
    for line in &expected {
        if !findings.iter().any(|finding| finding.span.line == *line) {
            complaints.push(format!("it is silent about line {line}"));
        }
    }
    for finding in &findings {
        if !expected.contains(&finding.span.line) {
            complaints.push(format!("line {}: {}", finding.span.line, finding.message));
        }
        if finding.message.ends_with('.') || finding.message.is_empty() {
            complaints.push(format!("not a sentence without a full stop: {}", finding.message));
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// The cluster beside a case. Kinds that the file doesn't mention were seen, and there is none of them, but for those that a line
/// `# unseen: Pod Node` names; with `# seen: shop`, what is in namespaces was seen in those alone.
fn cluster(case: &Path) -> Result<Option<Cluster>, Failed> {
    let path = case.with_extension("cluster.yaml");
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path)?;
    let inputs = [rutter_source::Input::Bytes(name(&path), text.clone().into_bytes().into())];
    let cluster = rutter_source::load(&inputs, &Limits::default()).map_err(|error| error.to_string())?;
    let problems = &cluster.coverage().problems;
    if !problems.is_empty() {
        return Err(format!("{problems:?}").into());
    }
    let words =
        |start: &str| text.lines().find_map(|line| line.strip_prefix(start)).map(|line| line.split(' '));
    let mut coverage = Coverage::default();
    for kind in Kind::served() {
        if words("# unseen: ").is_some_and(|mut names| names.any(|name| name == kind.name())) {
            continue;
        }
        let extent = match words("# seen: ").filter(|_| kind.is_namespaced()) {
            Some(namespaces) => Extent::Namespaces(namespaces.map(Into::into).collect()),
            None => Extent::All,
        };
        coverage.saw(kind, extent);
    }
    Ok(Some(cluster.with_coverage(coverage)))
}

/// What a case's first lines set: `# kubernetes: 1.22`, `# namespace: shop`.
fn settings(text: &str) -> Settings {
    let mut settings = Settings::default();
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        if let Some(version) = line.strip_prefix("# kubernetes: ") {
            settings.version = version.parse().unwrap();
        }
        if let Some(namespace) = line.strip_prefix("# namespace: ") {
            namespace.clone_into(&mut settings.namespace);
        }
        if let Some(registries) = line.strip_prefix("# registries: ") {
            settings.registries = registries.split(' ').map(str::to_owned).collect();
        }
    }
    settings
}
