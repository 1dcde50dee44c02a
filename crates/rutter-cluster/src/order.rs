//! The order of a table: positions, sorted by what stands at them.

use std::cmp::Ordering;

/// So many positions stand in a row at most; then the row is split. Moving this many is quicker than a tree's pointers.
const LONGEST: usize = 1024;

/// Positions in rows, none of them empty: all in sorted order, and cheap to change anywhere.
#[derive(Debug, Default)]
pub(crate) struct Order {
    rows: Vec<Vec<u32>>,
    len: usize,
}

/// A place in an [`Order`]: row, and position in it.
pub(crate) type Place = (usize, usize);

/// A part of an order, in sorted order.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range<'a> {
    rows: &'a [Vec<u32>],
    start: Place,
    end: Place,
}

impl Order {
    /// The positions up to `len`, which are sorted already.
    pub(crate) fn of(len: usize) -> Self {
        let row = |from: usize| (from as u32..len.min(from + LONGEST) as u32).collect();
        Self { rows: (0..len).step_by(LONGEST).map(row).collect(), len }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The first place of which `is_before` doesn't hold; it must hold for all before and none behind.
    fn place(&self, is_before: impl Fn(u32) -> bool) -> Place {
        let ends_before = |row: &Vec<u32>| row.last().is_some_and(|last| is_before(*last));
        let row = self.rows.partition_point(ends_before);
        (row, self.rows.get(row).map_or(0, |row| row.partition_point(|at| is_before(*at))))
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.rows.iter().map(Vec::as_slice)
    }

    pub(crate) fn all(&self) -> Range<'_> {
        Range { rows: &self.rows, start: (0, 0), end: (self.rows.len(), 0) }
    }

    /// From the first place of which `is_before` doesn't hold up to the first of which `is_within` doesn't.
    pub(crate) fn range(
        &self,
        is_before: impl Fn(u32) -> bool,
        is_within: impl Fn(u32) -> bool,
    ) -> Range<'_> {
        Range { rows: &self.rows, start: self.place(is_before), end: self.place(is_within) }
    }

    fn find_place(&self, compare: impl Fn(u32) -> Ordering) -> Option<(Place, u32)> {
        let (row, at) = self.place(|position| compare(position) == Ordering::Less);
        let found = *self.rows.get(row)?.get(at)?;
        (compare(found) == Ordering::Equal).then_some(((row, at), found))
    }

    /// Inserts a position behind all that are before it.
    pub(crate) fn insert(&mut self, position: u32, is_before: impl Fn(u32) -> bool) {
        self.len += 1;
        let (row, at) = self.place(is_before);
        // What comes last of all joins the last row.
        let (row, at) = match (row == self.rows.len(), self.rows.last()) {
            (true, Some(last)) => (row - 1, last.len()),
            (true, None) => {
                self.rows.push(vec![position]);
                return;
            }
            _ => (row, at),
        };
        let full = &mut self.rows[row];
        full.insert(at, position);
        if full.len() > LONGEST {
            let rest = full.split_off(LONGEST / 2);
            self.rows.insert(row + 1, rest);
        }
    }

    /// Removes the position that compares as equal.
    pub(crate) fn remove(&mut self, compare: impl Fn(u32) -> Ordering) -> Option<u32> {
        let ((row, at), found) = self.find_place(compare)?;
        self.len -= 1;
        self.rows[row].remove(at);
        if self.rows[row].is_empty() {
            self.rows.remove(row);
        }
        Some(found)
    }
}

impl<'a> Range<'a> {
    pub(crate) fn len(self) -> usize {
        self.pieces().map(|piece| piece.row().len()).sum()
    }

    /// What of its first row is in it.
    fn row(self) -> &'a [u32] {
        let Some(row) = self.rows.get(self.start.0) else { return &[] };
        let end = if self.start.0 == self.end.0 { self.end.1 } else { row.len() };
        row.get(self.start.1..end).unwrap_or_default()
    }

    /// Takes the first row off.
    pub(crate) fn next_row(&mut self) -> Option<&'a [u32]> {
        if self.start >= self.end {
            return None;
        }
        let row = self.row();
        self.start = (self.start.0 + 1, 0);
        Some(row)
    }

    /// Row by row.
    pub(crate) fn pieces(mut self) -> impl Iterator<Item = Range<'a>> {
        std::iter::from_fn(move || {
            let (rows, start) = (self.rows, self.start);
            self.next_row().map(|row| Range { rows, start, end: (start.0, start.1 + row.len()) })
        })
    }
}
