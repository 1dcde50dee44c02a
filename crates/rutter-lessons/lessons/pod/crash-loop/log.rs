//! What a container said last: its termination message, else the end of its log.

use rutter_cluster::{
    Str,
    objects::{ContainerStatus, Pod},
};

use crate::{
    Context,
    containers::{self, clean},
};

/// The last lines of the run that ended, the newest first.
pub(super) fn lines<'c>(context: &Context<'c>, pod: &Pod, status: &'c ContainerStatus) -> Vec<&'c str> {
    let ended = containers::last_end(status).map(|end| end.ended);
    let message = ended.map_or("", |ended| ended.message.as_str());
    let told = message.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let mut lines: Vec<&str> = told.take(20).collect();
    let log = context.log(pod, &status.name);
    // Of a container that runs again, the log is that of the new run.
    if let Some(log) = log.filter(|log| log.previous || status.state.running.is_none()) {
        lines.extend(log.lines.iter().rev().map(Str::as_str).filter(|line| !is_of_kubelet(line)));
    }
    lines
}

/// What kubelet answers with status 200 in place of a log, once the runtime has deleted the container, or the file.
fn is_of_kubelet(line: &str) -> bool {
    ["unable to retrieve container logs for ", "failed to try resolving symlinks in path "]
        .iter()
        .any(|beginning| line.starts_with(beginning))
}

/// The line that tells the most: the last one that speaks of a failure, else the last that is no frame of a stack.
pub(super) fn telling(lines: &[&str]) -> Option<String> {
    let speaks = |line: &&&str| {
        let lower = line.to_lowercase();
        MARKS.iter().any(|mark| lower.contains(mark))
    };
    let whole: Vec<&str> = lines.iter().copied().filter(|line| !is_frame(line)).collect();
    let line = whole.iter().find(speaks).or(whole.first())?;
    Some(clean(line)).filter(|line| !line.is_empty())
}

/// Words by which programs own up, in lower case.
const MARKS: [&str; 14] = [
    "error",
    "fatal",
    "panic",
    "exception",
    "traceback",
    "refused",
    "failed",
    "cannot",
    "can't",
    "could not",
    "unable",
    "not found",
    "no such",
    "denied",
];

/// A line of a stack trace: it says where, not what.
fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    let indented = text.len() < line.len();
    text.starts_with("at ")
        || text.starts_with("goroutine ")
        || text.starts_with("... ")
        || text.starts_with("Traceback (")
        || (indented && (text.starts_with('/') || text.starts_with("File \"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubelet_says_is_not_what_the_program_said() {
        let gone = r#"failed to try resolving symlinks in path "/var/log/pods/shop_web-1_c103771e/app/3.log": lstat: no such file"#;
        assert!(
            is_of_kubelet(gone) && is_of_kubelet("unable to retrieve container logs for containerd://028cc6")
        );
        assert!(!is_of_kubelet("failed to open /etc/shop.conf"));
    }

    #[test]
    fn the_line_that_tells_the_most() {
        let newest_first = |lines: &[&'static str]| lines.iter().rev().copied().collect::<Vec<&str>>();
        let java = newest_first(&[
            "Exception in thread \"main\" java.net.ConnectException: Connection refused",
            "\tat java.base/sun.nio.ch.Net.connect0(Native Method)",
            "\t... 12 more",
        ]);
        assert!(telling(&java).is_some_and(|line| line.ends_with("Connection refused")));
        let go = newest_first(&[
            "panic: no configuration",
            "",
            "goroutine 1 [running]:",
            "\t/app/main.go:12 +0x1d",
        ]);
        assert_eq!(telling(&go).as_deref(), Some("panic: no configuration"));
        assert_eq!(telling(&["boom", "starting"]).as_deref(), Some("boom"));
        assert_eq!(telling(&[]), None);
    }
}
