//! The durable record of a plan's run.
//!
//! One file for each operation, one line for each entry. A line is written and synced before what it announces happens. Each
//! holds the hash of the one before it, so that nobody changes one unseen; a last line that was cut by a crash is no harm,
//! since what it announces has not happened.

mod entry;
mod file;
mod folder;
mod history;

pub use entry::{Entry, Line, Outcome};
pub use file::{Error, Journal, read};
pub use folder::{Folder, Summary};
pub use history::{History, Progress};
