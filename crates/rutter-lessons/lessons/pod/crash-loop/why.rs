//! Why a container ends, by its exit code, the kubelet's events, and its own last words.

use rutter_cluster::{
    Unseen,
    objects::{ContainerStatus, Event, Pod, Terminated},
};

use super::{depends, detect, log};
use crate::{
    Confidence, Context, Evidence, containers, dns, starting,
    texts::{
        container_exit::{self, Exit, StartFailure},
        probe::{self, KillReason, ProbeKind},
    },
};

/// Why a container ends.
pub(super) struct Why {
    pub(super) variant: &'static str,
    pub(super) confidence: Confidence,
    /// To stand behind a colon.
    pub(super) phrase: String,
    /// Beside the end itself.
    pub(super) evidence: Vec<Evidence>,
    /// What was not seen of that which it needs.
    pub(super) hidden_by: Option<Unseen>,
}

impl Why {
    fn new(variant: &'static str, phrase: String) -> Self {
        Self { variant, confidence: Confidence::Certain, phrase, evidence: Vec::new(), hidden_by: None }
    }
}

/// `None` where the memory limit ended it, or it never ran: other lessons say so.
pub(super) fn why(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Why> {
    let Some(ended) = containers::last_end(status).map(|end| end.ended) else {
        let mut why = Why::new("crash", "how it ended is not in the source".to_owned());
        why.confidence = Confidence::Likely;
        return Some(why);
    };
    let exit = container_exit::exit(ended.exit_code, Some(ended.signal), &ended.reason);
    if matches!(exit, Exit::OomKilled | Exit::NotStarted) {
        return None;
    }
    if let Some(why) = killed_by_probe(context, pod, status, ended, exit) {
        return Some(why);
    }
    let lines = log::lines(context, pod, status);
    Some(by_exit(context, pod, status, exit, &lines))
}

fn by_exit(context: &Context<'_>, pod: &Pod, status: &ContainerStatus, exit: Exit, lines: &[&str]) -> Why {
    let by_itself =
        matches!(exit, Exit::AppError(_) | Exit::NotExecutable | Exit::CommandNotFound | Exit::Unknown255);
    if let Some((line, failure)) = lines.iter().filter(|_| by_itself).find_map(|line| not_executed(line)) {
        let mut why = Why::new("start-failed", starting::phrase(context, pod, failure));
        why.evidence.push(detect::logged(pod, status, line));
        return why;
    }
    if let Some(needs) = by_itself.then(|| depends::dependency(context, pod, lines)).flatten() {
        let nameless = dns::without_pods(context).filter(|_| needs.is_lookup() && !dns::is_server(pod));
        let phrase = match nameless {
            Some(_) => "a name does not resolve, and the cluster's DNS has no ready pod".to_owned(),
            None => needs.phrase(),
        };
        let mut why = Why::new("dependency", format!("{phrase}, {}", code(exit)));
        why.confidence = Confidence::Likely;
        why.evidence.push(detect::logged(pod, status, &containers::clean(needs.line)));
        why.evidence.extend(nameless.map(|service| {
            Evidence::field(service, "spec.selector", format!("{} (0 ready)", service.spec.selector), None)
        }));
        // A name that no Service has is cause enough.
        let by_dns = needs.is_lookup() && needs.no_service().is_none();
        why.hidden_by = dns::of_cluster(context).err().filter(|_| by_dns);
        why.evidence.extend(needs.evidence);
        return why;
    }
    let variant = if exit == Exit::Completed { "completed" } else { "crash" };
    let mut why = Why::new(variant, explained(pod, status, exit));
    if let Some(line) = log::telling(lines) {
        why.phrase = format!("{}; it said: {}", why.phrase, containers::shortened(&line, 100));
        let told = containers::last_end(status)
            .is_some_and(|end| containers::clean(&end.ended.message).contains(&line));
        why.evidence.extend((!told).then(|| detect::logged(pod, status, &line)));
    }
    why
}

/// A line that runc or Docker's init wrote when it could not execute the command.
fn not_executed<'a>(line: &&'a str) -> Option<(&'a str, StartFailure<'a>)> {
    let by_runtime = line.starts_with("exec ")
        || line.contains("standard_init_linux.go")
        || line.contains("exec user process");
    let failure = by_runtime.then(|| container_exit::start_failure(line))?;
    (!matches!(failure, StartFailure::Other { .. })).then_some((line, failure))
}

fn code(exit: Exit) -> String {
    match exit {
        Exit::AppError(code) => format!("so it ends with exit code {code}"),
        _ => "so it ends".to_owned(),
    }
}

/// The exit in words, with what the code alone doesn't say.
fn explained(pod: &Pod, status: &ContainerStatus, exit: Exit) -> String {
    match exit {
        Exit::Completed if pod.spec.restart_policy == "OnFailure" => exit.to_string(),
        Exit::Completed => "its process finishes without error (exit code 0), but restartPolicy Always demands that it runs on".to_owned(),
        Exit::Signal(9) => format!("{exit}, and the runtime does not say that it reached its memory limit"),
        exit if exit.was_asked() => format!("{exit}: something asked it to end, and no event says what"),
        Exit::CommandNotFound if runs_shell(pod, status) => {
            "a command in its shell script was not found (exit code 127)".to_owned()
        }
        _ => exit.to_string(),
    }
}

fn runs_shell(pod: &Pod, status: &ContainerStatus) -> bool {
    let command = pod.container(&status.name).and_then(|container| container.command.first());
    command.is_some_and(|command| matches!(command.rsplit('/').next(), Some("sh" | "bash" | "ash")))
}

fn killed_by_probe(
    context: &Context<'_>,
    pod: &Pod,
    status: &ContainerStatus,
    ended: &Terminated,
    exit: Exit,
) -> Option<Why> {
    let events = containers::events_about(context, pod, &status.name);
    if let Some((event, kind)) = events.iter().rev().find_map(|event| probe_kill(pod, event, ended)) {
        let failed = events.iter().rev().find_map(|event| failure(event, kind));
        let how = failed.map_or_else(String::new, |(_, outcome)| {
            format!(": {}", containers::shortened(&containers::clean(&outcome.to_string()), 100))
        });
        let mut why = Why::new("killed-by-probe", format!("its {kind} probe fails{how}"));
        why.evidence.push(Evidence::event(event));
        why.evidence.extend(failed.map(|(event, _)| Evidence::event(event)));
        return Some(why);
    }
    // Where events were not seen or are gone, a probe that may kill is the first suspect.
    let signalled = exit.was_asked() || exit == Exit::Signal(9);
    let container = pod.container(&status.name)?;
    let kind = match (&container.liveness_probe, &container.startup_probe) {
        (Some(_), _) => ProbeKind::Liveness,
        (None, Some(_)) => ProbeKind::Startup,
        (None, None) => return None,
    };
    if !signalled || !context.events(pod).unwrap_or_default().is_empty() {
        return None;
    }
    let phrase = format!(
        "{exit}, perhaps because its {kind} probe fails; the events that would tell are not in the source"
    );
    let mut why = Why::new("killed-by-probe", phrase);
    why.confidence = Confidence::Possible;
    Some(why)
}

/// The event that the kubelet stopped it for a probe, if that was this end.
fn probe_kill<'c>(pod: &Pod, event: &'c Event, ended: &Terminated) -> Option<(&'c Event, ProbeKind)> {
    if event.reason != "Killing" {
        return None;
    }
    let KillReason::ProbeFailed(kind) = probe::killing(&event.message)?.reason else { return None };
    let grace = pod.spec.termination_grace_period_seconds.unwrap_or(30).clamp(0, 3600);
    let took = ended.finished_at.zip(event.last_seen()).map(|(finished, killed)| finished.since(killed));
    took.is_none_or(|took| (-60..=grace + 60).contains(&took)).then_some((event, kind))
}

fn failure<'c>(event: &'c Event, kind: ProbeKind) -> Option<(&'c Event, probe::Outcome<'c>)> {
    let failure = (event.reason == "Unhealthy").then(|| probe::parse(&event.message)).flatten()?;
    (failure.probe == kind).then_some((event, failure.outcome))
}
