//! Which lessons could not decide about an object, and why.

use std::collections::BTreeSet;

use rutter_cluster::{Cluster, Kind, ObjectRef, Unseen};
use rutter_lessons::{Context, LESSONS, Lesson};

use super::kin::{Bond, Kinship};
use crate::{
    Undecided,
    evaluate::{ask_at, kind_of, missing, unseen},
};

/// Whether any lesson is about objects of that kind.
pub(super) fn is_judged(object: &ObjectRef) -> bool {
    let kind = Kind::of(&object.api_version, &object.kind);
    LESSONS.iter().any(|lesson| kind.is_some_and(|kind| is_about(lesson, kind)))
}

fn is_about(lesson: &Lesson, kind: Kind) -> bool {
    lesson.evaluate.iter().any(|question| kind_of(*question) == kind)
}

/// What could not be decided about the object, its pods, and the node that it runs on. Each lesson is asked about them alone: that
/// it could not decide about others is no reason for doubt here.
pub(super) fn of(cluster: &Cluster, object: &ObjectRef, kinship: &Kinship) -> Vec<Undecided> {
    let close = kinship.kin.iter().filter(|kin| matches!(kin.bond, Bond::Node | Bond::Part));
    let close = close.map(|kin| &kin.object);
    // All of them: what was not asked of a pod that is not shown is not decided either.
    let pods = kinship.pods.iter().filter(|_| kinship.bond.is_part());
    let subjects: Vec<&ObjectRef> = [object].into_iter().chain(close).chain(pods).collect();
    let kinds: BTreeSet<Kind> =
        subjects.iter().filter_map(|object| Kind::of(&object.api_version, &object.kind)).collect();
    let mut undecided = BTreeSet::new();
    for lesson in LESSONS.iter().filter(|lesson| kinds.iter().any(|kind| is_about(lesson, *kind))) {
        let met = asked(lesson, cluster, &subjects).into_iter();
        undecided.extend(met.map(|unseen| Undecided { lesson: lesson.id, why: unseen.to_string() }));
    }
    undecided.into_iter().collect()
}

/// What a lesson met that it could not see, and what of the kinds that it can't do without it read although none was seen.
fn asked(lesson: &Lesson, cluster: &Cluster, subjects: &[&ObjectRef]) -> Vec<Unseen> {
    // One for all subjects: it keeps what a lesson computes once for many.
    let context = Context::new(cluster);
    let mut met = Vec::new();
    for subject in subjects {
        let kind = Kind::of(&subject.api_version, &subject.kind);
        let at = kind.and_then(|kind| cluster.position(kind, &subject.namespace, &subject.name));
        let (Some(kind), Some(at)) = (kind, at) else { continue };
        let questions = lesson.evaluate.iter().filter(|question| kind_of(**question) == kind);
        let answers = questions.map(|question| ask_at(*question, cluster, &context, at, &mut Vec::new()));
        met.extend(answers.filter_map(Result::err).map(|(unseen, _)| unseen));
    }
    let read = context.kinds_read();
    met.extend(
        missing(lesson, cluster).filter(|kind| read.contains(*kind)).map(|kind| unseen(kind, cluster)),
    );
    met
}
