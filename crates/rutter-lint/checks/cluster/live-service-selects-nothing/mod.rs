//! Services whose selector finds nothing, neither among the manifests nor in the cluster.

use rutter_cluster::{Cluster, Kind, Labels, Str, near};
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    live::{self, workloads},
    manifest::pairs,
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
    if !live::saw(live.cluster, &NEEDED, namespace) || makes_pods_elsewhere(context, object) {
        return;
    }
    let wanted: Vec<(&str, &str)> = pairs(node.entries()).collect();
    let all = labels(context, live.cluster, namespace, object);
    if all.iter().any(|labels| may_match(&wanted, labels)) {
        return;
    }
    // Without workloads beside it, what it is for may come later: then only a slip of the pen counts.
    let has_workloads = context.templates_beside(object).next().is_some();
    let near = nearest(&wanted, &all);
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

/// The labels of all pods and templates that there are, or will be, in a namespace.
fn labels(context: &Context<'_>, cluster: &Cluster, namespace: &str, object: &Object) -> Vec<Labels> {
    let mut all: Vec<Labels> = context.templates_beside(object).map(|one| one.labels().collect()).collect();
    all.extend(workloads::all(cluster, namespace).iter().map(|one| one.labels.clone()));
    all.extend(cluster.pods.in_namespace(namespace).iter().map(|pod| pod.meta.labels.clone()));
    all
}

/// Whether pods with these labels are selected, or may be as soon as somebody adds the labels that they lack: an operator that marks
/// the leader, the controller of a StatefulSet.
fn may_match(wanted: &[(&str, &str)], labels: &Labels) -> bool {
    let has = |key: &str| labels.get(key).map(Str::as_str);
    let contradicts = wanted.iter().any(|(key, value)| has(key).is_some_and(|is| is != *value));
    let agrees = wanted
        .iter()
        .filter(|(key, _)| !OF_CONTROLLERS.contains(key))
        .any(|(key, value)| has(key) == Some(value));
    !contradicts && (agrees || wanted.iter().all(|(key, _)| OF_CONTROLLERS.contains(key)))
}

/// The label that is there and was meant: of pods that have all the others.
fn nearest(wanted: &[(&str, &str)], all: &[Labels]) -> Option<(String, String)> {
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
