//! Makes an explanation of a cluster, its diagnosis, and what of that has to do with one object.

use rutter_cluster::Cluster;
use rutter_diagnosis::{self as diagnosis, About, Diagnosis};
use rutter_lessons::words::{count, list};

use super::{Asked, said, same_names, undecided, written};
use crate::{explanation::*, model::*};

impl Explanation {
    /// What there is to say of an object. Findings and remedies are those of the report, without credentials as there.
    pub fn new(cluster: &Cluster, diagnosis: &Diagnosis, about: &About, asked: Asked) -> Self {
        let report = Report::new(cluster, diagnosis, asked);
        let finding = |at: &usize| report.findings[*at].clone();
        let mut explanation = Self {
            api_version: API_VERSION.to_owned(),
            kind: "Explanation".to_owned(),
            object: (&about.object).into(),
            verdict: about.verdict.into(),
            summary: String::new(),
            facts: about.state.facts.iter().map(|fact| said(fact)).collect(),
            kin: about
                .kin
                .iter()
                .map(|kin| Kin { bond: kin.bond.into(), object: (&kin.object).into() })
                .collect(),
            more_pods: about.more_pods,
            threads: about.threads.iter().map(|of| thread(of, &report)).collect(),
            over: about.over.iter().map(finding).collect(),
            nearby: about.nearby.iter().map(finding).collect(),
            undecided: about.undecided.iter().map(undecided).collect(),
            timeline: timeline(&about.timeline),
            cluster: report.cluster,
            scope: report.scope,
            problems: report.problems,
        };
        explanation.summary = explanation.sentence();
        explanation
    }

    /// What is the matter, in a sentence.
    fn sentence(&self) -> String {
        let object = &self.object;
        let facts = self.facts.join("; ");
        let comma = if facts.is_empty() { "" } else { "; " };
        let own = match self.verdict {
            Verdict::Wrong => return self.trouble(),
            // Not "no lesson says why": what is wrong with its node or its owner mostly does.
            Verdict::Unexplained if !self.nearby.is_empty() => {
                return format!(
                    "{object}: {facts}; look first at what is near it: {}{}",
                    self.near(),
                    self.in_doubt()
                );
            }
            Verdict::Unexplained => format!("{facts}; no lesson says why{}", self.in_doubt()),
            Verdict::Nearby => {
                return format!(
                    "{object}: nothing found wrong with itself, but near it: {}{comma}{facts}{}",
                    self.near(),
                    self.in_doubt()
                );
            }
            Verdict::Undecided => {
                format!("nothing found wrong in what was seen{}{comma}{facts}", self.in_doubt())
            }
            Verdict::NotJudged => {
                format!("no lesson is about this kind, so whether it is well is not known{comma}{facts}")
            }
            Verdict::NothingWrong => format!("nothing wrong{comma}{facts}"),
        };
        format!("{object}: {own}{}", self.around())
    }

    /// `, but 3 lessons could not decide (events are not in the source)`.
    fn in_doubt(&self) -> String {
        let mut lessons: Vec<&str> = self.undecided.iter().map(|one| one.lesson.as_str()).collect();
        lessons.dedup();
        let mut reasons: Vec<&str> = self.undecided.iter().map(|one| one.why.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        match lessons.len() {
            0 => String::new(),
            all => format!(", but {} could not decide ({})", count(all, "lesson"), list(&reasons, 2)),
        }
    }

    /// What is wrong with those around it, beside the state of the object itself.
    fn around(&self) -> String {
        if self.nearby.is_empty() { String::new() } else { format!(". Near it: {}", self.near()) }
    }

    fn near(&self) -> String {
        let title = self.nearby.first().map(|first| brief(&first.title())).unwrap_or_default();
        match self.nearby.len().saturating_sub(1) {
            0 => title,
            others => format!("{title}, and {}", count(others, "other finding")),
        }
    }

    /// The worst of what is wrong with it, and the root of that.
    fn trouble(&self) -> String {
        let Some(first) = self.threads.first() else { return String::new() };
        let (Some(head), Some(root)) = (first.up.first(), first.up.last()) else { return String::new() };
        let mine = self.own_title(&head.finding);
        let title = brief(&root.finding.title());
        let root = if first.up.len() > 1 { format!(". The root: {title}") } else { String::new() };
        let more = match self.threads.len() - 1 {
            0 => String::new(),
            1 => ". One other thing is wrong with it".to_owned(),
            many => format!(". {many} other things are wrong with it"),
        };
        format!("{mine}{root}{more}")
    }

    /// A finding's title, behind the name of the object that was asked for where the finding is about its owner or its pods.
    fn own_title(&self, finding: &Finding) -> String {
        let object = &self.object;
        if (&finding.object.kind, &finding.object.name) == (&object.kind, &object.name) {
            return finding.title();
        }
        let is_it = |instance: &ObjectRef| {
            (&instance.kind, &instance.namespace, &instance.name)
                == (&object.kind, &object.namespace, &object.name)
        };
        match finding.instances.len() {
            many @ 2.. if finding.instances.iter().any(is_it) => {
                format!("{object} (one of {many} of {}): {}", finding.object, finding.message)
            }
            _ => format!("{object}: {}", finding.message),
        }
    }
}

/// What it is, without what follows from that: the first line has no room for it. What stands in parentheses belongs together.
fn brief(title: &str) -> String {
    let is_whole = |at: &usize| {
        let before = &title[..*at];
        before.matches('(').count() == before.matches(')').count()
    };
    let end = title.match_indices("; ").map(|(at, _)| at).find(is_whole).unwrap_or(title.len());
    title[..end].to_owned()
}

fn thread(of: &diagnosis::Thread, report: &Report) -> Thread {
    let id = &of.incident.id;
    let incident = report.incidents.iter().chain(&report.history).find(|incident| incident.id == *id);
    let effects = of.down.iter().map(|effect| effect.finding);
    let effects: Vec<&str> = effects.map(|at| report.findings[at].id.as_str()).collect();
    let explains = incident.map_or(&[][..], |incident| &incident.explains);
    Thread {
        incident: id.clone(),
        rank: incident.map_or(of.rank, |incident| incident.rank),
        severity: of.incident.severity.into(),
        up: of.up.iter().map(|of| step(of, report)).collect(),
        down: explains.iter().filter(|one| effects.contains(&one.finding.id.as_str())).cloned().collect(),
        harms: of
            .harms
            .iter()
            .map(|harm| Harm { object: (&harm.object).into(), what: said(&harm.what) })
            .collect(),
        remedies: incident.map(|incident| incident.remedies.clone()).unwrap_or_default(),
    }
}

fn step(of: &diagnosis::Step, report: &Report) -> Step {
    let also = |at: &usize| {
        let finding = &report.findings[*at];
        Also { id: finding.id.clone(), incident: finding.incident.clone(), title: finding.title() }
    };
    Step {
        finding: report.findings[of.finding].clone(),
        why: of.because.as_ref().map(|(why, _)| said(why)),
        cause_confidence: of.because.as_ref().map(|(_, confidence)| (*confidence).into()),
        also_explained_by: of.also.iter().map(also).collect(),
    }
}

fn timeline(of: &diagnosis::Timeline) -> Timeline {
    Timeline {
        moments: of.moments.iter().map(moment).collect(),
        undated: of.undated.iter().map(moment).collect(),
        earlier: of.earlier,
        unseen: of.unseen.iter().map(|unseen| said(unseen)).collect(),
    }
}

fn moment(of: &diagnosis::Moment) -> Moment {
    Moment {
        time: of.time.map(written),
        first: of.first.map(written),
        count: of.count,
        what: of.what.into(),
        objects: of.objects.iter().map(Into::into).collect(),
        container: of.container.as_ref().map(ToString::to_string),
        text: said(&of.text),
        present: of.is_present,
    }
}

same_names! {
    diagnosis::Verdict => Verdict { Wrong, Unexplained, Nearby, Undecided, NotJudged, NothingWrong }
    diagnosis::Bond => Bond { Owner, Node, Claim, Part, Pod, User }
    diagnosis::Happening => Happening { Created, Event, Condition, Ended, Started, Waiting, Finding, Deletion }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_not_cut_within_parentheses() {
        assert_eq!(
            brief("it hangs (since 9:00; seen late); 6 pods suffer"),
            "it hangs (since 9:00; seen late)"
        );
        assert_eq!((brief("all of it (a; b"), brief("")), ("all of it (a; b".to_owned(), String::new()));
    }
}
