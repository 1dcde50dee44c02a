//! Keeping current which finding explains which: each pair of findings that a rule is about is a link, checked by itself.

use std::{collections::BTreeSet, mem::take};

use rutter_lessons::Context;

use super::{
    Engine,
    dependents::Computed,
    groups::{GroupId, Link, LinkId},
};
use crate::{
    causes::{self, Rule},
    related::Related,
};

impl Engine {
    /// Finds out again what findings may explain, and whether they do.
    pub(super) fn explain_again(&mut self) {
        for id in take(&mut self.dirty.candidates) {
            let candidates = self.candidates(id);
            self.link(id, candidates);
        }
        for id in take(&mut self.dirty.links) {
            self.check_again(id);
        }
    }

    fn candidates(&mut self, id: GroupId) -> BTreeSet<(GroupId, Rule)> {
        let Some(group) = self.groups.get(id) else { return BTreeSet::new() };
        let Some(lesson) = Self::lesson(&self.lessons, &group.finding) else { return BTreeSet::new() };
        let context = Context::recording(&self.cluster);
        let (groups, blank) = (&self.groups, &group.finding);
        let finding = |id: usize| groups.get(id as GroupId).map_or(blank, |group| &group.finding);
        let related = Related::to(id as usize, &self.cluster, &context, &groups.places, finding);
        let found = causes::candidates(lesson, &related);
        self.dependents.set(Computed::Candidates(id), context.take_reads());
        found.into_iter().map(|(effect, rule)| (effect as GroupId, rule)).collect()
    }

    /// Has a group linked to just these.
    fn link(&mut self, id: GroupId, candidates: BTreeSet<(GroupId, Rule)>) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let gone = group.links.extract_if(.., |to, _| !candidates.contains(to)).collect::<Vec<_>>();
        let mut ends = BTreeSet::new();
        for (effect, rule) in candidates {
            group.links.entry((effect, rule)).or_insert_with(|| {
                let link = self.links.insert((id, effect, rule)) as LinkId;
                self.dirty.links.insert(link);
                ends.insert(effect);
                Link { id: link, because: None }
            });
        }
        for effect in ends {
            if let Some(effect) = self.groups.get_mut(effect) {
                effect.incoming.insert(id);
            }
        }
        for ((effect, _), link) in gone {
            self.drop_link(id, effect, &link);
        }
    }

    /// Forgets a link that its cause no longer has.
    fn drop_link(&mut self, cause: GroupId, effect: GroupId, link: &Link) {
        self.dependents.drop(Computed::Link(link.id));
        self.dirty.links.remove(&link.id);
        self.links.try_remove(link.id as usize);
        let is_linked = self.groups.get(cause).is_some_and(|cause| cause.links_to(effect).next().is_some());
        if let Some(effect) = self.groups.get_mut(effect).filter(|_| !is_linked) {
            effect.incoming.remove(&cause);
        }
        if link.because.is_some() {
            self.loosen(cause);
            self.loosen(effect);
        }
    }

    /// Forgets all that a group may explain or be explained by.
    pub(super) fn unlink(&mut self, id: GroupId) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let (links, causes) = (take(&mut group.links), take(&mut group.incoming));
        for ((effect, _), link) in links {
            self.drop_link(id, effect, &link);
        }
        for cause in causes {
            let Some(group) = self.groups.get_mut(cause) else { continue };
            let links: Vec<_> =
                group.links.extract_if((id, Rule::MIN)..=(id, Rule::MAX), |_, _| true).collect();
            for (_, link) in links {
                self.drop_link(cause, id, &link);
            }
        }
    }

    /// Has all links of a group checked again: what it says has changed.
    pub(super) fn check_links_of(&mut self, id: GroupId) {
        let Some(group) = self.groups.get(id) else { return };
        self.dirty.links.extend(group.links.values().map(|link| link.id));
        let causes = group.incoming.iter().filter_map(|cause| self.groups.get(*cause));
        self.dirty.links.extend(causes.flat_map(|cause| cause.links_to(id)).map(|link| link.id));
    }

    fn check_again(&mut self, id: LinkId) {
        let Some((cause, effect, rule)) = self.links.get(id as usize).copied() else { return };
        let (Some(from), Some(to)) = (self.groups.get(cause), self.groups.get(effect)) else { return };
        let Some(lesson) = Self::lesson(&self.lessons, &from.finding) else { return };
        let context = Context::recording(&self.cluster);
        let because = causes::check(lesson, rule, &context, &from.finding, &to.finding);
        self.dependents.set(Computed::Link(id), context.take_reads());
        drop(context);
        let link = self.groups.get_mut(cause).and_then(|group| group.links.get_mut(&(effect, rule)));
        if let Some(link) = link.filter(|link| link.because != because) {
            link.because = because;
            self.loosen(cause);
            self.loosen(effect);
        }
    }
}
