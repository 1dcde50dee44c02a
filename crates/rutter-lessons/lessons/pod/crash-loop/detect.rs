//! Looks at each container of a pod: does it keep ending?

use rutter_cluster::objects::{ContainerStatus, Pod};

use super::{
    ID, before,
    stage::{self, Stage},
    why::{self, Why},
};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::{self, Role},
    revision,
    starting::{consequence, is_out_of_date},
};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    for (status, _) in pod.container_statuses() {
        findings.extend(crashing(context, pod, status));
    }
    Ok(())
}

fn crashing(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    let stage = stage::stage(context, pod, status)?;
    let why = why::why(context, pod, status)?;
    let mut finding = about(context, pod, status, why.variant);
    finding.since = containers::since(context, pod, status);
    finding.confidence = why.confidence.min(finding.confidence);
    finding.hidden_by.clone_from(&why.hidden_by);
    finding.message = message(context, pod, status, &stage, &why);
    match stage {
        Stage::Now => {}
        Stage::Frequent(_) => {
            finding.since = None;
            if pod.is_ready() {
                finding.severity = Severity::Low;
            }
        }
        Stage::Healed(since) => (finding.severity, finding.until) = (Severity::Info, Some(since)),
    }
    let rollout = revision::rollout(context, pod);
    let waiting = containers::waiting(pod, status);
    let proof = containers::last_end(status).map(|end| end.evidence(pod, status));
    finding.evidence = proof.into_iter().chain(waiting).chain(why.evidence).collect();
    finding.evidence.extend(rollout.map(|rollout| rollout.evidence));
    if let Some(before) = matches!(stage, Stage::Now).then(|| before::before(context, pod, status)).flatten()
    {
        finding.message = format!("{}; {}", finding.message, before.phrase);
        finding.evidence.push(before.evidence);
    }
    Some(finding)
}

/// A finding about one container. What the status says is old where the node no longer reports.
fn about(context: &Context<'_>, pod: &Pod, status: &ContainerStatus, variant: &'static str) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = variant;
    finding.container = Some(status.name.clone());
    finding.severity = containers::severity(context, pod);
    if is_out_of_date(context, pod) {
        finding.confidence = Confidence::Possible;
    }
    finding
}

fn message(context: &Context<'_>, pod: &Pod, status: &ContainerStatus, stage: &Stage, why: &Why) -> String {
    let role = Role::of(pod, &status.name);
    let name = &status.name;
    let sure = why.confidence == Confidence::Certain;
    let does = match (stage, why.variant) {
        (Stage::Healed(_), _) => "kept crashing, and has run since",
        (Stage::Frequent(_), "killed-by-probe") if sure => "is killed now and then",
        (Stage::Frequent(_), _) => "crashes now and then",
        (_, "completed") => "ends and is started again, over and over",
        (_, "killed-by-probe") if sure => "is killed again and again",
        (_, "start-failed") => "cannot start",
        _ => "keeps crashing",
    };
    let often = match stage {
        Stage::Frequent(seconds) => format!(" (every {} on average)", crate::words::duration(*seconds)),
        _ => String::new(),
    };
    let link = if why.variant == "killed-by-probe" && sure { " because" } else { ":" };
    let mut message = format!("{role} {name} {does}{often}{link} {}", why.phrase);
    if matches!(stage, Stage::Now) {
        message.push_str(&consequence(context, pod, role));
    }
    message
}

/// A line of a log as evidence.
pub(super) fn logged(pod: &Pod, status: &ContainerStatus, line: &str) -> Evidence {
    Evidence::log(pod, &status.name, line)
}
