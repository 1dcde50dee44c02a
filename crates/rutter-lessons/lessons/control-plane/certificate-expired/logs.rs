//! What the control plane's logs say of certificates that expired: only a dump with logs shows it.

use rutter_cluster::objects::Pod;

use super::ID;
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::clean,
    fencing, leaders,
    texts::x509::{self, Fault},
};

/// The parts whose logs tell, by the label `component`.
const PARTS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if pod.meta.namespace != "kube-system" {
        return Ok(());
    }
    let Some(part) = pod.meta.labels.get("component").filter(|part| PARTS.contains(&part.as_str())) else {
        return Ok(());
    };
    for container in &pod.spec.containers {
        let Some(log) = context.log(pod, &container.name) else { continue };
        let told = log.lines.iter().rev().find_map(|line| match x509::parse(line) {
            Some(Fault::Expired(end)) => Some((line.as_str(), end)),
            _ => None,
        });
        if let Some((line, end)) = told {
            findings.push(finding(
                context,
                pod,
                part,
                line,
                end,
                Evidence::log(pod, &container.name, clean(line)),
            ));
            return Ok(());
        }
    }
    Ok(())
}

/// Whether a part of the cluster is missed that may have been refused; else it was anybody's old credentials.
fn is_missed(context: &Context<'_>) -> bool {
    let silent = |node: &rutter_cluster::objects::Node| {
        node.condition("Ready").is_some_and(rutter_cluster::objects::Condition::is_unknown)
    };
    context.nodes().is_ok_and(|nodes| nodes.iter().any(silent))
        || [leaders::MANAGER, leaders::SCHEDULER].iter().any(|name| leaders::silent(context, name).is_some())
}

fn finding(
    context: &Context<'_>,
    pod: &Pod,
    part: &str,
    line: &str,
    end: Option<rutter_cluster::Time>,
    evidence: Evidence,
) -> Finding {
    let mut finding = Finding::about(ID, pod);
    let expired = end.map_or_else(String::new, |end| format!(" (one ended at {end})"));
    // The API server says this of who asks it; all others of whom they ask.
    let is_of_client = line.contains("Unable to authenticate") || line.contains("remote error");
    (finding.variant, finding.message) = if is_of_client {
        let what = format!(
            "{part} refuses clients whose certificate expired{expired}: kubelets or other parts of the control plane"
        );
        ("clients-refused", what)
    } else {
        ("server-expired", format!("{part} meets a server whose certificate expired{expired}"))
    };
    finding.severity = Severity::High;
    finding.confidence = Confidence::Likely;
    if is_of_client && !is_missed(context) {
        (finding.severity, finding.confidence) = (Severity::Low, Confidence::Possible);
        finding.message = format!(
            "{part} refuses somebody whose certificate expired{expired}: nothing of the cluster is missed for it"
        );
    }
    finding.since = end;
    if is_of_client && end.is_some() {
        // Whose it was is not told: the nodes that may be meant.
        let nodes = context.nodes().into_iter().flatten().filter(|node| fencing::is_silent(node));
        finding.instances.extend(nodes.map(rutter_cluster::Resource::object_ref));
        finding.instances.sort();
    }
    finding.evidence = vec![evidence];
    finding
}
