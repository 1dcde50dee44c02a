//! Scores all recordings, and prints what became of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::cases;
use super::labels::{Kind, Labels};
use super::make::FAILED;
use super::plan;
use super::score::{Fate, Score, score as score_one};
use super::tally::{Tally, each, share};
use super::views::{Source, View};

/// What is scored.
#[derive(Debug)]
pub struct Scoring<'a> {
    /// Where the recordings are.
    pub recordings: &'a Path,
    /// The program that is asked.
    pub rutter: &'a Path,
    /// Where views of recordings are made meanwhile.
    pub work: &'a Path,
    /// Whether the cases of the lessons are scored, too.
    pub cases: bool,
    /// A page that holds the table between two marks, to be written anew.
    pub write: Option<&'a Path>,
}

const BEGIN: &str = "<!-- begin: written by `make bench-causes` -->";
const END: &str = "<!-- end -->";

/// Scores the recordings and gives the table, and what failed, as Markdown. The same recordings give the same text.
pub fn score(scoring: &Scoring<'_>) -> Result<String> {
    let mut results = Results::default();
    for name in plan::names()? {
        results.add(scoring, &name)?;
    }
    let mut text = results.text();
    if scoring.cases {
        text += &cases::text(scoring.rutter)?;
    }
    if let Some(page) = scoring.write {
        write_between_marks(page, &text)?;
    }
    Ok(text)
}

fn write_between_marks(page: &Path, text: &str) -> Result<()> {
    let whole = fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let marks = whole.find(BEGIN).zip(whole.rfind(END)).filter(|(begin, end)| begin < end);
    let (begin, end) = marks.with_context(|| format!("{} has no marks for the table", page.display()))?;
    let new = format!("{}{BEGIN}\n\n{}\n\n{}", &whole[..begin], text.trim(), &whole[end..]);
    fs::write(page, new).with_context(|| format!("cannot write {}", page.display()))
}

/// What became of each recording.
#[derive(Debug, Default)]
struct Results {
    tallies: BTreeMap<(Kind, View), Tally>,
    /// Whole recordings of broken clusters, and of the others.
    broken: Tally,
    healthy: Tally,
    /// All that is wrong, by view, in the order of the recordings.
    wrong: BTreeMap<View, Vec<String>>,
    /// Recordings that could not be made.
    failed: Vec<String>,
    /// Recordings that nobody tried to make.
    left_out: Vec<String>,
}

impl Results {
    fn add(&mut self, scoring: &Scoring<'_>, name: &str) -> Result<()> {
        let recording = scoring.recordings.join(name);
        let Some(labels) = Labels::read(&recording)? else {
            // Why it failed names places on this machine, and stays beside the recording.
            let failed = recording.join(FAILED).exists();
            let list = if failed { &mut self.failed } else { &mut self.left_out };
            list.push(name.to_owned());
            return Ok(());
        };
        ensure!(labels.name == name, "{} is a recording of {}", recording.display(), labels.name);
        let source = Source { rutter: scoring.rutter, recording: &recording, work: scoring.work };
        for view in View::ALL.into_iter().filter(|view| *view != View::Scoped) {
            if let Some(report) = source.report(view, &[])? {
                self.enter(&labels, view, name, &score_one(&labels, None, &report)?);
            }
        }
        if labels.faults.len() > 1 {
            for fault in &labels.faults {
                if let Some(report) = source.report(View::Scoped, &fault.namespaces)? {
                    let about = format!("{name}, `-n {}`", fault.namespaces.join(","));
                    self.enter(&labels, View::Scoped, &about, &score_one(&labels, Some(fault), &report)?);
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, labels: &Labels, view: View, about: &str, score: &Score) {
        self.tallies.entry((labels.kind, view)).or_default().add(score);
        match (view, labels.kind) {
            (View::Whole, Kind::Healthy) => self.healthy.add(score),
            (View::Whole, _) => self.broken.add(score),
            _ => {}
        }
        let wrong = self.wrong.entry(view).or_default();
        wrong.extend(wrongs(score).into_iter().map(|what| format!("{about}: {what}")));
    }

    fn text(&self) -> String {
        let mut text = self.verdict();
        for view in View::ALL {
            let _ = write!(text, "\n### {}\n\n{}", capital(view.title()), self.table(view));
            let wrong = self.wrong.get(&view).map_or(&[][..], Vec::as_slice);
            if !wrong.is_empty() {
                let _ = write!(text, "\nWrong, {} in number:\n\n{}", wrong.len(), list(wrong));
            }
        }
        if !self.failed.is_empty() {
            let _ = write!(
                text,
                "\n### Not recorded, because the fault could not be made\n\n{}",
                list(&self.failed)
            );
        }
        if !self.left_out.is_empty() {
            let _ = write!(text, "\n### Not recorded in this run\n\n{}", list(&self.left_out));
        }
        text
    }

    /// The goals, and whether they are met.
    fn verdict(&self) -> String {
        let (broken, healthy) = (&self.broken, &self.healthy);
        let met = |tally: &Tally, is_met: bool| match (tally.answers, is_met) {
            (0, _) => "not measured",
            (_, true) => "met",
            (_, false) => "**missed**",
        };
        let mut text = "| goal, on whole recordings | measured | |\n| --- | --- | --- |\n".to_owned();
        let share_first = each(broken.first, broken.roots);
        let first = format!("{} ({} of {})", share(broken.first, broken.roots), broken.first, broken.roots);
        let _ = writeln!(text, "| roots at rank 1 ≥ 95 % | {first} | {} |", met(broken, share_first >= 0.95));
        let wrong = healthy.false_roots + healthy.unfolded;
        let on = format!("{wrong} on {}", healthy.answers);
        let _ = writeln!(
            text,
            "| no false root on healthy and busy clusters | {on} | {} |",
            met(healthy, wrong == 0)
        );
        let each = broken.wrong_each();
        let on = format!("{each:.2} ({} on {})", broken.false_roots + broken.unfolded, broken.answers);
        let _ = writeln!(
            text,
            "| false roots per broken cluster ≤ 0.05 | {on} | {} |",
            met(broken, each <= 0.05)
        );
        text
    }

    fn table(&self, view: View) -> String {
        let mut text = "| recordings | number | all right | roots | rank 1 | top 3 | found | other variant | under another | undecided | \
                        kind not seen | missed | false roots | symptoms as roots | told as possible symptoms | folded | lessons undecided |\n"
            .to_owned();
        let _ = writeln!(text, "|{}", " --- |".repeat(17));
        for kind in Kind::ALL {
            if let Some(tally) = self.tallies.get(&(kind, view)) {
                text += &row(kind.title(), tally);
            }
        }
        text
    }
}

fn row(title: &str, tally: &Tally) -> String {
    let of_roots = |number| share(number, tally.roots);
    let cells = [
        title.to_owned(),
        tally.answers.to_string(),
        tally.right.to_string(),
        tally.roots.to_string(),
        of_roots(tally.first),
        of_roots(tally.near),
        of_roots(tally.found),
        tally.other_variant.to_string(),
        tally.under.to_string(),
        tally.undecided.to_string(),
        tally.kind_unseen.to_string(),
        tally.missed.to_string(),
        tally.false_roots.to_string(),
        tally.unfolded.to_string(),
        tally.unsure.to_string(),
        format!("{} of {}", tally.folded, tally.findings),
        format!("{:.1}", each(tally.undecided_lessons, tally.answers)),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// What is wrong with an answer. That Rutter says that it could not see is not wrong.
fn wrongs(score: &Score) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut behind = Vec::new();
    for root in &score.roots {
        match &root.fate {
            // One that is before many is told once.
            Fate::Found { first: false, near: true, position } => behind.push(position + 1),
            Fate::Found { near: false, position, .. } => {
                wrong.push(format!("{} is at rank {}", root.label, position + 1));
            }
            Fate::OtherVariant(found) => wrong.push(format!("instead of {}: {found}", root.label)),
            Fate::Under(by) => wrong.push(format!("{} stands under {by}", root.label)),
            Fate::Missed => wrong.push(format!("{} is missed", root.label)),
            Fate::Found { .. } | Fate::Undecided | Fate::KindUnseen => {}
        }
    }
    if let Some(first) = behind.iter().min() {
        let number = behind.len();
        wrong.push(format!("labelled roots behind what is none: {number}, the first at rank {first}"));
    }
    wrong.extend(score.false_roots.iter().map(|root| format!("false root: {root}")));
    wrong.extend(score.unfolded.iter().map(|root| format!("symptom as a root: {root}")));
    wrong
}

pub(super) fn list(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |text, line| text + "- " + line + "\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.md");
        fs::write(&page, format!("# A\n\n{BEGIN}\nold\n{END}\n\nrest\n")).unwrap();
        write_between_marks(&page, "new\n").unwrap();
        let text = fs::read_to_string(&page).unwrap();
        assert_eq!(text, format!("# A\n\n{BEGIN}\n\nnew\n\n{END}\n\nrest\n"));
        // Twice gives the same.
        write_between_marks(&page, "new\n").unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), text);
        fs::write(&page, "# A\n").unwrap();
        assert!(write_between_marks(&page, "new").is_err());
    }

    #[test]
    fn a_recording_without_a_fault_made_is_told_and_not_counted() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("shared")).unwrap();
        fs::write(folder.path().join("shared").join(FAILED), "no such luck\nmore\n").unwrap();
        let scoring = Scoring {
            recordings: folder.path(),
            rutter: Path::new("rutter"),
            work: folder.path(),
            cases: false,
            write: None,
        };
        let text = score(&scoring).unwrap();
        assert!(text.contains("made\n\n- shared\n"), "{text}");
        assert!(text.contains("- healthy-idle\n"), "{text}");
        assert!(text.contains("| roots at rank 1 ≥ 95 % | – (0 of 0) | not measured |"), "{text}");
    }
}
