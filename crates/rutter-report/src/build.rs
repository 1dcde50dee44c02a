//! Makes a report of a cluster and its diagnosis, and of these the explanation of one object.

mod explanation;

use rutter_cluster::{Cluster, Kind, KindSet, Time, coverage::KindCoverage};
use rutter_diagnosis::{Diagnosis, Identified};
use rutter_lessons::{self as lessons, LESSONS, Origin};

use crate::{
    commands::{Hostile, has_allowed_names},
    model::*,
    redact::redact,
};

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
    /// The report of a diagnosis. Here in `build`, and only here, credentials are taken out of what the
    /// cluster says.
    pub fn new(cluster: &Cluster, diagnosis: &Diagnosis, asked: Asked) -> Self {
        let findings: Vec<Finding> = diagnosis.findings.iter().map(finding).collect();
        let hostile = Hostile::of(cluster);
        let incidents = |all: &[rutter_diagnosis::Incident]| {
            let named = |of: &rutter_diagnosis::Incident| {
                let effects = of.explains.iter().map(|explained| explained.finding);
                effects.chain([of.root]).all(|n| has_allowed_names(&diagnosis.findings[n].finding))
            };
            let guard = |of| if named(of) { Some(&hostile) } else { None };
            all.iter().enumerate().map(|(n, of)| incident(n + 1, of, &findings, guard(of))).collect()
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
            since: None,
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
    // No API serves static pods, and nobody misses them.
    let is_told = |kind: &&Kind| **kind != Kind::StaticPod || coverage.has_any(**kind);
    Kind::ALL.iter().filter(is_told).map(resource).chain([logs]).collect()
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
        hidden_by: finding.hidden_by.as_ref().map(ToString::to_string),
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

/// The incident with its commands, where there is a guard to look them over.
fn incident(
    rank: usize,
    of: &rutter_diagnosis::Incident,
    findings: &[Finding],
    guard: Option<&Hostile>,
) -> Incident {
    let root = findings[of.root].clone();
    let explained = |one: &rutter_diagnosis::Explained| Explained {
        finding: findings[one.finding].clone(),
        by: findings[one.by].id.clone(),
        why: said(&one.why),
        cause_confidence: one.confidence.into(),
        also_explained_by: one.also.iter().map(|also| findings[*also].id.clone()).collect(),
        stays: one.stays.map(ToOwned::to_owned),
    };
    Incident {
        id: of.id.clone(),
        rank,
        severity: of.severity.into(),
        confidence: of.confidence.into(),
        since: of.since.map(written),
        until: of.until.map(written),
        title: root.title(),
        explains: of.explains.iter().map(explained).collect(),
        harms: of.harms.objects.iter().map(Into::into).collect(),
        hosts: of.harms.hosts.iter().map(|host| said(host)).collect(),
        short_budgets: of.harms.budgets.iter().map(short_budget).collect(),
        remedies: remedies(of, guard),
        changes: Vec::new(),
        root,
    }
}

fn short_budget(of: &rutter_diagnosis::ShortBudget) -> ShortBudget {
    ShortBudget {
        budget: (&of.budget).into(),
        healthy: of.healthy,
        demanded: of.demanded,
        workloads: of.workloads.iter().map(Into::into).collect(),
    }
}

/// What to do. Of several plans the first is the incident's; the others are named by their place.
fn remedies(of: &rutter_diagnosis::Incident, guard: Option<&Hostile>) -> Vec<Remedy> {
    let first = of.remedies.iter().position(|remedy| remedy.plan.is_some());
    let command = |place: usize| match first {
        Some(first) if first == place => format!("rutter fix {}", of.id),
        _ => format!("rutter fix {} --remedy {}", of.id, place + 1),
    };
    let numbered = of.remedies.iter().enumerate();
    numbered.map(|(place, one)| remedy(one, one.plan.as_ref().map(|_| command(place)), guard)).collect()
}

/// Something to do, with those of its commands that nobody could have meddled with.
fn remedy(remedy: &lessons::Remedy, plan: Option<String>, guard: Option<&Hostile>) -> Remedy {
    let allowed = |command: &&String| guard.is_some_and(|guard| guard.allows(command));
    let commands: Vec<String> = remedy.commands.iter().filter(allowed).map(|command| said(command)).collect();
    let left_out = match (guard, remedy.commands.len() - commands.len()) {
        (_, 0) => "",
        (None, _) => " (commands left out: something has a name that Kubernetes does not allow)",
        _ => " (commands left out: what the cluster says would be run by the shell)",
    };
    Remedy { title: said(title(&remedy.title, guard)) + left_out, risk: remedy.risk.into(), plan, commands }
}

/// What to do, without the commands in it, which stand between backticks, where somebody may have meddled with them.
fn title<'t>(title: &'t str, guard: Option<&Hostile>) -> &'t str {
    let is_allowed = guard.is_some_and(|guard| guard.allows(title));
    match title.split_once('`') {
        Some((before, _)) if !is_allowed => before,
        _ => title,
    }
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

impl From<&ObjectRef> for rutter_cluster::ObjectRef {
    fn from(object: &ObjectRef) -> Self {
        Self {
            api_version: object.api_version.as_str().into(),
            kind: object.kind.as_str().into(),
            namespace: object.namespace.as_str().into(),
            name: object.name.as_str().into(),
            uid: object.uid.as_str().into(),
        }
    }
}

/// Both enums have the same variants.
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

pub(crate) use same_names;

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
    fn a_title_keeps_its_command_only_where_nobody_meddled_with_it() {
        let told = "let one pod go; the way back is `kubectl replace -f web.yaml`";
        assert_eq!(title(told, Some(&Hostile::default())), told);
        assert_eq!(title(told, None), "let one pod go; the way back is ");
        assert_eq!(title("look at it", None), "look at it");
    }
}
