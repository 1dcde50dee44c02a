//! Container logs, as far as a source brings them: the last lines only.

use std::collections::BTreeMap;

use crate::Str;

/// Whose log it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LogKey {
    pub namespace: Str,
    pub pod: Str,
    pub container: Str,
}

/// The end of a container's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTail {
    /// Whether this is the log of the container's previous run.
    pub previous: bool,
    /// The last lines, oldest first, without line ends; at most [`LogTail::LINES`].
    pub lines: Vec<Str>,
}

impl LogTail {
    /// How many lines are kept.
    pub const LINES: usize = 20;

    /// Keeps the last lines of `text`, each cut to a length that a report can show.
    pub fn new(text: &str, previous: bool) -> Self {
        const LONGEST: usize = 500;
        let mut lines: Vec<Str> = text
            .lines()
            .rev()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .take(Self::LINES)
            .map(|line| Str::from(&line[..line.floor_char_boundary(LONGEST)]))
            .collect();
        lines.reverse();
        Self { previous, lines }
    }
}

/// All logs of a source.
pub type Logs = BTreeMap<LogKey, LogTail>;
