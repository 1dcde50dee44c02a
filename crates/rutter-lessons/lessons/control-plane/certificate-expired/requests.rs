//! Requests for certificates that nobody answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{CertificateSigningRequest, Condition, condition},
};

use super::{ID, PATIENCE};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::{clean, shortened},
    fencing, leaders, words,
};

/// Kubelets' certificates for talking to the API server: kube-controller-manager approves these.
const CLIENT: &str = "kubernetes.io/kube-apiserver-client-kubelet";
/// Kubelets' certificates for being asked for logs and metrics: nothing in Kubernetes approves these.
const SERVING: &str = "kubernetes.io/kubelet-serving";

/// Where a request stands, for those that wait.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    context.signing_requests()?;
    let open = open(context);
    // One omission keeps all of them waiting: the oldest speaks for all.
    let Some(alike) = open.get(&(signer, stage)) else { return Ok(()) };
    if alike.first().is_some_and(|first| *first == subject.meta.name) {
        let all = context.signing_requests()?;
        let named: BTreeSet<&Str> = alike.iter().collect();
        let mut alike: Vec<&CertificateSigningRequest> =
            all.iter().filter(|one| named.contains(&one.meta.name)).collect();
        alike.sort_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
        findings.extend(finding(context, &alike, signer, stage));
    }
    Ok(())
}

/// The names of the requests that wait, by signer and stage, the oldest first. A kubelet asks each quarter of an hour, and requests
/// are kept for a day: there can be tens of thousands, so they are gone through once.
type Open = BTreeMap<(&'static str, Stage), Vec<Str>>;

fn open(context: &Context<'_>) -> Arc<Open> {
    context.kept("requests for certificates that wait", &ObjectRef::default(), |context, _| {
        let all = || context.signing_requests().into_iter().flatten();
        let mut issued = BTreeMap::<(Str, &'static str), Option<Time>>::new();
        for one in all().filter(|one| one.status.is_issued) {
            if let Some(signer) = signer(one) {
                let newest = issued.entry((one.spec.username.clone(), signer)).or_default();
                *newest = (*newest).max(one.meta.created);
            }
        }
        // A kubelet got what it asked for in a later request.
        let is_answered = |one: &CertificateSigningRequest, signer: &'static str| {
            issued.get(&(one.spec.username.clone(), signer)).is_some_and(|newest| *newest > one.meta.created)
        };
        let mut waiting = BTreeMap::<(&'static str, Stage), Vec<(Option<Time>, Str)>>::new();
        for one in all() {
            let Some((signer, stage)) = waits(context, one) else { continue };
            if !is_answered(one, signer) && !is_of_lost_node(context, one) {
                waiting.entry((signer, stage)).or_default().push((one.meta.created, one.meta.name.clone()));
            }
        }
        let names = |mut list: Vec<(Option<Time>, Str)>| {
            list.sort();
            list.into_iter().map(|(_, name)| name).collect()
        };
        waiting.into_iter().map(|(key, list)| (key, names(list))).collect()
    })
}

/// Whether its node is gone: a machine of the cloud that was taken back before anybody answered.
fn is_of_lost_node(context: &Context<'_>, one: &CertificateSigningRequest) -> bool {
    let node = one.spec.username.strip_prefix("system:node:");
    node.is_some_and(|node| {
        signer(one) == Some(SERVING) && context.node(node).is_ok_and(|node| node.is_none())
    })
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

fn when(condition: &Condition) -> Option<Time> {
    condition.last_transition_time.or(condition.last_update_time)
}

/// Which of the kubelets' signers it is for. Before 1.18 requests name none: then by who asks for what.
fn signer(one: &CertificateSigningRequest) -> Option<&'static str> {
    match one.spec.signer_name.as_str() {
        CLIENT => Some(CLIENT),
        SERVING => Some(SERVING),
        "" | "kubernetes.io/legacy-unknown" => {
            let of_node = is_of_node(one);
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

/// Whether a node asks, or a machine that joins; anybody else may have asked in error, or in bad faith.
pub(super) fn is_of_node(one: &CertificateSigningRequest) -> bool {
    let user = one.spec.username.as_str();
    user.starts_with("system:node:") || user.starts_with("system:bootstrap")
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

fn finding(
    context: &Context<'_>,
    alike: &[&CertificateSigningRequest],
    signer: &'static str,
    stage: Stage,
) -> Option<Finding> {
    let open = alike;
    let mut finding = Finding::about(ID, *open.first()?);
    let names: BTreeSet<String> = open.iter().map(|one| who(one)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let (variant, what) = phrase(signer, stage, &names, open.len());
    finding.variant = variant;
    finding.severity = Severity::Medium;
    finding.confidence = Confidence::Certain;
    finding.since = open.first()?.meta.created;
    finding.message = what;
    if !open.iter().any(|one| is_of_node(one)) {
        finding.severity = Severity::Low;
        finding.message.push_str("; no node asked, so none waits for it: ask who did");
    }
    for one in open.iter().take(3) {
        finding.evidence.push(evidence(one, stage));
    }
    if signer == CLIENT {
        finding.instances.extend(silent(context, open));
        finding.instances.sort();
    }
    // Who should have approved or signed.
    if signer == CLIENT || stage != Stage::Pending {
        finding.evidence.extend(leaders::evidence(context, leaders::MANAGER));
    }
    Some(finding)
}

/// The nodes that ask, of those that fell silent: their certificate may have ended meanwhile.
fn silent(context: &Context<'_>, open: &[&CertificateSigningRequest]) -> BTreeSet<ObjectRef> {
    let names = open.iter().filter_map(|one| one.spec.username.strip_prefix("system:node:"));
    let nodes = names.filter_map(|name| context.node(name).ok().flatten());
    nodes.filter(|node| fencing::is_silent(node)).map(Resource::object_ref).collect()
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
