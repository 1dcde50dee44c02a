//! How commands end.

use std::{fmt, io};

/// Nothing at or above `--fail-on`.
pub(crate) const DONE: u8 = 0;
/// Findings at or above `--fail-on`.
pub(crate) const FOUND: u8 = 1;
/// Wrong usage, or input that can't be read.
pub(crate) const USAGE: u8 = 2;
/// Done, but not all was seen and `--require-complete` asks for all.
pub(crate) const INCOMPLETE: u8 = 3;
/// A plan has something in its way, or stopped and holds.
pub(crate) const HELD: u8 = 4;
/// A run was interrupted and stopped where it was safe to, as shells count it.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or bad input: what, and what to do.
    Told(String),
    /// The output could not be written.
    Output(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Told(text) => f.write_str(text),
            Failure::Output(error) => write!(f, "can't write the output: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}
