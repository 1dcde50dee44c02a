//! Which finding explains which.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use rustc_hash::FxHashMap;
use rutter_cluster::Cluster;
use rutter_lessons::{Because, Context, Finding, Lesson, Relation};

use crate::related::{Place, Places, Related};

/// One finding explains another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The position of the finding that explains.
    pub cause: usize,
    /// The position of the finding that is explained.
    pub effect: usize,
    /// Why, and how sure.
    pub because: Because,
}

/// The position of a rule among those that a lesson declares.
pub(crate) type Rule = u16;

/// The findings that one may explain by where they are, and by which rules of its lesson.
pub(crate) fn candidates<'a, F: Fn(usize) -> &'a Finding>(
    lesson: &Lesson,
    related: &Related<'a, F>,
) -> BTreeSet<(usize, Rule)> {
    let finding = related.cause();
    let mut effects = BTreeMap::<Relation, Vec<usize>>::new();
    let mut candidates = BTreeSet::new();
    for (n, rule) in (0..).zip(lesson.causes) {
        let effects = effects.entry(rule.relation).or_insert_with(|| related.effects(rule.relation));
        candidates.extend(effects.iter().copied().filter_map(|effect| {
            let other = related.finding(effect);
            // What is over doesn't explain what goes on, whatever else speaks for it.
            let fits = other.lesson == rule.explains && (!finding.is_history() || other.is_history());
            fits.then_some((effect, n))
        }));
    }
    candidates
}

/// Why one finding explains another, if it does by this rule.
pub(crate) fn check(
    lesson: &Lesson,
    rule: Rule,
    context: &Context<'_>,
    cause: &Finding,
    effect: &Finding,
) -> Option<Because> {
    let rule = lesson.causes.get(usize::from(rule))?;
    (rule.check)(context, cause, effect)
}

/// Every cause that a lesson declares and that holds here.
pub(crate) fn edges(lessons: &[&'static Lesson], cluster: &Cluster, findings: &[Finding]) -> Vec<Edge> {
    let context = Context::new(cluster);
    let mut places = Places::default();
    for (n, finding) in findings.iter().enumerate() {
        places.add(n, &Place::of(cluster, &context, finding));
    }
    let at = |n: usize| &findings[n];
    let lesson_of: FxHashMap<&str, &Lesson> = lessons.iter().map(|lesson| (lesson.id, *lesson)).collect();
    let mut edges = Vec::new();
    for (cause, finding) in findings.iter().enumerate() {
        let Some(lesson) = lesson_of.get(finding.lesson) else { continue };
        let related = Related::to(cause, cluster, &context, &places, at);
        edges.extend(candidates(lesson, &related).into_iter().filter_map(|(effect, rule)| {
            let because = check(lesson, rule, &context, finding, &findings[effect])?;
            Some(Edge { cause, effect, because })
        }));
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
    findings: &[&Finding],
    edges: &[Edge],
) -> Vec<Option<usize>> {
    let group: FxHashMap<&str, _> = lessons.iter().map(|lesson| (lesson.id, lesson.group)).collect();
    let rank = |edge: &Edge| {
        let cause = findings[edge.cause];
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
    let mut roots = Roots::new(findings.len());
    for edge in order {
        let Edge { cause, effect, .. } = edges[edge];
        if parent[effect].is_none() && roots.of(cause) != effect {
            parent[effect] = Some(edge);
            roots.join(effect, cause);
        }
    }
    parent
}

/// Knows the finding at the top of each chain of causes. Chains can be as long as there are findings, so every walk
/// shortens the way for the next.
pub(crate) struct Roots(Vec<usize>);

impl Roots {
    fn new(findings: usize) -> Self {
        Self((0..findings).collect())
    }

    /// The roots of all findings, by the edges that were chosen.
    pub(crate) fn all(parent: &[Option<usize>], edges: &[Edge]) -> Vec<usize> {
        let mut roots = Self::new(parent.len());
        for (finding, edge) in parent.iter().enumerate() {
            if let Some(edge) = edge {
                roots.join(finding, edges[*edge].cause);
            }
        }
        (0..parent.len()).map(|finding| roots.of(finding)).collect()
    }

    fn join(&mut self, effect: usize, cause: usize) {
        self.0[effect] = cause;
    }

    fn of(&mut self, finding: usize) -> usize {
        let mut at = finding;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }
}
