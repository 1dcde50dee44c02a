//! What to do: be sure that the machine is gone, then strike off what is left, the harmless first.

use rutter_cluster::objects::PersistentVolume;

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    match finding.variant {
        "claim" => claim(context, finding),
        "volumes" => volumes(context, finding),
        "attachments" => attachments(finding),
        _ => pods(finding),
    }
}

/// What is on a machine that comes back under its name is there again.
fn is_it_gone(node: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "be sure that the machine {node} is gone for good, or powered off, at whoever runs it (cloud, hypervisor, rack): one that still \
             runs goes on with its containers, and registers again when its kubelet is restarted"
        ),
        [
            format!("kubectl get node {node}"),
            format!(
                "kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name={node}"
            ),
        ],
    )
}

fn claim(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let claim = context.claim(namespace, name).ok().flatten();
    let volume =
        claim.and_then(|claim| context.persistent_volume("", &claim.spec.volume_name).ok().flatten());
    let first = (!finding.node.is_empty()).then(|| is_it_gone(&finding.node));
    let bring_back = Remedy::new(
        Risk::ReadOnly,
        "if the machine or its disk still exists, bring it back under the same name: the volume and its data are there again",
        [format!("kubectl -n {namespace} get pvc {name} -o wide")],
    );
    let policy = volume.map_or("", |volume| volume.spec.persistent_volume_reclaim_policy.as_str());
    let fate = match policy {
        "Delete" => "its volume is then deleted as well, though nobody reaches the disk",
        _ => "its volume stays as Released",
    };
    let users = claim.and_then(|claim| context.pods_mounting(claim).ok()).unwrap_or_default();
    let pod = users.iter().find(|pod| pod.spec.node_name.is_empty());
    let delete = format!("kubectl -n {namespace} delete pvc {name} --wait=false");
    let again = pod.map(|pod| format!("kubectl -n {namespace} delete pod {}", pod.meta.name));
    let give_up = Remedy::new(
        Risk::Destructive,
        format!(
            "only if the data is given up, or the other members hold it all and a backup was checked: delete the claim and then the pod \
             that waits, so that a StatefulSet makes both anew, empty; {fate}"
        ),
        [delete].into_iter().chain(again),
    );
    first.into_iter().chain([bring_back, give_up]).collect()
}

fn volumes(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let of_node = |volume: &&PersistentVolume| {
        let mut wanted = volume.spec.node_terms.iter().flat_map(|term| {
            term.match_expressions.iter().chain(term.match_fields.iter()).flat_map(|one| one.values.iter())
        });
        volume.status.phase != "Bound" && wanted.any(|value| *value == finding.node)
    };
    let mut names: Vec<&str> = context
        .volumes()
        .map(|volumes| volumes.iter().filter(of_node).map(|volume| volume.meta.name.as_str()).collect())
        .unwrap_or_default();
    names.sort_unstable();
    vec![
        is_it_gone(&finding.node),
        Remedy::new(
            Risk::Destructive,
            "then delete the records of its volumes; nothing is erased on a disk that nobody reaches",
            names.iter().map(|name| format!("kubectl delete pv {name} --wait=false")),
        ),
    ]
}

fn attachments(finding: &Finding) -> Vec<Remedy> {
    let attachments = finding.instances.iter().filter(|one| one.kind == "VolumeAttachment");
    let names: Vec<&str> = attachments.map(|one| one.name.as_str()).collect();
    vec![
        is_it_gone(&finding.node),
        Remedy::new(
            Risk::ReadOnly,
            "see whether the driver's controller runs, and why it does not detach: it removes them by itself once the cloud says so",
            [format!("kubectl get volumeattachments {} -o yaml", names.join(" "))],
        ),
        Remedy::new(
            Risk::Destructive,
            "only once the cloud itself shows the disks as detached: ask for the records to be removed; a record whose finalizer stays is \
             the driver's to let go, and a disk that two machines write to is lost",
            names.iter().map(|name| format!("kubectl delete volumeattachment {name} --wait=false")),
        ),
    ]
}

fn pods(finding: &Finding) -> Vec<Remedy> {
    let node = &finding.node;
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "see whether the controller-manager runs and leads: it removes these pods within a minute when it does",
            [
                "kubectl -n kube-system get lease kube-controller-manager -o yaml".to_owned(),
                format!("kubectl get pods -A -o wide --field-selector spec.nodeName={node}"),
            ],
        ),
        is_it_gone(node),
    ]
}
