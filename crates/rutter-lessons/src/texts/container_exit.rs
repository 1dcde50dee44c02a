//! How a container ended or why it never started: exit codes and signals, `ContainerCannotRun` and `StartError`
//! messages, and the delays of `CrashLoopBackOff`.
//!
//! Exit codes are those of `state.terminated` (all versions). The messages are runc's, wrapped by Docker (1.12:
//! `OCI runtime create failed: container_linux.go:348: starting container process caused "exec: \"x\": …"`) or containerd
//! (`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: …`),
//! and crun's.

use std::fmt;
use std::time::Duration;

use super::scan::{after, after_any, between, has, non_empty, quoted, sentence, strip_combined, until};
use super::{Era, go_duration};

/// What an exit code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: it finished and thinks all is well.
    Completed,
    /// The application ended itself with this code.
    AppError(i64),
    /// 126: the command was found but could not be run.
    NotExecutable,
    /// 127: a shell did not find the command.
    CommandNotFound,
    /// Killed by the kernel at its memory limit, by the runtime's word (`OOMKilled`).
    OomKilled,
    /// Killed by a signal (128 + n, or the `signal` field).
    Signal(i64),
    /// The runtime could not start it: `ContainerCannotRun`, `StartError` (125 or 128).
    NotStarted,
    /// `ContainerStatusUnknown` (≥ 1.22): the runtime lost the record; 137 is the kubelet's invention then.
    Lost,
    /// 255: exit code out of range, or containerd's word for a container that a reboot ended (reason `Unknown`).
    Unknown255,
    /// A Windows status, as 32 bits.
    Windows(u32),
}

/// Explains the fields `exitCode`, `signal` and `reason` of `state.terminated`.
pub fn exit(code: i64, signal: Option<i64>, reason: &str) -> Exit {
    match reason {
        "OOMKilled" => return Exit::OomKilled,
        "ContainerCannotRun" | "StartError" => return Exit::NotStarted,
        "ContainerStatusUnknown" => return Exit::Lost,
        _ => {}
    }
    match (code, signal) {
        (_, Some(signal)) if signal > 0 => Exit::Signal(signal),
        (0, _) => Exit::Completed,
        (126, _) => Exit::NotExecutable,
        (127, _) => Exit::CommandNotFound,
        (129..=192, _) => Exit::Signal(code - 128),
        (255, _) => Exit::Unknown255,
        (1..=254, _) => Exit::AppError(code),
        _ => Exit::Windows(code as u32),
    }
}

impl Exit {
    /// Whether SIGKILL ended it, whoever sent it.
    pub fn is_sigkill(self) -> bool {
        matches!(self, Self::OomKilled | Self::Signal(9))
    }

    /// Whether it was asked to end (SIGTERM, SIGINT): by a probe, a rollout, a deletion or a person.
    pub fn was_asked(self) -> bool {
        matches!(self, Self::Signal(2 | 15))
    }
}

/// The name of a Linux signal.
pub fn signal_name(signal: i64) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

fn windows_name(status: u32) -> Option<&'static str> {
    Some(match status {
        0xC000_0005 => "access violation",
        0xC000_0135 => "a DLL was not found",
        0xC000_0139 => "an entry point was not found in a DLL",
        0xC000_0142 => "a DLL failed to initialise",
        0xC000_013A => "ended by Ctrl+C or a stop request",
        0xC000_0409 => "stack buffer overrun or abort",
        0xC000_00FD => "stack overflow",
        0xC000_0017 => "not enough memory",
        0xE043_4352 => "unhandled .NET exception",
        _ => return None,
    })
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => f.write_str("it finished without error (exit code 0)"),
            Self::AppError(code) => write!(f, "the application ended with exit code {code}"),
            Self::NotExecutable => f.write_str("the command could not be executed (exit code 126)"),
            Self::CommandNotFound => f.write_str("the command was not found (exit code 127)"),
            Self::OomKilled => f.write_str("killed at its memory limit (OOMKilled)"),
            Self::Signal(9) => f.write_str("killed (SIGKILL, exit code 137)"),
            Self::Signal(n) => match signal_name(*n) {
                Some(name) => write!(f, "ended by signal {n} ({name})"),
                None => write!(f, "ended by signal {n}"),
            },
            Self::NotStarted => f.write_str("the runtime could not start it"),
            Self::Lost => f.write_str("the runtime lost its record"),
            Self::Unknown255 => f.write_str("exit code 255: a generic failure, or ended by a reboot"),
            Self::Windows(status) => match windows_name(*status) {
                Some(name) => write!(f, "Windows status {status:#010X} ({name})"),
                None => write!(f, "Windows status {status:#010X}"),
            },
        }
    }
}

/// Why a container's process could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartFailure<'a> {
    /// The command isn't in the image, or its interpreter isn't.
    CommandNotFound {
        /// The command, where the message names it.
        command: Option<&'a str>,
    },
    /// The command may not be executed: no execute bit, a directory, or `noexec`.
    PermissionDenied {
        /// The command, where the message names it.
        command: Option<&'a str>,
    },
    /// `exec format error`: made for another architecture, or a script without its first line.
    WrongArchitecture,
    /// The image and the pod give no command.
    NoCommand,
    /// The working directory can't be entered.
    WorkingDirMissing {
        /// The directory.
        dir: Option<&'a str>,
    },
    /// A volume can't be mounted into the container: a file where a directory is, or the reverse.
    MountProblem {
        /// The runtime's words.
        detail: &'a str,
    },
    /// The user or group isn't in the image.
    UserMissing {
        /// Its name.
        user: Option<&'a str>,
    },
    /// The memory limit is too low to start anything.
    MemoryLimitTooLow,
    /// The cgroup could not be made or entered: an old kernel or runtime, or no room for cgroups.
    Cgroup,
    /// Words that aren't known.
    Other {
        /// The innermost of them.
        detail: &'a str,
    },
}

/// Reads the message of a container that could not start (`ContainerCannotRun`, `StartError`, `RunContainerError`,
/// `CreateContainerError`, event `Failed`), or the last log line of one that could not execute.
pub fn start_failure(message: &str) -> StartFailure<'_> {
    let text = strip_combined(message);
    if has(text, &["chdir to cwd", "no such directory: cwd", "mkdir cwd"]) {
        return StartFailure::WorkingDirMissing { dir: after(text, "cwd").and_then(quoted) };
    }
    if has(text, &["init was OOM-killed", "memory limit too low", "Minimum memory limit"]) {
        return StartFailure::MemoryLimitTooLow;
    }
    if has(
        text,
        &[
            "error mounting ",
            "mounting \\\"",
            "mounting \"",
            "rootfs_linux.go",
            "mount a directory onto a file",
        ],
    ) {
        return StartFailure::MountProblem { detail: innermost(text) };
    }
    if has(text, &["exec format error", "Exec format error"]) {
        return StartFailure::WrongArchitecture;
    }
    if has(text, &["unable to find user", "unable to find group", "no matching entries in "]) {
        let user = between(text, "unable to find user ", ":")
            .or_else(|| between(text, "unable to find group ", ":"));
        return StartFailure::UserMissing { user: user.and_then(non_empty) };
    }
    if has(text, &["o command specified", "no command or entrypoint"]) {
        return StartFailure::NoCommand;
    }
    if has(text, &["/sys/fs/cgroup", "to cgroups caused", "cgroup.procs", "for cgroups"]) {
        return StartFailure::Cgroup;
    }
    command_failure(text)
}

fn command_failure(text: &str) -> StartFailure<'_> {
    let command = command(text);
    let executing = command.is_some() || has(text, &["exec user process caused", "$PATH"]);
    if has(text, &["executable file not found", "executable file `"]) {
        return StartFailure::CommandNotFound { command };
    }
    if executing && has(text, &["no such file or directory", "No such file or directory"]) {
        return StartFailure::CommandNotFound { command };
    }
    if executing && has(text, &["permission denied", "Permission denied", "is a directory"]) {
        return StartFailure::PermissionDenied { command };
    }
    StartFailure::Other { detail: innermost(text) }
}

/// The command of `exec: "x": …` at any depth of escapes, of `exec /x: …`, and of crun's ``executable file `x` not found``.
fn command(text: &str) -> Option<&str> {
    if let Some(rest) = after(text, "exec: ") {
        let named = rest.trim_start_matches('\\').starts_with('"');
        return if named { quoted(rest).and_then(non_empty) } else { non_empty(until(rest, ":")) };
    }
    if let Some(rest) = after(text, "executable file `") {
        return non_empty(until(rest, "`"));
    }
    let rest = text.strip_prefix("exec ").or_else(|| after(text, ": exec "))?;
    non_empty(until(rest, ":")).filter(|command| !command.contains(' '))
}

/// The end of the chain of errors, which says the most, without containerd's `: unknown`.
fn innermost(text: &str) -> &str {
    let text = text.trim().trim_end_matches(": unknown");
    let openings = [
        "unable to start container process: ",
        "starting container process caused: ",
        "starting container process caused ",
    ];
    after_any(text, &openings).unwrap_or(text)
}

impl fmt::Display for StartFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandNotFound { command: Some(command) } => {
                write!(f, "the image has no command {command}")
            }
            Self::CommandNotFound { command: None } => {
                f.write_str("the image lacks the command or its interpreter")
            }
            Self::PermissionDenied { command: Some(command) } => write!(f, "{command} may not be executed"),
            Self::PermissionDenied { command: None } => f.write_str("the command may not be executed"),
            Self::WrongArchitecture => {
                f.write_str("the command is made for another architecture, or is no program")
            }
            Self::NoCommand => f.write_str("neither image nor pod gives a command"),
            Self::WorkingDirMissing { dir: Some(dir) } => {
                write!(f, "the working directory {dir} can not be entered")
            }
            Self::WorkingDirMissing { dir: None } => f.write_str("the working directory can not be entered"),
            Self::MountProblem { .. } => f.write_str("a volume can not be mounted into the container"),
            Self::UserMissing { user: Some(user) } => write!(f, "the image has no user or group {user}"),
            Self::UserMissing { user: None } => f.write_str("the image lacks the user or group"),
            Self::MemoryLimitTooLow => f.write_str("the memory limit is too low to start anything"),
            Self::Cgroup => f.write_str("the container's cgroup could not be set up"),
            Self::Other { detail } => f.write_str(sentence(detail)),
        }
    }
}

/// A back-off before a container is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff<'a> {
    /// How long; doubles from 10 s to 5 min (or the node's `maxContainerRestartPeriod`, ≥ 1.35). `None` in events
    /// since about 1.20.
    pub delay: Option<Duration>,
    /// The container.
    pub container: Option<&'a str>,
    /// The pod's name, namespace and uid.
    pub pod: Option<(&'a str, &'a str, &'a str)>,
    /// The capital `Back-off 5m0s` is old (1.12).
    pub era: Era,
}

/// Reads a back-off: `Back-off 5m0s restarting failed container=c pod=p_ns(uid)` (1.12), `back-off 40s restarting failed
/// container=c pod=p_ns(uid)` (waiting message, ≥ 1.14), `Back-off restarting failed container c in pod p_ns(uid)` (event,
/// ≥ 1.27), `Back-off restarting failed container` (events before that).
pub fn back_off(message: &str) -> Option<BackOff<'_>> {
    let message = strip_combined(message);
    let rest = message.strip_prefix("Back-off ").or_else(|| message.strip_prefix("back-off "))?;
    let (delay, rest) = rest.split_once("restarting failed container")?;
    let delay = go_duration(delay);
    let old = delay.is_some() && message.starts_with('B');
    let (container, pod) = match rest.strip_prefix('=') {
        Some(rest) => rest.split_once(" pod=").unwrap_or((rest, "")),
        None => rest.trim_start().split_once(" in pod ").unwrap_or((rest.trim(), "")),
    };
    let era = if old { Era::Old } else { Era::Current };
    Some(BackOff { delay, container: non_empty(container), pod: pod_of(pod), era })
}

/// `name_namespace(uid)`.
fn pod_of(text: &str) -> Option<(&str, &str, &str)> {
    let (full, rest) = text.split_once('(')?;
    let (name, namespace) = full.rsplit_once('_')?;
    Some((name, namespace, until(rest, ")")))
}

#[cfg(test)]
#[path = "tests/container_exit.rs"]
mod tests;
