//! Makes one finding of those that differ in nothing but the replica.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use rutter_cluster::{ObjectRef, Str};
use rutter_lessons::{Evidence, Finding, Severity};

/// More evidence than this says nothing new.
const MOST_EVIDENCE: usize = 8;

/// What must be equal for two findings to be one.
pub(crate) type Key = (&'static str, &'static str, Str, Str, Str, Option<Str>, bool);

pub(crate) fn key(finding: &Finding) -> Key {
    let object = &finding.object;
    (
        finding.lesson,
        finding.variant,
        object.kind.clone(),
        object.namespace.clone(),
        object.name.clone(),
        finding.container.clone(),
        finding.is_history(),
    )
}

/// Folds findings about replicas of one owner into one, and sorts all: the worst first.
pub(crate) fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups = FxHashMap::<Key, usize>::default();
    let mut members: Vec<Vec<Finding>> = Vec::new();
    for finding in findings {
        let group = *groups.entry(key(&finding)).or_insert_with(|| {
            members.push(Vec::new());
            members.len() - 1
        });
        members[group].push(finding);
    }
    let mut folded: Vec<Finding> = members.into_iter().filter_map(whole).collect();
    folded.sort_by(|a, b| order(a).cmp(&order(b)));
    folded
}

/// The order of findings: the worst first. No two have the same place in it.
pub(crate) fn order(finding: &Finding) -> (Reverse<Severity>, &ObjectRef, &str, &str, Option<&Str>, bool) {
    let container = finding.container.as_ref();
    let Finding { severity, object, lesson, variant, .. } = finding;
    (Reverse(*severity), object, lesson, variant, container, finding.is_history())
}

/// What stands for all the members of a group, which is the member itself if there is but one.
fn whole(mut members: Vec<Finding>) -> Option<Finding> {
    if members.len() == 1 {
        return members.pop();
    }
    one(&members.iter().collect::<Vec<_>>())
}

/// One finding that stands for all: the words of the worst and surest, the earliest beginning, all instances.
pub(crate) fn one(members: &[&Finding]) -> Option<Finding> {
    let best = |finding: &Finding| (finding.severity, finding.confidence, finding.evidence.len());
    // Of equals the first: they come in the order of their objects.
    let best = (0..members.len()).max_by_key(|&n| (best(members[n]), Reverse(n)))?;
    let mut whole = members[best].clone();
    whole.since = members.iter().filter_map(|finding| finding.since).min();
    whole.until = members.iter().filter_map(|finding| finding.until).max();
    whole.instances = instances(members);
    whole.hidden_by = members.iter().find_map(|finding| finding.hidden_by.clone());
    let others = members.iter().enumerate().filter(|(n, _)| *n != best).map(|(_, finding)| finding);
    for evidence in others.flat_map(|finding| &finding.evidence) {
        if whole.evidence.len() >= MOST_EVIDENCE {
            break;
        }
        let known = |known: &Evidence| known.origin == evidence.origin && known.value == evidence.value;
        if !whole.evidence.iter().any(known) {
            whole.evidence.push(evidence.clone());
        }
    }
    if members.iter().any(|finding| finding.node != whole.node) {
        whole.node = Str::default();
    }
    Some(whole)
}

/// The instances of all, each once, in order.
fn instances(members: &[&Finding]) -> Vec<ObjectRef> {
    let mut all: Vec<&ObjectRef> = members.iter().flat_map(|finding| &finding.instances).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().cloned().collect()
}
