//! Whom an incident harms: workloads and Services, the Ingresses that lead to these with the hosts that people type, and the
//! disruption budgets that fall short of what they demand.

use std::collections::BTreeSet;

use rutter_cluster::{
    Cluster, Kind, ObjectRef, Resource,
    objects::{Ingress, Pod, PodDisruptionBudget},
};
use rutter_lessons::{Context, Finding, reads::Key};

/// What an incident harms.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Harm {
    /// Services, workloads and Ingresses.
    pub objects: Vec<ObjectRef>,
    /// The hosts of those rules of Ingresses that lead to the Services, sorted; `*` for whatever no rule names.
    pub hosts: Vec<String>,
    /// Budgets of the workloads that allow no disruption, because too few pods are healthy.
    pub budgets: Vec<ShortBudget>,
}

/// A PodDisruptionBudget with fewer healthy pods than it demands: until that is otherwise, a drain waits.
#[derive(Debug, Clone, PartialEq)]
pub struct ShortBudget {
    /// The budget.
    pub budget: ObjectRef,
    /// How many pods are healthy, as its status says.
    pub healthy: i64,
    /// How many it demands.
    pub demanded: i64,
    /// The harmed workloads of which it covers a pod that is not ready.
    pub workloads: Vec<ObjectRef>,
}

/// What is harmed by findings that hang together.
pub(crate) fn of<'f>(
    cluster: &Cluster,
    context: &Context<'_>,
    members: impl Iterator<Item = &'f Finding>,
) -> Harm {
    let mut objects: Vec<ObjectRef> = members
        .filter(|finding| !finding.is_history())
        .map(|finding| &finding.object)
        .filter(|object| !matches!(object.kind.as_str(), "Node" | "Pod" | "PersistentVolumeClaim"))
        .cloned()
        .collect();
    objects.sort();
    objects.dedup_by(|a, b| a.same(b));
    let budgets = short_budgets(context, &objects);
    let mut hosts = BTreeSet::new();
    let services: Vec<ObjectRef> =
        objects.iter().filter(|object| object.kind == "Service").cloned().collect();
    for service in services {
        context.asks(|| Key::within(Kind::Ingress, &service.namespace));
        for ingress in cluster.ingresses.in_namespace(&service.namespace) {
            if ingress.services().any(|name| *name == service.name) {
                objects.push(ingress.object_ref());
                hosts.extend(hosts_to(ingress, &service.name));
            }
        }
    }
    objects.sort();
    objects.dedup_by(|a, b| a.same(b));
    Harm { objects, hosts: hosts.into_iter().collect(), budgets }
}

/// The hosts of an Ingress whose requests go to a Service.
fn hosts_to(ingress: &Ingress, service: &str) -> Vec<String> {
    let by_rules = ingress.spec.rules.iter().filter(|rule| {
        let mut paths = rule.http.iter().flat_map(|http| &http.paths);
        paths.any(|path| path.backend.service_name().is_some_and(|name| name == service))
    });
    let default = ingress.spec.default_backend.as_ref().and_then(|backend| backend.service_name());
    let others = default.filter(|name| *name == service).map(|_| "");
    let hosts = by_rules.map(|rule| rule.host.as_str()).chain(others);
    hosts.map(|host| if host.is_empty() { "*".to_owned() } else { host.to_owned() }).collect()
}

/// The budgets of workloads that are short of healthy pods. One that is short for the sake of another workload's pods is not
/// named, nor one that allows nothing although all are healthy: that is how it was made.
fn short_budgets(context: &Context<'_>, objects: &[ObjectRef]) -> Vec<ShortBudget> {
    let mut short = Vec::<ShortBudget>::new();
    for workload in objects.iter().filter(|object| is_workload(object)) {
        let Ok(all) = context.budgets_in(&workload.namespace) else { continue };
        let mut candidates = all.iter().filter(|budget| is_short(budget)).peekable();
        // Pods change often: they are not asked for where no budget is short.
        if candidates.peek().is_none() {
            continue;
        }
        let Ok(unready) = context.unready_under(workload) else { continue };
        for budget in candidates.filter(|budget| unready.iter().any(|pod| covers(budget, pod))) {
            let reference = budget.object_ref();
            match short.iter_mut().find(|known| known.budget.same(&reference)) {
                Some(known) => known.workloads.push(workload.clone()),
                None => short.push(ShortBudget {
                    budget: reference,
                    healthy: budget.status.current_healthy,
                    demanded: budget.status.desired_healthy,
                    workloads: vec![workload.clone()],
                }),
            }
        }
    }
    short.sort_by(|a, b| a.budget.cmp(&b.budget));
    short
}

fn is_workload(object: &ObjectRef) -> bool {
    matches!(
        object.kind.as_str(),
        "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController" | "DaemonSet"
    )
}

fn is_short(budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    // An empty selector is all pods in policy/v1 and none in v1beta1: whether there are any, the status says.
    let has_pods = status.expected_pods > 0;
    has_pods && status.disruptions_allowed <= 0 && status.current_healthy < status.desired_healthy
}

fn covers(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
}
