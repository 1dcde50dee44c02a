//! Disruption budgets, as the API server's eviction handler reads them (`pkg/registry/core/pod/storage/eviction.go`).

use rutter_cluster::objects::{Pod, PodDisruptionBudget};

/// Whether the budget covers the pod.
pub fn covers(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    budget.meta.namespace == pod.meta.namespace
        && budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
}

/// Whether budgets have no say: the pod has finished, has not begun, or is ending already.
pub fn is_free(pod: &Pod) -> bool {
    pod.is_finished() || pod.status.phase == "Pending" || pod.meta.deleted.is_some()
}

/// Why these budgets keep the pod from being evicted now; `None` if they don't.
pub fn refusal(budgets: &[&PodDisruptionBudget], pod: &Pod) -> Option<String> {
    if is_free(pod) {
        return None;
    }
    match budgets {
        [] => None,
        [budget] => one(budget, pod),
        [first, second, ..] => Some(format!(
            "PDBs {} and {} both cover it, and the API server evicts no pod with more than one",
            name(first),
            name(second)
        )),
    }
}

fn one(budget: &PodDisruptionBudget, pod: &Pod) -> Option<String> {
    let status = &budget.status;
    if status.observed_generation < budget.meta.generation {
        return Some(format!("PDB {} has not been counted since it was changed", name(budget)));
    }
    if !pod.is_ready() && lets_broken_go(budget) {
        return None;
    }
    (status.disruptions_allowed <= 0).then(|| {
        format!(
            "PDB {} allows 0 disruptions: {} of {} healthy, needs {}",
            name(budget),
            status.current_healthy,
            status.expected_pods,
            status.desired_healthy
        )
    })
}

/// Whether a pod that isn't ready may go without being counted: always by the policy `AlwaysAllow`, else while the budget is met.
pub fn lets_broken_go(budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow"
        || (status.current_healthy >= status.desired_healthy && status.desired_healthy > 0)
}

/// Whether the budget allows no disruption even when all its pods are healthy.
pub fn is_impossible(budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    status.expected_pods > 0 && status.desired_healthy >= status.expected_pods
}

/// A budget's namespace and name, as a person names it.
pub fn name(budget: &PodDisruptionBudget) -> String {
    format!("{}/{}", budget.meta.namespace, budget.meta.name)
}
