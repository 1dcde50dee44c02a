//! Claims and Ingresses without a class, where the cluster has no default class.

use rutter_cluster::{
    Cluster, Kind, Str,
    objects::{Ingress, Pod},
};
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Template, Topic, live, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "live-default-class",
    topic: Topic::Cluster,
    title: "no class is named, and the cluster has no default",
    severity: Severity::High,
    default: true,
    prevents: &["volume-stuck", "ingress-backend-error"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

/// Controllers that leave alone what names no class, if they aren't told otherwise.
const STRICT: [&str; 5] = [
    "k8s.io/ingress-nginx",
    "nginx.org/ingress-controller",
    "ingress-controllers.konghq.com/kong",
    "ingress.k8s.aws/alb",
    "ingress.k8s.alibabacloud/alb",
];

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    if object.is("networking.k8s.io", "Ingress") {
        ingress(context, live.cluster, namespace, object, found);
        return;
    }
    let claims = claims(object);
    if claims.is_empty()
        || !has_no_default(context, live.cluster)
        || is_there(live.cluster, namespace, object)
    {
        return;
    }
    for claim in claims {
        let spec = claim.at(&["spec"]).unwrap_or(claim);
        let is_bound = ["volumeName", "selector"].iter().any(|key| spec.at(&[key]).is_some());
        if spec.get("storageClassName").is_some() || is_bound {
            continue;
        }
        let names: Vec<&str> =
            live.cluster.storage_classes.iter().take(3).map(|one| one.meta.name.as_str()).collect();
        let names =
            if names.is_empty() { String::new() } else { format!(" (there are {})", names.join(", ")) };
        let message = format!(
            "no storageClassName, and no StorageClass of the cluster is the default{names}: the claim stays Pending, and so do its pods"
        );
        let head = claim.at(&["metadata", "name"]).unwrap_or(claim);
        found.at(head, message).advice("name the storageClassName");
    }
}

/// The claims that a manifest makes: one of its own, a StatefulSet's, and those of generic ephemeral volumes.
fn claims(object: &Object) -> Vec<&Node> {
    if object.is("", "PersistentVolumeClaim") {
        return vec![&object.root];
    }
    let mut claims: Vec<&Node> = Vec::new();
    if object.is("apps", "StatefulSet") {
        claims.extend(object.root.items_at(&["spec", "volumeClaimTemplates"]));
    }
    for template in Template::of(object) {
        let volumes = template.spec.items_at(&["volumes"]).iter();
        claims.extend(volumes.filter_map(|volume| volume.at(&["ephemeral", "volumeClaimTemplate"])));
    }
    claims
}

/// Annotations that make a StorageClass the default.
const KEYS: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

/// Whether claims without a class wait: no class is the default, and no volume without a class is there to be had.
fn has_no_default(context: &Context<'_>, cluster: &Cluster) -> bool {
    let is_default = |value: Option<&str>| value == Some("true");
    live::saw(cluster, &[Kind::StorageClass, Kind::PersistentVolume], "")
        && !cluster
            .storage_classes
            .iter()
            .any(|class| KEYS.iter().any(|key| is_default(class.meta.annotations.get(key).map(Str::as_str))))
        && !context
            .of_kind("storage.k8s.io", "StorageClass")
            .any(|class| KEYS.iter().any(|key| is_default(class.annotation(key))))
        && !cluster
            .volumes
            .iter()
            .any(|one| one.spec.storage_class_name.is_empty() && one.status.phase == "Available")
        && !context
            .of_kind("", "PersistentVolume")
            .any(|one| one.at(&["spec", "storageClassName"]).is_none_or(|class| class.text() == Some("")))
}

/// What is there already has its claims.
fn is_there(cluster: &Cluster, namespace: &str, object: &Object) -> bool {
    let kind = Kind::of(&object.api_version, &object.kind);
    kind.is_some_and(|kind| cluster.find(kind, namespace, &object.name).is_some())
}

fn ingress(
    context: &Context<'_>,
    cluster: &Cluster,
    namespace: &str,
    object: &Object,
    found: &mut Found<'_>,
) {
    const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";
    const CLASS: &str = "kubernetes.io/ingress.class";
    if object.at(&["spec", "ingressClassName"]).is_some()
        || object.annotation(CLASS).is_some()
        || is_there(cluster, namespace, object)
        || !live::saw(cluster, &[Kind::IngressClass, Kind::Ingress, Kind::Pod], "")
    {
        return;
    }
    let classes = &cluster.ingress_classes;
    let is_default = |value: Option<&str>| value == Some("true");
    let any_default =
        classes.iter().any(|one| is_default(one.meta.annotations.get(DEFAULT).map(Str::as_str)))
            || context
                .of_kind("networking.k8s.io", "IngressClass")
                .any(|one| is_default(one.annotation(DEFAULT)));
    let all_strict = classes.iter().all(|one| STRICT.contains(&one.spec.controller.as_str()));
    if any_default || classes.is_empty() || !all_strict || takes_any(cluster) {
        return;
    }
    let names: Vec<&str> = classes.iter().take(3).map(|one| one.meta.name.as_str()).collect();
    let message = format!(
        "no ingressClassName, and no IngressClass of the cluster is the default (there are {}): no controller takes it up, and its \
         hosts answer 404",
        names.join(", ")
    );
    found.at(object.head(), message).advice("name the ingressClassName");
}

/// Whether some controller takes up Ingresses without a class all the same: that of GKE, one that is told to, or one that did.
fn takes_any(cluster: &Cluster) -> bool {
    const TOLD: &str = "--watch-ingress-without-class";
    let is_told = |pod: &Pod| {
        let mut words = pod.spec.containers.iter().flat_map(|one| one.args.iter().chain(&one.command));
        words.any(|word| word.strip_prefix(TOLD).is_some_and(|rest| rest != "=false"))
    };
    let is_taken = |ingress: &Ingress| {
        ingress.spec.ingress_class_name.is_empty()
            && !ingress.meta.annotations.contains_key("kubernetes.io/ingress.class")
            && !ingress.status.load_balancer.ingress.is_empty()
    };
    cluster.nodes.iter().any(|node| node.spec.provider_id.starts_with("gce:"))
        || cluster.ingresses.iter().any(is_taken)
        || cluster.pods.iter().any(is_told)
}
