//! Being told to stop in the middle of a start: what was started ends too.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use std::{fs, io, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

use crate::folder::Folder;
use crate::note;

/// The folders of clusters that are not to outlive this program.
static OURS: Mutex<Vec<Folder>> = Mutex::new(Vec::new());

/// Held for reading while a process is started, and for writing, for good, once the program is to end.
static GATE: RwLock<()> = RwLock::new(());

/// From now on Ctrl-C, a request to terminate and the end of the terminal end the clusters that this program is starting
/// or owns, and then the program, by the signal.
pub fn watch() -> io::Result<()> {
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(wanted)?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            stop(signal);
        }
    })?;
    Ok(())
}

/// Waits for the end if the program is told to stop: what fails because of that is not worth a message.
pub fn give_way() {
    drop(gate());
}

/// Nothing is told to stop while this is held, and nobody gets it who asks later.
pub(crate) fn gate() -> RwLockReadGuard<'static, ()> {
    GATE.read().unwrap_or_else(PoisonError::into_inner)
}

/// The cluster in `folder` ends with the program, until it is [`disown`]ed.
pub(crate) fn own(folder: &Folder) {
    ours().push(folder.clone());
}

/// The cluster in `folder` stays, or has ended.
pub(crate) fn disown(folder: &Folder) {
    ours().retain(|other| other != folder);
}

fn ours() -> MutexGuard<'static, Vec<Folder>> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stop(signal: i32) {
    let _gate = GATE.write();
    for folder in ours().iter() {
        note(&format!("told to stop: ending what runs in {}", folder.path().display()));
        if let Err(error) = folder.end(Duration::ZERO) {
            note(&format!("{error:#}; `{}` tries again", folder.command("clean")));
        }
    }
    // Of the signal and not with an exit code, or a shell would go on with its loop. It comes back only if it can't.
    drop(low_level::emulate_default_handler(signal));
    low_level::exit(128 + signal);
}

/// The signals that whoever started the program wants ignored (`nohup`), a bit for each.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
