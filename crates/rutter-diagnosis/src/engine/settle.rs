//! Computing again what changes have touched, each step before those that depend on it.

use std::{collections::BTreeSet, mem::take};

use rutter_lessons::{Context, Finding};

use super::{
    Engine,
    answers::{self, Answer, Said, Subject},
    components::{self, Component},
    dependents::Computed,
    groups::GroupId,
    owned,
};
use crate::{incidents, related::Place};

impl Engine {
    /// Computes all that is affected by what happened since the last time.
    pub fn settle(&mut self) {
        self.keep_again();
        self.ask_again();
        let changed = self.fold_again();
        self.place_again(&changed);
        self.explain_again();
        self.connect_again();
    }

    /// Computes everything.
    pub(super) fn evaluate_all(&mut self) {
        self.answers.unseen = vec![std::collections::BTreeMap::default(); self.lessons.len()];
        for said in answers::ask_all(&self.cluster, &self.questions) {
            self.take_in(said);
        }
        self.settle();
    }

    /// Asks the lessons about the subjects that were touched.
    fn ask_again(&mut self) {
        let dirty = take(&mut self.dirty.answers);
        let mut answered = Vec::with_capacity(dirty.len());
        let context = Context::going_on(&self.cluster, self.kept.lend());
        for (question, at) in dirty {
            let of = self.questions[usize::from(question)];
            let name = self.cluster.name_at(of.kind, at);
            let is_there = name
                .is_some_and(|(namespace, name)| self.cluster.position(of.kind, namespace, name) == Some(at));
            let mut said = if is_there {
                answers::ask(&self.cluster, &context, of, question, at)
            } else {
                Said {
                    question,
                    at,
                    findings: Vec::new(),
                    unseen: None,
                    reads: rutter_lessons::reads::Reads::default(),
                }
            };
            answers::without_own(&self.cluster, of, &mut said);
            answered.push(said);
        }
        self.note_kept(context.into_kept());
        // First all that is no longer said goes: a name may have moved to a position whose answer comes later.
        answered.retain(|said| !self.is_said_already(said));
        for said in &answered {
            self.retire(said.question, said.at);
        }
        for said in answered {
            self.take_in(said);
        }
    }

    fn subject(&self, said: &Said) -> Option<Subject> {
        let Said { question, at, .. } = *said;
        let name = self.cluster.name_at(self.questions[usize::from(question)].kind, at).map(owned);
        name.map(|(namespace, name)| Subject { question, namespace, name })
    }

    /// Whether a subject is told the same as before; then only what was read for it is noted.
    fn is_said_already(&mut self, said: &Said) -> bool {
        let is_silent = said.findings.is_empty() && said.unseen.is_none();
        let same = match self.answers.all.get(&(said.question, said.at)) {
            None => is_silent,
            Some(old) => {
                let known: Vec<&Finding> =
                    old.groups.iter().flat_map(|id| self.groups.of(*id, &old.subject)).collect();
                self.subject(said).is_some_and(|subject| old.subject == subject)
                    && old.unseen == said.unseen
                    && known.len() == said.findings.len()
                    && said.findings.iter().all(|finding| known.contains(&finding))
            }
        };
        if same {
            self.dependents.set(said.computed(), said.reads.clone());
        }
        same
    }

    /// Takes back what was said of a subject.
    fn retire(&mut self, question: u16, at: u32) {
        let Some(old) = self.answers.all.remove(&(question, at)) else { return };
        for id in old.groups {
            self.groups.take_out(id, &old.subject);
            self.dirty.groups.insert(id);
        }
        if let Some(what) = old.unseen {
            self.answers.saw_after_all(self.questions[usize::from(question)].lesson, &what);
        }
    }

    /// Notes what was said of a subject of which nothing was said before.
    fn take_in(&mut self, said: Said) {
        let subject = self.subject(&said);
        let computed = said.computed();
        let Said { question, at, findings, unseen, reads } = said;
        self.dependents.set(computed, reads);
        let is_silent = findings.is_empty() && unseen.is_none();
        let Some(subject) = subject.filter(|_| !is_silent) else { return };
        let groups = self.groups.add(&subject, findings);
        self.dirty.groups.extend(&groups);
        let lesson = self.questions[usize::from(question)].lesson;
        if let Some(what) = &unseen {
            self.answers.saw_not(lesson, what);
        }
        self.answers.all.insert((question, at), Answer { subject, groups, unseen });
    }

    /// Folds the groups whose members changed; returns those that say something else now.
    fn fold_again(&mut self) -> BTreeSet<GroupId> {
        let mut changed = BTreeSet::new();
        for id in take(&mut self.dirty.groups) {
            match self.groups.fold(id) {
                None => self.remove(id),
                Some(is_changed) => {
                    let is_new = self.groups.get(id).is_some_and(|group| group.component.is_none());
                    if is_changed || is_new {
                        changed.insert(id);
                        self.loosen(id);
                    }
                }
            }
        }
        changed
    }

    /// Marks a group's component for being made anew.
    pub(super) fn loosen(&mut self, id: GroupId) {
        match self.groups.get(id).and_then(|group| group.component) {
            Some(component) => self.dirty.components.insert(component),
            None => self.dirty.loose.insert(id),
        };
    }

    fn remove(&mut self, id: GroupId) {
        self.unlink(id);
        self.dependents.drop(Computed::Place(id));
        self.dependents.drop(Computed::Candidates(id));
        let Some(group) = self.groups.remove(id) else { return };
        self.groups.places.remove(id as usize, &group.place);
        self.dirty.components.extend(group.component);
        self.dirty.loose.remove(&id);
        self.dirty.places.remove(&id);
        self.dirty.candidates.remove(&id);
        self.mark(group.place.keys().collect());
    }

    /// Finds out where findings are to be found now.
    fn place_again(&mut self, changed: &BTreeSet<GroupId>) {
        let mut dirty = take(&mut self.dirty.places);
        dirty.extend(changed);
        for id in dirty {
            let Some(group) = self.groups.get(id) else { continue };
            let context = Context::recording(&self.cluster);
            let place = Place::of(&self.cluster, &context, &group.finding);
            self.dependents.set(Computed::Place(id), context.take_reads());
            if changed.contains(&id) {
                self.dirty.candidates.insert(id);
                self.check_links_of(id);
            }
            let keys = self.groups.place(id, place);
            self.mark(keys);
        }
    }

    /// Makes the incidents of findings that hang together otherwise than before, or that say something else.
    fn connect_again(&mut self) {
        let mut loose = take(&mut self.dirty.loose);
        for id in take(&mut self.dirty.components) {
            loose.extend(self.dissolve(id));
        }
        let mut seen = BTreeSet::new();
        while let Some(start) = loose.pop_first() {
            if seen.contains(&start) || self.groups.get(start).is_none() {
                continue;
            }
            let members = components::around(&self.groups, start, &mut seen);
            for member in &members {
                if let Some(component) = self.groups.get(*member).and_then(|group| group.component) {
                    loose.extend(self.dissolve(component));
                }
            }
            self.connect(members);
        }
    }

    fn dissolve(&mut self, id: u32) -> Vec<GroupId> {
        self.dependents.drop(Computed::Incidents(id));
        let groups =
            self.components.try_remove(id as usize).map(|component| component.groups).unwrap_or_default();
        for group in &groups {
            // Its number may be another's already, which is in another component.
            if let Some(group) = self.groups.get_mut(*group).filter(|group| group.component == Some(id)) {
                group.component = None;
            }
        }
        groups
    }

    fn connect(&mut self, members: Vec<GroupId>) {
        let context = Context::recording(&self.cluster);
        let edges = components::edges(&self.groups, &members);
        let findings: Vec<&Finding> =
            members.iter().filter_map(|id| Some(&self.groups.get(*id)?.finding)).collect();
        let (incidents, roots) =
            incidents::of_roots(&self.lessons, &self.cluster, &context, &findings, &edges);
        let reads = context.take_reads();
        drop(context);
        let component = Component { groups: members.clone(), incidents, roots };
        let id = self.components.insert(component) as u32;
        self.dependents.set(Computed::Incidents(id), reads);
        for member in members {
            if let Some(group) = self.groups.get_mut(member) {
                group.component = Some(id);
            }
        }
    }
}
