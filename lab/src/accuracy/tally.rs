//! Adds up scores.

use super::score::{Fate, Score};

/// Sums over the answers of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Answers: clusters, or scenarios that were asked for.
    pub(super) answers: usize,
    /// Answers in which every labelled root is first and nothing else is open.
    pub(super) right: usize,
    pub(super) roots: usize,
    pub(super) first: usize,
    pub(super) near: usize,
    pub(super) found: usize,
    pub(super) other_variant: usize,
    pub(super) under: usize,
    pub(super) undecided: usize,
    pub(super) kind_unseen: usize,
    pub(super) missed: usize,
    pub(super) false_roots: usize,
    pub(super) unfolded: usize,
    pub(super) unsure: usize,
    pub(super) findings: usize,
    pub(super) folded: usize,
    /// Lessons that could not decide, over all answers.
    pub(super) undecided_lessons: usize,
}

impl Tally {
    pub(super) fn add(&mut self, score: &Score) {
        self.answers += 1;
        for root in &score.roots {
            self.roots += 1;
            match root.fate {
                Fate::Found { first, near, .. } => {
                    self.found += 1;
                    self.first += usize::from(first);
                    self.near += usize::from(near);
                }
                Fate::OtherVariant(_) => self.other_variant += 1,
                Fate::Under(_) => self.under += 1,
                Fate::Undecided => self.undecided += 1,
                Fate::KindUnseen => self.kind_unseen += 1,
                Fate::Missed => self.missed += 1,
            }
        }
        let all_first = score.roots.iter().all(|root| matches!(root.fate, Fate::Found { first: true, .. }));
        self.right += usize::from(all_first && score.false_roots.is_empty() && score.unfolded.is_empty());
        self.false_roots += score.false_roots.len();
        self.unfolded += score.unfolded.len();
        self.unsure += score.unsure;
        self.findings += score.findings;
        self.folded += score.folded;
        self.undecided_lessons += score.undecided;
    }

    /// Incidents that should not be there, by answer.
    pub(super) fn wrong_each(&self) -> f64 {
        each(self.false_roots + self.unfolded, self.answers)
    }
}

/// `part` of `all` as `95.0 %`; nothing, if there are none.
pub(super) fn share(part: usize, all: usize) -> String {
    if all == 0 {
        return "–".to_owned();
    }
    format!("{:.1} %", 100.0 * part as f64 / all as f64)
}

/// How many there are on each of `all`.
pub(super) fn each(number: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { number as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::score::Root;
    use super::*;

    fn score(fates: &[Fate], false_roots: usize) -> Score {
        let root = |fate: &Fate| Root { label: String::new(), fate: fate.clone() };
        Score {
            roots: fates.iter().map(root).collect(),
            false_roots: vec![String::new(); false_roots],
            ..Score::default()
        }
    }

    #[test]
    fn an_answer_is_right_only_if_all_is_found_first_and_nothing_else_is_there() {
        let first = Fate::Found { position: 0, first: true, near: true };
        let later = Fate::Found { position: 3, first: false, near: true };
        let mut tally = Tally::default();
        tally.add(&score(std::slice::from_ref(&first), 0));
        assert_eq!((tally.right, tally.first), (1, 1));
        tally.add(&score(std::slice::from_ref(&first), 1));
        tally.add(&score(&[first.clone(), later], 0));
        tally.add(&score(&[first, Fate::Missed], 0));
        assert_eq!((tally.answers, tally.right), (4, 1));
        assert_eq!((tally.roots, tally.first, tally.near, tally.found, tally.missed), (6, 4, 5, 5, 1));
        assert_eq!(format!("{:.2}", tally.wrong_each()), "0.25");
        assert_eq!((share(4, 6).as_str(), share(0, 0).as_str()), ("66.7 %", "–"));
    }
}
