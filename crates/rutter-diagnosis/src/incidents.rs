//! Incidents: a root finding with all that it explains.

use std::{cmp::Reverse, collections::BTreeMap};

use rutter_cluster::{Cluster, Time};
use rutter_lessons::{Confidence, Context, Finding, Lesson, Remedy, Risk, Severity};

use crate::{
    Diagnosis, Identified, Undecided,
    causes::{Edge, Roots, parents},
    harm::{self, Harm},
    identity,
};

/// One thing that is wrong, with all that follows from it.
#[derive(Debug, Clone)]
pub struct Incident {
    /// The id of the root finding.
    pub id: String,
    /// The worst of all its findings.
    pub severity: Severity,
    /// How sure it is that this is wrong and is the root: no more than `Possible` where its own cause may be
    /// [hidden](Finding::hidden_by).
    pub confidence: Confidence,
    /// When the root began.
    pub since: Option<Time>,
    /// When it ended, for history.
    pub until: Option<Time>,
    /// The position of the root in [`Diagnosis::findings`].
    pub root: usize,
    /// What the root explains, over any number of steps: each after its own cause.
    pub explains: Vec<Explained>,
    /// Whom it harms.
    pub harms: Harm,
    /// What to do about the root, the first thing first.
    pub remedies: Vec<Remedy>,
}

/// A finding that is explained by another of its incident.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its position in [`Diagnosis::findings`].
    pub finding: usize,
    /// The position of the finding that explains it.
    pub by: usize,
    /// How many steps it is from the root.
    pub depth: usize,
    /// Why, in words to stand after "because".
    pub why: String,
    /// How sure the whole chain from the root is: as its weakest finding or link.
    pub confidence: Confidence,
    /// Other findings, under other roots, that explain it too.
    pub also: Vec<usize>,
    /// What of it stays when the root is gone, and what to do then; nothing where it heals by itself, or is over.
    pub stays: Option<&'static str>,
}

/// Builds the diagnosis from findings and the edges between them.
pub(crate) fn build(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    findings: Vec<Finding>,
    edges: &[Edge],
    undecided: Vec<Undecided>,
) -> Diagnosis {
    let all: Vec<&Finding> = findings.iter().collect();
    let (incidents, roots) = of_roots(lessons, cluster, &Context::new(cluster), &all, edges);
    assemble(findings, &roots, incidents, undecided)
}

/// Puts the parts of a diagnosis together: `roots` tells the root of each finding.
pub(crate) fn assemble(
    findings: Vec<Finding>,
    roots: &[usize],
    incidents: Vec<Incident>,
    undecided: Vec<Undecided>,
) -> Diagnosis {
    let (mut history, mut incidents): (Vec<_>, Vec<_>) =
        incidents.into_iter().partition(|incident| incident.until.is_some());
    rank(&findings, &mut incidents);
    history.sort_by_key(|incident| (Reverse(incident.until), incident.root));
    let ids: Vec<String> = findings.iter().map(identity::id).collect();
    let findings = findings.into_iter().enumerate();
    let findings = findings
        .map(|(n, finding)| Identified { id: ids[n].clone(), incident: ids[roots[n]].clone(), finding })
        .collect();
    Diagnosis { findings, incidents, history, undecided }
}

/// An incident for each root among the findings, and the root of each finding.
pub(crate) fn of_roots(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    context: &Context<'_>,
    findings: &[&Finding],
    edges: &[Edge],
) -> (Vec<Incident>, Vec<usize>) {
    let parent = parents(lessons, findings, edges);
    let roots = Roots::all(&parent, edges);
    let mut children = BTreeMap::<usize, Vec<usize>>::new();
    for (finding, edge) in parent.iter().enumerate() {
        if let Some(edge) = edge {
            children.entry(edges[*edge].cause).or_default().push(finding);
        }
    }
    let mut incoming = BTreeMap::<usize, Vec<usize>>::new();
    for (n, edge) in edges.iter().enumerate() {
        incoming.entry(edge.effect).or_default().push(n);
    }
    let tree = Tree {
        lessons,
        findings,
        edges,
        parent: &parent,
        children: &children,
        incoming: &incoming,
        roots: &roots,
    };
    let all = (0..findings.len()).filter(|finding| parent[*finding].is_none());
    let all = all.map(|root| incident(lessons, cluster, context, findings, root, tree.below(root)));
    (all.collect(), roots)
}

/// Puts first what is worst, of that the nodes that don't work (whatever runs there hangs on them), then what explains most, then
/// what is surest and began first.
fn rank(findings: &[Finding], incidents: &mut [Incident]) {
    incidents.sort_by_key(|incident| {
        let began = incident.since.map_or(i64::MAX, Time::unix);
        let root = &findings[incident.root];
        let symptoms = incident.explains.len();
        // What is low works so far: an old kernel is no reason to wait with a container that is killed.
        let is_of_node = root.object.kind == "Node" && incident.severity > Severity::Low;
        (
            Reverse(incident.severity),
            !is_of_node,
            Reverse(symptoms),
            Reverse(incident.confidence),
            began,
            incident.root,
        )
    });
}

struct Tree<'a> {
    lessons: &'a [&'static Lesson],
    findings: &'a [&'a Finding],
    edges: &'a [Edge],
    parent: &'a [Option<usize>],
    children: &'a BTreeMap<usize, Vec<usize>>,
    incoming: &'a BTreeMap<usize, Vec<usize>>,
    roots: &'a [usize],
}

impl Tree<'_> {
    /// What `root` explains over any number of steps, each behind its own cause. A chain can be as long as there are
    /// findings (webhook behind webhook), so the way down costs no stack.
    fn below(&self, root: usize) -> Vec<Explained> {
        let mut explains = Vec::new();
        let mut waiting = self.effects(root, 1, self.findings[root].confidence);
        while let Some(step) = waiting.pop() {
            let Step { finding, edge, depth, confidence } = step;
            let Edge { cause, because, .. } = &self.edges[edge];
            explains.push(Explained {
                finding,
                by: *cause,
                depth,
                why: because.why.clone(),
                confidence,
                also: self.also(finding),
                stays: self.stays(finding),
            });
            let sure = confidence.min(self.findings[finding].confidence);
            waiting.extend(self.effects(finding, depth + 1, sure));
        }
        explains
    }

    fn stays(&self, finding: usize) -> Option<&'static str> {
        let finding = self.findings[finding];
        let lesson = self.lessons.iter().find(|lesson| lesson.id == finding.lesson)?;
        if finding.is_history() { None } else { (lesson.stays)(finding) }
    }

    /// The direct effects of `cause`, the last first; `sure` is the chain down to and with the cause.
    fn effects(&self, cause: usize, depth: usize, sure: Confidence) -> Vec<Step> {
        let effects = self.children.get(&cause).into_iter().flatten().rev();
        let step = |&finding: &usize| {
            let edge = self.parent[finding]?;
            Some(Step { finding, edge, depth, confidence: sure.min(self.edges[edge].because.confidence) })
        };
        effects.filter_map(step).collect()
    }

    /// Other causes, under other roots, that explain it too.
    fn also(&self, finding: usize) -> Vec<usize> {
        let others = self.incoming.get(&finding).into_iter().flatten().map(|edge| self.edges[*edge].cause);
        let mut also: Vec<usize> = others.filter(|cause| self.roots[*cause] != self.roots[finding]).collect();
        also.dedup();
        also
    }
}

/// A finding on the way down from a root.
struct Step {
    finding: usize,
    edge: usize,
    depth: usize,
    confidence: Confidence,
}

fn incident(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    context: &Context<'_>,
    findings: &[&Finding],
    root: usize,
    explains: Vec<Explained>,
) -> Incident {
    let finding = findings[root];
    let live =
        explains.iter().map(|explained| findings[explained.finding]).filter(|effect| !effect.is_history());
    let severity = live.map(|effect| effect.severity).fold(finding.severity, Ord::max);
    let members = explains.iter().map(|explained| explained.finding).chain([root]);
    let lesson = lessons.iter().find(|lesson| lesson.id == finding.lesson);
    let remedies = if finding.is_history() { None } else { lesson };
    let hidden = finding.hidden_by.is_some() && !finding.is_history();
    Incident {
        id: identity::id(finding),
        severity: if finding.is_history() { finding.severity } else { severity },
        confidence: if hidden { Confidence::Possible } else { finding.confidence },
        since: finding.since,
        until: finding.until,
        harms: harm::of(cluster, context, members.map(|member| findings[member])),
        remedies: remedies.map_or_else(Vec::new, |lesson| looking_first(lesson.steps(context, finding))),
        root,
        explains,
    }
}

/// What only looks comes first. The rest stays in the lesson's order: one step may undo what the step before did.
fn looking_first(mut remedies: Vec<Remedy>) -> Vec<Remedy> {
    remedies.sort_by_key(|remedy| remedy.risk != Risk::ReadOnly);
    remedies
}

#[cfg(test)]
mod tests {
    use rutter_cluster::{ClusterInfo, Coverage, Logs, Tables, objects::Service};
    use rutter_lessons::Because;

    use super::*;

    /// Each finding explains the next, and the last one the first where the chain is a circle.
    fn chain(length: usize, weak: usize, circle: bool) -> Diagnosis {
        let finding = |n: usize| {
            let mut service = Service::default();
            service.meta.name = format!("s{n}").into();
            let mut finding = Finding::about("service-no-backends", &service);
            finding.confidence = if n == weak { Confidence::Possible } else { Confidence::Certain };
            finding
        };
        let edge = |cause| Edge {
            cause,
            effect: (cause + 1) % length,
            because: Because::new(Confidence::Certain, "so it is"),
        };
        let cluster =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        let edges: Vec<Edge> = (0..if circle { length } else { length - 1 }).map(edge).collect();
        build(&[], &cluster, (0..length).map(finding).collect(), &edges, Vec::new())
    }

    #[test]
    fn a_chain_of_any_length_is_one_incident_as_sure_as_its_weakest_part() {
        let diagnosis = chain(50_000, 2, false);
        assert_eq!(diagnosis.incidents.len(), 1);
        let explains = &diagnosis.incidents[0].explains;
        assert_eq!((explains.len(), explains[49_998].depth), (49_999, 49_999));
        let confidence: Vec<Confidence> =
            explains[..3].iter().map(|explained| explained.confidence).collect();
        assert_eq!(confidence, [Confidence::Certain, Confidence::Certain, Confidence::Possible]);
    }

    /// The order of two incidents without effects: one about a node, one about a Service that began earlier.
    fn first_of(severity: Severity) -> String {
        let (mut node, mut service) = (rutter_cluster::objects::Node::default(), Service::default());
        node.meta.name = "node-a".into();
        service.meta.name = "web".into();
        let (mut node, mut service) =
            (Finding::about("node-versions", &node), Finding::about("limit-reached", &service));
        (node.severity, service.severity) = (severity, severity);
        service.since = Time::parse("2026-03-02T09:20:00Z");
        let cluster =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        let diagnosis = build(&[], &cluster, vec![node, service], &[], Vec::new());
        diagnosis.findings[diagnosis.incidents[0].root].finding.object.name.to_string()
    }

    #[test]
    fn a_node_stands_first_if_it_does_not_work_and_not_for_a_risk() {
        assert_eq!(first_of(Severity::High), "node-a");
        assert_eq!(first_of(Severity::Low), "web");
    }

    #[test]
    fn what_may_follow_from_something_unseen_is_no_certain_root() {
        let (mut seen, mut hidden) = (Service::default(), Service::default());
        (seen.meta.name, hidden.meta.name) = ("b".into(), "a".into());
        let (seen, mut hidden) =
            (Finding::about("service-no-backends", &seen), Finding::about("service-no-backends", &hidden));
        let unseen = rutter_cluster::Unseen {
            kind: rutter_cluster::Kind::Node,
            state: rutter_cluster::State::Forbidden,
            namespace: "".into(),
        };
        hidden.hidden_by = Some(unseen);
        let cluster =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        let diagnosis = build(&[], &cluster, vec![hidden, seen], &[], Vec::new());
        let sure: Vec<Confidence> = diagnosis.incidents.iter().map(|incident| incident.confidence).collect();
        assert_eq!(sure, [Confidence::Certain, Confidence::Possible]);
    }

    #[test]
    fn a_circle_has_a_root() {
        let mut diagnosis = chain(3, 9, true);
        assert_eq!(diagnosis.incidents.len(), 1);
        diagnosis.keep_at_least(Severity::Critical);
        assert!(diagnosis.incidents.is_empty() && diagnosis.findings.is_empty());
    }
}
