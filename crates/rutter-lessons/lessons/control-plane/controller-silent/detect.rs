//! Leaders that have not renewed their record.

use rutter_cluster::{
    ObjectRef, Resource,
    objects::{Condition, Endpoints, Lease, Pod},
};

use super::{ID, undone};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting,
    leaders::{self, Record},
    words,
};

/// A record this old, in seconds, of which nothing is missed was left behind by a component that is gone: three hours.
const LEFT: i64 = 3 * 3600;

pub(super) fn lease(context: &Context<'_>, subject: &Lease, findings: &mut Findings) -> Outcome {
    evaluate(context, &subject.object_ref(), findings)
}

pub(super) fn endpoints(context: &Context<'_>, subject: &Endpoints, findings: &mut Findings) -> Outcome {
    evaluate(context, &subject.object_ref(), findings)
}

/// The controllers, with the components by whose events one knows that they work.
fn controller(object: &ObjectRef) -> Option<(&'static str, &'static str, &'static [&'static str])> {
    let of_manager: &[&str] = &[
        "replicaset-controller",
        "deployment-controller",
        "daemonset-controller",
        "statefulset-controller",
        "job-controller",
        "cronjob-controller",
        "node-controller",
        "controllermanager",
        "persistentvolume-controller",
        "horizontal-pod-autoscaler",
        "endpoint-slice-controller",
        "endpoint-controller",
        "attachdetach-controller",
        "taint-eviction-controller",
    ];
    if object.namespace != "kube-system" {
        return None;
    }
    match object.name.as_str() {
        leaders::MANAGER => Some((leaders::MANAGER, "controller-manager", of_manager)),
        leaders::SCHEDULER => Some((leaders::SCHEDULER, "scheduler", &["default-scheduler"])),
        leaders::CLOUD => Some((
            leaders::CLOUD,
            "cloud",
            &["service-controller", "route_controller", "cloud-node-controller"],
        )),
        _ => None,
    }
}

fn evaluate(context: &Context<'_>, subject: &ObjectRef, findings: &mut Findings) -> Outcome {
    let Some((name, variant, components)) = controller(subject) else { return Ok(()) };
    let Some(record) = leaders::silent(context, name) else { return Ok(()) };
    // Of two records the newer one counts, and is the subject.
    if !record.object.same(subject) || works(context, &record, components) {
        return Ok(());
    }
    let undone = undone::of(context, variant);
    let old = !context.may_be_younger(record.renewed, LEFT);
    let nothing = undone.phrases.is_empty();
    // Services without load balancers there are also where somebody else makes them, long after a cloud's controller is gone.
    let left = variant == "cloud" && old && !undone.is_of_nodes;
    if left || nothing && (old || variant == "cloud" || !record.others_go_on) {
        return Ok(());
    }
    findings.push(finding(context, name, variant, &record, undone));
    Ok(())
}

/// Whether it wrote events since: then it elects its leader elsewhere, or not at all.
fn works(context: &Context<'_>, record: &Record, components: &[&str]) -> bool {
    context.last_word_of(components).is_some_and(|last| last.since(record.renewed) >= leaders::SILENT)
}

fn finding(
    context: &Context<'_>,
    name: &str,
    variant: &'static str,
    record: &Record,
    undone: undone::Undone,
) -> Finding {
    let mut finding = Finding {
        object: record.object.clone(),
        instances: vec![record.object.clone()],
        ..Finding::about(ID, &Lease::default())
    };
    finding.variant = variant;
    finding.severity = if variant == "cloud" { Severity::High } else { Severity::Critical };
    finding.confidence = match (record.others_go_on, undone.phrases.is_empty()) {
        (true, false) => Confidence::Certain,
        (false, true) => Confidence::Possible,
        _ => Confidence::Likely,
    };
    finding.since = Some(record.renewed);
    let when = hosting::clock(context, record.renewed);
    let who = match host(record) {
        "" => format!("the last leader gave it up at {when}"),
        host => format!("the last leader, on {host}, has not renewed its record since {when}"),
    };
    let pods = pods(context, name);
    let state = pods
        .iter()
        .find(|pod| !pod.is_ready())
        .map(|pod| format!(", and its pod {} is {}", pod.meta.name, words::pod_state(pod)));
    let what =
        if undone.phrases.is_empty() { String::new() } else { format!("; {}", undone.phrases.join(", ")) };
    finding.message = format!("no {name} is at work: {who}{}{what}", state.unwrap_or_default());
    finding.evidence.push(record.evidence.clone());
    finding.evidence.extend(undone.evidence);
    finding.evidence.extend(
        pods.iter()
            .filter(|pod| !pod.is_ready())
            .take(2)
            .map(|pod| Evidence::field(*pod, "status.conditions[Ready].status", words::pod_state(pod), None)),
    );
    finding.evidence.extend(node(context, host(record)));
    finding
}

/// The machine that the leader ran on: `cp-1` of `cp-1_7d0b`.
pub(super) fn host(record: &Record) -> &str {
    record.holder.rsplit_once('_').map_or(record.holder.as_str(), |(host, _)| host)
}

/// Its pods, where the control plane runs as pods.
pub(super) fn pods<'c>(context: &Context<'c>, name: &str) -> Vec<&'c Pod> {
    let all = context.pods_in("kube-system").unwrap_or_default();
    let is_its = |pod: &&Pod| {
        let labels = &pod.meta.labels;
        ["component", "k8s-app", "app"].iter().any(|key| labels.get(key).is_some_and(|value| *value == name))
    };
    all.iter().filter(is_its).collect()
}

/// That the leader's node is not well either.
fn node(context: &Context<'_>, host: &str) -> Option<Evidence> {
    let node = context.node(host).ok().flatten()?;
    let ready = node.condition("Ready").filter(|ready| !Condition::is_true(ready))?;
    let value = format!("{} ({})", ready.status, ready.reason);
    Some(Evidence::field(node, "status.conditions[Ready].status", value, ready.last_transition_time))
}
