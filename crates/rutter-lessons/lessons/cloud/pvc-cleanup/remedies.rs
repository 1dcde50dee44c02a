//! What to do: know what it holds, keep a copy, then remove it in the order in which it can still be taken back.

use rutter_cluster::objects::PersistentVolume;

use super::plan;
use crate::{Context, Finding, Remedy, Risk};

/// So many are given commands; who has more repeats them.
const MOST: usize = 10;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    match finding.variant {
        "scaled-down" | "set-gone" => claims(context, finding),
        "released" => released(context, finding),
        _ => not_deleted(finding),
    }
}

fn claims(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let names: Vec<&str> = finding.instances.iter().map(|one| one.name.as_str()).take(MOST).collect();
    let Some(first) = finding.instances.first() else { return Vec::new() };
    let namespace = &first.namespace;
    let volumes: Vec<&PersistentVolume> = finding
        .instances
        .iter()
        .filter_map(|one| context.claim(&one.namespace, &one.name).ok().flatten())
        .filter_map(|claim| context.persistent_volume("", &claim.spec.volume_name).ok().flatten())
        .take(MOST)
        .collect();
    let erased: Vec<&PersistentVolume> =
        volumes.iter().copied().filter(|one| one.spec.persistent_volume_reclaim_policy == "Delete").collect();
    let fate = match (volumes.len(), erased.len()) {
        (0, _) => "what becomes of the volumes is for their reclaim policy to say, which was not seen",
        (_, 0) => "the volumes stay, as Released, with their data",
        (all, some) if all == some => "the volumes and their data go with them at once (policy Delete)",
        _ => "volumes with the policy Delete go with them at once, the others stay as Released",
    };
    let mut all = vec![Remedy::new(
        Risk::ReadOnly,
        "see who uses them, and ask whom they belong to: a StatefulSet that is scaled up again takes its old data up, which is \
             often why they were kept",
        [
            format!(
                "kubectl -n {namespace} describe pvc {} | grep -E '^(Name|Used By|Volume|Labels)'",
                names.join(" ")
            ),
            format!("kubectl -n {namespace} get statefulsets,deployments,cronjobs"),
        ],
    )];
    if !erased.is_empty() {
        all.push(Remedy::new(
            Risk::Reversible,
            "keep the volumes for a while when their claims go, so that a mistake can be taken back; or take a snapshot",
            erased.iter().map(|volume| {
                format!(
                    "kubectl patch pv {} -p '{{\"spec\":{{\"persistentVolumeReclaimPolicy\":\"Retain\"}}}}'",
                    volume.meta.name
                )
            }),
        ));
    }
    all.push(
        Remedy::new(
            Risk::Destructive,
            format!(
                "only when nobody needs the data: delete the claims; without the step before, {fate}{}",
                folders(context, &volumes)
            ),
            names.iter().map(|name| format!("kubectl -n {namespace} delete pvc {name} --wait=false")),
        )
        .perhaps_by(plan::plan(context, finding, MOST)),
    );
    all
}

/// What stays on a file server. A folder that another volume has too is not named.
fn folders(context: &Context<'_>, volumes: &[&PersistentVolume]) -> String {
    let shared = |volume: &PersistentVolume| {
        let Ok(all) = context.volumes() else { return true };
        let mine = volume.spec.nfs.as_ref();
        all.iter().any(|other| {
            let theirs = other.spec.nfs.as_ref();
            other.meta.name != volume.meta.name
                && mine.zip(theirs).is_some_and(|(mine, theirs)| {
                    mine.server == theirs.server && overlap(&mine.path, &theirs.path)
                })
        })
    };
    let of = |volume: &&PersistentVolume| {
        let nfs = volume.spec.nfs.as_ref().filter(|_| !shared(volume))?;
        Some(format!("{}:{}", nfs.server, nfs.path))
    };
    let folders: Vec<String> = volumes.iter().filter_map(of).collect();
    if folders.is_empty() {
        return String::new();
    }
    format!(
        "; a folder on a file server stays in any case where the provisioner does not remove it ({})",
        folders.join(", ")
    )
}

/// Whether one folder is the other, or within it.
fn overlap(one: &str, other: &str) -> bool {
    let within = |path: &str, root: &str| {
        let root = root.trim_end_matches('/');
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    within(one, other) || within(other, one)
}

fn released(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let names: Vec<&str> = finding.instances.iter().map(|one| one.name.as_str()).take(MOST).collect();
    let volumes: Vec<&PersistentVolume> =
        names.iter().filter_map(|name| context.persistent_volume("", name).ok().flatten()).collect();
    vec![
        Remedy::new(
            Risk::Reversible,
            "see whose they were; to use one again, its claimRef is taken out, and a claim asks for it by volumeName",
            [format!(
                "kubectl get pv {} -o custom-columns='NAME:.metadata.name,CLAIM:.spec.claimRef.name,NAMESPACE:.spec.claimRef.namespace,SIZE:.spec.capacity.storage'",
                names.join(" ")
            )],
        ),
        Remedy::new(
            Risk::Destructive,
            format!(
                "only when nobody needs the data: delete the records, after their ids were noted; disks and folders stay with the provider and \
                 go on to cost until they are removed there{}",
                folders(context, &volumes)
            ),
            names.iter().map(|name| format!("kubectl delete pv {name} --wait=false")),
        ),
    ]
}

fn not_deleted(finding: &Finding) -> Vec<Remedy> {
    let names: Vec<&str> = finding.instances.iter().map(|one| one.name.as_str()).take(MOST).collect();
    vec![Remedy::new(
        Risk::ReadOnly,
        "see what keeps the provisioner from it (rights, a disk that is attached still, a snapshot), and whether it runs; it tries again by \
         itself",
        [format!("kubectl describe pv {}", names.join(" "))],
    )]
}
