//! `--fix`: what is certain is mended in place.

use std::{collections::BTreeMap, fs, path::PathBuf};

use rutter_lint::{Edit, Input, Outcome, Source, SourceRole, State, edit, lint};
use similar::TextDiff;

use crate::{exit::Failure, output};

/// Mends the files, or (`show`) prints what would change. Accepted findings are left as they are.
pub(super) fn mend(
    input: &Input<'_>,
    outcome: &Outcome,
    show: bool,
    paths: &[Option<PathBuf>],
) -> Result<(), Failure> {
    let mut edits: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
    for problem in &outcome.problems {
        let source = problem.finding.source;
        if let (Some(fix), State::Open, SourceRole::Written) =
            (&problem.finding.fix, &problem.state, &input.sources[source].role)
        {
            edits.entry(source).or_default().push(fix);
        }
    }
    let (mut mended, mut files) = (0, 0);
    for (source, edits) in edits {
        let before = &input.sources[source];
        let (text, made) = edit::apply(&before.text, &edits);
        if made == 0 || !is_better(input, source, &text) {
            output::note(&format!(
                "{} is left as it is: what would be mended there can't be written safely",
                before.name
            ));
            continue;
        }
        (mended, files) = (mended + made, files + 1);
        if show {
            let diff = TextDiff::from_lines(&before.text, &text);
            output::raw(&diff.unified_diff().header(&before.name, &before.name).to_string())?;
        } else if let Some(path) = &paths[source] {
            replace(path, &text)?;
        } else {
            // Standard input: what is mended goes where it would have been read.
            output::raw(&text)?;
        }
    }
    let would = if show { "would be mended" } else { "mended" };
    output::note(&format!("{mended} findings {would} in {files} files"));
    Ok(())
}

/// Whether the new text can be read as well as the old one, and says of the same objects.
fn is_better(input: &Input<'_>, source: usize, text: &str) -> bool {
    let look = |text: &str| {
        let sources = [Source { text: text.to_owned(), ..input.sources[source].clone() }];
        let outcome = lint(&Input { sources: &sources, baseline: None, cluster: None, ..*input });
        let fixable = outcome.problems.iter().filter(|problem| problem.finding.fix.is_some()).count();
        let broken = outcome
            .problems
            .iter()
            .filter(|problem| problem.finding.check == rutter_lint::UNREADABLE)
            .count();
        (outcome.objects, outcome.others, broken, fixable)
    };
    let (before, after) = (look(&input.sources[source].text), look(text));
    (before.0, before.1, before.2) == (after.0, after.1, after.2) && after.3 <= before.3
}

/// Whole or not at all: a file that is half written would be worse than what was wrong with it.
fn replace(path: &PathBuf, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Told(format!("can't write {}: {error}", path.display()));
    // Through a link to the file itself.
    let path = fs::canonicalize(path).map_err(failed)?;
    let permissions = fs::metadata(&path).map_err(failed)?.permissions();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".rutter-new");
    let new = path.with_file_name(name);
    let written = fs::write(&new, text)
        .and_then(|()| fs::set_permissions(&new, permissions))
        .and_then(|()| fs::rename(&new, &path));
    written.map_err(|error| {
        drop(fs::remove_file(&new));
        failed(error)
    })
}
