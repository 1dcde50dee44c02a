//! Claims of StatefulSets, the volumes bound to them and their StorageClass.

use super::json::{Json, arr, obj};
use super::meta::{Meta, last_applied};
use super::output::Emit;
use super::plan::{Kind, Namespace, Plan};
use super::template;

const CLASS: &str = "gp3";
const DRIVER: &str = "ebs.csi.aws.com";
const SIZE: &str = "20Gi";

/// The pods that have a claim, which is named after them and bound to a volume named after its uid.
fn claimants<'a>(plan: &'a Plan, namespace: &'a Namespace) -> impl Iterator<Item = usize> + use<'a> {
    let stateful = |&index: &usize| plan.workloads[index].kind == Kind::StatefulSet;
    namespace.workloads.clone().filter(stateful).flat_map(|index| plan.workloads[index].pods.clone())
}

fn claim_uid(plan: &Plan, pod: usize) -> String {
    plan.uid("claim", pod)
}

fn volume_name(plan: &Plan, pod: usize) -> String {
    format!("pvc-{}", claim_uid(plan, pod))
}

fn claim_spec() -> Json {
    obj! {
        "accessModes": arr!["ReadWriteOnce"],
        "resources": obj! { "requests": obj! { "storage": SIZE } },
    }
}

pub(super) fn claim_template() -> Json {
    let mut spec = claim_spec();
    spec.push("storageClassName", CLASS);
    spec.push("volumeMode", "Filesystem");
    obj! {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "metadata": obj! { "name": "data" },
        "spec": spec,
        "status": obj! { "phase": "Pending" },
    }
}

pub(super) fn emit_claims(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    claimants(plan, namespace).try_for_each(|pod| emit(claim(plan, namespace, pod)))
}

fn claim(plan: &Plan, namespace: &Namespace, pod: usize) -> Json {
    let workload = plan.workload_of(pod);
    let name = format!("data-{}", plan.pod_name(pod));
    let mut spec = claim_spec();
    spec.push("volumeName", volume_name(plan, pod));
    spec.push("storageClassName", CLASS);
    spec.push("volumeMode", "Filesystem");
    let meta = Meta {
        labels: Json::map(template::selector_labels(workload)),
        annotations: Json::map([
            ("pv.kubernetes.io/bind-completed", Json::from("yes")),
            ("pv.kubernetes.io/bound-by-controller", "yes".into()),
            ("volume.beta.kubernetes.io/storage-provisioner", DRIVER.into()),
            ("volume.kubernetes.io/selected-node", (&plan.node_of(pod).name).into()),
            ("volume.kubernetes.io/storage-provisioner", DRIVER.into()),
        ]),
        finalizers: arr!["kubernetes.io/pvc-protection"],
        ..Meta::new(&namespace.name, name, claim_uid(plan, pod), workload.created)
    };
    obj! {
        "metadata": meta.json(),
        "spec": spec,
        "status": obj! {
            "phase": "Bound",
            "accessModes": arr!["ReadWriteOnce"],
            "capacity": obj! { "storage": SIZE },
        },
    }
}

/// Volumes belong to no namespace but come in the order of their claims.
pub(super) fn emit_volumes(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    plan.namespaces.iter().try_for_each(|namespace| {
        claimants(plan, namespace).try_for_each(|pod| emit(volume(plan, namespace, pod)))
    })
}

fn volume(plan: &Plan, namespace: &Namespace, pod: usize) -> Json {
    let created = plan.workload_of(pod).created + 6;
    let meta = Meta {
        annotations: Json::map([("pv.kubernetes.io/provisioned-by", DRIVER)]),
        finalizers: arr![
            "external-provisioner.volume.kubernetes.io/finalizer",
            "kubernetes.io/pv-protection"
        ],
        ..Meta::new("", volume_name(plan, pod), plan.uid("volume", pod), created)
    };
    let claim = obj! {
        "kind": "PersistentVolumeClaim",
        "namespace": &namespace.name,
        "name": format!("data-{}", plan.pod_name(pod)),
        "uid": claim_uid(plan, pod),
        "apiVersion": "v1",
    };
    obj! {
        "metadata": meta.json(),
        "spec": obj! {
            "capacity": obj! { "storage": SIZE },
            "csi": obj! {
                "driver": DRIVER,
                "volumeHandle": format!("vol-{:017x}", plan.rng("volume", pod).next() >> 4),
                "fsType": "ext4",
            },
            "accessModes": arr!["ReadWriteOnce"],
            "claimRef": claim,
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": CLASS,
            "volumeMode": "Filesystem",
        },
        "status": obj! { "phase": "Bound" },
    }
}

pub(super) fn emit_classes(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let created = plan.namespaces[0].created;
    let class = obj! {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": obj! { "name": CLASS },
        "provisioner": DRIVER,
    };
    let meta = Meta {
        annotations: Json::map([
            last_applied(&class),
            ("storageclass.kubernetes.io/is-default-class", "true".into()),
        ]),
        ..Meta::new("", CLASS, plan.uid("class", 0), created)
    };
    emit(obj! {
        "metadata": meta.json(),
        "provisioner": DRIVER,
        "reclaimPolicy": "Delete",
        "allowVolumeExpansion": true,
        "volumeBindingMode": "WaitForFirstConsumer",
    })
}
