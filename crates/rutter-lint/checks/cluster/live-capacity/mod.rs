//! Pods that no node of the cluster can ever take.

use rutter_cluster::{
    Cluster, Kind, Quantity, Str, near,
    objects::{LimitRange, Node, Pod},
    placement,
};
use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Template, Topic,
    live::{self, nodes, quota, typed},
};

pub(crate) static CHECK: Check = Check {
    id: "live-capacity",
    topic: Topic::Cluster,
    title: "no node can take the pod",
    severity: Severity::High,
    default: true,
    prevents: &["pod-unschedulable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, template.object) else { return };
    let cluster = live.cluster;
    // A DaemonSet runs where it may, also nowhere.
    if template.controller == Controller::DaemonSet
        || template.replicas() == Some(0)
        || !live::saw(cluster, &[Kind::Node], "")
        || cluster.nodes.is_empty()
        || changes_placement(cluster, namespace)
    {
        return;
    }
    let ranges: Vec<&LimitRange> = cluster.limit_ranges.in_namespace(namespace).iter().collect();
    let Some(pod) = typed::pod(template, namespace, &ranges) else { return };
    let scheduler = pod.spec.scheduler_name.as_str();
    if !pod.spec.node_name.is_empty() || !matches!(scheduler, "" | "default-scheduler") {
        return;
    }
    let asked = asked(&pod);
    let fits = |node: &Node| asked.iter().all(|(resource, milli)| has(node, resource) >= *milli);
    if cluster.nodes.iter().any(|node| nodes::admits(&pod, node) && fits(node)) || live.may_grow() {
        return;
    }
    let admitting: Vec<&Node> = cluster.nodes.iter().filter(|node| nodes::admits(&pod, node)).collect();
    if admitting.is_empty() {
        kept_off(cluster, template, &pod, found);
    } else {
        too_large(template, &admitting, &asked, found);
    }
}

/// Whether admission adds to what pods of this namespace select and tolerate.
fn changes_placement(cluster: &Cluster, namespace: &str) -> bool {
    cluster.namespaces.get("", namespace).is_some_and(|one| {
        one.meta.annotations.iter().any(|(key, _)| key.starts_with("scheduler.alpha.kubernetes.io/"))
    })
}

/// What the pod asks for, in thousandths.
fn asked(pod: &Pod) -> Vec<(String, i64)> {
    let names =
        ["cpu", "memory", "ephemeral-storage"].map(str::to_owned).into_iter().chain(quota::extended(pod));
    names.map(|name| (name.clone(), placement::request(pod, &name))).filter(|(_, milli)| *milli > 0).collect()
}

fn has(node: &Node, resource: &str) -> i64 {
    node.status.allocatable.get(resource).map_or(0, Quantity::milli)
}

fn too_large(template: &Template<'_>, admitting: &[&Node], asked: &[(String, i64)], found: &mut Found<'_>) {
    let lacking = |node: &Node| asked.iter().filter(|(resource, milli)| has(node, resource) < *milli).count();
    // The nearest: it lacks the fewest, and of the first of these it has the most.
    let nearest = admitting.iter().min_by_key(|node| {
        let first = asked.iter().find(|(resource, milli)| has(node, resource) < *milli);
        (lacking(node), std::cmp::Reverse(first.map_or(0, |(resource, _)| has(node, resource))))
    });
    let Some(nearest) = nearest else { return };
    let Some((resource, milli)) = asked.iter().find(|(resource, milli)| has(nearest, resource) < *milli)
    else {
        return;
    };
    let amount = |milli: i64| Quantity::parse(&format!("{milli}m")).unwrap_or_default();
    let most = has(nearest, resource);
    let message = format!(
        "a pod asks for {} of {resource}, and none of the {} nodes that admit it can give that (the nearest, {}, has {} in all): it \
         stays Pending",
        amount(*milli),
        admitting.len(),
        nearest.meta.name,
        amount(most)
    );
    let container = template.containers().find(|container| {
        ["requests", "limits"].iter().any(|side| container.at(&["resources", side, resource]).is_some())
    });
    let node = container.and_then(|container| {
        container
            .at(&["resources", "requests", resource])
            .or_else(|| container.at(&["resources", "limits", resource]))
    });
    found
        .at(node.unwrap_or_else(|| template.object.head()), message)
        .advice("ask for less, or add larger nodes first");
}

/// Why no node admits the pod.
fn kept_off(cluster: &Cluster, template: &Template<'_>, pod: &Pod, found: &mut Found<'_>) {
    let labelled: Vec<&Node> =
        cluster.nodes.iter().filter(|node| placement::has_labels(&pod.spec, node)).collect();
    let all = cluster.nodes.len();
    if let Some((node, taint)) = labelled.iter().find_map(|node| Some((node, nodes::keeping_off(pod, node)?)))
    {
        let message = format!(
            "no node takes these pods: all {} with the labels that they ask for have taints that they don't tolerate ({} has {}={}:{}), \
             so that they stay Pending",
            labelled.len(),
            node.meta.name,
            taint.key,
            taint.value,
            taint.effect
        );
        let place = template.spec.at(&["tolerations"]).unwrap_or_else(|| template.object.head());
        found.at(place, message).advice("tolerate the taint, if these nodes are meant, or select others");
        return;
    }
    for (key, value) in pod.spec.node_selector.iter() {
        let values: Vec<&Str> = cluster.nodes.iter().filter_map(|node| node.meta.labels.get(key)).collect();
        if values.contains(&value) {
            continue;
        }
        let near =
            near::nearest(value, values.iter().copied()).map(|near| format!("; the nearest is {key}={near}"));
        let message = format!(
            "none of the {all} nodes has the label {key}={value}: the pods stay Pending{}",
            near.unwrap_or_default()
        );
        let place = template.spec.at(&["nodeSelector", key]).unwrap_or_else(|| template.object.head());
        found.at(place, message).advice("select a label that nodes have");
        return;
    }
    let message = format!(
        "none of the {all} nodes meets the node selector and the node affinity: the pods stay Pending"
    );
    let place =
        template.spec.at(&["affinity", "nodeAffinity"]).or_else(|| template.spec.at(&["nodeSelector"]));
    found.at(place.unwrap_or_else(|| template.object.head()), message).advice("require what some node has");
}
