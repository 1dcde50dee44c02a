//! Hosts and paths that another Ingress of the cluster has.

use rutter_cluster::{
    Cluster, Kind, Str,
    objects::{Ingress, IngressClass},
};
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, live, manifest::pairs, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "live-host-twice",
    topic: Topic::Cluster,
    title: "another Ingress has this host and path",
    severity: Severity::Medium,
    default: true,
    prevents: &["ingress-backend-error"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

/// Controllers that give each Ingress a load balancer of its own, so that a host may be on two.
const APART: [&str; 4] = ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb", "ingress.gke.io", "gce"];
/// Words in the names of classes, and of controllers, that serve all Ingresses by one proxy.
const ONE_PROXY: [&str; 6] = ["nginx", "traefik", "haproxy", "contour", "kong", "higress"];

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("networking.k8s.io", "Ingress") {
        return;
    }
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    let annotations = || pairs(object.root.entries_at(&["metadata", "annotations"]));
    let class = class_of(
        live.cluster,
        object.root.text_at(&["spec", "ingressClassName"]).or_else(|| object.annotation(CLASS)),
    );
    let Some(class) = class.filter(|class| shares(live.cluster, class)) else { return };
    if annotations().any(|(key, value)| divides(key, value)) {
        return;
    }
    for rule in object.root.items_at(&["spec", "rules"]) {
        let host = rule.text_at(&["host"]).unwrap_or_default();
        for path in rule.items_at(&["http", "paths"]) {
            let at = path.text_at(&["path"]).filter(|at| !at.is_empty()).unwrap_or("/");
            let other = live.at_path(host, at).iter().find(|other| {
                let (theirs, name) = (&other.meta.namespace, &other.meta.name);
                (theirs.as_str(), name.as_str()) != (namespace, &object.name)
                    && !live::is_rewritten(context, Kind::Ingress, theirs, name)
                    && class_of(live.cluster, named(other)).as_deref() == Some(class.as_str())
                    && !other.meta.annotations.iter().any(|(key, value)| divides(key, value))
                    && clashes(other, (host, at), path, theirs == namespace)
            });
            if let Some(other) = other {
                let shown = if host.is_empty() { "*" } else { host };
                let message = format!(
                    "{shown}{at} is that of Ingress {}/{}: one of them gets the requests, or admission refuses this one",
                    other.meta.namespace, other.meta.name
                );
                let node = path.at(&["path"]).or_else(|| rule.at(&["host"])).unwrap_or(path);
                found.at(node, message).advice("take the rule out of one of them");
                // One path tells all.
                return;
            }
        }
    }
}

const CLASS: &str = "kubernetes.io/ingress.class";

fn named(ingress: &Ingress) -> Option<&str> {
    let name = ingress.spec.ingress_class_name.as_str();
    if name.is_empty() { ingress.meta.annotations.get(CLASS).map(Str::as_str) } else { Some(name) }
}

/// The class, or the cluster's default.
fn class_of(cluster: &Cluster, name: Option<&str>) -> Option<String> {
    const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";
    if let Some(name) = name {
        return Some(name.to_owned());
    }
    let is_default =
        |one: &&IngressClass| one.meta.annotations.get(DEFAULT).is_some_and(|value| *value == "true");
    cluster.ingress_classes.iter().find(is_default).map(|one| one.meta.name.to_string())
}

/// Whether one proxy serves all Ingresses of the class.
fn shares(cluster: &Cluster, class: &str) -> bool {
    let controller = cluster.ingress_classes.get("", class).map(|one| one.spec.controller.as_str());
    if controller.is_some_and(|controller| APART.contains(&controller)) || APART.contains(&class) {
        return false;
    }
    ONE_PROXY.iter().any(|word| controller.unwrap_or(class).contains(word))
}

/// Whether an annotation says that two Ingresses divide the requests of one path.
fn divides(key: &str, value: &str) -> bool {
    key.ends_with("/canary") && value == "true"
        || key == "nginx.org/mergeable-ingress-type"
        || key.starts_with("konghq.com/methods")
        || key.starts_with("konghq.com/headers")
        || key.starts_with("higress.io/") && key.contains("match-")
}

/// Whether a path of the other leads elsewhere, and is compared in the same way.
fn clashes(other: &Ingress, (host, at): (&str, &str), path: &Node, is_beside: bool) -> bool {
    let is_exact = path.text_at(&["pathType"]) == Some("Exact");
    let backend = path.text_at(&["backend", "service", "name"]);
    let rules = other.spec.rules.iter().filter(|rule| rule.host == host);
    rules.filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths).any(|theirs| {
        let same = theirs.path == at || theirs.path.is_empty() && at == "/";
        let leads_there = is_beside && theirs.backend.service_name().map(Str::as_str) == backend;
        same && (theirs.path_type == "Exact") == is_exact && !leads_there
    })
}
