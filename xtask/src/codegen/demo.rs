//! The demo's output, where the README and the book show it: between `<!-- demo -->` and `<!-- /demo -->`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::{Generated, generated};
use crate::repository::{cargo, read, root};

const PLACES: [&str; 2] = ["README.md", "docs/book/src/quick-start.md"];
const BEGIN: &str = "<!-- demo -->\n";
const END: &str = "<!-- /demo -->";

pub(super) fn generate(binary: Option<&Path>) -> anyhow::Result<Vec<Generated>> {
    let output = run(binary)?;
    PLACES
        .iter()
        .map(|path| Ok(generated(path, placed(&read(&root().join(path))?, &output).context(*path)?)))
        .collect()
}

fn run(binary: Option<&Path>) -> anyhow::Result<String> {
    let mut command = if let Some(binary) = binary {
        Command::new(binary.canonicalize().unwrap_or_else(|_| binary.to_owned()))
    } else {
        let mut cargo = cargo();
        cargo.args(["run", "--quiet", "--package", "rutter", "--"]);
        cargo
    };
    // Without a terminal on any end, and with nobody's wish, the width is always the same.
    command.args(["diagnose", "--demo", "--color", "never"]).stdin(Stdio::null()).env_remove("COLUMNS");
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`rutter diagnose --demo` ended with {}: {told}", output.status);
    let text = String::from_utf8(output.stdout)?;
    ensure!(!text.trim().is_empty(), "`rutter diagnose --demo` printed nothing");
    Ok(text)
}

/// The text with the output in its place.
fn placed(text: &str, output: &str) -> anyhow::Result<String> {
    let lines: Vec<&str> = output.lines().map(|line| without_age(line.trim_end())).collect();
    let (before, rest) = text.split_once(BEGIN).context("no `<!-- demo -->`")?;
    let (_, after) = rest.split_once(END).context("no `<!-- /demo -->`")?;
    Ok(format!(
        "{before}{BEGIN}```text\n$ rutter diagnose --demo\n{}\n```\n{END}{after}",
        lines.join("\n").trim_end()
    ))
}

/// How long ago the recording was made is another thing each day: the head's first line says it.
fn without_age(line: &str) -> &str {
    let aged = line.starts_with("Cluster ") && line.ends_with(" ago)");
    line.rsplit_once(" (").filter(|_| aged).map_or(line, |(rest, _)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_age_of_the_recording_is_left_out() {
        assert_eq!(
            without_age("Cluster   a, v1.34.4, as of noon (3 d ago)"),
            "Cluster   a, v1.34.4, as of noon"
        );
        for kept in ["Cluster   a, v1.34.4, as of noon", "  since noon (3 d ago)"] {
            assert_eq!(without_age(kept), kept);
        }
    }

    #[test]
    fn only_what_is_between_the_marks_changes() -> anyhow::Result<()> {
        let text = "above\n<!-- demo -->\nold\n<!-- /demo -->\nbelow\n";
        let placed = placed(text, "one  \n\ntwo\n\n")?;
        let block = "```text\n$ rutter diagnose --demo\none\n\ntwo\n```\n";
        assert_eq!(placed, format!("above\n<!-- demo -->\n{block}<!-- /demo -->\nbelow\n"));
        super::placed("no marks", "x").unwrap_err();
        Ok(())
    }
}
