//! What counts: the configuration, and the arguments, which win.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use rutter_cluster::Cluster;
use rutter_lessons::Severity;
use rutter_lint::{Check, Settings, config};

use crate::{arguments::Lint, exit::Failure, output};

/// From which severity on a run fails, if nobody says otherwise.
const FAIL_ON: Severity = Severity::Medium;

/// What counts.
pub(super) struct Settled {
    pub(super) config: config::Lint,
    pub(super) settings: Settings,
    pub(super) checks: Vec<&'static Check>,
    pub(super) fail_on: Severity,
    /// The folder that the configuration's globs start from.
    pub(super) folder: Option<PathBuf>,
}

pub(super) fn settle(arguments: &Lint) -> Result<Settled, Failure> {
    let (mut config, folder) = read(arguments)?;
    let asked = &arguments.checks;
    config.checks.all |= asked.all;
    config.checks.include.extend(asked.include.iter().cloned());
    // Whoever names a check by hand wants it, whatever the file says.
    config.checks.exclude.retain(|name| !asked.include.contains(name) && !asked.only.contains(name));
    if !asked.only.is_empty() {
        config.checks.only.clone_from(&asked.only);
    }
    config.checks.exclude.extend(asked.exclude.iter().cloned());
    if asked.kubernetes_version.is_some() {
        config.kubernetes_version.clone_from(&asked.kubernetes_version);
    }
    if asked.namespace.is_some() {
        config.namespace.clone_from(&asked.namespace);
    }
    let checks = config.checks.chosen().map_err(Failure::Told)?;
    if checks.is_empty() {
        return Err(Failure::Told("no check is left to ask".to_owned()));
    }
    let settings = config.settings().map_err(Failure::Told)?;
    let fail_on = match arguments.output.fail_on {
        Some(severity) => severity.into(),
        None => config.fail_on().map_err(Failure::Told)?.unwrap_or(FAIL_ON),
    };
    Ok(Settled { config, settings, checks, fail_on, folder })
}

impl Settled {
    /// Where nothing else is said, the cluster says which Kubernetes it is.
    pub(super) fn for_cluster(mut self, arguments: &Lint, cluster: Option<&Cluster>) -> Self {
        let Some(cluster) = cluster else { return self };
        let said = self.config.kubernetes_version.is_some() || arguments.checks.kubernetes_version.is_some();
        if let (false, Ok(version)) = (said, cluster.info().version.parse()) {
            self.settings.version = version;
        }
        if self.settings.namespace.is_empty() {
            "default".clone_into(&mut self.settings.namespace);
            output::note("manifests without a namespace are held against `default`: -n names another");
        }
        self
    }
}

fn read(arguments: &Lint) -> Result<(config::Lint, Option<PathBuf>), Failure> {
    let path = match &arguments.checks.config {
        Some(path) => Some(path.clone()),
        None if arguments.checks.no_config => None,
        None => find(),
    };
    let Some(path) = path else { return Ok((config::Lint::default(), None)) };
    let wrong = |why: String| Failure::Told(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let config = config::Config::parse(&text).map_err(wrong)?;
    Ok((config.lint, path.parent().map(Path::to_owned)))
}

/// The nearest from the working folder upwards, but not above the repository.
fn find() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    for folder in here.ancestors() {
        let path = folder.join(config::NAME);
        if path.is_file() {
            return Some(path);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
