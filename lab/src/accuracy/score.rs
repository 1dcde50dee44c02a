//! Holds one answer of Rutter against what is known.

use anyhow::Result;

use super::labels::{Fault, Labels};
use crate::scenario::report::{Found, Incident, Report};
use crate::scenario::{Expected, Finding};

/// What one answer is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Score {
    /// One for each labelled root.
    pub(super) roots: Vec<Root>,
    /// Open incidents that no label accounts for.
    pub(super) false_roots: Vec<String>,
    /// Open incidents of what a labelled root explains: they should stand under it.
    pub(super) unfolded: Vec<String>,
    /// Open incidents that no label accounts for either, of which Rutter says itself that they may be symptoms of what it did not see.
    pub(super) unsure: usize,
    /// Open incidents.
    pub(super) incidents: usize,
    /// Findings of open incidents, roots and all.
    pub(super) findings: usize,
    /// Those of them that stand under a root.
    pub(super) folded: usize,
    /// Lessons that could not decide something.
    pub(super) undecided: usize,
}

/// What became of a labelled root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    /// As `crash-loop (crash) of Deployment/shop/web`.
    pub(super) label: String,
    pub(super) fate: Fate,
}

/// What became of a labelled root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is the root of an open incident.
    Found {
        /// From 0.
        position: usize,
        /// Whether it is among as many as there are labelled roots, and nothing else is before it.
        first: bool,
        /// Whether it is among two more than there are labelled roots.
        near: bool,
    },
    /// Its lesson and its object are the root of an open incident, and the variant is this other one.
    OtherVariant(String),
    /// It was found, and stands under this root.
    Under(String),
    /// It was not found, and Rutter says that its lesson could not decide.
    Undecided,
    /// It was not found, and Rutter says that it did not see all objects of its kind.
    KindUnseen,
    /// It was not found, and Rutter says nothing of it.
    Missed,
}

/// Scores a report against the labels of a recording; against those of `only`, if it is given: what belongs to the others is
/// then neither asked for nor wrong.
pub(super) fn score(labels: &Labels, only: Option<&Fault>, report: &Report) -> Result<Score> {
    let wanted: Vec<&Expected> = match only {
        Some(fault) => fault.expect.iter().collect(),
        None => labels.faults.iter().flat_map(|fault| &fault.expect).collect(),
    };
    let taken = take(report, &wanted)?;
    let stands_for = stand_ins(report, &taken, &wanted)?;
    let mut score = Score { undecided: undecided(report), ..Score::default() };
    for (label, expected) in wanted.iter().enumerate() {
        let fate = match taken.iter().position(|of| *of == Some(label)) {
            Some(at) if expected.root.fits(&report.incidents[at].root)? => {
                rank(at, &stands_for, wanted.len())
            }
            Some(at) => Fate::OtherVariant(report.incidents[at].root.to_string()),
            None => not_found(report, &expected.root)?,
        };
        score.roots.push(Root { label: expected.root.to_string(), fate });
    }
    let all: Vec<&Expected> = labels.faults.iter().flat_map(|fault| &fault.expect).collect();
    for (incident, taken) in report.incidents.iter().zip(&taken) {
        score.incidents += 1;
        score.findings += 1 + incident.explains.len();
        score.folded += incident.explains.len();
        if taken.is_none() {
            score.judge(labels, only, &all, &incident.root)?;
        }
    }
    Ok(score)
}

impl Score {
    /// What a root is that was taken for no label.
    fn judge(
        &mut self,
        labels: &Labels,
        only: Option<&Fault>,
        all: &[&Expected],
        root: &Found,
    ) -> Result<()> {
        if any_fits(&labels.allow, root)? {
            return Ok(());
        }
        // In a view of one scenario, what is right of another is no fault.
        if only.is_some() && any_fits(all.iter().map(|expected| &expected.root), root)? {
            return Ok(());
        }
        if root.hidden_by.is_some() {
            self.unsure += 1;
            return Ok(());
        }
        let effects = all.iter().flat_map(|expected| expected.explains.iter().chain(&expected.may_explain));
        if any_fits(effects, root)? {
            self.unfolded.push(root.to_string());
        } else {
            self.false_roots.push(root.to_string());
        }
        Ok(())
    }
}

/// Which label each incident is taken for: first what fits, then what fits but for its variant.
fn take(report: &Report, wanted: &[&Expected]) -> Result<Vec<Option<usize>>> {
    let mut taken: Vec<Option<usize>> = vec![None; report.incidents.len()];
    for any_variant in [false, true] {
        for (label, expected) in wanted.iter().enumerate() {
            if is_taken(&taken, label) {
                continue;
            }
            let root = if any_variant {
                Finding { variant: None, ..expected.root.clone() }
            } else {
                expected.root.clone()
            };
            for (at, incident) in report.incidents.iter().enumerate() {
                if taken[at].is_none() && root.fits(&incident.root)? {
                    taken[at] = Some(label);
                    break;
                }
            }
        }
    }
    Ok(taken)
}

fn is_taken(taken: &[Option<usize>], label: usize) -> bool {
    taken.contains(&Some(label))
}

/// For each incident, whether it stands for a label: as its root, or as an effect of a root that is not found, which is then
/// the best that can be said.
fn stand_ins(report: &Report, taken: &[Option<usize>], wanted: &[&Expected]) -> Result<Vec<bool>> {
    let lost = wanted.iter().enumerate().filter(|(label, _)| !is_taken(taken, *label)).map(|(_, one)| one);
    let effects: Vec<&Finding> =
        lost.flat_map(|expected| expected.explains.iter().chain(&expected.may_explain)).collect();
    let stands = |(incident, taken): (&Incident, &Option<usize>)| {
        Ok(taken.is_some() || any_fits(effects.iter().copied(), &incident.root)?)
    };
    report.incidents.iter().zip(taken).map(stands).collect()
}

fn rank(position: usize, stands_for: &[bool], labels: usize) -> Fate {
    let alone = stands_for[..position].iter().all(|stands| *stands);
    Fate::Found { position, first: alone && position < labels, near: position < labels + 2 }
}

fn not_found(report: &Report, root: &Finding) -> Result<Fate> {
    for incident in &report.incidents {
        if any_fits([root], &incident.root)? {
            // Another label took it: two labels fit one incident.
            return Ok(Fate::Under(incident.root.to_string()));
        }
        for found in &incident.explains {
            if root.fits(found)? {
                return Ok(Fate::Under(incident.root.to_string()));
            }
        }
    }
    if report.undecided.iter().any(|one| one.lesson == root.lesson) {
        return Ok(Fate::Undecided);
    }
    Ok(if is_unseen(report, root) { Fate::KindUnseen } else { Fate::Missed })
}

/// Whether the report says that it did not see, or not all of, the kind of a label's object.
fn is_unseen(report: &Report, root: &Finding) -> bool {
    let kind = root.object.split('/').next().unwrap_or_default().to_lowercase();
    let plurals = [format!("{kind}s"), format!("{kind}es")];
    let mut seen = report.coverage.iter();
    seen.any(|seen| plurals.contains(&seen.resource) && matches!(&*seen.state, "absent" | "forbidden"))
}

fn any_fits<'a>(findings: impl IntoIterator<Item = &'a Finding>, found: &Found) -> Result<bool> {
    for finding in findings {
        if finding.fits(found)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn undecided(report: &Report) -> usize {
    let mut lessons: Vec<&str> = report.undecided.iter().map(|one| one.lesson.as_str()).collect();
    lessons.sort_unstable();
    lessons.dedup();
    lessons.len()
}

#[cfg(test)]
mod tests;
