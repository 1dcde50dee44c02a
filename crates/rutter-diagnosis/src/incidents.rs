//! Incidents: a root finding with all that it explains.

use std::{cmp::Reverse, collections::BTreeMap};

use rutter_cluster::{Cluster, ObjectRef, Resource, Time};
use rutter_lessons::{Confidence, Context, Finding, Lesson, Remedy, Severity};

use crate::{
    Diagnosis, Identified, Undecided,
    causes::{Edge, chain_confidence, parents, root_of},
    identity,
};

/// One thing that is wrong, with all that follows from it.
#[derive(Debug)]
pub struct Incident {
    /// The id of the root finding.
    pub id: String,
    /// The worst of all its findings.
    pub severity: Severity,
    /// How sure the root finding is.
    pub confidence: Confidence,
    /// When the root began.
    pub since: Option<Time>,
    /// When it ended, for history.
    pub until: Option<Time>,
    /// The position of the root in [`Diagnosis::findings`].
    pub root: usize,
    /// What the root explains, over any number of steps: each after its own cause.
    pub explains: Vec<Explained>,
    /// Services, workloads and Ingresses that suffer.
    pub harms: Vec<ObjectRef>,
    /// What to do about the root, the first thing first.
    pub remedies: Vec<Remedy>,
}

/// A finding that is explained by another of its incident.
#[derive(Debug)]
pub struct Explained {
    /// Its position in [`Diagnosis::findings`].
    pub finding: usize,
    /// The position of the finding that explains it.
    pub by: usize,
    /// How many steps it is from the root.
    pub depth: usize,
    /// Why, in words to stand after "because".
    pub why: String,
    /// How sure the whole chain from the root is.
    pub confidence: Confidence,
    /// Other findings, under other roots, that explain it too.
    pub also: Vec<usize>,
}

/// Builds the diagnosis from findings and the edges between them.
pub(crate) fn build(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    findings: Vec<Finding>,
    edges: &[Edge],
    undecided: Vec<Undecided>,
) -> Diagnosis {
    let parent = parents(lessons, &findings, edges);
    let roots: Vec<usize> = (0..findings.len()).map(|finding| root_of(&parent, edges, finding)).collect();
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
        findings: &findings,
        edges,
        parent: &parent,
        children: &children,
        incoming: &incoming,
        roots: &roots,
    };
    let context = Context::new(cluster);
    let all = (0..findings.len()).filter(|finding| parent[*finding].is_none());
    let all = all.map(|root| {
        let mut explains = Vec::new();
        tree.below(root, 1, &mut explains);
        incident(lessons, cluster, &context, &findings, root, explains)
    });
    let (mut history, mut incidents): (Vec<_>, Vec<_>) = all.partition(|incident| incident.until.is_some());
    rank(&findings, &mut incidents);
    history.sort_by_key(|incident| (Reverse(incident.until), incident.root));
    let ids: Vec<String> = findings.iter().map(identity::id).collect();
    let findings = findings.into_iter().enumerate();
    let findings = findings
        .map(|(n, finding)| Identified { id: ids[n].clone(), incident: ids[roots[n]].clone(), finding })
        .collect();
    Diagnosis { findings, incidents, history, undecided }
}

/// Puts first what is worst, then what explains most, then what began first.
fn rank(findings: &[Finding], incidents: &mut [Incident]) {
    incidents.sort_by_key(|incident| {
        let began = incident.since.map_or(i64::MAX, Time::unix);
        let root = &findings[incident.root];
        let symptoms = incident.explains.len();
        (Reverse(incident.severity), Reverse(symptoms), Reverse(root.confidence), began, incident.root)
    });
}

struct Tree<'a> {
    findings: &'a [Finding],
    edges: &'a [Edge],
    parent: &'a [Option<usize>],
    children: &'a BTreeMap<usize, Vec<usize>>,
    incoming: &'a BTreeMap<usize, Vec<usize>>,
    roots: &'a [usize],
}

impl Tree<'_> {
    /// Adds what `cause` explains, depth first; a tree is never deeper than there are lessons.
    fn below(&self, cause: usize, depth: usize, explains: &mut Vec<Explained>) {
        for &finding in self.children.get(&cause).into_iter().flatten() {
            let Some(edge) = self.parent[finding] else { continue };
            let others =
                self.incoming.get(&finding).into_iter().flatten().map(|edge| self.edges[*edge].cause);
            let mut also: Vec<usize> =
                others.filter(|cause| self.roots[*cause] != self.roots[finding]).collect();
            also.dedup();
            explains.push(Explained {
                finding,
                by: cause,
                depth,
                why: self.edges[edge].because.why.clone(),
                confidence: chain_confidence(self.parent, self.edges, finding)
                    .min(self.findings[self.roots[finding]].confidence),
                also,
            });
            self.below(finding, depth + 1, explains);
        }
    }
}

fn incident(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    context: &Context<'_>,
    findings: &[Finding],
    root: usize,
    explains: Vec<Explained>,
) -> Incident {
    let finding = &findings[root];
    let live =
        explains.iter().map(|explained| &findings[explained.finding]).filter(|effect| !effect.is_history());
    let severity = live.map(|effect| effect.severity).fold(finding.severity, Ord::max);
    let lesson = lessons.iter().find(|lesson| lesson.id == finding.lesson);
    let remedies = if finding.is_history() { None } else { lesson };
    Incident {
        id: identity::id(finding),
        severity: if finding.is_history() { finding.severity } else { severity },
        confidence: finding.confidence,
        since: finding.since,
        until: finding.until,
        harms: harms(cluster, findings, root, &explains),
        remedies: remedies.map_or_else(Vec::new, |lesson| (lesson.remedies)(context, finding)),
        root,
        explains,
    }
}

/// The Services and workloads among the findings, and the Ingresses that lead to those Services.
fn harms(cluster: &Cluster, findings: &[Finding], root: usize, explains: &[Explained]) -> Vec<ObjectRef> {
    let members = explains.iter().map(|explained| explained.finding).chain([root]);
    let mut harmed: Vec<ObjectRef> = members
        .map(|finding| &findings[finding])
        .filter(|finding| !finding.is_history())
        .map(|finding| &finding.object)
        .filter(|object| !matches!(object.kind.as_str(), "Node" | "Pod" | "PersistentVolumeClaim"))
        .cloned()
        .collect();
    let services: Vec<ObjectRef> = harmed.iter().filter(|object| object.kind == "Service").cloned().collect();
    for service in services {
        let ingresses = cluster.ingresses.in_namespace(&service.namespace).iter();
        let leading = ingresses.filter(|ingress| ingress.services().any(|name| *name == service.name));
        harmed.extend(leading.map(Resource::object_ref));
    }
    harmed.sort();
    harmed.dedup_by(|a, b| a.same(b));
    harmed
}
