//! What a controller without a leader has left undone.

use rutter_cluster::{
    Meta, Resource,
    objects::{Pod, Service},
};

use crate::{Context, Evidence, words};

/// What it would have done long ago, in seconds.
const LATE: i64 = 60;

/// A cloud may take its time for a load balancer, in seconds.
const CLOUD: i64 = 300;

/// What is undone.
#[derive(Default)]
pub(super) struct Undone {
    /// `3 pods have no node`.
    pub(super) phrases: Vec<String>,
    pub(super) evidence: Vec<Evidence>,
    /// Whether nodes wait: only the cloud's own controller takes them into service.
    pub(super) is_of_nodes: bool,
}

pub(super) fn of(context: &Context<'_>, variant: &str) -> Undone {
    match variant {
        "scheduler" => pods(context),
        "cloud" => cloud(context),
        _ => workloads(context),
    }
}

/// Pods that no scheduler has looked at, of those that want the default one.
fn pods(context: &Context<'_>) -> Undone {
    let waits = |pod: &&Pod| {
        pod.meta.deleted.is_none()
            && pod.spec.scheduling_gates.is_empty()
            && matches!(pod.spec.scheduler_name.as_str(), "" | "default-scheduler")
            && is_late(context, &pod.meta)
    };
    let waiting: Vec<&Pod> = context.pods_not_looked_at().into_iter().filter(waits).collect();
    let Some(first) = waiting.iter().min_by_key(|pod| pod.meta.created) else { return Undone::default() };
    let verb = if waiting.len() == 1 { "waits" } else { "wait" };
    Undone {
        phrases: vec![format!(
            "{} {verb} for a node without having been looked at",
            words::count(waiting.len(), "pod")
        )],
        evidence: vec![Evidence::field(*first, "status.conditions", "no PodScheduled", first.meta.created)],
        ..Undone::default()
    }
}

fn is_late(context: &Context<'_>, meta: &Meta) -> bool {
    meta.created.is_some_and(|created| !context.may_be_younger(created, LATE))
}

/// Workloads whose last change was not looked at.
fn workloads(context: &Context<'_>) -> Undone {
    let mut evidence = Vec::new();
    let mut number = 0;
    macro_rules! look {
        ($all:expr) => {
            for one in $all {
                let (generation, observed) = (one.meta.generation, one.status.observed_generation);
                if one.meta.deleted.is_none() && generation > observed && is_late(context, &one.meta) {
                    number += 1;
                    if evidence.len() < 2 {
                        evidence.push(not_observed(one, generation, observed));
                    }
                }
            }
        };
    }
    look!(context.seen_deployments());
    look!(context.seen_stateful_sets());
    look!(context.seen_daemon_sets());
    let verb = if number == 1 { "was" } else { "were" };
    let phrase =
        (number > 0).then(|| format!("changes of {} {verb} not looked at", words::count(number, "workload")));
    Undone { phrases: phrase.into_iter().collect(), evidence, ..Undone::default() }
}

fn not_observed(object: &impl Resource, generation: i64, observed: i64) -> Evidence {
    let value = format!("{observed} of generation {generation}");
    Evidence::field(object, "status.observedGeneration", value, None)
}

/// Load balancers that are not made, and nodes that wait to be taken into service.
fn cloud(context: &Context<'_>) -> Undone {
    let mut undone = Undone::default();
    let pending = |service: &&Service| {
        let meta = &service.meta;
        service.spec.kind == "LoadBalancer"
            && service.spec.load_balancer_class.is_empty()
            && service.status.load_balancer.ingress.is_empty()
            && meta.deleted.is_none()
            && meta.created.is_some_and(|created| !context.may_be_younger(created, CLOUD))
    };
    let services = context.seen_services();
    let waiting: Vec<&Service> = services.iter().filter(pending).collect();
    if let Some(first) = waiting.first() {
        let verb = if waiting.len() == 1 { "has" } else { "have" };
        undone.phrases.push(format!("{} {verb} no load balancer", words::count(waiting.len(), "Service")));
        undone.evidence.push(Evidence::field(
            *first,
            "status.loadBalancer.ingress",
            "none",
            first.meta.created,
        ));
    }
    let nodes = context.nodes().unwrap_or_default();
    let taint = "node.cloudprovider.kubernetes.io/uninitialized";
    let new = nodes.iter().filter(|node| node.spec.taints.iter().any(|one| one.key == taint));
    let late: Vec<_> = new.filter(|node| is_late(context, &node.meta)).collect();
    if let Some(first) = late.first() {
        let verb = if late.len() == 1 { "was" } else { "were" };
        undone.is_of_nodes = true;
        undone.phrases.push(format!("{} {verb} not taken into service", words::count(late.len(), "node")));
        undone.evidence.push(Evidence::field(*first, "spec.taints", taint, first.meta.created));
    }
    undone
}
