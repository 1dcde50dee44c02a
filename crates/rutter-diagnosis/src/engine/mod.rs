//! A diagnosis that is kept current, a change at a time.
//!
//! What [`diagnose`](crate::diagnose) computes at once is here computed in steps that note what they read: what each
//! lesson says of each subject, what a finding is about, what it explains, the incidents of findings that hang together.
//! A change of an object touches the questions whose answers it takes part in; what has asked one of them is computed
//! again, and what depends on that in turn, and nothing else. Time is a change like any other: an answer that depends on
//! an age says up to when it holds.
//!
//! After any changes the result equals that of a full evaluation.

mod answers;
mod components;
mod dependents;
mod explain;
mod groups;
mod kept;
mod settle;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use rutter_cluster::{
    Change, Cluster, ClusterInfo, Coverage, EventKey, Kind, LogKey, Logs, Object, ObjectRef, Str, Tables,
    Time,
};
use rutter_lessons::{
    Finding, LESSONS, Lesson,
    reads::{self, Key},
};
use slab::Slab;

use self::{
    answers::{Answers, Question},
    components::Component,
    dependents::{Computed, Dependents},
    groups::{GroupId, Groups, LinkId},
    kept::Kept,
};
use crate::{Diagnosis, Incident, Scope, causes::Rule, evaluate, fold, incidents};

/// What must be computed again.
#[derive(Debug, Default)]
struct Dirty {
    /// What may not be as it was computed.
    kept: BTreeSet<u32>,
    answers: BTreeSet<(u16, u32)>,
    /// Groups whose members changed.
    groups: BTreeSet<GroupId>,
    /// Groups that may be found elsewhere.
    places: BTreeSet<GroupId>,
    /// Groups that may be candidates for explaining others.
    candidates: BTreeSet<GroupId>,
    /// Links that may hold or not.
    links: BTreeSet<LinkId>,
    components: BTreeSet<u32>,
    /// Groups that are in no component.
    loose: BTreeSet<GroupId>,
}

impl Dirty {
    fn mark(&mut self, computed: Computed) {
        match computed {
            Computed::Answer { question, at } => self.answers.insert((question, at)),
            Computed::Kept(id) => self.kept.insert(id),
            Computed::Place(group) => self.places.insert(group),
            Computed::Candidates(group) => self.candidates.insert(group),
            Computed::Link(link) => self.links.insert(link),
            Computed::Incidents(component) => self.components.insert(component),
        };
    }
}

/// A cluster with its diagnosis, both kept current.
pub struct Engine {
    lessons: Vec<&'static Lesson>,
    questions: Vec<Question>,
    by_kind: FxHashMap<Kind, Vec<u16>>,
    cluster: Cluster,
    kept: Kept,
    answers: Answers,
    groups: Groups,
    /// The cause, the effect and the rule of each link.
    links: Slab<(GroupId, GroupId, Rule)>,
    components: Slab<Component>,
    dependents: Dependents,
    dirty: Dirty,
}

impl Engine {
    /// Diagnoses a cluster with all lessons, and keeps what is needed to go on from there.
    pub fn new(cluster: Cluster) -> Self {
        Self::with(LESSONS, cluster)
    }

    /// As [`Engine::new`], with these lessons only.
    pub fn with(lessons: &[&'static Lesson], cluster: Cluster) -> Self {
        let questions = answers::questions(lessons);
        let mut by_kind = FxHashMap::<Kind, Vec<u16>>::default();
        for (n, question) in (0..).zip(&questions) {
            by_kind.entry(question.kind).or_default().push(n);
        }
        let mut engine = Self {
            lessons: lessons.to_vec(),
            questions,
            by_kind,
            cluster,
            kept: Kept::default(),
            answers: Answers::default(),
            groups: Groups::default(),
            links: Slab::new(),
            components: Slab::new(),
            dependents: Dependents::default(),
            dirty: Dirty::default(),
        };
        engine.evaluate_all();
        engine
    }

    /// The cluster as it is now.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Takes a change in. What it touches is computed by [`Engine::settle`], once for many changes.
    pub fn apply(&mut self, change: Change) {
        let (kind, namespace, name) = match &change {
            Change::Put(object) => {
                (object.kind(), object.meta().namespace.clone(), object.meta().name.clone())
            }
            Change::Remove { kind, namespace, name } => (*kind, namespace.clone(), name.clone()),
            Change::Log(key, _) => return self.apply_log(&key.clone(), change),
        };
        let is_heartbeat = self.is_heartbeat(&change);
        let mut keys = Vec::new();
        self.touch(kind, &namespace, &name, &mut keys);
        self.cluster.apply(change);
        self.touch(kind, &namespace, &name, &mut keys);
        if is_heartbeat {
            // Who reads heartbeats asks for those of all nodes, or about the node itself.
            let steady = [Key::steady_nodes(), Key::object(kind, &namespace, &name)];
            keys.retain(|key| !steady.contains(key));
        }
        self.mark(keys);
    }

    /// Takes in a list that was read anew: what it doesn't hold is gone.
    pub fn replace(&mut self, kind: Kind, namespace: Option<&str>, objects: Vec<Object>) {
        let name = |object: &Object| (object.meta().namespace.clone(), object.meta().name.clone());
        let read: BTreeSet<(Str, Str)> = objects.iter().map(name).collect();
        for known in self.cluster.refs(kind) {
            let is_in_list = namespace.is_none_or(|namespace| known.namespace == namespace);
            let ObjectRef { namespace, name, .. } = known;
            if is_in_list && !read.contains(&(namespace.clone(), name.clone())) {
                self.apply(Change::Remove { kind, namespace, name });
            }
        }
        for object in objects {
            if !self.cluster.holds(&object) {
                self.apply(Change::Put(object));
            }
        }
    }

    /// Whether nothing happened but that a node said again what it had said before: the most frequent change there is.
    fn is_heartbeat(&self, change: &Change) -> bool {
        let Change::Put(Object::Node(node)) = change else { return false };
        let known = self.cluster.nodes.get("", &node.meta.name);
        known.is_some_and(|known| known.differs_only_by_heartbeat(node))
    }

    fn apply_log(&mut self, key: &LogKey, change: Change) {
        self.cluster.apply(change);
        self.mark(vec![reads::touched_by_log(key)]);
    }

    /// Changes what counts as seen. That touches nearly everything, so everything is computed anew.
    pub fn cover(&mut self, coverage: Coverage) {
        let empty =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        let cluster = std::mem::replace(&mut self.cluster, empty).with_coverage(coverage);
        *self = Self::with(&self.lessons.clone(), cluster);
    }

    /// Moves the time on: ages grow, and what holds only up to some age may hold no more.
    ///
    /// A clock that was put back changes nothing: what was old is not young again.
    pub fn advance(&mut self, time: Time) {
        let time = time.max(self.cluster.time());
        self.cluster.set_time(time);
        self.dependents.due(time).into_iter().for_each(|computed| self.dirty.mark(computed));
    }

    /// Notes the questions that an object takes part in the answers to.
    fn touch(&mut self, kind: Kind, namespace: &str, name: &str, keys: &mut Vec<Key>) {
        reads::touched(&self.cluster, kind, namespace, name, keys);
        self.mark_subject(kind, namespace, name);
        if let Some(event) = self.cluster.events.get(namespace, name).filter(|_| kind == Kind::Event) {
            let about = EventKey::of(event);
            if let Some(kind) = Kind::of(&event.involved_object.api_version, &about.kind) {
                self.mark_subject(kind, &about.namespace, &about.name);
            }
        }
    }

    /// Has all questions about an object asked again.
    fn mark_subject(&mut self, kind: Kind, namespace: &str, name: &str) {
        let Some(questions) = self.by_kind.get(&kind) else { return };
        if let Some(at) = self.cluster.position(kind, namespace, name) {
            self.dirty.answers.extend(questions.iter().map(|question| (*question, at)));
        }
    }

    fn mark(&mut self, mut keys: Vec<Key>) {
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            self.dependents.of(key).iter().for_each(|computed| self.dirty.mark(*computed));
        }
    }

    /// All that is wrong with the cluster now, as [`diagnose`](crate::diagnose) would say it.
    pub fn diagnosis(&self, scope: &Scope) -> Diagnosis {
        let mut order: Vec<(GroupId, &Finding)> =
            self.groups.iter().map(|(id, group)| (id, &group.finding)).collect();
        order.sort_by(|(_, a), (_, b)| fold::order(a).cmp(&fold::order(b)));
        let position: FxHashMap<GroupId, usize> =
            order.iter().enumerate().map(|(position, (id, _))| (*id, position)).collect();
        let mut roots = vec![0; order.len()];
        let mut all = Vec::new();
        for (_, component) in &self.components {
            let global: Vec<usize> =
                component.groups.iter().map(|id| position.get(id).copied().unwrap_or_default()).collect();
            for (place, root) in component.roots.iter().enumerate() {
                roots[global[place]] = global[*root];
            }
            all.extend(component.incidents.iter().map(|incident| moved(incident, &global)));
        }
        all.sort_by_key(|incident| incident.root);
        let findings = order.into_iter().map(|(_, finding)| finding.clone()).collect();
        let undecided = evaluate::undecided(&self.lessons, &self.cluster, &self.answers.unseen);
        scope.apply(&self.cluster, incidents::assemble(findings, &roots, all, undecided))
    }

    /// The lesson of a finding.
    fn lesson(lessons: &[&'static Lesson], finding: &Finding) -> Option<&'static Lesson> {
        lessons.iter().copied().find(|lesson| lesson.id == finding.lesson)
    }
}

/// An incident whose findings have other positions.
fn moved(incident: &Incident, positions: &[usize]) -> Incident {
    let mut moved = incident.clone();
    moved.root = positions[moved.root];
    for explained in &mut moved.explains {
        explained.finding = positions[explained.finding];
        explained.by = positions[explained.by];
        explained.also.iter_mut().for_each(|also| *also = positions[*also]);
    }
    moved
}

/// A subject's name, to be kept when it is gone.
fn owned((namespace, name): (&Str, &Str)) -> (Str, Str) {
    (namespace.clone(), name.clone())
}
