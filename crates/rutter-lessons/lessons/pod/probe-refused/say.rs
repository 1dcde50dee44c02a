//! What to say of a probe that fails: which, how, what follows from it, and why as far as that is known.

use rutter_cluster::{
    Time,
    objects::{ContainerStatus, Event, Pod},
};

use super::{
    ID,
    failing::{self, Failing, definition},
    port,
    siblings::Siblings,
};
use crate::{
    Confidence, Context, Evidence, Finding,
    texts::probe::{Outcome, ProbeKind},
    words,
};

/// A container that isn't ready this long, in seconds, after its start is hardly still starting.
const STARTING: i64 = 600;

pub(super) fn finding(context: &Context<'_>, pod: &Pod, failing: &Failing<'_>) -> Finding {
    let siblings = Siblings::of(context, pod);
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = failing.variant;
    finding.container = Some(failing.container.name.clone());
    finding.severity = siblings.severity(failing.status.ready && failing.stopped().is_none());
    finding.since = since(pod, failing);
    finding.evidence = evidence(pod, failing);
    finding.message = effect(failing);
    let why = why(context, pod, failing, &siblings);
    finding.confidence = why.confidence;
    finding.evidence.extend(why.evidence);
    if why.by_design {
        finding.severity = crate::Severity::Low;
    }
    if let Some(words) = why.words {
        finding.message = format!("{}; {words}", finding.message);
    }
    // What is slow may be slow because its node is.
    if matches!(failing.variant, "timeout" | "exec-timeout") {
        finding.hidden_with_node(context);
    }
    finding
}

/// When it began. Events of one kind are counted on for an hour, so the first may belong to an earlier trouble.
fn since(pod: &Pod, failing: &Failing<'_>) -> Option<Time> {
    let first = failing.events.iter().filter_map(|event| event.first_seen()).min();
    let unready =
        failing::unready_since(pod).filter(|_| !failing.status.ready && failing.stopped().is_none());
    match (first, unready) {
        (Some(first), Some(unready)) if unready.since(first) > 300 => Some(unready),
        _ => first,
    }
}

fn evidence(pod: &Pod, failing: &Failing<'_>) -> Vec<Evidence> {
    let mut all: Vec<Evidence> =
        failing.events.iter().rev().take(2).map(|event| Evidence::event(event)).collect();
    all.extend(failing.stopped().map(Evidence::event));
    if !failing.status.ready {
        all.push(ready(pod, failing.status));
    }
    all.push(restarts(pod, failing.status));
    all
}

pub(super) fn ready(pod: &Pod, status: &ContainerStatus) -> Evidence {
    let path = format!("status.containerStatuses[{}].ready", status.name);
    Evidence::field(pod, path, status.ready.to_string(), failing::unready_since(pod))
}

pub(super) fn restarts(pod: &Pod, status: &ContainerStatus) -> Evidence {
    let path = format!("status.containerStatuses[{}].restartCount", status.name);
    Evidence::field(pod, path, status.restart_count.to_string(), None)
}

impl<'c> Failing<'c> {
    /// The event of the container's last stop for it, if one of the probes that fail now is the reason.
    pub(super) fn stopped(&self) -> Option<&'c Event> {
        self.killed.filter(|_| self.kinds.iter().any(|kind| *kind != ProbeKind::Readiness))
    }

    fn probes(&self) -> String {
        let kinds: Vec<String> = self.kinds.iter().map(ToString::to_string).collect();
        let plural = if kinds.len() > 1 { "s" } else { "" };
        format!("{} probe{plural}", words::list(&kinds, 3))
    }
}

/// What fails and what follows from it. A readiness probe restarts nothing: many believe that it does.
fn effect(failing: &Failing<'_>) -> String {
    let (name, probes, what) = (&failing.container.name, failing.probes(), what(failing));
    let fail = if failing.kinds.len() > 1 { "fail" } else { "fails" };
    let restarts = failing.status.restart_count;
    if failing.variant == "named-port" {
        return never_asked(failing);
    }
    if failing.stopped().is_some() {
        let times = words::count(usize::try_from(restarts).unwrap_or_default(), "restart");
        return format!(
            "container {name} is stopped and started again ({times}): its {probes} {fail}: {what}"
        );
    }
    if failing.kinds.contains(&ProbeKind::Readiness) && !failing.status.ready {
        let proof = match restarts {
            0 => "0 restarts".to_owned(),
            1 => "its 1 restart has another cause".to_owned(),
            number => format!("its {number} restarts have another cause"),
        };
        let (open, close) = if failing.kinds.len() > 1 {
            (String::new(), "")
        } else {
            (format!(", which restarts nothing ({proof})"), ",")
        };
        return format!("container {name} runs but is not ready: its {probes}{open}{close} {fail}: {what}");
    }
    format!("container {name} is ready, but its {probes} {fail} again and again: {what}")
}

/// A port by a name that the container doesn't have is never asked, and no result is no failure.
fn never_asked(failing: &Failing<'_>) -> String {
    let name = port::unknown_name(failing.failure.outcome).unwrap_or_default();
    let ports = port::declared(failing.container)
        .map_or_else(|| "no port".to_owned(), |ports| format!("port {ports}"));
    let asks = if failing.kinds.len() > 1 { "they ask" } else { "it asks" };
    let follows = match failing.kinds.as_slice() {
        [ProbeKind::Liveness] => "so it can never restart a container that hangs",
        _ => "so the container can never become ready",
    };
    format!(
        "the {} of container {} cannot be carried out, {follows}: {asks} for a port named {name}, the \
         container declares {ports}",
        failing.probes(),
        failing.container.name
    )
}

/// What came of it, with the numbers of the probe's definition.
fn what(failing: &Failing<'_>) -> String {
    let probe = failing.kinds.iter().find_map(|kind| definition(failing.container, *kind));
    let path = probe.and_then(|probe| probe.http_get.as_ref()).map_or("", |get| get.path.as_str());
    match failing.failure.outcome {
        Outcome::Timeout => format!("no answer within {}s", timeout(failing)),
        Outcome::HttpStatus(status) if !path.is_empty() => format!("{path} answers HTTP status {status}"),
        Outcome::CommandFailed { output: "" } => "the command failed without a word".to_owned(),
        Outcome::CommandFailed { output } => format!("the command failed: {}", short(output)),
        Outcome::ExecNotStarted { .. } if failing.variant == "command-missing" => {
            let command = probe.and_then(|probe| probe.exec.as_ref()?.command.first());
            let command = command.map_or("its command", |command| command.as_str());
            format!("the image has no {command} that can be run")
        }
        Outcome::Unknown { detail } => short(detail),
        outcome => outcome.to_string(),
    }
}

/// The first line, at a length that a line holds.
fn short(text: &str) -> String {
    const MOST: usize = 120;
    let line = text.lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(MOST).and_then(|(end, _)| line.get(..end)) {
        Some(head) => format!("{head}…"),
        None => line.to_owned(),
    }
}

/// How long the probe waits, in seconds: one unless it says otherwise.
pub(super) fn timeout(failing: &Failing<'_>) -> i64 {
    let probes = failing.kinds.iter().filter_map(|kind| definition(failing.container, *kind));
    probes.map(|probe| probe.timeout_seconds).max().unwrap_or(0).max(1)
}

/// Why it fails, as far as that is known.
struct Why {
    words: Option<String>,
    evidence: Vec<Evidence>,
    confidence: Confidence,
    by_design: bool,
}

impl Why {
    fn said(words: Option<String>, confidence: Confidence) -> Self {
        Self { words, evidence: Vec::new(), confidence, by_design: false }
    }
}

fn why(context: &Context<'_>, pod: &Pod, failing: &Failing<'_>, siblings: &Siblings<'_>) -> Why {
    if let Some(standby) = siblings.standby(context, pod, failing) {
        let evidence = standby.evidence.into_iter().collect();
        return Why { evidence, by_design: true, ..Why::said(Some(standby.phrase), Confidence::Possible) };
    }
    match failing.variant {
        "refused" => match port::why_refused(pod, failing, siblings) {
            Some(words) => Why::said(Some(words), Confidence::Likely),
            None => starting(context, pod, failing),
        },
        "timeout" | "exec-timeout" => slow(failing),
        "http-status" => Why::said(by_status(failing).map(str::to_owned), Confidence::Certain),
        "exec-failed" if failing.events.iter().any(|event| event.message.contains("cgroup.procs")) => {
            let words =
                "a race in old versions of runc (fixed in 2018), not the application, stops the command";
            Why::said(Some(words.to_owned()), Confidence::Likely)
        }
        _ => Why::said(None, Confidence::Certain),
    }
}

fn slow(failing: &Failing<'_>) -> Why {
    let tight = "timeoutSeconds is 1, the default: too short for anything that does work";
    let tight = (timeout(failing) == 1 && failing.variant == "timeout").then(|| tight.to_owned());
    Why::said(tight, Confidence::Certain)
}

fn by_status(failing: &Failing<'_>) -> Option<&'static str> {
    match failing.failure.outcome {
        Outcome::HttpStatus(404) => Some("the probe's path is probably wrong"),
        Outcome::HttpStatus(401 | 403) => {
            Some("the probe has no credentials there: give it a path that needs none")
        }
        Outcome::HttpStatus(500..=599) => Some("the application itself says so: its log tells why"),
        _ => None,
    }
}

/// Nothing listens: not any more, or not yet.
fn starting(context: &Context<'_>, pod: &Pod, failing: &Failing<'_>) -> Why {
    let started = failing.status.state.running.and_then(|running| running.started_at);
    let Some(started) = started else { return Why::said(None, Confidence::Certain) };
    if failing.stopped().is_some() {
        let words = "if it only starts slowly, it needs more time in a startupProbe";
        return Why::said(Some(words.to_owned()), Confidence::Likely);
    }
    let worked = failing::unready_since(pod).filter(|lost| lost.since(started) > 5 && !failing.status.ready);
    if let Some(lost) = worked {
        let words = format!("it was ready until {}", crate::hosting::clock(context, lost));
        return Why::said(Some(words), Confidence::Certain);
    }
    if context.is_younger(started, STARTING) && failing.container.startup_probe.is_none() {
        let age = words::duration(context.age(started));
        let words = format!("it started {age} ago and may need longer: that takes a startupProbe");
        return Why::said(Some(words), Confidence::Likely);
    }
    Why::said(None, Confidence::Certain)
}
