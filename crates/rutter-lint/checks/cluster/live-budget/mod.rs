//! Disruption budgets that, with the cluster beside the manifests, let no pod go.

use rutter_cluster::{
    Kind, LabelSelector, Labels,
    objects::{PodDisruptionBudget, Rounded},
};
use rutter_lessons::Severity;

use rutter_lessons::words;

use crate::{
    Check, Context, Controller, Found, Look, Object, Template, Topic,
    live::{
        self, Live, typed,
        workloads::{self, Workload},
    },
};

pub(crate) static CHECK: Check = Check {
    id: "live-budget",
    topic: Topic::Cluster,
    title: "a disruption budget lets no pod go",
    severity: Severity::Medium,
    default: true,
    prevents: &["pdb-blocks", "node-cordoned"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    if !live::saw(live.cluster, &workloads::KINDS, namespace)
        || !live::saw(live.cluster, &[Kind::Pod], namespace)
    {
        return;
    }
    if object.is("policy", "PodDisruptionBudget") {
        written(context, live, namespace, object, found);
    } else if Template::of(object).iter().any(|one| one.controller.serves()) {
        covered(context, live, namespace, object, found);
    }
}

/// A budget among the manifests, and workloads that the cluster has.
fn written(context: &Context<'_>, live: &Live<'_>, namespace: &str, object: &Object, found: &mut Found<'_>) {
    let Some(budget) = typed::of::<PodDisruptionBudget>(&object.root) else { return };
    let Some(selector) = budget.spec.selector.as_ref().filter(|selector| !selector.is_empty()) else {
        return;
    };
    let there: Vec<Workload<'_>> = workloads::all(live.cluster, namespace)
        .into_iter()
        .filter(|one| selector.matches(one.labels) && !is_rewritten(context, one))
        .collect();
    let names = list(&there);
    if let Some((total, _)) = total(context, live, namespace, object, selector).filter(|_| !there.is_empty())
        && let Some((field, why)) = no_room(&budget, total)
    {
        let message = format!(
            "{why} of the {total} pods of {names}: no eviction is allowed, and drains of their nodes hang"
        );
        let node = object.at(&["spec", field]).unwrap_or_else(|| object.head());
        found.at(node, message).advice("allow one: maxUnavailable: 1");
        return;
    }
    let second = others(context, live, namespace).find(|other| {
        let theirs = other.spec.selector.as_ref();
        theirs.is_some_and(|theirs| there.iter().any(|one| theirs.matches(one.labels)))
    });
    if let Some(second) = second {
        let message = format!(
            "PodDisruptionBudget {} of the cluster covers pods of {names} too: the API server evicts no pod that two budgets cover",
            second.meta.name
        );
        found
            .at(object.at(&["spec", "selector"]).unwrap_or_else(|| object.head()), message)
            .advice("keep one of the two, or narrow their selectors");
    }
}

/// A workload among the manifests, and budgets that the cluster has.
fn covered(context: &Context<'_>, live: &Live<'_>, namespace: &str, object: &Object, found: &mut Found<'_>) {
    let Some(template) = Template::of(object).into_iter().next() else { return };
    let labels: Labels = template.labels().collect();
    let covering: Vec<&PodDisruptionBudget> = others(context, live, namespace)
        .filter(|budget| {
            budget.spec.selector.as_ref().is_some_and(|one| !one.is_empty() && one.matches(&labels))
        })
        .collect();
    if let [first, second, ..] = covering.as_slice() {
        let message = format!(
            "PodDisruptionBudgets {} and {} of the cluster both cover these pods: the API server evicts none that two budgets cover, and \
             drains of their nodes hang",
            first.meta.name, second.meta.name
        );
        let node = template.metadata.and_then(|metadata| metadata.at(&["labels"]));
        found.at(node.unwrap_or_else(|| object.head()), message).advice("keep one of the two");
        return;
    }
    let [budget] = covering.as_slice() else { return };
    let Some(selector) = &budget.spec.selector else { return };
    let Some((total, _)) = total(context, live, namespace, object, selector) else { return };
    if let Some((_, why)) = no_room(budget, total) {
        let message = format!(
            "PodDisruptionBudget {} of the cluster says {why} of {total} pods: no eviction is allowed, and drains of their nodes hang",
            budget.meta.name
        );
        let node = object.at(&["spec", "replicas"]).unwrap_or_else(|| object.head());
        found.at(node, message).advice("one replica more, or a budget that allows one: maxUnavailable: 1");
    }
}

/// The budgets of the cluster that the manifests leave as they are.
fn others<'l>(
    context: &'l Context<'_>,
    live: &'l Live<'_>,
    namespace: &'l str,
) -> impl Iterator<Item = &'l PodDisruptionBudget> {
    live.cluster.budgets.in_namespace(namespace).iter().filter(move |budget| {
        budget.meta.deleted.is_none()
            && !live::is_rewritten(context, Kind::PodDisruptionBudget, namespace, &budget.meta.name)
    })
}

fn is_rewritten(context: &Context<'_>, one: &Workload<'_>) -> bool {
    context.manifest(&one.object.kind, &one.object.namespace, &one.object.name).is_some()
}

/// How many pods a selector finds when all manifests are applied, and of how many workloads; nothing where it also finds pods whose
/// number nobody can tell.
fn total(
    context: &Context<'_>,
    live: &Live<'_>,
    namespace: &str,
    beside: &Object,
    selector: &LabelSelector,
) -> Option<(i64, usize)> {
    let (mut pods, mut owners) = (0_i64, 0);
    for one in workloads::all(live.cluster, namespace) {
        if selector.matches(one.labels) && !is_rewritten(context, &one) && one.object.kind != "DaemonSet" {
            let scaler = live.scaler(namespace, &one.object.kind, &one.object.name);
            pods = pods.saturating_add(scaler.map_or(one.replicas, |scaler| scaler.least));
            owners += 1;
        }
    }
    for template in context.templates_beside(beside) {
        let labels: Labels = template.labels().collect();
        if selector.matches(&labels) && template.controller != Controller::DaemonSet {
            let object = template.object;
            let scaler = live.scaler(namespace, &object.kind, &object.name);
            let replicas = scaler.map(|scaler| scaler.least).or_else(|| template.replicas())?;
            pods = pods.saturating_add(replicas);
            owners += 1;
        }
    }
    let known = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];
    let strange = live.cluster.pods.in_namespace(namespace).iter().any(|pod| {
        selector.matches(&pod.meta.labels) && !known.contains(&live.cluster.top_owner(pod).kind.as_str())
    });
    (pods > 0 && !strange).then_some((pods, owners))
}

/// The field by which a budget allows nothing of so many pods, and what it says.
fn no_room(budget: &PodDisruptionBudget, pods: i64) -> Option<(&'static str, String)> {
    if let Some(least) = &budget.spec.min_available {
        let needed = least.scaled(pods, Rounded::Up)?;
        return (needed >= pods).then(|| ("minAvailable", format!("minAvailable {least}")));
    }
    let most = budget.spec.max_unavailable.as_ref()?;
    let allowed = most.scaled(pods, Rounded::Up)?;
    (allowed <= 0).then(|| ("maxUnavailable", format!("maxUnavailable {most}")))
}

fn list(workloads: &[Workload<'_>]) -> String {
    let names: Vec<String> =
        workloads.iter().map(|one| format!("{} {}", one.object.kind, one.object.name)).collect();
    words::list(&names, 2)
}
