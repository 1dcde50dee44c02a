//! Which finding explains which.

use std::{cmp::Reverse, collections::BTreeMap};

use rustc_hash::FxHashMap;
use rutter_cluster::Cluster;
use rutter_lessons::{Because, Confidence, Context, Finding, Lesson, Relation};

use crate::related::Related;

/// One finding explains another.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The position of the finding that explains.
    pub cause: usize,
    /// The position of the finding that is explained.
    pub effect: usize,
    /// Why, and how sure.
    pub because: Because,
}

/// Every cause that a lesson declares and that holds here.
pub(crate) fn edges(lessons: &[&'static Lesson], cluster: &Cluster, findings: &[Finding]) -> Vec<Edge> {
    let related = Related::new(cluster, findings);
    let context = Context::new(cluster);
    let lesson_of: FxHashMap<&str, &Lesson> = lessons.iter().map(|lesson| (lesson.id, *lesson)).collect();
    let mut edges = Vec::new();
    for (cause, finding) in findings.iter().enumerate() {
        let declared = lesson_of.get(finding.lesson).map_or(&[][..], |lesson| lesson.causes);
        let mut effects = BTreeMap::<Relation, Vec<usize>>::new();
        for rule in declared {
            let effects =
                effects.entry(rule.relation).or_insert_with(|| related.effects(cause, rule.relation));
            let effects = effects.iter().copied();
            for effect in effects.filter(|effect| findings[*effect].lesson == rule.explains) {
                // What is over doesn't explain what goes on, whatever else speaks for it.
                if finding.is_history() && !findings[effect].is_history() {
                    continue;
                }
                let because = (rule.check)(&context, finding, &findings[effect]);
                edges.extend(because.map(|because| Edge { cause, effect, because }));
            }
        }
    }
    edges
}

/// For each finding the edge to the one that explains it best, if there is one; free of cycles.
///
/// The surest edge wins. Of equally sure ones the nearest cause does: one about the same pod or owner before one about its
/// node, because the nearer cause is in turn explained by the farther one, and a chain tells more than a fan. Then the
/// one that began first, then the first in the order of findings.
pub(crate) fn parents(
    lessons: &[&'static Lesson],
    findings: &[Finding],
    edges: &[Edge],
) -> Vec<Option<usize>> {
    let group: FxHashMap<&str, _> = lessons.iter().map(|lesson| (lesson.id, lesson.group)).collect();
    let rank = |edge: &Edge| {
        let cause = &findings[edge.cause];
        let began = cause.since.map_or(i64::MAX, rutter_cluster::Time::unix);
        (
            Reverse(edge.because.confidence),
            Reverse(group.get(cause.lesson).copied()),
            began,
            edge.cause,
            edge.effect,
        )
    };
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|edge| rank(&edges[*edge]));
    let mut parent: Vec<Option<usize>> = vec![None; findings.len()];
    for edge in order {
        let Edge { cause, effect, .. } = edges[edge];
        if parent[effect].is_none() && root_of(&parent, edges, cause) != effect {
            parent[effect] = Some(edge);
        }
    }
    parent
}

/// The finding at the top of the chain of causes above `finding`.
pub(crate) fn root_of(parent: &[Option<usize>], edges: &[Edge], finding: usize) -> usize {
    let mut at = finding;
    while let Some(edge) = parent[at] {
        at = edges[edge].cause;
    }
    at
}

/// How sure the chain from the root down to `finding` is: as sure as its weakest link.
pub(crate) fn chain_confidence(parent: &[Option<usize>], edges: &[Edge], finding: usize) -> Confidence {
    let mut confidence = Confidence::Certain;
    let mut at = finding;
    while let Some(edge) = parent[at] {
        confidence = confidence.min(edges[edge].because.confidence);
        at = edges[edge].cause;
    }
    confidence
}
