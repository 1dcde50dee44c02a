//! Who suffers from a finding, and how.

use rutter_cluster::{
    Cluster, ObjectRef, Resource,
    objects::{Ingress, Pod, PodDisruptionBudget},
};
use rutter_lessons::{Context, Finding};

use crate::{Diagnosis, Explained, incidents, related::pods_of};

/// Somebody who suffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harm {
    /// Who.
    pub object: ObjectRef,
    /// What of it, in a few words; may be empty.
    pub what: String,
}

/// The workloads and Services among the finding and its effects, the Ingresses that lead to those, and the budgets that are short
/// of pods for it.
pub(super) fn harms(
    cluster: &Cluster,
    context: &Context<'_>,
    diagnosis: &Diagnosis,
    head: usize,
    down: &[Explained],
) -> Vec<Harm> {
    let findings: Vec<&Finding> = diagnosis.findings.iter().map(|one| &one.finding).collect();
    let suffering = incidents::harms(cluster, context, &findings, head, down);
    let mut harms: Vec<Harm> = suffering.into_iter().map(|object| told(cluster, object)).collect();
    harms.extend(budgets(cluster, context, findings[head]));
    harms
}

fn told(cluster: &Cluster, object: ObjectRef) -> Harm {
    let ingress =
        if object.kind == "Ingress" { cluster.ingresses.get(&object.namespace, &object.name) } else { None };
    Harm { what: ingress.map(hosts).unwrap_or_default(), object }
}

/// The hosts of an Ingress.
fn hosts(ingress: &Ingress) -> String {
    let mut hosts: Vec<&str> = ingress.spec.rules.iter().map(|rule| rule.host.as_str()).collect();
    hosts.retain(|host| !host.is_empty());
    hosts.dedup();
    rutter_lessons::words::list(&hosts, 3)
}

/// The budgets over the pods that a finding keeps from being ready, which have fewer healthy pods than they ask for.
fn budgets(cluster: &Cluster, context: &Context<'_>, finding: &Finding) -> Vec<Harm> {
    let pods: Vec<&Pod> = match finding.object.kind.as_str() {
        "Node" => cluster.pods_on(&finding.object.name).collect(),
        _ => pods_of(cluster, context, finding),
    };
    let unready: Vec<&Pod> = pods.into_iter().filter(|pod| pod.is_unready()).collect();
    let is_short = |budget: &&PodDisruptionBudget| {
        budget.status.current_healthy < budget.status.desired_healthy
            && unready.iter().any(|pod| is_over(budget, pod))
    };
    let told = |budget: &PodDisruptionBudget| Harm {
        object: budget.object_ref(),
        what: format!(
            "{} healthy of {} wanted",
            budget.status.current_healthy, budget.status.desired_healthy
        ),
    };
    cluster.budgets.iter().filter(is_short).map(told).collect()
}

/// Whether a budget counts that pod. An empty selector selects all or nothing, by a version that isn't known here.
fn is_over(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    let selector = budget.spec.selector.as_ref().filter(|selector| !selector.is_empty());
    budget.meta.namespace == pod.meta.namespace
        && selector.is_some_and(|selector| selector.matches(&pod.meta.labels))
}
