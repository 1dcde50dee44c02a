//! What to do about a volume that doesn't come.

use crate::{Context, Finding, Origin, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    if finding.object.kind == "PersistentVolumeClaim" { of_claim(finding) } else { of_pod(finding) }
}

fn read(title: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn of_claim(finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let look = read(
        "Read the claim's events and what the cluster offers",
        [
            format!("kubectl -n {namespace} describe pvc {name}"),
            "kubectl get storageclass".to_owned(),
            "kubectl get pv".to_owned(),
        ],
    );
    let next = match finding.variant {
        "class-missing" => vec![class(namespace, name)],
        "no-default-class" => vec![default_class(), class(namespace, name)],
        "provisioning-failed" | "no-provisioner" => vec![down(finding).unwrap_or_else(provisioner)],
        "no-volume" | "wrong-volume" => vec![Remedy::new(
            Risk::Destructive,
            "Make or free a volume that fits in class, size, access mode and topology; a Released volume still holds its \
             last owner's data, so clear its claimRef only after that data is known to be unneeded",
            [],
        )],
        _ => vec![read(
            "Don't delete the claim: first find out whether the disk behind the volume still exists, and restore the \
             PersistentVolume from a backup of its manifest with the same claimRef, or the data from a snapshot",
            [format!("kubectl -n {namespace} get pvc {name} -o yaml > {name}-pvc.yaml")],
        )],
    };
    std::iter::once(look).chain(next).collect()
}

fn default_class() -> Remedy {
    const MARK: &str =
        "{\"metadata\":{\"annotations\":{\"storageclass.kubernetes.io/is-default-class\":\"true\"}}}";
    Remedy::new(
        Risk::Reversible,
        "If one class is meant for everybody, make it the default: since 1.26 claims that wait get it too, as do all later \
         claims without a class",
        [format!("kubectl patch storageclass <class> -p '{MARK}'")],
    )
}

fn class(namespace: &str, name: &str) -> Remedy {
    Remedy::new(
        Risk::Destructive,
        "Name an existing class. The class of a claim can't be changed, so a claim that was never bound (it holds no \
         data) is made anew; for a StatefulSet correct its volumeClaimTemplates first",
        [
            format!("kubectl -n {namespace} get pvc {name} -o yaml > {name}-pvc.yaml"),
            format!("kubectl -n {namespace} delete pvc {name} # only while it is Pending"),
            format!(
                "kubectl -n {namespace} apply -f {name}-pvc.yaml # with spec.storageClassName corrected; uid, resourceVersion and status removed"
            ),
        ],
    )
}

fn provisioner() -> Remedy {
    read(
        "Look at the provisioner: whether its pods run, and what it says of this claim (quota, zone, rights, capacity)",
        [
            "kubectl get csidriver".to_owned(),
            "kubectl get pods -A -o wide | grep -i -e csi -e provisioner".to_owned(),
            "kubectl -n <its namespace> logs <its pod> --all-containers --tail=50".to_owned(),
        ],
    )
}

/// Of a provisioner that is known to be down.
fn down(finding: &Finding) -> Option<Remedy> {
    let is_workload = |kind: &str| matches!(kind, "Deployment" | "StatefulSet");
    let evidence = finding.evidence.iter().find(|evidence| is_workload(&evidence.object.kind))?;
    let object = &evidence.object;
    let (namespace, name, kind) = (&object.namespace, &object.name, object.kind.to_lowercase());
    if matches!(&evidence.origin, Origin::Field(path) if path == "spec.replicas") {
        return Some(Remedy::new(
            Risk::Reversible,
            "Find out who scaled the provisioner to 0 and why, then let it run again: claims that wait are served by \
             themselves",
            [
                format!(
                    "kubectl -n {namespace} get {kind} {name} -o yaml --show-managed-fields | grep -B2 -A12 'subresource: scale'"
                ),
                format!("kubectl -n {namespace} scale {kind} {name} --replicas=1"),
            ],
        ));
    }
    Some(read(
        "See why the provisioner's pods are not ready: claims that wait are served by themselves as soon as one is",
        [
            format!("kubectl -n {namespace} describe {kind} {name}"),
            format!("kubectl -n {namespace} logs {kind}/{name} --all-containers --tail=50"),
        ],
    ))
}

fn of_pod(finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first() else { return Vec::new() };
    let (namespace, pod) = (&pod.namespace, &pod.name);
    let look = read(
        "Read the pod's events; the kubelet tries again at least every two minutes by itself",
        [format!("kubectl -n {namespace} describe pod {pod}")],
    );
    let next = match finding.variant {
        "multi-attach" => multi_attach(finding, namespace),
        "driver-missing" => {
            // Without a name it is no CSI driver: a FlexVolume's, or one that was part of Kubernetes.
            let is_csi =
                finding.evidence.iter().any(|evidence| evidence.value.contains("registered CSI drivers"));
            std::iter::once(driver(finding)).chain((!is_csi).then(|| flex(finding))).collect()
        }
        "claim" => vec![read(
            "Find out what became of the claim and its volume before a new claim is made: that brings an empty volume, while \
             one with the policy Retain may still hold the data",
            [format!("kubectl -n {namespace} get pvc"), "kubectl get pv".to_owned()],
        )],
        "object-missing" => vec![Remedy::new(
            Risk::Reversible,
            "Create what is missing, or correct the name in the pod template; the pod goes on by itself then",
            [format!("kubectl -n {namespace} get configmap,secret")],
        )],
        _ => vec![driver(finding), kubelet(finding)],
    };
    std::iter::once(look).chain(next).collect()
}

fn multi_attach(finding: &Finding, namespace: &str) -> Vec<Remedy> {
    const RECREATE: &str = "{\"spec\":{\"strategy\":{\"type\":\"Recreate\",\"rollingUpdate\":null}}}";
    let owner = &finding.object;
    let recreate = (owner.kind == "Deployment").then(|| Remedy::new(
        Risk::Disruptive,
        "If both pods are of this Deployment, the old one must go first: strategy Recreate, which stops it before the new \
         one starts; for several replicas use a StatefulSet or a volume that may be shared",
        [format!("kubectl -n {namespace} patch deployment {} -p '{RECREATE}'", owner.name)],
    ));
    let mut all = vec![
        read(
            "Find who holds the volume: which node, and whether that node and the pod on it still live",
            [
                "kubectl get volumeattachment".to_owned(),
                format!("kubectl -n {namespace} get pods -o wide"),
                "kubectl get nodes".to_owned(),
            ],
        ),
        Remedy::new(
            Risk::Destructive,
            "If the other node is dead, tell Kubernetes so only after the machine is proven to be off: two writers \
             destroy a file system. Never force-delete its pod instead",
            ["kubectl taint node <dead node> node.kubernetes.io/out-of-service=nodeshutdown:NoExecute # 1.26 and later".to_owned()],
        ),
    ];
    all.splice(1..1, recreate);
    all
}

fn driver(finding: &Finding) -> Remedy {
    let node = if finding.node.is_empty() { "<node>" } else { finding.node.as_str() };
    read(
        "See whether the storage driver's pod runs on that node and is registered there",
        [
            format!("kubectl get csinode {node} -o jsonpath='{{.spec.drivers[*].name}}'"),
            format!("kubectl get pods -A -o wide --field-selector spec.nodeName={node} | grep -i csi"),
        ],
    )
}

/// The kubelet finds FlexVolume drivers by watching their folder, and misses one that was put there while it began: a file that
/// changes in it makes it look again.
fn flex(finding: &Finding) -> Remedy {
    const FOLDER: &str = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec";
    let node = if finding.node.is_empty() { "the node" } else { finding.node.as_str() };
    Remedy::new(
        Risk::Reversible,
        format!(
            "If the volume is a FlexVolume (flexVolume in its PersistentVolume), see on {node} as root whether the driver lies in its folder, VENDOR~DRIVER, and              let the kubelet look again by changing a file in it (of Alibaba Cloud's OSS that is alicloud~oss); for good, move to the CSI driver              (ossplugin.csi.alibabacloud.com for OSS)"
        ),
        [format!("ls -la {FOLDER}/"), format!("touch {FOLDER}/<vendor~driver>/debug")],
    )
}

fn kubelet(finding: &Finding) -> Remedy {
    let node = if finding.node.is_empty() { "the node" } else { finding.node.as_str() };
    read(
        &format!("On {node}, as root, read what the kubelet and the kernel say of the volume"),
        [
            "journalctl -u kubelet --since -15min | grep -i volume".to_owned(),
            "dmesg -T | tail -50".to_owned(),
        ],
    )
}
