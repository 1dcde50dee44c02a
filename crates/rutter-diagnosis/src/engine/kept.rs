//! What lessons computed once for many subjects, kept until something that was read for it changes.

use rutter_lessons::{Once, OnceKey, reads::Reads};

/// Computed values, each with a number while it is kept.
#[derive(Default)]
pub(super) struct Kept {
    once: Once,
    names: Vec<Option<OnceKey>>,
    free: Vec<u32>,
}

impl Kept {
    /// Lends what is kept to a context.
    pub(super) fn lend(&mut self) -> Once {
        std::mem::take(&mut self.once)
    }

    /// Takes it back; returns the numbers of what was computed meanwhile, and what was read for each.
    pub(super) fn take_back(&mut self, mut once: Once) -> Vec<(u32, Reads)> {
        let new = once.take_new();
        self.once = once;
        new.into_iter().map(|(name, reads)| (self.number(name), reads)).collect()
    }

    fn number(&mut self, name: OnceKey) -> u32 {
        let id = self.free.pop().unwrap_or(self.names.len() as u32);
        match self.names.get_mut(id as usize) {
            Some(free) => *free = Some(name),
            None => self.names.push(Some(name)),
        }
        id
    }

    pub(super) fn forget(&mut self, id: u32) {
        let Some(name) = self.names.get_mut(id as usize).and_then(Option::take) else { return };
        self.once.forget(&name);
        self.free.push(id);
    }
}
