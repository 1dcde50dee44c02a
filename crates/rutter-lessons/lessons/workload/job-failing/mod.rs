//! A Job that failed, or whose pods fail while it goes on.
//!
//! Variants: `backoff-limit` (as many failures as it may have), `deadline` (took too long), `pod-policy` (its own rules
//! ended it), `indexes` (of an indexed Job), `other` (failed for another or an unknown reason); `retrying` (not over
//! yet, its pods fail); `cannot-create` (its pods are refused); `contradictory` (marked complete, but its counts say
//! otherwise).

mod pods;
mod remedies;
mod stays;

use rutter_cluster::{
    Kind, KindSet, Time,
    objects::{Condition, Event, Job, condition},
};

use crate::{
    Confidence, Context, Evaluate, Evidence, Finding, Findings, Group, Lesson, Outcome, Severity,
    texts::workload_create, webhooks, words,
};

const ID: &str = "job-failing";

/// Trouble while a Job starts that is over by then, in seconds.
const START: i64 = 60;

/// A failure this old, in seconds, waits for nobody any more: a week.
const OLD: i64 = 7 * 86_400;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Workload,
    title: "a Job failed or its pods keep failing",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Job]),
    uses: KindSet::of(&[
        Kind::Pod,
        Kind::Event,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ]),
    evaluate: &[Evaluate::Job(evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: stays::stays,
    text: include_str!("lesson.md"),
};

fn evaluate(context: &Context<'_>, job: &Job, findings: &mut Findings) -> Outcome {
    if job.meta.deleted.is_some() || job.spec.suspend {
        return Ok(());
    }
    if let Some(failed) = is_true(job, "Failed").or_else(|| is_true(job, "FailureTarget")) {
        findings.push(failed_for_good(context, job, failed));
    } else if let Some(complete) = is_true(job, "Complete") {
        findings.extend(contradiction(job, complete));
    } else if let Some(refused) = refused_event(context, job) {
        findings.push(cannot_create(context, job, refused));
    } else if keeps_failing(job) {
        findings.push(retrying(context, job));
    }
    Ok(())
}

/// One failed pod of which another try runs may have been lost with its node; and of many pods some always fail.
fn keeps_failing(job: &Job) -> bool {
    let status = &job.status;
    status.failed > 0 && status.succeeded < status.failed && (status.failed > 1 || status.active == 0)
}

fn is_true<'a>(job: &'a Job, kind: &str) -> Option<&'a Condition> {
    condition(&job.status.conditions, kind).filter(|condition| condition.is_true())
}

/// A finding about the Job, under the CronJob that made it, if one did.
fn about(job: &Job) -> Finding {
    let mut finding = Finding::about(ID, job);
    if let Some(owner) = job.meta.controller().filter(|owner| owner.kind == "CronJob") {
        finding.object = rutter_cluster::ObjectRef {
            api_version: owner.api_version.clone(),
            kind: owner.kind.clone(),
            namespace: job.meta.namespace.clone(),
            name: owner.name.clone(),
            uid: owner.uid.clone(),
        };
    }
    finding
}

fn failed_for_good(context: &Context<'_>, job: &Job, failed: &Condition) -> Finding {
    let (variant, what) = reason(job, failed);
    let failure = pods::failure(context, job);
    let mut finding = about(job);
    finding.variant = variant;
    finding.since = failed.last_transition_time;
    finding.message = match &failure {
        Some(failure) => format!("{what}: {}", failure.phrase),
        None => what,
    };
    finding.evidence.push(Evidence::field(
        job,
        format!("status.conditions[{}].reason", failed.kind),
        told(failed),
        failed.last_transition_time,
    ));
    finding.evidence.extend(failure.map(|failure| failure.evidence));
    if let Some(since) = finding.since {
        finding.until = later_success(context, job, since);
        let old = context.tells_time() && context.age(since) > OLD;
        finding.severity = match finding.until {
            Some(_) => Severity::Info,
            None if old => Severity::Low,
            None => Severity::Medium,
        };
    }
    finding
}

fn told(failed: &Condition) -> String {
    match (failed.reason.as_str(), failed.message.as_str()) {
        ("", "") => "no reason given".to_owned(),
        ("", text) | (text, "") => text.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

/// The variant, and what happened, of the condition that ended a Job.
fn reason(job: &Job, failed: &Condition) -> (&'static str, String) {
    let tries = match job.status.failed {
        ..1 => String::new(),
        failures => {
            format!(" after {}", words::count(usize::try_from(failures).unwrap_or(usize::MAX), "failed pod"))
        }
    };
    // Before 1.8 a Job had no reason here, only the message.
    let limit = failed.reason == "BackoffLimitExceeded" || failed.message.contains("backoff limit");
    match failed.reason.as_str() {
        _ if limit => {
            let limit =
                job.spec.backoff_limit.map_or_else(String::new, |limit| format!(" (backoffLimit {limit})"));
            ("backoff-limit", format!("the Job failed{tries}{limit}"))
        }
        "DeadlineExceeded" => {
            ("deadline", format!("the Job was stopped at its activeDeadlineSeconds{}", lasted(job, failed)))
        }
        "PodFailurePolicy" => ("pod-policy", format!("the Job's podFailurePolicy ended it{tries}")),
        "MaxFailedIndexesExceeded" | "FailedIndexes" => {
            ("indexes", format!("indexes of the Job failed{tries}"))
        }
        "" => ("other", format!("the Job failed{tries}")),
        other => ("other", format!("the Job failed{tries}: {other}")),
    }
}

/// The pods that are stopped at a deadline count as failed, so their number says nothing.
fn lasted(job: &Job, failed: &Condition) -> String {
    let times = job.status.start_time.zip(failed.last_transition_time);
    times.map_or_else(String::new, |(start, end)| {
        format!(", {} after its start", words::duration(end.since(start)))
    })
}

/// When a later Job of the same CronJob completed.
fn later_success(context: &Context<'_>, job: &Job, since: Time) -> Option<Time> {
    let mine = job.meta.controller().filter(|owner| owner.kind == "CronJob")?;
    let jobs = context.jobs_in(&job.meta.namespace).ok()?;
    let siblings = jobs.iter().filter(|other| {
        other.meta.controller().is_some_and(|owner| owner.kind == mine.kind && owner.name == mine.name)
    });
    siblings
        .filter(|other| is_true(other, "Complete").is_some())
        .filter_map(|other| other.status.completion_time)
        .filter(|time| *time > since)
        .min()
}

/// A Job that is marked complete although fewer pods than wanted succeeded and some failed. The controller never
/// writes both; a pod that succeeds after others failed is no contradiction.
fn contradiction(job: &Job, complete: &Condition) -> Option<Finding> {
    let wanted = job.spec.completions.unwrap_or(1);
    if job.status.failed == 0 || job.status.succeeded >= wanted || complete.reason == "SuccessPolicy" {
        return None;
    }
    let mut finding = about(job);
    finding.variant = "contradictory";
    finding.confidence = Confidence::Possible;
    finding.since = complete.last_transition_time;
    finding.message = format!(
        "the Job is marked complete, but its status counts {} of {wanted} completions and {}",
        job.status.succeeded,
        words::count(usize::try_from(job.status.failed).unwrap_or_default(), "failed pod"),
    );
    let time = complete.last_transition_time;
    finding.evidence = vec![
        Evidence::field(job, "status.failed", job.status.failed.to_string(), time),
        Evidence::field(job, "status.succeeded", job.status.succeeded.to_string(), time),
        Evidence::field(job, "status.conditions[Complete].status", "True", time),
    ];
    Some(finding)
}

/// The newest event that says that this Job's pods are refused, if none was made since.
fn refused_event<'c>(context: &Context<'c>, job: &Job) -> Option<&'c Event> {
    if job.status.active > 0 || job.status.succeeded >= job.spec.completions.unwrap_or(1) {
        return None;
    }
    let events = context.events(job).ok()?;
    let last = events
        .iter()
        .rev()
        .find(|event| matches!(event.reason.as_str(), "FailedCreate" | "SuccessfulCreate"))?;
    let young = last.first_seen().is_some_and(|first| context.is_younger(first, START));
    (last.reason == "FailedCreate" && !young).then_some(last)
}

fn cannot_create(context: &Context<'_>, job: &Job, event: &Event) -> Finding {
    let refusal = workload_create::parse(event.text());
    let mut finding = about(job);
    finding.variant = "cannot-create";
    finding.since = event.first_seen();
    finding.message = format!("the Job's pods can't be created: {refusal}");
    finding.evidence.push(Evidence::event(event));
    finding.evidence.extend(webhooks::evidence(context, event.text()));
    finding
}

fn retrying(context: &Context<'_>, job: &Job) -> Finding {
    let failure = pods::failure(context, job);
    let mut finding = about(job);
    finding.variant = "retrying";
    finding.severity = if job.status.active > 0 { Severity::Low } else { Severity::Medium };
    finding.since = job.status.start_time;
    let tries = words::count(usize::try_from(job.status.failed).unwrap_or(usize::MAX), "failed pod");
    // The default is 6 since 1.8.
    let limit = job.spec.backoff_limit.unwrap_or(6);
    finding.message = format!("the Job goes on after {tries} (backoffLimit {limit})");
    if let Some(failure) = failure {
        finding.message = format!("{}: {}", finding.message, failure.phrase);
        finding.evidence.push(failure.evidence);
    }
    finding.evidence.push(Evidence::field(job, "status.failed", job.status.failed.to_string(), None));
    finding
}

/// The Job that a finding is about: its instance, where the object is a CronJob.
fn job_name(finding: &Finding) -> String {
    finding.instances.first().unwrap_or(&finding.object).name.to_string()
}
