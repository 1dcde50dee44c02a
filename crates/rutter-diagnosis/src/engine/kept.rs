//! What lessons computed once for many subjects, kept for as long as what was read for it says the same.

use rutter_lessons::{
    self as lessons, Context, Known, Name,
    reads::{Key, Reads},
};
use slab::Slab;

use super::{Engine, dependents::Computed};

/// Computed values, each with a number while it is kept.
#[derive(Default)]
pub(super) struct Kept {
    values: lessons::Kept,
    names: Slab<Name>,
}

impl Kept {
    /// Lends what is kept to a context.
    pub(super) fn lend(&mut self) -> lessons::Kept {
        std::mem::take(&mut self.values)
    }

    /// Takes it back; returns the numbers of what was computed meanwhile, and what was read for each.
    pub(super) fn take_back(&mut self, mut values: lessons::Kept) -> Vec<(u32, Reads)> {
        let new = values.take_new();
        self.values = values;
        new.into_iter().map(|(name, reads)| (self.names.insert(name) as u32, reads)).collect()
    }

    /// Forgets a value; returns what it was.
    fn forget(&mut self, id: u32) -> Option<(Name, Known)> {
        let name = self.names.try_remove(id as usize)?;
        let known = self.values.forget(&name)?;
        Some((name, known))
    }
}

impl Engine {
    /// Computes again what is kept and was touched. What depends on it is touched only if it is another value now; what nobody
    /// uses any more is forgotten.
    ///
    /// One may be computed from another that is found to have changed only later, and so is computed once more.
    pub(super) fn keep_again(&mut self) {
        while !self.dirty.kept.is_empty() {
            let dirty = std::mem::take(&mut self.dirty.kept);
            for id in &dirty {
                self.dependents.drop(Computed::Kept(*id));
            }
            let mut old: Vec<(Name, Known)> =
                dirty.into_iter().filter_map(|id| self.kept.forget(id)).collect();
            old.retain(|(name, _)| !self.dependents.of(Key::kept(name.0, &name.1)).is_empty());
            let context = Context::going_on(&self.cluster, self.kept.lend());
            old.retain(|(name, known)| known.has_changed(&context, name));
            self.note_kept(context.into_kept());
            self.mark(old.iter().map(|(name, _)| Key::kept(name.0, &name.1)).collect());
        }
    }

    /// Notes what was computed meanwhile to be kept.
    pub(super) fn note_kept(&mut self, values: lessons::Kept) {
        for (id, reads) in self.kept.take_back(values) {
            self.dependents.set(Computed::Kept(id), reads);
        }
    }
}
