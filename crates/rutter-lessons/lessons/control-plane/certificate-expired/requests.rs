//! Requests for certificates that nobody answers.

use std::collections::BTreeSet;

use rutter_cluster::objects::{CertificateSigningRequest, Condition, condition};

use super::{ID, PATIENCE};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity,
    containers::{clean, shortened},
    leaders, words,
};

/// Kubelets' certificates for talking to the API server: kube-controller-manager approves these.
const CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";
/// Kubelets' certificates for being asked for logs and metrics: nothing in Kubernetes approves these.
const SERVING: &str = "kubernetes.io/kubelet-serving";

/// Where a request stands, for those that wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Pending,
    NotIssued,
    Failed,
}

pub(super) fn evaluate(
    context: &Context<'_>,
    subject: &CertificateSigningRequest,
    findings: &mut Findings,
) -> Outcome {
    let Some((signer, stage)) = waits(context, subject) else { return Ok(()) };
    let all = context.signing_requests()?;
    let same = |one: &&CertificateSigningRequest| waits(context, one) == Some((signer, stage));
    let mut alike: Vec<&CertificateSigningRequest> = all.iter().filter(same).collect();
    // One omission keeps all of them waiting: the oldest speaks for all.
    alike.sort_by(|a, b| a.meta.created.cmp(&b.meta.created).then_with(|| a.meta.name.cmp(&b.meta.name)));
    if alike.first().is_some_and(|first| first.meta.name == subject.meta.name) {
        findings.extend(finding(context, &alike, signer, stage)?);
    }
    Ok(())
}

/// The signer that a request waits for, and where it stands. Requests of people wait for people; what was denied was decided.
fn waits(context: &Context<'_>, one: &CertificateSigningRequest) -> Option<(&'static str, Stage)> {
    let signer = signer(one)?;
    let is = |kind| condition(&one.status.conditions, kind);
    if one.status.is_issued || is("Denied").is_some() || one.meta.deleted.is_some() {
        return None;
    }
    let (stage, since) = match (is("Failed"), is("Approved")) {
        (Some(_), _) => return Some((signer, Stage::Failed)),
        (None, Some(approved)) => (Stage::NotIssued, when(approved).or(one.meta.created)),
        (None, None) => (Stage::Pending, one.meta.created),
    };
    (!context.may_be_younger(since?, PATIENCE)).then_some((signer, stage))
}

fn when(condition: &Condition) -> Option<rutter_cluster::Time> {
    condition.last_transition_time.or(condition.last_update_time)
}

/// Which of the kubelets' signers it is for. Before 1.18 requests name none: then by who asks for what.
fn signer(one: &CertificateSigningRequest) -> Option<&'static str> {
    match one.spec.signer_name.as_str() {
        CLIENT => Some(CLIENT),
        SERVING => Some(SERVING),
        "" | "kubernetes.io/legacy-unknown" => {
            let user = one.spec.username.as_str();
            let of_node = user.starts_with("system:node:") || user.starts_with("system:bootstrap");
            let usage = |name: &str| one.spec.usages.iter().any(|usage| usage == name);
            match (of_node, usage("client auth"), usage("server auth")) {
                (true, true, _) => Some(CLIENT),
                (true, _, true) => Some(SERVING),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Who asks: `node-a`, a machine that joins, or another user.
fn who(one: &CertificateSigningRequest) -> String {
    let user = one.spec.username.as_str();
    match user.strip_prefix("system:node:") {
        Some(node) => node.to_owned(),
        None if user.starts_with("system:bootstrap") => "a machine that joins".to_owned(),
        None => format!("asked by {user}"),
    }
}

/// Whether a kubelet got what it asked for in a later request.
fn is_answered(context: &Context<'_>, one: &CertificateSigningRequest) -> bool {
    let all = context.signing_requests().unwrap_or_default();
    all.iter().any(|other| {
        other.status.is_issued
            && other.spec.username == one.spec.username
            && signer(other) == signer(one)
            && other.meta.created > one.meta.created
    })
}

fn finding(
    context: &Context<'_>,
    alike: &[&CertificateSigningRequest],
    signer: &'static str,
    stage: Stage,
) -> Seen<Option<Finding>> {
    let open: Vec<&CertificateSigningRequest> =
        alike.iter().filter(|one| !is_answered(context, one)).copied().collect();
    let Some(first) = open.first() else { return Ok(None) };
    let mut finding = Finding::about(ID, *first);
    let names: BTreeSet<String> = open.iter().map(|one| who(one)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let (variant, what) = phrase(signer, stage, &names, open.len());
    finding.variant = variant;
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Certain;
    finding.since = first.meta.created;
    finding.message = what;
    for one in open.iter().take(3) {
        finding.evidence.push(evidence(one, stage));
    }
    // Who should have approved or signed.
    if signer == CLIENT || stage != Stage::Pending {
        finding.evidence.extend(leaders::evidence(context, leaders::MANAGER));
    }
    Ok(Some(finding))
}

fn phrase(signer: &str, stage: Stage, names: &[String], number: usize) -> (&'static str, String) {
    let asks = words::count(number, "request");
    let whom = words::list(names, 3);
    let has = if number == 1 { "has" } else { "have" };
    match (stage, signer) {
        (Stage::Failed, _) => {
            ("failed", format!("the signer refused {asks} for certificates of kubelets ({whom})"))
        }
        (Stage::NotIssued, _) => (
            "not-issued",
            format!(
                "{asks} for certificates of kubelets ({whom}) {has} been approved, and nobody signs: kube-controller-manager signs only \
                 with the cluster's key at hand"
            ),
        ),
        (Stage::Pending, CLIENT) => (
            "client-pending",
            format!(
                "nobody approves {asks} of kubelets for client certificates ({whom}): without one a machine can't join, and a node is \
                 lost when its present one expires"
            ),
        ),
        (Stage::Pending, _) => (
            "serving-pending",
            format!(
                "nobody approves {asks} of kubelets for serving certificates ({whom}), which nothing in Kubernetes does by itself: \
                 logs, exec and metrics of a node fail without one"
            ),
        ),
    }
}

fn evidence(one: &CertificateSigningRequest, stage: Stage) -> Evidence {
    let told = match stage {
        Stage::Pending => None,
        Stage::NotIssued => condition(&one.status.conditions, "Approved"),
        Stage::Failed => condition(&one.status.conditions, "Failed"),
    };
    let of = match one.spec.signer_name.as_str() {
        "" => format!("of {}", one.spec.username),
        signer => format!("of {} for {signer}", one.spec.username),
    };
    match told {
        None => Evidence::field(one, "status.conditions", format!("none; {of}"), one.meta.created),
        Some(told) => {
            let text = shortened(&clean(&told.message), 120);
            let value = format!("{} ({}): {text}; no certificate; {of}", told.kind, told.reason);
            Evidence::field(one, "status.conditions", value, when(told))
        }
    }
}
