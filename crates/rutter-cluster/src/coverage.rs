//! What a source showed and what it did not.
//!
//! Whoever reads a relation into something unseen gets [`Unseen`], never an empty list: that is how Rutter keeps from
//! calling healthy what it could not see.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{Kind, Str};

/// How much of a kind was seen, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// All of it, in every namespace (of the scope that was asked for).
    Seen,
    /// Some: single namespaces, single objects, or a list that was cut.
    Partial,
    /// It was seen, too long ago to say what there is now.
    Stale,
    /// The API server refused.
    Forbidden,
    /// The source doesn't hold it.
    Absent,
}

impl State {
    /// As written in reports.
    pub fn name(self) -> &'static str {
        match self {
            State::Seen => "seen",
            State::Partial => "partial",
            State::Stale => "stale",
            State::Forbidden => "forbidden",
            State::Absent => "absent",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Which namespaces of a kind were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All.
    All,
    /// These, completely.
    Namespaces(BTreeSet<Str>),
    /// None completely: single objects, a list that was cut, or nothing.
    Nothing,
}

/// What was seen of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCoverage {
    /// The summary of the rest.
    pub state: State,
    /// Where the kind was seen completely.
    pub extent: Extent,
    /// Whether a list of it ended early: of what came after, nothing is known.
    pub is_cut: bool,
    /// How many objects there are.
    pub count: usize,
    /// What a person should know, in plain words; may be empty.
    pub notes: Vec<String>,
}

/// A relation led into something that the source doesn't show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unseen {
    /// What would have been needed.
    pub kind: Kind,
    /// Why it was not seen.
    pub state: State,
    /// The namespace in question; empty for cluster-scoped kinds or all namespaces.
    pub namespace: Str,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = self.kind.plural();
        match self.state {
            State::Forbidden => write!(f, "{plural} may not be read")?,
            State::Absent => write!(f, "{plural} are not in the source")?,
            State::Stale => write!(f, "{plural} are too old")?,
            State::Partial | State::Seen => write!(f, "{plural} were read in part only")?,
        }
        if !self.namespace.is_empty() && matches!(self.state, State::Partial) {
            write!(f, " (not in namespace {})", self.namespace)?;
        }
        Ok(())
    }
}

/// What a source showed, kind by kind, and what of it could not be used.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    kinds: BTreeMap<Kind, KindCoverage>,
    /// Input that could not be used: which (file and position), why, and what was still used.
    pub problems: Vec<String>,
    /// Whether any container log came with the source.
    pub logs: bool,
}

impl Coverage {
    /// Notes that `kind` was seen, completely within `extent`.
    pub fn saw(&mut self, kind: Kind, extent: Extent) {
        let entry = self.entry(kind);
        entry.extent = match (std::mem::replace(&mut entry.extent, Extent::Nothing), extent) {
            (Extent::All, _) | (_, Extent::All) => Extent::All,
            (Extent::Namespaces(mut a), Extent::Namespaces(b)) => {
                a.extend(b);
                Extent::Namespaces(a)
            }
            (Extent::Nothing, other) | (other, Extent::Nothing) => other,
        };
        entry.state = if entry.extent == Extent::All { State::Seen } else { State::Partial };
    }

    /// Notes why `kind` was not (wholly) seen. What was seen before stays seen.
    pub fn missed(&mut self, kind: Kind, state: State, note: impl Into<String>) {
        let entry = self.entry(kind);
        if entry.state == State::Absent {
            entry.state = state;
        }
        let note = note.into();
        if !note.is_empty() && !entry.notes.contains(&note) {
            entry.notes.push(note);
        }
    }

    /// Notes that a list of `kind` was cut: nothing of it counts as wholly seen any more.
    pub fn truncated(&mut self, kind: Kind, note: impl Into<String>) {
        self.spoiled(kind, note);
        self.entry(kind).is_cut = true;
    }

    /// Notes that some of `kind` could not be read: nothing of it counts as wholly seen any more, though the list came to its end.
    pub fn spoiled(&mut self, kind: Kind, note: impl Into<String>) {
        let entry = self.entry(kind);
        entry.extent = Extent::Nothing;
        entry.state = State::Partial;
        entry.notes.push(note.into());
    }

    /// Notes that what is known of `kind`, in one namespace or in all, is old: nothing of it counts as seen any more.
    pub fn lost(&mut self, kind: Kind, namespace: Option<&str>, note: impl Into<String>) {
        let entry = self.entry(kind);
        match (&mut entry.extent, namespace) {
            (Extent::Namespaces(all), Some(namespace)) => {
                all.remove(namespace);
            }
            (extent, _) => *extent = Extent::Nothing,
        }
        let is_part = matches!(&entry.extent, Extent::Namespaces(all) if !all.is_empty());
        entry.state = if is_part { State::Partial } else { State::Stale };
        entry.notes.push(note.into());
    }

    fn entry(&mut self, kind: Kind) -> &mut KindCoverage {
        self.kinds.entry(kind).or_insert_with(|| KindCoverage {
            state: State::Absent,
            extent: Extent::Nothing,
            is_cut: false,
            count: 0,
            notes: Vec::new(),
        })
    }

    /// Sets how many objects of `kind` there are.
    pub(crate) fn set_count(&mut self, kind: Kind, count: usize) {
        if count > 0 || self.kinds.contains_key(&kind) {
            self.entry(kind).count = count;
        }
    }

    /// What was seen of `kind`; `None` if nothing was.
    pub fn of(&self, kind: Kind) -> Option<&KindCoverage> {
        self.kinds.get(&kind)
    }

    /// How much of `kind` was seen.
    pub fn state(&self, kind: Kind) -> State {
        self.of(kind).map_or(State::Absent, |coverage| coverage.state)
    }

    /// Whether all objects of `kind` in `namespace` were seen (for cluster-scoped kinds: all objects).
    pub fn check(&self, kind: Kind, namespace: &str) -> Result<(), Unseen> {
        let seen = self.of(kind).is_some_and(|coverage| match &coverage.extent {
            Extent::All => true,
            Extent::Namespaces(all) => !namespace.is_empty() && all.contains(namespace),
            Extent::Nothing => false,
        });
        if seen {
            return Ok(());
        }
        Err(Unseen { kind, state: self.state(kind), namespace: namespace.into() })
    }

    /// Whether any object of `kind` was seen, completely or not.
    pub fn has_any(&self, kind: Kind) -> bool {
        self.of(kind).is_some_and(|coverage| matches!(coverage.state, State::Seen | State::Partial))
    }

    /// Every kind with what was seen of it, in the order of [`Kind::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &KindCoverage)> {
        self.kinds.iter().map(|(kind, coverage)| (*kind, coverage))
    }

    /// Whether everything was seen that the model knows, and nothing had to be left out.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty() && Kind::ALL.iter().all(|kind| self.state(*kind) == State::Seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_in_one_namespace_is_unseen_in_another() {
        let mut coverage = Coverage::default();
        coverage.saw(Kind::Pod, Extent::Namespaces(["shop".into()].into()));
        assert!(coverage.check(Kind::Pod, "shop").is_ok());
        let unseen = coverage.check(Kind::Pod, "other").unwrap_err();
        assert_eq!(unseen.state, State::Partial);
        assert_eq!(coverage.check(Kind::Event, "shop").unwrap_err().state, State::Absent);
    }

    #[test]
    fn a_cut_list_is_not_seen() {
        let mut coverage = Coverage::default();
        coverage.saw(Kind::Pod, Extent::All);
        coverage.truncated(Kind::Pod, "the list ends after 500 of 900 objects");
        assert!(coverage.check(Kind::Pod, "shop").is_err() && coverage.has_any(Kind::Pod));
    }
}
