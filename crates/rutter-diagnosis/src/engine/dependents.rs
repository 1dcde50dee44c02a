//! Who depends on what: the answers that each question was asked for.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use rutter_cluster::Time;
use rutter_lessons::reads::{Key, Reads};

/// Something that was computed from what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Computed {
    /// What a lesson says of a subject: the question, and where the subject is in its table.
    Answer {
        /// The question.
        question: u16,
        /// The subject's position.
        at: u32,
    },
    /// What was computed once for many answers.
    Kept(u32),
    /// What a finding is about.
    Place(u32),
    /// What a finding may explain.
    Candidates(u32),
    /// Whether it does explain one of these.
    Link(u32),
    /// The incidents of findings that hang together.
    Incidents(u32),
}

/// What was read for all that was computed, both ways.
#[derive(Debug, Default)]
pub(super) struct Dependents {
    /// Sorted.
    of: FxHashMap<Key, Vec<Computed>>,
    reads: FxHashMap<Computed, Reads>,
    /// By the time at which it may change by itself.
    until: BTreeSet<(Time, Computed)>,
    /// What depends on the present time.
    now: BTreeSet<Computed>,
}

impl Dependents {
    /// Notes what was read for something, in place of what was read for it before.
    pub(super) fn set(&mut self, computed: Computed, reads: Reads) {
        let is_nothing = reads == Reads::default();
        let old = if is_nothing { self.reads.remove(&computed) } else { self.reads.get(&computed).cloned() };
        let old = old.unwrap_or_default();
        if old == reads {
            return;
        }
        for key in old.keys.iter().filter(|key| reads.keys.binary_search(key).is_err()) {
            self.leave(*key, computed);
        }
        for key in reads.keys.iter().filter(|key| old.keys.binary_search(key).is_err()) {
            let dependents = self.of.entry(*key).or_default();
            if let Err(place) = dependents.binary_search(&computed) {
                dependents.insert(place, computed);
            }
        }
        if old.until != reads.until {
            if let Some(until) = old.until {
                self.until.remove(&(until, computed));
            }
            self.until.extend(reads.until.map(|until| (until, computed)));
        }
        if reads.now {
            self.now.insert(computed);
        } else {
            self.now.remove(&computed);
        }
        if !is_nothing {
            self.reads.insert(computed, reads);
        }
    }

    /// Forgets something that is no more.
    pub(super) fn drop(&mut self, computed: Computed) {
        self.set(computed, Reads::default());
    }

    fn leave(&mut self, key: Key, computed: Computed) {
        let Some(dependents) = self.of.get_mut(&key) else { return };
        if let Ok(place) = dependents.binary_search(&computed) {
            dependents.remove(place);
        }
        if dependents.is_empty() {
            self.of.remove(&key);
        }
    }

    /// What depends on a question's answer.
    pub(super) fn of(&self, key: Key) -> &[Computed] {
        self.of.get(&key).map_or(&[], Vec::as_slice)
    }

    /// What may be another at `time`, though nothing changed.
    pub(super) fn due(&self, time: Time) -> Vec<Computed> {
        let over = self.until.iter().take_while(|(until, _)| *until <= time).map(|(_, computed)| *computed);
        self.now.iter().copied().chain(over).collect()
    }
}
