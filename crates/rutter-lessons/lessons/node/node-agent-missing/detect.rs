//! Finding the Ready nodes on which an agent is missing or not ready.

use rutter_cluster::{
    Resource,
    objects::{DaemonSet, Node, Pod},
};

use super::{
    ID, START,
    lack::{self, Lack},
    say,
};
use crate::{Confidence, Context, Finding, Findings, Outcome, Severity, agents::Role, hosting::Guests};

/// A node, and how it lacks the agent.
pub(super) type Lacking<'c> = (&'c Node, Lack<'c>);

pub(super) fn evaluate(context: &Context<'_>, set: &DaemonSet, findings: &mut Findings) -> Outcome {
    let spec = &set.spec.template.spec;
    let Some(role) = Role::of(spec) else { return Ok(()) };
    // Where all pods are ready, and no taint keeps any off, there is nothing to look at.
    if !lack::lacks_pods(set) && !lack::may_be_kept_off(role, spec) {
        return Ok(());
    }
    let young = set.meta.created.is_none_or(|created| context.may_be_younger(created, START));
    if young || set.meta.deleted.is_some() {
        return Ok(());
    }
    let (lacking, number) = lack::lacking(context, set, role)?;
    findings.extend(finding(context, set, role, &lacking, number));
    Ok(())
}

fn finding(
    context: &Context<'_>,
    set: &DaemonSet,
    role: Role,
    lacking: &[Lacking<'_>],
    number: usize,
) -> Option<Finding> {
    let (first, _) = lacking.first()?;
    let mut finding = Finding::about(ID, *first);
    finding.variant = variant(role);
    finding.instances = lacking.iter().map(|(node, _)| node.object_ref()).collect();
    finding.instances.sort();
    finding.severity = severity(context, role, lacking, number);
    finding.since = lacking.iter().filter_map(|(_, lack)| since(context, lack)).min();
    // That a taint is meant, and the pod there fails for something else, can't be ruled out.
    let all_kept = lacking.iter().all(|(_, lack)| matches!(lack, Lack::Kept(..)));
    if all_kept && role == Role::Proxy {
        finding.confidence = Confidence::Possible;
    }
    finding.message = say::message(context, set, role, lacking, finding.since);
    finding.evidence = say::evidence(set, lacking);
    Some(finding)
}

fn since(context: &Context<'_>, lack: &Lack<'_>) -> Option<rutter_cluster::Time> {
    match lack {
        Lack::NotReady(pod) => lack::since(context, pod),
        Lack::Unscheduled(pod) => pod.meta.created,
        Lack::Absent | Lack::Kept(..) => None,
    }
}

fn variant(role: Role) -> &'static str {
    match role {
        Role::Network => "network",
        Role::Proxy => "proxy",
        Role::Storage => "storage",
        Role::Devices => "devices",
    }
}

/// By what can't be done there, and whether somebody is there who misses it.
fn severity(context: &Context<'_>, role: Role, lacking: &[Lacking<'_>], number: usize) -> Severity {
    let guests = lacking.iter().filter_map(|(node, _)| Guests::of(context, node));
    let mut pods = guests.flat_map(|guests| guests.pods);
    let mounts = |pod: &Pod| {
        pod.status.phase == "Pending"
            && pod.spec.volumes.iter().any(|volume| pod.claim_name(volume).is_some())
    };
    match role {
        Role::Network | Role::Proxy if number > 1 && lacking.len() == number => Severity::Critical,
        Role::Network | Role::Proxy if pods.any(|pod| !pod.spec.host_network) => Severity::High,
        Role::Storage if pods.any(mounts) => Severity::High,
        _ => Severity::Medium,
    }
}
