//! ConfigMaps, Secrets, claims, accounts and classes that pods name and that are not there, and keys that are not in them.

use rustc_hash::FxHashSet;
use rutter_cluster::Kind;
use rutter_cluster::near;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Presence, Template, Topic,
    references::{self, Fate, Reference},
};

pub(crate) static CHECK: Check = Check {
    id: "reference-missing",
    topic: Topic::Pod,
    title: "what the pod refers to is not there",
    severity: Severity::High,
    default: true,
    prevents: &[
        "container-config-error",
        "image-pull",
        "pod-unschedulable",
        "replicas-unavailable",
        "volume-stuck",
    ],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let mut said: FxHashSet<(&str, &str, &str)> = FxHashSet::default();
    for reference in references::of(template) {
        let Some(name) = reference.name.text().filter(|name| !crate::image::is_unfilled(name)) else {
            continue;
        };
        let key = reference.key.and_then(|key| key.text()).unwrap_or_default();
        if said.contains(&(reference.kind, name, "")) || said.contains(&(reference.kind, name, key)) {
            continue;
        }
        if let Presence::Absent { nearest } = presence(context, template, reference.kind, name) {
            said.insert((reference.kind, name, ""));
            let kind = reference.kind;
            let near = nearest.as_ref().map(|near| format!(", but {near}")).unwrap_or_default();
            let mut added =
                found.at(reference.name, format!("there is no {kind} {name}{near}: {}", end(reference.fate)));
            if let Some(container) = reference.container {
                added.container(container);
            }
            match nearest {
                Some(near) => added.advice(format!("write {near}, if that is meant")),
                None => added
                    .advice("add it, or mark the reference optional: true where the program can do without"),
            };
        } else if !key.is_empty()
            && let Some((node, near)) = missing_key(context, template, &reference, name)
        {
            said.insert((reference.kind, name, key));
            let kind = reference.kind;
            let mut added =
                found.at(node, format!("{kind} {name} has no key {key}: {}", end(reference.fate)));
            if let Some(container) = reference.container {
                added.container(container);
            }
            if let Some(near) = near {
                added.advice(format!("write {near}, if that is meant"));
            }
        }
    }
}

fn end(fate: Fate) -> &'static str {
    match fate {
        Fate::ConfigError => "the container stays in CreateContainerConfigError",
        Fate::Creating => "the pod stays in ContainerCreating",
        Fate::Pending => "the pod stays Pending",
        Fate::Refused => "the API server refuses the pods",
        Fate::NoCredentials => "the image is asked for without its credentials",
    }
}

fn presence(context: &Context<'_>, template: &Template<'_>, kind: &'static str, name: &str) -> Presence {
    let object = template.object;
    match (kind, name) {
        ("ConfigMap", _) => context.presence(object, Kind::ConfigMap, name),
        ("Secret", _) => context.presence(object, Kind::Secret, name),
        ("PersistentVolumeClaim", _) => context.presence(object, Kind::PersistentVolumeClaim, name),
        // The model of clusters doesn't know these kinds: only a slip beside one of the manifests counts.
        ("ServiceAccount", "default")
        | ("PriorityClass", "system-node-critical" | "system-cluster-critical") => Presence::There,
        ("ServiceAccount", _) => {
            let all = || context.beside(object, "", kind).map(|account| account.name.as_str());
            slip(name, all)
        }
        ("PriorityClass", _) => {
            slip(name, || context.of_kind("scheduling.k8s.io", kind).map(|one| one.name.as_str()))
        }
        _ => slip(name, || context.of_kind("node.k8s.io", kind).map(|one| one.name.as_str())),
    }
}

fn slip<'n, I: Iterator<Item = &'n str>>(name: &str, all: impl Fn() -> I) -> Presence {
    if all().any(|other| other == name) {
        return Presence::There;
    }
    match all().find(|other| near::is_slip(name, other)) {
        Some(near) => Presence::Absent { nearest: Some(near.to_owned()) },
        None => Presence::Unknown,
    }
}

/// A key that is in none of the manifests of that name, and the one that may be meant.
fn missing_key<'o>(
    context: &Context<'_>,
    template: &Template<'_>,
    reference: &Reference<'o>,
    name: &str,
) -> Option<(&'o crate::yaml::Node, Option<String>)> {
    let node = reference.key?;
    let wanted = node.text().filter(|key| !crate::image::is_unfilled(key))?;
    let all = context.all_named(template.object, reference.kind, name);
    let keys = || {
        let maps = ["data", "binaryData", "stringData"];
        all.iter()
            .flat_map(move |one| maps.into_iter().flat_map(|map| one.root.entries_at(&[map])))
            .filter_map(|(key, _)| key.text())
    };
    // One without any key, or with a mark of that kind, is filled by somebody else.
    if keys().next().is_none() || all.iter().any(|one| is_filled(one)) || keys().any(|key| key == wanted) {
        return None;
    }
    Some((node, keys().find(|key| near::is_slip(wanted, key)).map(str::to_owned)))
}

fn is_filled(object: &crate::Object) -> bool {
    const MARKS: [&str; 6] = ["inject", "generat", "reflect", "replicat", "sync", "merge"];
    let maps = ["annotations", "labels"];
    let mut keys = maps.into_iter().flat_map(|map| object.root.entries_at(&["metadata", map]));
    object.root.text_at(&["type"]).is_some_and(|kind| kind == "kubernetes.io/service-account-token")
        || keys.any(|(key, _)| key.text().is_some_and(|key| MARKS.iter().any(|mark| key.contains(mark))))
}
