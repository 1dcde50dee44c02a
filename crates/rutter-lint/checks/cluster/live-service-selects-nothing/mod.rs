//! Services whose selector finds nothing, neither among the manifests nor in the cluster.

use rutter_cluster::{Cluster, Kind, Labels, Str, near};
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Template, Topic,
    live::{self, workloads},
    manifest::pairs,
    selector::Selector,
};

pub(crate) static CHECK: Check = Check {
    id: "live-service-selects-nothing",
    topic: Topic::Cluster,
    title: "the Service selects no pods",
    severity: Severity::Medium,
    default: true,
    prevents: &["service-no-backends"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

const NEEDED: [Kind; 5] =
    [Kind::Pod, Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicationController];

/// Labels that a StatefulSet's controller puts on its pods.
const OF_CONTROLLERS: [&str; 2] = ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"];

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") || object.root.text_at(&["spec", "type"]) == Some("ExternalName") {
        return;
    }
    let Some(live) = context.live() else { return };
    let Some(node) = object.at(&["spec", "selector"]).filter(|node| !node.entries().is_empty()) else {
        return;
    };
    let Some(namespace) = live::namespace(context, object) else { return };
    if !live::saw(live.cluster, &NEEDED, namespace) {
        return;
    }
    let wanted: Vec<(&str, &str)> = pairs(node.entries()).collect();
    let here = |template: &&Template<'_>| {
        may_match(&wanted, |key| template.labels().find(|(has, _)| *has == key).map(|(_, value)| value))
    };
    if !context.selected(object, &Selector::of_labels(node)).is_empty()
        || context.templates_beside(object).any(|template| here(&template))
    {
        return;
    }
    let all = labels(live.cluster, namespace);
    let there = |labels: &&Labels| may_match(&wanted, |key| labels.get(key).map(Str::as_str));
    if all.iter().any(there) || makes_pods_elsewhere(context, object) {
        return;
    }
    // Without workloads beside it, what it is for may come later: then only a slip of the pen counts.
    let has_workloads = context.templates_beside(object).next().is_some();
    let written: Vec<Labels> = context.templates_beside(object).map(|one| one.labels().collect()).collect();
    let near = nearest(&wanted, &all.into_iter().chain(&written).collect::<Vec<_>>());
    if !has_workloads && near.is_none() {
        return;
    }
    let shown: Vec<String> = wanted.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let near = near.map(|(key, value)| format!("; there are some with {key}={value}")).unwrap_or_default();
    let message = format!(
        "the selector {} finds no pod, neither in namespace {namespace} nor of these manifests: connections are refused{near}",
        shown.join(",")
    );
    found.at(node, message).advice("write the labels of the pods' template");
}

/// Whether something here may make pods of which nobody knows the labels: a custom resource of the same namespace.
fn makes_pods_elsewhere(context: &Context<'_>, object: &Object) -> bool {
    const PLAIN: [&str; 9] = [
        "apps",
        "batch",
        "autoscaling",
        "policy",
        "extensions",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "gateway.networking.k8s.io",
        "monitoring.coreos.com",
    ];
    context.objects().iter().any(|other| {
        let group = other.group();
        !group.is_empty()
            && !PLAIN.contains(&group)
            && !group.ends_with("k8s.io")
            && context.together(other, object)
    })
}

/// The labels of all pods and templates that there are in a namespace.
fn labels<'c>(cluster: &'c Cluster, namespace: &str) -> Vec<&'c Labels> {
    let mut all: Vec<&Labels> = workloads::all(cluster, namespace).iter().map(|one| one.labels).collect();
    all.extend(cluster.pods.in_namespace(namespace).iter().map(|pod| &pod.meta.labels));
    all
}

/// Whether pods with these labels are selected, or may be as soon as somebody adds the labels that they lack: an operator that marks
/// the leader, the controller of a StatefulSet.
fn may_match<'l>(wanted: &[(&str, &str)], has: impl Fn(&str) -> Option<&'l str>) -> bool {
    let contradicts = wanted.iter().any(|(key, value)| has(key).is_some_and(|is| is != *value));
    let mut own = wanted.iter().filter(|(key, _)| !OF_CONTROLLERS.contains(key));
    !contradicts
        && (own.any(|(key, value)| has(key) == Some(value))
            || wanted.iter().all(|(key, _)| OF_CONTROLLERS.contains(key)))
}

/// The label that is there and was meant: of pods that have all the others.
fn nearest(wanted: &[(&str, &str)], all: &[&Labels]) -> Option<(String, String)> {
    wanted.iter().find_map(|(key, value)| {
        let others = || {
            all.iter().filter(|labels| {
                let mut rest = wanted.iter().filter(|(other, _)| other != key);
                rest.all(|(key, value)| labels.get(key).is_some_and(|is| is == *value))
            })
        };
        let values: Vec<&Str> = others().filter_map(|labels| labels.get(key)).collect();
        let slip = values.iter().find(|is| near::is_slip(value, is))?;
        Some(((*key).to_owned(), slip.to_string()))
    })
}
