use std::{
    fmt::Write as _,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Entry, History, Line};

/// Why a journal can't be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("{}: {why}", path.display())]
    Io { path: PathBuf, why: io::Error },
    #[error("{} was changed by somebody: line {line} doesn't follow from the one before it", path.display())]
    Altered { path: PathBuf, line: usize },
    #[error("{} is in use: another rutter runs this operation now", path.display())]
    InUse { path: PathBuf },
    #[error("{} holds no plan: its run was stopped before it began, and nothing was changed", path.display())]
    Empty { path: PathBuf },
}

/// A line as it is written.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    n: u64,
    time: &'a str,
    before: &'a str,
    #[serde(borrow)]
    what: &'a RawValue,
    hash: &'a str,
}

/// The hash of the line before the first.
const BEGINNING: &str = "";

/// A journal that is open for writing, by this process alone.
pub struct Journal {
    file: File,
    path: PathBuf,
    number: u64,
    hash: String,
    history: History,
}

impl Journal {
    /// Begins one. There must be none of that name.
    ///
    /// # Errors
    /// If the file is there already or can't be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let failed = |why| Error::Io { path: path.to_owned(), why };
        let mut options = OpenOptions::new();
        options.write(true).read(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(failed)?;
        let journal = Self::hold(file, path)?;
        // The name must outlast a crash, too.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(journal)
    }

    /// Opens one to go on with it. A last line that was cut by a crash is taken away.
    ///
    /// # Errors
    /// If it can't be read, was changed, is in use, or holds nothing.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |why| Error::Io { path: path.to_owned(), why };
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
        let mut journal = Self::hold(file, path)?;
        let mut text = String::new();
        journal.file.read_to_string(&mut text).map_err(failed)?;
        let read = parse(path, &text)?;
        journal.number = read.lines.len() as u64;
        journal.hash = read.hash;
        for line in read.lines {
            journal.history.add(line.entry);
        }
        if journal.history.plan().is_none() {
            return Err(Error::Empty { path: path.to_owned() });
        }
        journal.file.set_len(read.whole as u64).map_err(failed)?;
        journal.file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(journal)
    }

    /// The file for this process alone, with nothing read of it.
    fn hold(file: File, path: &Path) -> Result<Self, Error> {
        let path = path.to_owned();
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path }),
            Err(TryLockError::Error(why)) => Err(Error::Io { path, why }),
            Ok(()) => Ok(Self { file, path, number: 0, hash: BEGINNING.into(), history: History::default() }),
        }
    }

    /// Writes an entry, and returns when it is on the disk.
    ///
    /// # Errors
    /// If it can't be written: then what it announces must not happen.
    pub fn write(&mut self, entry: Entry) -> Result<(), Error> {
        let failed = |why: io::Error| Error::Io { path: self.path.clone(), why };
        let what = serde_json::value::to_raw_value(&entry).map_err(|error| failed(error.into()))?;
        let time = jiff::Timestamp::now().to_string();
        let n = self.number + 1;
        let hash = hash(&self.hash, n, &time, what.get());
        let written = Written { n, time: &time, before: &self.hash, what: &what, hash: &hash };
        let mut line = serde_json::to_vec(&written).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).and_then(|()| self.file.sync_data()).map_err(failed)?;
        (self.number, self.hash) = (n, hash);
        self.history.add(entry);
        Ok(())
    }

    /// What happened so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads a journal, whoever writes it.
///
/// # Errors
/// If it can't be read or was changed.
pub fn read(path: &Path) -> Result<Vec<Line>, Error> {
    let text = std::fs::read_to_string(path).map_err(|why| Error::Io { path: path.to_owned(), why })?;
    Ok(parse(path, &text)?.lines)
}

struct Parsed {
    lines: Vec<Line>,
    /// Of the last line.
    hash: String,
    /// So many bytes are whole lines.
    whole: usize,
}

fn parse(path: &Path, text: &str) -> Result<Parsed, Error> {
    let mut parsed = Parsed { lines: Vec::new(), hash: BEGINNING.into(), whole: 0 };
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let Some(whole) = line.strip_suffix('\n') else { break };
        let altered = || Error::Altered { path: path.to_owned(), line: at + 1 };
        let written: Written<'_> = serde_json::from_str(whole).map_err(|_| altered())?;
        let follows = written.n == at as u64 + 1
            && written.before == parsed.hash
            && written.hash == hash(written.before, written.n, written.time, written.what.get());
        let entry = serde_json::from_str(written.what.get()).ok().filter(|_| follows);
        let entry = entry.ok_or_else(altered)?;
        parsed.lines.push(Line { number: written.n, time: written.time.to_owned(), entry });
        written.hash.clone_into(&mut parsed.hash);
        parsed.whole += line.len();
    }
    Ok(parsed)
}

fn hash(before: &str, n: u64, time: &str, what: &str) -> String {
    let sum = digest(&SHA256, format!("{before}\n{n}\n{time}\n{what}").as_bytes());
    let mut text = String::with_capacity(64);
    for byte in sum.as_ref() {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
