use std::{
    io,
    path::{Path, PathBuf},
};

use super::{Error, History, read};

/// Where journals are kept.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// A journal in a few words.
pub struct Summary {
    /// The operation's id.
    pub operation: String,
    /// When its first entry was written (RFC 3339).
    pub begun: String,
    /// What it says; or why it can't be read.
    pub history: Result<History, Error>,
}

impl Folder {
    /// That folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The path of an operation's journal.
    pub fn path(&self, operation: &str) -> PathBuf {
        self.0.join(format!("{operation}.jsonl"))
    }

    /// Makes the folder, for this user alone.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn prepare(&self) -> Result<(), Error> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(|why| Error::Io { path: self.0.clone(), why })
    }

    /// All journals, the latest last. None if there is no such folder.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub fn list(&self) -> Result<Vec<Summary>, Error> {
        let failed = |why| Error::Io { path: self.0.clone(), why };
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|ending| ending == "jsonl") {
                all.push(summary(&path));
            }
        }
        all.sort_by(|a, b| (&a.begun, &a.operation).cmp(&(&b.begun, &b.operation)));
        Ok(all)
    }

    /// The folder's path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

fn summary(path: &Path) -> Summary {
    let operation = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let lines = match read(path) {
        Ok(lines) => lines,
        Err(error) => {
            return Summary { operation, begun: String::new(), history: Err(error) };
        }
    };
    let begun = lines.first().map(|line| line.time.clone()).unwrap_or_default();
    let mut history = History::default();
    for line in lines {
        history.add(line.entry);
    }
    Summary { operation, begun, history: Ok(history) }
}
