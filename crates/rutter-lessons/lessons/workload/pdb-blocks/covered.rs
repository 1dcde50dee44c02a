//! The workloads and pods that a budget covers.

use std::{collections::BTreeSet, sync::Arc};

use rutter_cluster::{
    Labels, ObjectRef, Resource,
    objects::{Pod, PodDisruptionBudget},
};

use crate::{Context, Seen, words};

/// A workload whose pods a drain evicts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Workload {
    pub(super) object: ObjectRef,
    /// The labels of its pods.
    pub(super) labels: Labels,
    /// How many it should have.
    wanted: i64,
}

/// Those of a namespace, as far as they were seen; gathered once for all budgets, and asked for again only when one changes
/// in this.
fn workloads(context: &Context<'_>, namespace: &str) -> Arc<Vec<Workload>> {
    let about = ObjectRef { namespace: namespace.into(), ..ObjectRef::default() };
    context.kept("workloads for budgets", &about, |context, about| gather(context, &about.namespace))
}

fn gather(context: &Context<'_>, namespace: &str) -> Vec<Workload> {
    let mut all = Vec::new();
    macro_rules! collect {
        ($objects:expr) => {
            for object in $objects.unwrap_or_default() {
                // A Deployment speaks for its ReplicaSets.
                if object.meta.controller().is_none_or(|owner| owner.kind != "Deployment") {
                    let labels = object.spec.template.meta.labels.clone();
                    all.push(Workload { object: object.object_ref(), labels, wanted: object.wanted() });
                }
            }
        };
    }
    collect!(context.deployments_in(namespace));
    collect!(context.stateful_sets_in(namespace));
    collect!(context.replica_sets_in(namespace));
    collect!(context.replication_controllers_in(namespace));
    all
}

/// The workloads whose pods a budget selects.
pub(super) fn owners(context: &Context<'_>, budget: &PodDisruptionBudget) -> Vec<Workload> {
    let Some(selector) = &budget.spec.selector else { return Vec::new() };
    let all = workloads(context, &budget.meta.namespace);
    all.iter().filter(|one| selector.matches(&one.labels)).cloned().collect()
}

/// The pods of a budget that a drain would evict: those that have ended go in any case.
pub(super) fn pods<'c>(
    context: &Context<'c>,
    budget: &PodDisruptionBudget,
    owners: &[Workload],
) -> Seen<Vec<&'c Pod>> {
    let Some(selector) = &budget.spec.selector else { return Ok(Vec::new()) };
    let covered =
        |pod: &&Pod| !pod.is_finished() && pod.meta.deleted.is_none() && selector.matches(&pod.meta.labels);
    if owners.is_empty() {
        return Ok(context.pods_in(&budget.meta.namespace)?.iter().filter(covered).collect());
    }
    let mut pods = Vec::new();
    for owner in owners {
        pods.extend(context.pods_under(&owner.object)?.into_iter().filter(covered));
    }
    Ok(pods)
}

/// ` of Deployment web`, ` of 3 workloads`; ` that it covers` where none was seen.
pub(super) fn phrase(context: &Context<'_>, owners: &[Workload], pods: &[&Pod]) -> String {
    let mut all: BTreeSet<ObjectRef> = owners.iter().map(|owner| owner.object.clone()).collect();
    if all.is_empty() {
        all = pods.iter().map(|pod| context.top_owner(pod)).collect();
    }
    match (all.first(), all.len()) {
        (Some(one), 1) if one.kind == "Pod" => " that it covers".to_owned(),
        (Some(one), 1) => format!(" of {} {}", one.kind, one.name),
        (Some(_), number) => format!(" of {}", words::count(number, "workload")),
        (None, _) => " that it covers".to_owned(),
    }
}

/// How many pods these workloads should have; `None` if none was seen.
pub(super) fn wanted(owners: &[Workload]) -> Option<i64> {
    let sum = owners.iter().fold(0_i64, |sum, owner| sum.saturating_add(owner.wanted));
    (!owners.is_empty()).then_some(sum)
}
