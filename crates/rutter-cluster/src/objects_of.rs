//! Some objects of a table.

use std::{fmt, slice};

use crate::order::Range;

/// Objects of a [`Table`](crate::Table), sorted by namespace and name.
pub struct Objects<'a, T> {
    slots: &'a [T],
    range: Range<'a>,
}

impl<T> Clone for Objects<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Objects<'_, T> {}

impl<T> Default for Objects<'_, T> {
    fn default() -> Self {
        Self { slots: &[], range: Range::default() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Objects<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T> Objects<'a, T> {
    pub(crate) fn new(slots: &'a [T], range: Range<'a>) -> Self {
        Self { slots, range }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.range.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The first of them.
    pub fn first(self) -> Option<&'a T> {
        self.iter().next()
    }

    /// One after the other.
    pub fn iter(self) -> Iter<'a, T> {
        Iter { slots: self.slots, row: [].iter(), left: self.len(), rest: self.range }
    }

    /// In pieces that several threads can work on.
    pub fn pieces(self) -> impl Iterator<Item = Objects<'a, T>> {
        let slots = self.slots;
        self.range.pieces().map(move |range| Objects { slots, range })
    }
}

impl<'a, T> IntoIterator for Objects<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// Goes through [`Objects`].
pub struct Iter<'a, T> {
    slots: &'a [T],
    row: slice::Iter<'a, u32>,
    /// Behind `row`.
    rest: Range<'a>,
    left: usize,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self { slots: self.slots, row: self.row.clone(), rest: self.rest, left: self.left }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        loop {
            if let Some(at) = self.row.next() {
                self.left -= 1;
                return self.slots.get(*at as usize);
            }
            self.row = self.rest.next_row()?.iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
