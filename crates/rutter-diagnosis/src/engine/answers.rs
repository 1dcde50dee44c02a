//! What the lessons say of each subject.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, Kind, Str, Unseen};
use rutter_lessons::{
    Context, Evaluate, Finding, Lesson,
    reads::{Key, Reads},
};

use super::{dependents::Computed, groups::GroupId};
use crate::evaluate::{self, NotSeen};

/// A question of a lesson.
#[derive(Clone, Copy)]
pub(super) struct Question {
    /// The position of its lesson.
    pub(super) lesson: usize,
    pub(super) ask: Evaluate,
    pub(super) kind: Kind,
}

/// All questions, in the order of the lessons.
pub(super) fn questions(lessons: &[&'static Lesson]) -> Vec<Question> {
    let of = |(lesson, of): (usize, &&'static Lesson)| {
        of.evaluate.iter().map(move |ask| Question { lesson, ask: *ask, kind: evaluate::kind_of(*ask) })
    };
    lessons.iter().enumerate().flat_map(of).collect()
}

/// The object that was asked about. Its name is kept: it is needed when the object is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) question: u16,
    pub(super) namespace: Str,
    pub(super) name: Str,
}

/// What was answered about a subject, where there is anything to remember.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) subject: Subject,
    /// The groups that its findings are in.
    pub(super) groups: Vec<GroupId>,
    pub(super) unseen: Option<(Unseen, &'static str)>,
}

/// What asking a subject brought.
pub(super) struct Said {
    pub(super) question: u16,
    pub(super) at: u32,
    pub(super) findings: Vec<Finding>,
    pub(super) unseen: Option<(Unseen, &'static str)>,
    pub(super) reads: Reads,
}

impl Said {
    pub(super) fn computed(&self) -> Computed {
        Computed::Answer { question: self.question, at: self.at }
    }

    fn is_nothing(&self) -> bool {
        self.findings.is_empty() && self.unseen.is_none() && self.reads == Reads::default()
    }
}

/// The answers of all subjects, and what they could not see.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) all: FxHashMap<(u16, u32), Answer>,
    /// By lesson.
    pub(super) unseen: Vec<NotSeen>,
}

impl Answers {
    pub(super) fn saw_not(&mut self, lesson: usize, what: &(Unseen, &'static str)) {
        *self.unseen[lesson].entry(what.clone()).or_default() += 1;
    }

    pub(super) fn saw_after_all(&mut self, lesson: usize, what: &(Unseen, &'static str)) {
        if let Some(number) = self.unseen[lesson].get_mut(what) {
            *number -= 1;
            if *number == 0 {
                self.unseen[lesson].remove(what);
            }
        }
    }
}

/// Asks a question about the subject at a position.
pub(super) fn ask(cluster: &Cluster, context: &Context<'_>, of: Question, question: u16, at: u32) -> Said {
    let mut findings = Vec::new();
    let unseen = evaluate::ask_at(of.ask, cluster, context, at, &mut findings).err();
    Said { question, at, findings, unseen, reads: context.take_reads() }
}

/// Leaves out what needs no note: whatever happens to a subject or is told of it has all questions about it asked again.
pub(super) fn without_own(cluster: &Cluster, of: Question, said: &mut Said) {
    if said.reads.keys.is_empty() {
        return;
    }
    let Some(subject) = cluster.name_at(of.kind, said.at) else { return };
    let (namespace, name) = subject;
    let mut own = vec![Key::object(of.kind, namespace, name), Key::events(of.kind.name(), namespace, name)];
    if of.kind == Kind::Pod {
        let under = [Key::pods_under, Key::unready_under, Key::any_ready_under];
        own.extend(under.map(|key| key("Pod", namespace, name)));
    }
    said.reads.keys.retain(|key| !own.contains(key));
}

/// Asks everything, on all cores. What there is nothing to remember of is left out.
pub(super) fn ask_all(cluster: &Cluster, questions: &[Question]) -> Vec<Said> {
    let pieces: Vec<(u16, Vec<u32>)> = (0..)
        .zip(questions)
        .flat_map(|(n, question)| cluster.positions(question.kind).map(move |piece| (n, piece.to_vec())))
        .collect();
    let said = |(question, piece): (u16, Vec<u32>)| {
        let context = Context::recording(cluster);
        let of = questions[usize::from(question)];
        let all = piece.into_iter().map(|at| {
            let mut said = ask(cluster, &context, of, question, at);
            without_own(cluster, of, &mut said);
            said
        });
        all.filter(|said| !said.is_nothing()).collect::<Vec<_>>()
    };
    pieces.into_par_iter().flat_map_iter(said).collect()
}
