//! Findings of one owner's replicas, folded into one; where that is found, and what it explains.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use rutter_lessons::{Because, Finding, reads::Key};
use slab::Slab;

use super::answers::Subject;
use crate::{
    causes::Rule,
    fold,
    related::{Place, Places},
};

/// Names a group as long as it has a finding.
pub(super) type GroupId = u32;

/// Findings that differ in nothing but the replica.
#[derive(Debug)]
pub(super) struct Group {
    key: fold::Key,
    /// Sorted as a full evaluation would bring them.
    members: BTreeMap<Subject, Vec<Finding>>,
    /// What stands for all of them.
    pub(super) finding: Finding,
    pub(super) place: Place,
    /// What it may explain, by which rules.
    pub(super) links: BTreeMap<(GroupId, Rule), Link>,
    /// What may explain it.
    pub(super) incoming: BTreeSet<GroupId>,
    /// The component that it is part of; none while it is new.
    pub(super) component: Option<u32>,
}

/// That one group may explain another by a rule of its lesson.
#[derive(Debug)]
pub(super) struct Link {
    /// Names it as long as it is there.
    pub(super) id: LinkId,
    /// Why it does, if it does.
    pub(super) because: Option<Because>,
}

/// Names a link as long as it is there.
pub(super) type LinkId = u32;

impl Group {
    /// What it explains, and why.
    pub(super) fn edges(&self) -> impl Iterator<Item = (GroupId, &Because)> {
        self.links.iter().filter_map(|((effect, _), link)| Some((*effect, link.because.as_ref()?)))
    }

    /// By what rules it may explain another.
    pub(super) fn links_to(&self, effect: GroupId) -> impl Iterator<Item = &Link> {
        self.links.range((effect, Rule::MIN)..=(effect, Rule::MAX)).map(|(_, link)| link)
    }
}

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    ids: FxHashMap<fold::Key, GroupId>,
    all: Slab<Group>,
    pub(super) places: Places,
}

impl Groups {
    pub(super) fn get(&self, id: GroupId) -> Option<&Group> {
        self.all.get(id as usize)
    }

    pub(super) fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        self.all.get_mut(id as usize)
    }

    /// All groups that there are, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (GroupId, &Group)> {
        self.all.iter().map(|(id, group)| (id as GroupId, group))
    }

    /// Puts a subject's findings into their groups, and returns which these are.
    pub(super) fn add(&mut self, subject: &Subject, findings: Vec<Finding>) -> Vec<GroupId> {
        let mut ids = Vec::new();
        for finding in findings {
            let key = fold::key(&finding);
            let id = match self.ids.get(&key) {
                Some(id) => *id,
                None => self.create(key, finding.clone()),
            };
            if let Some(group) = self.get_mut(id) {
                group.members.entry(subject.clone()).or_default().push(finding);
            }
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    fn create(&mut self, key: fold::Key, finding: Finding) -> GroupId {
        let group = Group {
            key: key.clone(),
            members: BTreeMap::new(),
            finding,
            place: Place::default(),
            links: BTreeMap::new(),
            incoming: BTreeSet::new(),
            component: None,
        };
        let id = self.all.insert(group) as GroupId;
        self.ids.insert(key, id);
        id
    }

    /// The findings of a subject in a group.
    pub(super) fn of(&self, id: GroupId, subject: &Subject) -> &[Finding] {
        self.get(id).and_then(|group| group.members.get(subject)).map_or(&[], Vec::as_slice)
    }

    /// Takes a subject's findings out of a group.
    pub(super) fn take_out(&mut self, id: GroupId, subject: &Subject) {
        if let Some(group) = self.get_mut(id) {
            group.members.remove(subject);
        }
    }

    /// Folds a group anew. Says whether what stands for it changed; `None` if nothing is left of it.
    pub(super) fn fold(&mut self, id: GroupId) -> Option<bool> {
        let group = self.get_mut(id)?;
        let folded = fold::one(&group.members.values().flatten().collect::<Vec<_>>())?;
        let changed = folded != group.finding;
        group.finding = folded;
        Some(changed)
    }

    /// Removes a group that nothing is left of.
    pub(super) fn remove(&mut self, id: GroupId) -> Option<Group> {
        let group = self.all.try_remove(id as usize)?;
        self.ids.remove(&group.key);
        Some(group)
    }

    /// Moves a finding to where it is found now; returns the questions for findings that it was, or is, an answer to.
    pub(super) fn place(&mut self, id: GroupId, place: Place) -> Vec<Key> {
        let Some(group) = self.all.get_mut(id as usize) else { return Vec::new() };
        let (left, reached) = (group.place.without(&place), place.without(&group.place));
        self.places.remove(id as usize, &left);
        self.places.add(id as usize, &reached);
        group.place = place;
        left.keys().chain(reached.keys()).collect()
    }

    /// What explains a group.
    pub(super) fn causes_of(&self, id: GroupId) -> impl Iterator<Item = GroupId> {
        let incoming = self.get(id).into_iter().flat_map(|group| &group.incoming).copied();
        incoming.filter(move |cause| {
            let mut links = self.get(*cause).into_iter().flat_map(|cause| cause.links_to(id));
            links.any(|link| link.because.is_some())
        })
    }
}
