//! What of an object can't be changed, kind by kind, as far as the model of clusters holds it.

use rutter_cluster::{
    Cluster, Kind, LabelSelector, Str,
    objects::{Container, Job, PersistentVolumeClaim, StatefulSet},
};

use crate::{live::typed, manifest::Object, yaml::Node};

/// A field that is changed.
pub(super) struct Changed<'o> {
    pub(super) field: &'static str,
    pub(super) now: String,
    pub(super) new: String,
    pub(super) node: &'o Node,
    pub(super) advice: &'static str,
}

const KEEP: &str = "keep it as it is; for another one, make an object of another name";
const ORPHAN: &str = "keep it as it is; to change it, delete the StatefulSet without its pods (`--cascade=orphan`) and apply it anew";
const RENAME: &str = "delete the Job first, or give each run a name of its own";

/// What this manifest changes of the object of its name, though it can't.
pub(super) fn of<'o>(cluster: &Cluster, kind: Kind, namespace: &str, object: &'o Object) -> Vec<Changed<'o>> {
    let name = object.name.as_str();
    let changes = match kind {
        Kind::Deployment => {
            cluster.deployments.get(namespace, name).map(|now| selector(object, &now.spec.selector, KEEP))
        }
        Kind::ReplicaSet => {
            cluster.replica_sets.get(namespace, name).map(|now| selector(object, &now.spec.selector, KEEP))
        }
        Kind::DaemonSet => {
            cluster.daemon_sets.get(namespace, name).map(|now| selector(object, &now.spec.selector, KEEP))
        }
        Kind::StatefulSet => cluster.stateful_sets.get(namespace, name).map(|now| stateful_set(object, now)),
        Kind::Job => cluster.jobs.get(namespace, name).map(|now| job(object, now)),
        Kind::PersistentVolumeClaim => {
            cluster.claims.get(namespace, name).map(|now| claim(cluster, object, now))
        }
        Kind::Service => cluster.services.get(namespace, name).map(|now| {
            let external = [object.root.text_at(&["spec", "type"]), Some(now.spec.kind.as_str())];
            let is_external = external.contains(&Some("ExternalName"));
            text(object, "clusterIP", &["spec", "clusterIP"], &now.spec.cluster_ip)
                .filter(|changed| !is_external && changed.node.text() != Some(""))
                .into_iter()
                .collect()
        }),
        Kind::Secret => cluster
            .secrets
            .get(namespace, name)
            .map(|now| text(object, "type", &["type"], &now.kind).into_iter().collect()),
        Kind::StorageClass => cluster.storage_classes.get("", name).map(|now| {
            let fields = [
                text(object, "provisioner", &["provisioner"], &now.provisioner),
                text(object, "reclaimPolicy", &["reclaimPolicy"], &now.reclaim_policy),
                text(object, "volumeBindingMode", &["volumeBindingMode"], &now.volume_binding_mode),
            ];
            fields.into_iter().flatten().collect()
        }),
        Kind::IngressClass => cluster.ingress_classes.get("", name).map(|now| {
            text(object, "controller", &["spec", "controller"], &now.spec.controller).into_iter().collect()
        }),
        _ => None,
    };
    changes.unwrap_or_default()
}

/// A text that is set and is another one in the cluster.
fn text<'o>(object: &'o Object, field: &'static str, path: &[&str], now: &str) -> Option<Changed<'o>> {
    let node = object.at(path)?;
    let new = node.text()?;
    (!now.is_empty() && new != now).then(|| Changed {
        field,
        now: now.to_owned(),
        new: if new.is_empty() { "empty" } else { new }.to_owned(),
        node,
        advice: KEEP,
    })
}

fn selector<'o>(object: &'o Object, now: &LabelSelector, advice: &'static str) -> Vec<Changed<'o>> {
    let Some(node) = object.at(&["spec", "selector"]) else { return Vec::new() };
    let Some(new) = typed::of::<LabelSelector>(node) else { return Vec::new() };
    let (now, new) = (shown(now), shown(&new));
    if now.is_empty() || now == new {
        return Vec::new();
    }
    vec![Changed { field: "the selector", now, new, node, advice }]
}

/// A selector in one order, whatever that of the manifest.
fn shown(selector: &LabelSelector) -> String {
    let mut all: Vec<String> =
        selector.match_labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    for one in &selector.match_expressions {
        let mut values: Vec<&str> = one.values.iter().map(Str::as_str).collect();
        values.sort_unstable();
        all.push(format!("{} {} ({})", one.key, one.operator, values.join(",")));
    }
    all.sort();
    all.join(",")
}

fn stateful_set<'o>(object: &'o Object, now: &StatefulSet) -> Vec<Changed<'o>> {
    let mut all = selector(object, &now.spec.selector, ORPHAN);
    all.extend(text(object, "serviceName", &["spec", "serviceName"], &now.spec.service_name));
    let policy = &now.spec.pod_management_policy;
    all.extend(text(object, "podManagementPolicy", &["spec", "podManagementPolicy"], policy));
    let there: Vec<&str> = now.spec.volume_claim_templates.iter().map(|one| one.meta.name.as_str()).collect();
    let written = object.at(&["spec", "volumeClaimTemplates"]);
    let new: Vec<&str> = written
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|one| one.text_at(&["metadata", "name"]))
        .collect();
    if there != new {
        let list = |names: &[&str]| if names.is_empty() { "empty".to_owned() } else { names.join(", ") };
        all.push(Changed {
            field: "volumeClaimTemplates",
            now: list(&there),
            new: list(&new),
            node: written.unwrap_or_else(|| object.head()),
            advice: ORPHAN,
        });
    }
    for changed in &mut all {
        changed.advice = ORPHAN;
    }
    all
}

/// A Job's template. One that ended and puts itself away may be gone when the manifest comes.
fn job<'o>(object: &'o Object, now: &Job) -> Vec<Changed<'o>> {
    let ended = now.status.conditions.iter().any(|one| matches!(one.kind.as_str(), "Complete" | "Failed"));
    if ended && object.at(&["spec", "ttlSecondsAfterFinished"]).is_some() {
        return Vec::new();
    }
    let pod = &["spec", "template", "spec"];
    for (list, there) in [
        ("containers", &now.spec.template.spec.containers),
        ("initContainers", &now.spec.template.spec.init_containers),
    ] {
        for node in object.at(pod).map_or(&[][..], |pod| pod.items_at(&[list])) {
            let Some(new) = typed::of::<Container>(node) else { continue };
            let Some(old) = there.iter().find(|old| old.name == new.name) else { continue };
            if let Some(changed) = container(node, old, &new) {
                return vec![changed];
            }
        }
    }
    Vec::new()
}

fn container<'o>(node: &'o Node, old: &Container, new: &Container) -> Option<Changed<'o>> {
    let at = |key: &str| node.at(&[key]);
    let list = |words: &[Str]| format!("[{}]", words.iter().map(Str::as_str).collect::<Vec<_>>().join(" "));
    // Admission may put a mirror before the name.
    let last = |image: &Str| image.rsplit('/').next().unwrap_or_default().to_owned();
    let (field, now, new, node) = if last(&old.image) != last(&new.image) {
        ("the template's image", old.image.to_string(), new.image.to_string(), at("image")?)
    } else if at("command").is_some() && old.command != new.command {
        ("the template's command", list(&old.command), list(&new.command), at("command")?)
    } else if at("args").is_some() && old.args != new.args {
        ("the template's args", list(&old.args), list(&new.args), at("args")?)
    } else {
        return None;
    };
    Some(Changed { field, now, new, node, advice: RENAME })
}

fn claim<'o>(cluster: &Cluster, object: &'o Object, now: &PersistentVolumeClaim) -> Vec<Changed<'o>> {
    let class = now.spec.storage_class_name.as_deref().unwrap_or_default();
    let mut all: Vec<Changed<'o>> =
        text(object, "storageClassName", &["spec", "storageClassName"], class).into_iter().collect();
    all.extend(text(object, "volumeName", &["spec", "volumeName"], &now.spec.volume_name));
    if let Some(node) = object.at(&["spec", "accessModes"]) {
        let mut new: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
        let mut old: Vec<&str> = now.spec.access_modes.iter().map(Str::as_str).collect();
        new.sort_unstable();
        old.sort_unstable();
        if new != old && !old.is_empty() && !new.is_empty() {
            let (now, new) = (old.join(", "), new.join(", "));
            all.push(Changed { field: "accessModes", now, new, node, advice: KEEP });
        }
    }
    all.extend(smaller(cluster, object, now));
    all
}

/// Less storage than the volume has: a claim that failed to grow may be taken back no further than that (1.34+; before, not at all).
fn smaller<'o>(cluster: &Cluster, object: &'o Object, now: &PersistentVolumeClaim) -> Option<Changed<'o>> {
    let node = object.at(&["spec", "resources", "requests", "storage"])?;
    let new = rutter_cluster::Quantity::parse(node.text()?)?;
    let old = now.spec.resources.requests.get("storage")?;
    let has = cluster.volumes.get("", &now.spec.volume_name)?.spec.capacity.get("storage")?;
    (new < old && new < has).then(|| Changed {
        field: "the size",
        now: old.to_string(),
        new: new.to_string(),
        node,
        advice: "keep the size: volumes grow only; for a smaller one, copy the data to a new claim",
    })
}
