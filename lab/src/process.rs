//! Starting processes that can be found again, and ending exactly those.
//!
//! A process is known by its id and its start time, so that another one that got the id later is never touched. Besides,
//! each carries the folder of its cluster in its environment: it can be found even when whoever started it was killed
//! before it wrote anything down.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::interrupt;

/// The folder of the cluster that a process belongs to.
const FOLDER: &str = "RUTTER_LAB_FOLDER";
/// The process that a cluster shall not outlive, as `pid:started`.
const OWNER: &str = "RUTTER_LAB_OWNER";

/// How often something is looked at that is waited for.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// A process that the lab started, or one that owns a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Process {
    /// Its process id.
    pub pid: i32,
    /// When it started, in clock ticks since the boot of the machine.
    pub started: u64,
    /// The name of its program.
    pub name: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name, self.pid)
    }
}

impl Process {
    /// The process that has this id now.
    pub fn of(pid: i32) -> Option<Self> {
        Stat::read(pid).map(|stat| Self { pid, started: stat.started, name: stat.name })
    }

    /// Whether it still runs. A zombie does not.
    pub fn is_alive(&self) -> bool {
        Stat::read(self.pid).is_some_and(|stat| stat.started == self.started && !stat.ended)
    }

    /// Stops it where it is, until [`Process::thaw`].
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on; and its parent, for `nsenter` stops itself when what it runs is stopped.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
        if let Some(parent) = Stat::read(self.pid).and_then(|stat| Self::of(stat.parent))
            && parent.name == "nsenter"
        {
            parent.signal(Signal::CONT);
        }
    }

    /// Whether it has left the network of this process.
    pub(crate) fn has_own_network(&self) -> bool {
        let network = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        self.is_alive() && network(&self.pid.to_string()) != network("self")
    }

    /// Its first child, once it has one.
    pub(crate) fn wait_for_child(&self, patience: Duration) -> Option<Self> {
        let deadline = Instant::now() + patience;
        while self.is_alive() && Instant::now() < deadline {
            let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid));
            if let Some(child) = children.ok()?.split_whitespace().next() {
                return Self::of(child.parse().ok()?);
            }
            thread::sleep(POLL);
        }
        None
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid)
            && self.is_alive()
        {
            // It may end between the look and the signal, which is as good.
            let _ = kill_process(pid, signal);
        }
    }
}

/// Starts `command` in the background, its output going to the file `log`.
pub(crate) fn spawn(
    command: &mut Command,
    folder: &Path,
    owner: Option<&Process>,
    log: &Path,
) -> Result<Child> {
    let program = command.get_program().to_owned();
    let output = OpenOptions::new().create(true).append(true).open(log);
    let output = output.with_context(|| format!("cannot write {}", log.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .env(FOLDER, folder)
        .env_remove(OWNER)
        // Ctrl-C in the terminal is for the lab, not for what it leaves running.
        .process_group(0);
    if let Some(owner) = owner {
        command.env(OWNER, format!("{}:{}", owner.pid, owner.started));
    }
    let _gate = interrupt::gate();
    command.spawn().with_context(|| format!("cannot run {}", program.display()))
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// Ends `processes`: asks them to stop, and kills those that still run after `patience`.
pub fn end(processes: &[Process], patience: Duration) -> Result<()> {
    for (signal, patience) in [(Signal::TERM, patience), (Signal::KILL, Duration::from_secs(10))] {
        for process in processes {
            process.signal(signal);
        }
        if wait_until_ended(processes, patience) {
            return Ok(());
        }
    }
    let left: Vec<_> =
        processes.iter().filter(|process| process.is_alive()).map(Process::to_string).collect();
    bail!("still running after SIGKILL, look at it by hand: {}", left.join(", "))
}

fn wait_until_ended(processes: &[Process], patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if !processes.iter().any(Process::is_alive) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(POLL);
    }
}

/// The running processes of the cluster in `folder`.
pub fn of_folder(folder: &Path) -> Vec<Process> {
    let ours = running().into_iter().filter(|found| found.folder == folder);
    ours.map(|found| found.process).collect()
}

/// The folders of running clusters whose owner is gone: a test that was killed before it could end them.
pub fn orphaned_folders() -> BTreeSet<PathBuf> {
    let orphans =
        running().into_iter().filter(|found| found.owner.as_ref().is_some_and(|owner| !owner.is_alive()));
    orphans.map(|found| found.folder).collect()
}

struct Found {
    process: Process,
    folder: PathBuf,
    owner: Option<Process>,
}

fn running() -> Vec<Found> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(look_at).filter(|found| found.process.is_alive()).collect()
}

/// What the environment of a process says of it, if it is one of the lab's.
fn look_at(pid: i32) -> Option<Found> {
    let process = Process::of(pid)?;
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let environment = String::from_utf8_lossy(&environment);
    let value =
        |name: &str| environment.split('\0').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let folder = PathBuf::from(value(FOLDER)?);
    let owner = value(OWNER).and_then(|owner| {
        let (pid, started) = owner.split_once(':')?;
        Some(Process { pid: pid.parse().ok()?, started: started.parse().ok()?, name: String::new() })
    });
    Some(Found { process, folder, owner })
}

/// The parts of `/proc/PID/stat` that the lab needs.
struct Stat {
    name: String,
    parent: i32,
    started: u64,
    ended: bool,
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// `PID (NAME) STATE PPID …`, where the name may contain anything; the start time is the 22nd field.
    fn parse(line: &str) -> Option<Self> {
        let (front, rest) = line.rsplit_once(") ")?;
        let (_, name) = front.split_once('(')?;
        let mut fields = rest.split(' ');
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self { name: name.to_owned(), parent, started, ended: matches!(state, "Z" | "X") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_whatever_the_name() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 777 1000 10";
        let stat = Stat::parse(line).unwrap();
        assert_eq!((stat.name.as_str(), stat.started, stat.ended), ("a) b (c", 777, false));
    }

    #[test]
    fn this_process_is_alive_and_another_with_its_id_is_not() {
        let this = Process::of(std::process::id() as i32).unwrap();
        assert!(this.is_alive());
        assert!(!Process { started: this.started + 1, ..this }.is_alive());
    }
}
