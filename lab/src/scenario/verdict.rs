//! What Rutter says, held against what it should.

use std::fmt;

use anyhow::{Result, bail};

use super::condition::whole;
use super::report::{Found, Incident, Report, Source};
use super::spec::{Expected, Finding, Scenario};

impl Report {
    /// The incidents that are of none of `scenarios`; on a cluster that they share, nobody's.
    pub(super) fn strangers(&self, scenarios: &[Scenario]) -> Result<Vec<String>> {
        let mut strange = Vec::new();
        for Incident { root, .. } in &self.incidents {
            let owned = scenarios.iter().map(|scenario| scenario.owns(root)).collect::<Result<Vec<_>>>()?;
            if !owned.contains(&true) {
                strange.push(format!("{root} has no scenario"));
            }
        }
        Ok(strange)
    }
}

impl Scenario {
    /// What is wrong with `report`.
    pub(super) fn faults(&self, report: &Report, source: Source<'_>) -> Result<Vec<String>> {
        let mut open = self.open(report)?;
        let mut faults = Vec::new();
        for expected in &self.expect {
            let wanted = expected.in_dump || !matches!(source, Source::Dump(_));
            let fits =
                open.iter().map(|incident| expected.root.fits(&incident.root)).collect::<Result<Vec<_>>>()?;
            match fits.iter().position(|fits| *fits).map(|index| open.swap_remove(index)) {
                Some(incident) => faults.extend(expected.unexplained(incident, source)?),
                None if wanted => faults.push(format!("{} is missing", expected.root)),
                None if report.undecided.iter().any(|one| one.lesson == expected.root.lesson) => {}
                None if report.lacks(&expected.root) => {}
                // What only kubelets tell is told of no kind of object, and so never undecided.
                None if self.kubelets => {}
                None => faults.push(format!("{} is neither found nor undecided", expected.root)),
            }
            if !wanted {
                // What cannot be explained there stands by itself.
                for effect in expected.explains.iter().chain(&expected.may_explain) {
                    let fits = open
                        .iter()
                        .map(|incident| effect.fits(&incident.root))
                        .collect::<Result<Vec<_>>>()?;
                    let mut fits = fits.into_iter();
                    open.retain(|_| fits.next() != Some(true));
                }
            }
        }
        faults.extend(open.iter().map(|incident| format!("{} is not expected", incident.root)));
        let found = self.open(report)?;
        let all = found.iter().flat_map(|incident| incident.explains.iter().chain([&incident.root]));
        let forbidden = all.filter(|found| self.absent.contains(&found.lesson));
        faults.extend(forbidden.map(|found| format!("{found} must not be found")));
        Ok(faults)
    }

    /// What is still open in `report`, after the end of the fault.
    pub(super) fn left(&self, report: &Report) -> Result<Vec<String>> {
        let mut left = Vec::new();
        for incident in self.open(report)? {
            let mut lingering = self.expect.iter().filter(|expected| expected.lingers);
            let lingers = lingering
                .try_fold(false, |any, one| Ok::<_, anyhow::Error>(any || one.root.fits(&incident.root)?))?;
            if !lingers {
                left.push(format!("{incident} is open"));
            }
        }
        Ok(left)
    }

    /// The open incidents that are the scenario's: all, on a cluster of its own.
    fn open<'a>(&self, report: &'a Report) -> Result<Vec<&'a Incident>> {
        let mut open = Vec::new();
        for incident in &report.incidents {
            let all = incident.explains.iter().chain([&incident.root]);
            let owned = all.map(|found| self.owns(found)).collect::<Result<Vec<_>>>()?;
            if self.own_cluster.is_some() || owned.contains(&true) {
                open.push(incident);
            }
        }
        Ok(open)
    }

    /// Whether a finding is the scenario's: of one of its namespaces, or, of an object without one, what it expects.
    fn owns(&self, found: &Found) -> Result<bool> {
        if found.object.is_in(&self.name) || self.also.contains(&found.object.namespace) {
            return Ok(true);
        }
        let mut roots = self.expect.iter().map(|expected| &expected.root);
        roots.try_fold(false, |any, root| Ok(any || (found.object.namespace.is_empty() && root.fits(found)?)))
    }
}

impl Expected {
    /// What of the explained is missing or too much. A dump may show less.
    fn unexplained(&self, incident: &Incident, source: Source<'_>) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        for wanted in &self.explains {
            if !matches!(source, Source::Dump(_)) && !wanted.fits_one_of(&incident.explains)? {
                faults.push(format!("{} does not explain {wanted}", incident.root));
            }
        }
        for found in &incident.explains {
            let mut known = self.explains.iter().chain(&self.may_explain);
            if !known.try_fold(false, |any, one| Ok::<_, anyhow::Error>(any || one.fits(found)?))? {
                faults.push(format!("{} explains {found}, which is not expected", incident.root));
            }
        }
        Ok(faults)
    }
}

impl Finding {
    fn fits_one_of(&self, found: &[Found]) -> Result<bool> {
        found.iter().try_fold(false, |any, one| Ok(any || self.fits(one)?))
    }

    /// Whether `found` is what is meant.
    pub(crate) fn fits(&self, found: &Found) -> Result<bool> {
        Ok(self.lesson == found.lesson
            && self.variant.as_ref().is_none_or(|variant| *variant == found.variant)
            && whole(&self.object)?.is_match(&found.object.to_string()))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variant = self.variant.as_ref().map(|variant| format!(" ({variant})")).unwrap_or_default();
        write!(f, "{}{variant} of {}", self.lesson, self.object)
    }
}

/// Fails if there are any.
pub(super) fn none(faults: &[String], what: &str) -> Result<()> {
    if !faults.is_empty() {
        bail!("{what}:\n  {}", faults.join("\n  "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use serde_json::{Value, json};

    const SCENARIO: &str = "
title: a test
break: []
reached: [{ gone: { kind: pods } }]
expect:
  - root: { lesson: crash-loop, object: Deployment/a/web }
    explains: [{ lesson: replicas-unavailable, object: Deployment/a/web }]
  - root: { lesson: job-failing, object: Job/a/.* }
    inDump: false
absent: [evicted]
heal: []
closed: []
";

    fn finding(lesson: &str, kind: &str, name: &str) -> Value {
        let object = json!({ "kind": kind, "namespace": "a", "name": name });
        json!({ "lesson": lesson, "object": object, "message": "" })
    }

    fn faults(incidents: &Value, undecided: &str, source: Source<'_>) -> Vec<String> {
        let mut scenario: Scenario = serde_saphyr::from_str(SCENARIO).unwrap();
        scenario.name = "a".to_owned();
        let report = json!({ "incidents": incidents, "undecided": [{ "lesson": undecided }] });
        scenario.faults(&serde_json::from_value(report).unwrap(), source).unwrap()
    }

    #[test]
    fn what_is_missing_too_much_or_forbidden_is_told() {
        let live = Source::Live(Path::new(""));
        let dump = Source::Dump(Path::new(""));
        let crash = finding("crash-loop", "Deployment", "web");
        let short = finding("replicas-unavailable", "Deployment", "web");
        let job = json!({ "root": finding("job-failing", "Job", "x") });
        let whole = json!({ "root": crash, "explains": [short] });
        assert!(faults(&json!([whole, job]), "", live).is_empty());
        // A dump need not show the Job, but then Rutter must say so.
        assert!(faults(&json!([whole]), "job-failing", dump).is_empty());
        assert_eq!(faults(&json!([whole]), "", dump).len(), 1);
        assert_eq!(faults(&json!([whole]), "job-failing", live).len(), 1);
        // Not explained, which a dump may be too little for.
        assert_eq!(faults(&json!([{ "root": crash }, job]), "", live).len(), 1);
        assert!(faults(&json!([{ "root": crash }, job]), "", dump).is_empty());
        // The same incident twice, and a lesson that must be silent.
        assert_eq!(faults(&json!([whole, whole, job]), "", live).len(), 1);
        let evicted = finding("evicted", "Pod", "p");
        let too_much = json!({ "root": crash, "explains": [short, evicted] });
        assert_eq!(faults(&json!([too_much, job]), "", live).len(), 2);
    }

    #[test]
    fn what_is_elsewhere_is_a_strangers() {
        let report = json!({ "incidents": [{ "root": finding("crash-loop", "Deployment", "web") }] });
        let report: Report = serde_json::from_value(report).unwrap();
        assert_eq!(report.strangers(&[]).unwrap().len(), 1);
    }

    #[test]
    fn a_node_that_a_scenario_expects_something_of_is_no_strangers() {
        let text = SCENARIO.replace("object: Job/a/.*", "object: Node/node-b");
        let mut scenario: Scenario = serde_saphyr::from_str(&text).unwrap();
        (scenario.name, scenario.also) = ("a".to_owned(), vec!["a2".to_owned()]);
        let all = [scenario];
        let stranger = |lesson: &str, kind: &str, namespace: &str, name: &str| {
            let object = json!({ "kind": kind, "namespace": namespace, "name": name });
            let root = json!({ "lesson": lesson, "object": object, "message": "" });
            let report: Report = serde_json::from_value(json!({ "incidents": [{ "root": root }] })).unwrap();
            !report.strangers(&all).unwrap().is_empty()
        };
        assert!(!stranger("job-failing", "Node", "", "node-b"));
        assert!(stranger("evicted", "Node", "", "node-b"));
        assert!(stranger("job-failing", "Node", "", "node-a"));
        assert!(!stranger("evicted", "Pod", "a2", "web"));
        assert!(stranger("evicted", "Pod", "b", "web"));
    }
}
