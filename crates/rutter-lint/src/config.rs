//! `.rutter.yaml`: what a team has decided about its manifests.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rutter_lessons::Severity;
use serde::Deserialize;

use crate::{CHECKS, Check, Settings, check};

/// The name under which it is looked for, from the working folder upwards.
pub const NAME: &str = ".rutter.yaml";

/// What the file says. Unknown keys are errors: a setting that silently does nothing is worse than none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// What is said of `rutter lint`.
    pub lint: Lint,
}

/// What is said of `rutter lint`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lint {
    /// The Kubernetes that the manifests are for: `"1.33"`.
    pub kubernetes_version: Option<String>,
    /// The namespace of manifests that name none.
    pub namespace: Option<String>,
    /// Findings at least this bad fail the run.
    pub fail_on: Option<String>,
    /// Which checks are asked, and how bad their findings are.
    pub checks: Checks,
    /// What checks measure by.
    pub thresholds: Thresholds,
    /// Files that are left out: globs, from the file's folder.
    pub exclude_paths: Vec<String>,
    /// Findings that are accepted.
    pub ignore: Vec<Ignore>,
}

/// Which checks are asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Checks {
    /// All, also those that aren't asked by default.
    pub all: bool,
    /// These, too: ids, or topics as `topic/*`.
    pub include: Vec<String>,
    /// Only these, if there are any.
    pub only: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
    /// Other severities, by id.
    pub severity: BTreeMap<String, String>,
}

/// What checks measure by.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Thresholds {
    /// How many replicas a workload that serves must have.
    pub least_replicas: Option<i64>,
    /// Hosts of registries that images may come from.
    pub registries: Vec<String>,
}

/// A rule by which findings are accepted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ignore {
    /// The check's id, or a glob; all, if it is missing.
    pub check: Option<String>,
    /// The file: a glob.
    pub path: Option<String>,
    /// `KIND/NAME`, with globs: `deployment/web-*`.
    pub object: Option<String>,
    /// The namespace: a glob.
    pub namespace: Option<String>,
    /// The container: a glob.
    pub container: Option<String>,
    /// Why. Without a reason a rule is wrong.
    pub reason: String,
    /// The last day on which it holds: `2027-01-31`.
    pub until: Option<String>,
}

impl Ignore {
    /// The last day on which it holds.
    pub fn until(&self) -> Option<Date> {
        self.until.as_deref().and_then(|date| date.parse().ok())
    }

    /// As reports call it.
    pub fn shown(&self) -> String {
        let part = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
        let parts = [
            part("check", &self.check),
            part("path", &self.path),
            part("object", &self.object),
            part("namespace", &self.namespace),
            part("container", &self.container),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Config {
    /// Reads it, and says what in it can't be meant.
    ///
    /// # Errors
    /// If it isn't YAML of this form, names a check, a severity, a version or a date that isn't one, or has a rule without a reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        let config: Config = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
        config.lint.verify()?;
        Ok(config)
    }
}

impl Lint {
    fn verify(&self) -> Result<(), String> {
        self.settings()?;
        self.checks.chosen()?;
        self.fail_on()?;
        for (id, severity) in &self.checks.severity {
            known(id)?;
            severity_of(severity)?;
        }
        for rule in &self.ignore {
            let what = rule.shown();
            if rule.reason.trim().is_empty() {
                return Err(format!("the rule to ignore {what} has no reason"));
            }
            if what.is_empty() {
                return Err("a rule to ignore names neither check, path, object, namespace nor container: it would accept all".into());
            }
            if let Some(check) = rule.check.as_deref().filter(|check| !check.contains(['*', '?', '[', '{'])) {
                known(check)?;
            }
            if let (Some(until), None) = (&rule.until, rule.until()) {
                return Err(format!("`{until}` is not a day: write it like 2027-01-31"));
            }
        }
        Ok(())
    }

    /// What checks are measured by.
    ///
    /// # Errors
    /// If the version isn't one.
    pub fn settings(&self) -> Result<Settings, String> {
        let mut settings = Settings::default();
        if let Some(version) = &self.kubernetes_version {
            settings.version =
                version.parse().map_err(|why| format!("kubernetesVersion `{version}` is {why}"))?;
        }
        if let Some(namespace) = &self.namespace {
            settings.namespace.clone_from(namespace);
        }
        if let Some(least) = self.thresholds.least_replicas {
            settings.least_replicas = least;
        }
        settings.registries.clone_from(&self.thresholds.registries);
        Ok(settings)
    }

    /// From which severity on a run fails, if it is said.
    ///
    /// # Errors
    /// If that is no severity.
    pub fn fail_on(&self) -> Result<Option<Severity>, String> {
        self.fail_on.as_deref().map(severity_of).transpose()
    }
}

impl Checks {
    /// The checks that are asked.
    ///
    /// # Errors
    /// If a name is neither a check's nor a topic's.
    pub fn chosen(&self) -> Result<Vec<&'static Check>, String> {
        for name in self.include.iter().chain(&self.exclude).chain(&self.only) {
            if !CHECKS.iter().any(|check| named(check, name)) {
                return Err(unknown(name));
            }
        }
        let any = |names: &[String], check: &Check| names.iter().any(|name| named(check, name));
        let chosen = |check: &&&Check| {
            let asked = if self.only.is_empty() {
                self.all || check.default || any(&self.include, check)
            } else {
                any(&self.only, check)
            };
            asked && !any(&self.exclude, check)
        };
        Ok(CHECKS.iter().filter(chosen).copied().collect())
    }

    /// How bad a check's findings are.
    pub fn severity(&self, check: &Check) -> Severity {
        self.severity.get(check.id).and_then(|name| severity_of(name).ok()).unwrap_or(check.severity)
    }
}

/// Whether a name means a check: its id, a glob over ids, or `topic/*`.
fn named(check: &Check, name: &str) -> bool {
    match name.strip_suffix("/*") {
        Some(topic) => check.topic.name() == topic,
        None => fast_glob::glob_match(name, check.id),
    }
}

fn known(id: &str) -> Result<(), String> {
    check(id).map(drop).ok_or_else(|| unknown(id))
}

fn unknown(name: &str) -> String {
    let ids: Vec<rutter_cluster::Str> = CHECKS.iter().map(|check| check.id.into()).collect();
    let near = rutter_cluster::near::nearest(name, ids.iter());
    let near = near.map(|near| format!("; is it `{near}`?")).unwrap_or_default();
    format!("there is no check `{name}`{near} (`rutter lint --list` shows all)")
}

fn severity_of(name: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.name() == name);
    found.ok_or_else(|| format!("`{name}` is no severity: critical, high, medium, low, info"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_said() {
        let wrong = |text: &str| Config::parse(text).unwrap_err();
        assert!(wrong("lint: { chekcs: {} }").contains("chekcs"));
        assert!(wrong("lint: { checks: { exclude: [image-tga] } }").contains("image-tag"));
        assert!(wrong("lint: { checks: { severity: { image-tag: bad } } }").contains("no severity"));
        assert!(wrong("lint: { ignore: [{ check: image-tag, reason: ' ' }] }").contains("no reason"));
        assert!(wrong("lint: { ignore: [{ reason: all of it }] }").contains("accept all"));
        assert!(
            wrong("lint: { ignore: [{ check: image-tag, reason: a, until: tomorrow }] }")
                .contains("not a day")
        );
        assert!(wrong("lint: { kubernetesVersion: new }").contains("1.34"));
        assert!(Config::parse("# nothing\n").is_ok());
    }

    #[test]
    fn checks_are_chosen_by_name_and_topic() {
        let ids = |text: &str| {
            let config = Config::parse(text).unwrap();
            config.lint.checks.chosen().unwrap().into_iter().map(|check| check.id).collect::<Vec<_>>()
        };
        assert!(ids("lint: { checks: { exclude: [image-tag] } }").iter().all(|id| *id != "image-tag"));
        assert!(!ids("lint: { checks: { exclude: ['image/*'] } }").contains(&"image-tag"));
        assert_eq!(ids("lint: { checks: { all: true } }").len(), CHECKS.len());
    }
}
