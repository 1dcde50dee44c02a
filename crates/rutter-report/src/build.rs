//! Makes a report of a cluster and its diagnosis.

use rutter_cluster::{Cluster, Kind, KindSet, Time, coverage::KindCoverage};
use rutter_diagnosis::{Diagnosis, Identified};
use rutter_lessons::{self as lessons, LESSONS, Origin};

use crate::{model::*, redact::redact};

/// What was asked for: what a report says of it beyond the cluster and the diagnosis.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What was read, as the user named it.
    pub sources: Vec<String>,
    /// Only these namespaces; empty for all.
    pub namespaces: Vec<String>,
    /// Only objects with these labels, as the user wrote it.
    pub selector: Option<String>,
    /// Only incidents at least this bad.
    pub min_severity: Option<lessons::Severity>,
    /// How many lessons were asked.
    pub lessons: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            namespaces: Vec::new(),
            selector: None,
            min_severity: None,
            lessons: LESSONS.len(),
        }
    }
}

impl Report {
    /// The report of a diagnosis. Here, and only here, credentials are taken out of what the cluster says.
    pub fn new(cluster: &Cluster, diagnosis: &Diagnosis, asked: Asked) -> Self {
        let findings: Vec<Finding> = diagnosis.findings.iter().map(finding).collect();
        let incidents = |all: &[rutter_diagnosis::Incident]| {
            all.iter().enumerate().map(|(n, of)| incident(n + 1, of, &findings)).collect()
        };
        Self {
            api_version: API_VERSION.to_owned(),
            kind: "Report".to_owned(),
            cluster: ClusterSummary {
                name: cluster.info().name.to_string(),
                version: cluster.info().version.to_string(),
                time: Some(cluster.time()).filter(|time| *time != Time::EPOCH).map(written),
            },
            coverage: coverage(cluster),
            problems: cluster.coverage().problems.iter().map(|problem| said(problem)).collect(),
            lessons: asked.lessons,
            incidents: incidents(&diagnosis.incidents),
            history: incidents(&diagnosis.history),
            undecided: diagnosis.undecided.iter().map(undecided).collect(),
            scope: ScopeSummary {
                sources: asked.sources.iter().map(|source| said(source)).collect(),
                namespaces: asked.namespaces,
                selector: asked.selector,
                min_severity: asked.min_severity.map(Severity::from),
            },
            findings,
        }
    }
}

fn said(text: &str) -> String {
    redact(text).into_owned()
}

fn written(time: Time) -> String {
    time.to_string()
}

fn coverage(cluster: &Cluster) -> Vec<ResourceCoverage> {
    let read = LESSONS.iter().fold(KindSet::default(), |all, lesson| all.union(lesson.inputs()));
    let coverage = cluster.coverage();
    let resource = |kind: &Kind| {
        let seen: Option<&KindCoverage> = coverage.of(*kind);
        ResourceCoverage {
            resource: kind.plural().to_owned(),
            state: coverage.state(*kind).into(),
            count: seen.filter(|_| coverage.has_any(*kind)).map(|seen| seen.count),
            note: seen.map_or_else(String::new, |seen| said(&seen.notes.join("; "))),
            used: read.contains(*kind),
        }
    };
    let logs = ResourceCoverage {
        resource: "pods/log".to_owned(),
        // Whatever logs there are, they are the ends of some.
        state: if coverage.logs { State::Partial } else { State::Absent },
        count: None,
        note: String::new(),
        used: true,
    };
    Kind::ALL.iter().map(resource).chain([logs]).collect()
}

fn undecided(undecided: &rutter_diagnosis::Undecided) -> Undecided {
    Undecided { lesson: undecided.lesson.to_owned(), why: said(&undecided.why) }
}

fn finding(identified: &Identified) -> Finding {
    let finding = &identified.finding;
    let alone = finding.instances.iter().all(|instance| instance.same(&finding.object));
    Finding {
        id: identified.id.clone(),
        lesson: finding.lesson.to_owned(),
        variant: finding.variant.to_owned(),
        severity: finding.severity.into(),
        confidence: finding.confidence.into(),
        object: (&finding.object).into(),
        container: finding.container.as_ref().map(ToString::to_string),
        instances: if alone { Vec::new() } else { finding.instances.iter().map(Into::into).collect() },
        message: said(&finding.message),
        since: finding.since.map(written),
        until: finding.until.map(written),
        evidence: finding.evidence.iter().map(evidence).collect(),
        incident: identified.incident.clone(),
    }
}

fn evidence(evidence: &lessons::Evidence) -> Evidence {
    let (mut path, mut event, mut log) = (None, None, None);
    match &evidence.origin {
        Origin::Field(field) => path = Some(field.clone()),
        Origin::Event(reason) => event = Some(reason.to_string()),
        Origin::Log(container) => log = Some(container.to_string()),
    }
    let object = (&evidence.object).into();
    Evidence { object, path, event, log, value: said(&evidence.value), time: evidence.time.map(written) }
}

fn incident(rank: usize, of: &rutter_diagnosis::Incident, findings: &[Finding]) -> Incident {
    let root = findings[of.root].clone();
    let explained = |one: &rutter_diagnosis::Explained| Explained {
        finding: findings[one.finding].clone(),
        by: findings[one.by].id.clone(),
        why: said(&one.why),
        cause_confidence: one.confidence.into(),
        also_explained_by: one.also.iter().map(|also| findings[*also].id.clone()).collect(),
    };
    let names_allowed = std::iter::once(&root.object).chain(&root.instances).all(is_allowed);
    Incident {
        id: of.id.clone(),
        rank,
        severity: of.severity.into(),
        confidence: of.confidence.into(),
        since: of.since.map(written),
        until: of.until.map(written),
        title: root.title(),
        explains: of.explains.iter().map(explained).collect(),
        harms: of.harms.iter().map(Into::into).collect(),
        remedies: of.remedies.iter().map(|of| remedy(of, names_allowed)).collect(),
        root,
    }
}

/// Commands are copied into a shell. Names that Kubernetes would not have allowed come from a forged or broken source, and
/// could run anything there.
fn remedy(remedy: &lessons::Remedy, names_allowed: bool) -> Remedy {
    let title = said(&remedy.title);
    let risk = remedy.risk.into();
    if names_allowed {
        let commands = remedy.commands.iter().map(|command| said(command)).collect();
        return Remedy { title, risk, commands };
    }
    let title = format!("{title} (commands left out: the object has a name that Kubernetes does not allow)");
    Remedy { title, risk, commands: Vec::new() }
}

/// Whether its names hold nothing but what names of objects may hold.
fn is_allowed(object: &ObjectRef) -> bool {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-._:".contains(character);
    [&object.namespace, &object.name].iter().all(|name| name.chars().all(allowed) && !name.starts_with('-'))
}

impl From<&rutter_cluster::ObjectRef> for ObjectRef {
    fn from(object: &rutter_cluster::ObjectRef) -> Self {
        Self {
            api_version: object.api_version.to_string(),
            kind: object.kind.to_string(),
            namespace: object.namespace.to_string(),
            name: object.name.to_string(),
            uid: object.uid.to_string(),
        }
    }
}

macro_rules! same_names {
    ($($path:path => $type:ident { $($variant:ident),* })*) => {$(
        impl From<$path> for $type {
            fn from(from: $path) -> Self {
                use $path as From_;
                match from { $(From_::$variant => $type::$variant,)* }
            }
        }
    )*};
}

same_names! {
    rutter_cluster::State => State { Seen, Partial, Stale, Forbidden, Absent }
    lessons::Severity => Severity { Info, Low, Medium, High, Critical }
    lessons::Confidence => Confidence { Possible, Likely, Certain }
    lessons::Risk => Risk { ReadOnly, Reversible, Disruptive, Destructive }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_for_a_name_that_could_be_one() {
        let of = lessons::Remedy::new(lessons::Risk::ReadOnly, "look", ["kubectl get pod x".to_owned()]);
        let named = |name: &str| is_allowed(&ObjectRef { name: name.to_owned(), ..ObjectRef::default() });
        assert!(named("web-0.a_b") && named("system:node") && !remedy(&of, true).commands.is_empty());
        for name in ["x;reboot", "$(reboot)", "-rf", "a b", "a\nb"] {
            assert!(!named(name), "{name}");
        }
        assert!(remedy(&of, false).commands.is_empty());
    }
}
