//! What became different between two reports of one cluster: incidents that opened, changed and closed.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use rutter_cluster::{Kind, Time};
use rutter_lessons::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Explained, Finding, Incident, Report, State, text};

/// So many of what an incident explains anew are told.
const MOST: usize = 3;

/// What happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    /// It was not there before.
    Opened,
    /// It is worse or better, or explains more or less.
    Changed,
    /// It is no more.
    Closed,
    /// It may be there or not: what showed it is not seen any more.
    Unseen,
}

impl Event {
    /// As written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Event::Opened => "opened",
            Event::Changed => "changed",
            Event::Closed => "closed",
            Event::Unseen => "unseen",
        }
    }
}

/// Something that happened to an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// When it was seen (RFC 3339), by the API server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What happened.
    pub event: Event,
    /// Why: one reason each, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// The incident as it is now, or was last.
    pub incident: Incident,
}

/// What became different: first what closed, then what opened and changed, by rank.
pub fn changes(before: &Report, after: &Report) -> Vec<Change> {
    let known = |report: &Report| -> BTreeMap<String, Incident> {
        report.incidents.iter().map(|incident| (incident.id.clone(), incident.clone())).collect()
    };
    let (old, new) = (known(before), known(after));
    let time = after.cluster.time.clone();
    let closed = before.incidents.iter().filter(|incident| !new.contains_key(&incident.id));
    let closed = closed.map(|incident| {
        let unseen = || {
            undecided_anew(&incident.root.lesson, before, after)
                .or_else(|| unseen_anew(&incident.root, before, after))
        };
        match unseen() {
            Some(why) if found(after, &incident.root.id).is_none() => (Event::Unseen, vec![why], incident),
            _ => (Event::Closed, why_closed(incident, after), incident),
        }
    });
    let rest = after.incidents.iter().filter_map(|incident| match old.get(&incident.id) {
        None => Some((Event::Opened, why_opened(incident, before, after), incident)),
        Some(old) => {
            let why = why_changed(old, incident);
            (!why.is_empty()).then_some((Event::Changed, why, incident))
        }
    });
    let change = |(event, why, incident): (Event, Vec<String>, &Incident)| Change {
        time: time.clone(),
        event,
        why,
        incident: incident.clone(),
    };
    closed.chain(rest).map(change).collect()
}

fn found<'a>(report: &'a Report, id: &str) -> Option<&'a Finding> {
    report.findings.iter().find(|finding| finding.id == id)
}

/// Why a lesson could not be decided any more, if it could before. Of how many subjects that is may differ.
fn undecided_anew(lesson: &str, before: &Report, after: &Report) -> Option<String> {
    let why = |report: &Report| -> BTreeSet<String> {
        let mine = report.undecided.iter().filter(|undecided| undecided.lesson == lesson);
        mine.map(|undecided| text::without_number(&undecided.why).to_owned()).collect()
    };
    let known = why(before);
    why(after).into_iter().find(|why| !known.contains(why))
}

/// Whether something that showed a finding is of a kind that was seen before and isn't now: `nodes are not in the source`.
fn unseen_anew(root: &Finding, before: &Report, after: &Report) -> Option<String> {
    let objects = [&root.object].into_iter().chain(&root.instances);
    let shown = objects.chain(root.evidence.iter().map(|evidence| &evidence.object));
    let kinds = shown.filter_map(|object| Kind::of(&object.api_version, &object.kind));
    let state = |report: &Report, kind: Kind| {
        report.coverage.iter().find(|seen| seen.resource == kind.plural()).map(|seen| seen.state)
    };
    let is_shown = |report: &Report, kind| matches!(state(report, kind), Some(State::Seen | State::Partial));
    let gone = kinds.into_iter().find(|kind| is_shown(before, *kind) && !is_shown(after, *kind))?;
    Some(match state(after, gone) {
        Some(State::Forbidden) => format!("{} may not be read", gone.plural()),
        Some(State::Stale) => format!("{} are too old", gone.plural()),
        _ => format!("{} are not in the source", gone.plural()),
    })
}

fn why_closed(incident: &Incident, after: &Report) -> Vec<String> {
    let root = &incident.root;
    if found(after, &root.id).is_some() {
        let of = after.incidents.iter().find_map(|other| {
            Some((other, other.explains.iter().find(|explained| explained.finding.id == root.id)?))
        });
        if let Some((other, explained)) = of {
            return vec![format!("now part of another: {}, because {}", other.title, explained.why)];
        }
    }
    let over =
        after.history.iter().find(|past| past.root.lesson == root.lesson && past.root.object == root.object);
    match over {
        Some(past) => vec![format!("it is over: {}", past.root.message)],
        None => vec![format!("{} holds no more for {}", root.lesson, root.object)],
    }
}

fn why_opened(incident: &Incident, before: &Report, after: &Report) -> Vec<String> {
    if undecided_anew(&incident.root.lesson, after, before).is_some() {
        return vec!["what shows it is seen again".to_owned()];
    }
    let earlier = found(before, &incident.root.id).filter(|earlier| earlier.incident != incident.id);
    let part_of =
        earlier.and_then(|earlier| before.incidents.iter().find(|other| other.id == earlier.incident));
    let of = |other: &Incident| match undecided_anew(&other.root.lesson, before, after) {
        Some(_) => format!("it was explained by another, which is not seen any more: {}", other.title),
        None => format!("it was explained by another, which no longer does: {}", other.title),
    };
    part_of.map(of).into_iter().collect()
}

fn why_changed(old: &Incident, new: &Incident) -> Vec<String> {
    let mut why = Vec::new();
    if old.severity != new.severity {
        why.push(format!("{} → {}", old.severity.name(), new.severity.name()));
    }
    // A number that grows, such as an age or a count of restarts, is nothing new.
    let words = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    if words(&old.root.message) != words(&new.root.message) {
        why.push(format!("now: {}", new.root.message));
    }
    let ids = |incident: &Incident| -> BTreeSet<String> {
        incident.explains.iter().map(|explained| explained.finding.id.clone()).collect()
    };
    let (before, after) = (ids(old), ids(new));
    let added: Vec<&Explained> =
        new.explains.iter().filter(|explained| !before.contains(&explained.finding.id)).collect();
    let gone: Vec<&Explained> =
        old.explains.iter().filter(|explained| !after.contains(&explained.finding.id)).collect();
    let named = added.iter().take(MOST);
    why.extend(named.map(|new| format!("also {}, because {}", new.finding.title(), new.why)));
    why.extend(more(added.len(), "more follow from it"));
    why.extend(gone.iter().take(MOST).map(|old| format!("no longer {}", old.finding.title())));
    why.extend(more(gone.len(), "more no longer follow from it"));
    why
}

fn more(number: usize, what: &str) -> Option<String> {
    (number > MOST).then(|| format!("{} {what}", number - MOST))
}

impl Change {
    /// How long the incident has lasted, in words, where that is known.
    pub fn lasted(&self) -> Option<String> {
        let since = Time::parse(self.incident.since.as_deref()?)?;
        let age = Time::parse(self.time.as_deref()?)?.since(since);
        (age > 0).then(|| words::duration(age))
    }
}

/// Writes changes as JSON, one in a line.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_json(out: &mut dyn Write, changes: &[Change]) -> io::Result<()> {
    for change in changes {
        crate::json::write_line(out, change)?;
    }
    Ok(())
}

/// Writes a line for each change: `opened SEVERITY/ID LESSON KIND/NAMESPACE/NAME`.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_name(out: &mut dyn Write, changes: &[Change]) -> io::Result<()> {
    for change in changes {
        write!(out, "{} ", change.event.name())?;
        crate::name::write_one(out, &change.incident)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confidence, ObjectRef, Severity};

    fn finding(id: &str, incident: &str, message: &str) -> Finding {
        let object = ObjectRef {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: "shop".into(),
            name: id.into(),
            uid: String::new(),
        };
        Finding {
            id: id.into(),
            lesson: "crash-loop".into(),
            variant: String::new(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            object,
            container: None,
            instances: Vec::new(),
            message: message.into(),
            since: None,
            until: None,
            evidence: Vec::new(),
            hidden_by: None,
            incident: incident.into(),
        }
    }

    fn incident(root: &Finding, effects: &[&Finding]) -> Incident {
        let explained = |effect: &&Finding| Explained {
            finding: (*effect).clone(),
            by: root.id.clone(),
            why: "it is so".into(),
            cause_confidence: Confidence::Certain,
            also_explained_by: Vec::new(),
            stays: None,
        };
        Incident {
            id: root.id.clone(),
            rank: 1,
            severity: root.severity,
            confidence: root.confidence,
            since: Some("2026-11-25T10:00:00Z".into()),
            until: None,
            title: root.title(),
            root: root.clone(),
            explains: effects.iter().map(explained).collect(),
            harms: Vec::new(),
            hosts: Vec::new(),
            short_budgets: Vec::new(),
            remedies: Vec::new(),
            changes: Vec::new(),
        }
    }

    fn report(incidents: Vec<Incident>) -> Report {
        let cluster = rutter_cluster::Cluster::new(
            rutter_cluster::ClusterInfo::default(),
            rutter_cluster::Tables::default(),
            rutter_cluster::Coverage::default(),
            rutter_cluster::Logs::default(),
        );
        let mut report =
            Report::new(&cluster, &rutter_diagnosis::Diagnosis::default(), crate::Asked::default());
        report.cluster.time = Some("2026-11-25T10:05:00Z".into());
        for incident in &incidents {
            report.findings.push(incident.root.clone());
            report.findings.extend(incident.explains.iter().map(|explained| explained.finding.clone()));
        }
        report.incidents = incidents;
        report
    }

    fn told(before: &Report, after: &Report) -> Vec<String> {
        let told = |change: &Change| {
            format!("{} {}: {}", change.event.name(), change.incident.id, change.why.join("; "))
        };
        changes(before, after).iter().map(told).collect()
    }

    #[test]
    fn what_opens_changes_and_closes_is_told_with_its_reason() {
        let node = finding("node", "node", "node-b is down for 5 minutes");
        let pod = finding("pod", "pod", "pod is down");
        let nothing = report(vec![]);
        let both = report(vec![incident(&node, &[]), incident(&pod, &[])]);
        let one = report(vec![incident(&node, &[&finding("pod", "node", "pod is down")])]);
        assert_eq!(told(&nothing, &both), ["opened node: ", "opened pod: "]);
        assert_eq!(changes(&nothing, &both)[0].lasted().unwrap(), "5m");
        let part =
            "closed pod: now part of another: Pod shop/node: node-b is down for 5 minutes, because it is so";
        assert_eq!(told(&both, &one), [part, "changed node: also Pod shop/pod is down, because it is so"]);
        let split = "opened pod: it was explained by another, which no longer does: Pod shop/node: node-b is down for 5 minutes";
        assert_eq!(told(&one, &both), ["changed node: no longer Pod shop/pod is down", split]);
        let closed = told(&one, &nothing);
        assert_eq!(closed, ["closed node: crash-loop holds no more for Pod shop/node"]);
    }

    #[test]
    fn what_is_not_seen_any_more_is_not_called_closed() {
        let undecided = |report: Report, why: &str| {
            let undecided = crate::Undecided { lesson: "crash-loop".into(), why: why.into() };
            Report { undecided: vec![undecided], ..report }
        };
        let open = || report(vec![incident(&finding("pod", "pod", "pod is down"), &[])]);
        let gone = || report(vec![]);
        let unseen = undecided(gone(), "pods are too old");
        assert_eq!(told(&open(), &unseen), ["unseen pod: pods are too old"]);
        assert_eq!(told(&unseen, &open()), ["opened pod: what shows it is seen again"]);
        // What could not be decided all along, of others, is no reason.
        let (before, after) = ("events may not be read (2 pods)", "events may not be read (1 pod)");
        let closed = told(&undecided(open(), before), &undecided(gone(), after));
        assert_eq!(closed, ["closed pod: crash-loop holds no more for Pod shop/pod"]);
        assert_eq!(told(&undecided(gone(), before), &undecided(open(), after)), ["opened pod: "]);
    }

    #[test]
    fn a_growing_number_is_no_change() {
        let of = |message: &str| report(vec![incident(&finding("node", "node", message), &[])]);
        assert!(told(&of("down for 5 minutes"), &of("down for 16 minutes")).is_empty());
        assert_eq!(told(&of("down for 5 minutes"), &of("deleted")), ["changed node: now: deleted"]);
    }
}
