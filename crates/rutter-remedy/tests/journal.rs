//! What a journal promises: it tells what happened, in order, and notices whatever is done to it.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::{fs, path::PathBuf};

use rutter_plan::{ClusterIdentity, Plan};
use rutter_remedy::journal::{Entry, Error, Folder, Journal, Outcome, Progress, read};

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drain-node-a-x.jsonl");
    Place { _folder: folder, path }
}

fn begun(place: &Place) -> Journal {
    let plan =
        Plan::new("drain-node-a-x", "Drain node-a", ClusterIdentity::default(), "2026-01-01T00:00:00Z");
    let mut journal = Journal::create(&place.path).unwrap();
    journal.write(Entry::Begun { plan: Box::new(plan), by: "somebody".into() }).unwrap();
    journal
}

fn sending(step: &str) -> Entry {
    Entry::Sending { step: step.into(), undo: false }
}

fn done(step: &str, found: bool) -> Entry {
    Entry::Done { step: step.into(), undo: false, found }
}

#[test]
fn what_was_written_is_read_again() {
    let place = place();
    let mut journal = begun(&place);
    journal.write(sending("cordon")).unwrap();
    drop(journal);
    let journal = Journal::open(&place.path).unwrap();
    assert_eq!(journal.history().progress("cordon", false), Progress::Perhaps);
    assert_eq!(journal.history().progress("evict", false), Progress::Not);
    assert_eq!(journal.history().plan().unwrap().title, "Drain node-a");
    assert_eq!(read(&place.path).unwrap().len(), 2);
}

#[test]
fn a_line_cut_by_a_crash_is_as_if_it_had_not_been() {
    let place = place();
    let mut journal = begun(&place);
    journal.write(sending("cordon")).unwrap();
    drop(journal);
    let text = fs::read_to_string(&place.path).unwrap();
    for cut in 1..40 {
        fs::write(&place.path, &text[..text.len() - cut]).unwrap();
        let mut journal = Journal::open(&place.path).unwrap();
        assert_eq!(journal.history().progress("cordon", false), Progress::Not, "cut by {cut}");
        journal.write(Entry::Resumed { by: "somebody".into() }).unwrap();
        drop(journal);
        assert_eq!(read(&place.path).unwrap().len(), 2, "cut by {cut}");
    }
}

#[test]
fn a_changed_line_is_noticed() {
    let place = place();
    let mut journal = begun(&place);
    journal.write(sending("cordon")).unwrap();
    journal.write(done("cordon", false)).unwrap();
    drop(journal);
    let text = fs::read_to_string(&place.path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let changes = [
        text.replace("cordon", "evict!"),
        format!("{}\n{}\n", lines[0], lines[2]),
        format!("{}\n{}\n{}\n", lines[0], lines[2], lines[1]),
        text.replacen("2026", "2025", 1),
    ];
    for changed in changes {
        fs::write(&place.path, &changed).unwrap();
        assert!(matches!(read(&place.path), Err(Error::Altered { .. })), "{changed}");
        assert!(matches!(Journal::open(&place.path), Err(Error::Altered { .. })), "{changed}");
    }
}

#[test]
fn one_operation_is_run_by_one_program() {
    let place = place();
    let journal = begun(&place);
    assert!(matches!(Journal::open(&place.path), Err(Error::InUse { .. })));
    assert!(matches!(Journal::create(&place.path), Err(Error::Io { .. })));
    drop(journal);
    assert!(Journal::open(&place.path).is_ok());
}

#[test]
fn a_journal_without_a_plan_is_told_as_that() {
    let place = place();
    drop(Journal::create(&place.path).unwrap());
    assert!(matches!(Journal::open(&place.path), Err(Error::Empty { .. })));
}

#[test]
fn i9_what_was_found_done_is_not_undone() {
    let place = place();
    let mut journal = begun(&place);
    journal.write(done("theirs", true)).unwrap();
    journal.write(sending("ours")).unwrap();
    journal.write(done("ours", true)).unwrap();
    let history = journal.history();
    assert!(!history.changed("theirs"));
    assert!(history.changed("ours"), "it was sent, so what was found is its effect");
}

#[test]
fn a_run_that_is_over_may_yet_be_undone() {
    let place = place();
    let mut journal = begun(&place);
    journal.write(Entry::Ended { outcome: Outcome::Done }).unwrap();
    assert_eq!(journal.history().outcome(), Some(Outcome::Done));
    journal.write(Entry::Undoing { why: String::new() }).unwrap();
    assert!(journal.history().is_undoing());
    assert_eq!(journal.history().outcome(), None);
}

#[test]
fn a_folder_lists_what_it_can_and_tells_what_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let journals = Folder::new(folder.path().join("deep/down"));
    assert!(journals.list().unwrap().is_empty());
    journals.prepare().unwrap();
    fs::write(journals.path("broken"), "no journal\n").unwrap();
    let plan = Plan::new("drain-a", "Drain a", ClusterIdentity::default(), "");
    let mut journal = Journal::create(&journals.path("drain-a")).unwrap();
    journal.write(Entry::Begun { plan: Box::new(plan), by: String::new() }).unwrap();
    let all = journals.list().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().filter(|of| of.history.is_err()).count(), 1);
}
