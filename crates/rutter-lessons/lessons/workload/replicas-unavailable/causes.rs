//! What a workload without its pods explains: the Services that send to them.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, containers, hosting};

pub(super) const CAUSES: &[Cause] = &[
    // A Service that selects a workload without pods names the workload in its evidence: there is no pod to relate by.
    Cause { explains: "service-no-backends", relation: Relation::Mentions, check: no_pods },
    Cause { explains: "dns-down", relation: Relation::Mentions, check: no_pods },
    // So does a node without the pod of a DaemonSet.
    Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: no_agent },
    // And a Service that waits for its load balancer, of what should make that.
    Cause { explains: "loadbalancer-pending", relation: Relation::Mentions, check: no_controller },
    // And a claim, of what should make its volume.
    Cause { explains: "volume-stuck", relation: Relation::Mentions, check: no_provisioner },
    Cause { explains: "pdb-blocks", relation: Relation::Mentions, check: containers::keeps_short },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_not_ready },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pods_not_ready },
    // An autoscaler names its target in its evidence.
    Cause { explains: "hpa-behaviour", relation: Relation::Mentions, check: not_measured },
];

fn no_pods(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "cannot-create" | "missing-pods" | "not-observed")
        && effect.variant == "no-pods"
        && !effect.is_history();
    fits.then(|| Because::new(cause.confidence, because(cause)))
}

fn no_agent(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "cannot-create" | "missing-pods" | "not-observed")
        && effect.since.is_none()
        && !effect.is_history();
    fits.then(|| Because::new(cause.confidence, cause.message.clone()))
}

fn no_controller(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "controller-down" && !cause.is_history() && !effect.is_history();
    fits.then(|| {
        let why = format!(
            "{} {} makes its load balancer, and {}",
            cause.object.kind, cause.object.name, cause.message
        );
        Because::new(cause.confidence.min(Confidence::Likely), why)
    })
}

fn no_provisioner(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "no-provisioner" && !cause.is_history() && !effect.is_history();
    fits.then(|| {
        let why = format!("{} {} makes its volume: {}", cause.object.kind, cause.object.name, cause.message);
        Because::new(cause.confidence.min(Confidence::Likely), why)
    })
}

/// Of pods that aren't there, or aren't ready, nothing is measured.
fn not_measured(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "no-samples" && !effect.is_history() && !cause.is_history();
    let why = || format!("{} {}, which it scales: {}", cause.object.kind, cause.object.name, cause.message);
    fits.then(|| Because::new(Confidence::Likely.min(cause.confidence), why()))
}

fn because(cause: &Finding) -> String {
    format!("{} {}, which it sends to, has no pods: {}", cause.object.kind, cause.object.name, cause.message)
}

/// All pods that the Service selects are the workload's, or none of the others is what it waits for.
fn pods_not_ready(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "cannot-schedule" | "not-ready")
        && effect.variant == "not-ready"
        && !effect.is_history();
    if !fits {
        return None;
    }
    let owned = |pod: &&rutter_cluster::objects::Pod| context.top_owner(pod).same(&cause.object);
    let pods = hosting::pods_behind(context, effect)?;
    let mine = pods.iter().filter(|pod| owned(pod)).count();
    let confidence = match (mine, pods.len() - mine) {
        (0, _) => return None,
        (_, 0) => Confidence::Likely,
        _ => Confidence::Possible,
    };
    let why =
        format!("{} {}, whose pods it selects: {}", cause.object.kind, cause.object.name, cause.message);
    Some(Because::new(confidence.min(cause.confidence), why))
}
