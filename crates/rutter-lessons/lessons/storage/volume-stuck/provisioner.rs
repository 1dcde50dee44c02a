//! The workload that makes volumes for a storage class, where there is no doubt which it is, and whether it is down.

use std::sync::Arc;

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{Container, Deployment, PodSpec, StatefulSet},
};

use super::START;
use crate::{Context, Evidence, words};

/// Provisioner, the namespace that its workload is always in (empty: any), and the workload, by the manifests and charts of the
/// projects. A name that several projects use needs the namespace.
const KNOWN: [(&str, &str, &str); 15] = [
    ("cinder.csi.openstack.org", "", "csi-cinder-controllerplugin"),
    ("cinder.csi.openstack.org", "", "openstack-cinder-csi-controllerplugin"),
    ("csi.hetzner.cloud", "", "hcloud-csi-controller"),
    ("csi.vsphere.vmware.com", "", "vsphere-csi-controller"),
    ("disk.csi.azure.com", "", "csi-azuredisk-controller"),
    ("diskplugin.csi.alibabacloud.com", "kube-system", "csi-provisioner"),
    ("dobs.csi.digitalocean.com", "", "csi-do-controller"),
    ("driver.longhorn.io", "longhorn-system", "csi-provisioner"),
    ("ebs.csi.aws.com", "", "ebs-csi-controller"),
    ("efs.csi.aws.com", "", "efs-csi-controller"),
    ("file.csi.azure.com", "", "csi-azurefile-controller"),
    ("hostpath.csi.k8s.io", "", "csi-hostpathplugin"),
    ("nfs.csi.k8s.io", "", "csi-nfs-controller"),
    ("rancher.io/local-path", "", "local-path-provisioner"),
    ("smb.csi.k8s.io", "", "csi-smb-controller"),
];

/// Flags by which a program is told as which provisioner it works (of Rook, drivers bear the namespace in their names).
const FLAGS: [&str; 5] = ["drivername", "driver-name", "driver", "provisioner", "provisioner-name"];

/// A workload that makes volumes.
#[derive(Debug, PartialEq)]
struct Maker {
    object: ObjectRef,
    wanted: i64,
    ready: i64,
    /// Since when it has too few pods, or since when it is there.
    since: Option<Time>,
}

/// What is known of a provisioner that is down.
pub(super) struct Down {
    /// To stand behind a colon.
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// Whether all that can be this provisioner is down. One that is not seen may be up: of such nothing is said.
pub(super) fn down(context: &Context<'_>, provisioner: &Str) -> Option<Down> {
    let about = ObjectRef { name: provisioner.clone(), ..ObjectRef::default() };
    let makers: Arc<Vec<Maker>> =
        context.kept("provisioners", &about, |context, about| makers(context, &about.name));
    let first = makers.first()?;
    makers.iter().all(|maker| maker.is_down(context)).then(|| first.down())
}

fn makers(context: &Context<'_>, provisioner: &Str) -> Vec<Maker> {
    let deployments =
        context.seen_deployments().iter().filter(|one| is_it(*one, &one.spec.template.spec, provisioner));
    let sets =
        context.seen_stateful_sets().iter().filter(|one| is_it(*one, &one.spec.template.spec, provisioner));
    deployments.map(Maker::deployment).chain(sets.map(Maker::stateful_set)).collect()
}

fn is_it(workload: &impl Resource, template: &PodSpec, provisioner: &str) -> bool {
    let meta = workload.meta();
    let mut known = KNOWN.iter().filter(|(of, ..)| *of == provisioner).peekable();
    if known.peek().is_some() {
        return known.any(|(_, namespace, name)| {
            meta.name == *name && (namespace.is_empty() || meta.namespace == *namespace)
        });
    }
    template.containers.iter().any(|container| is_told(container, provisioner))
}

/// `--drivername=NAME`.
fn is_told(container: &Container, provisioner: &str) -> bool {
    let told = |word: &Str| {
        let (flag, value) = word.trim_start_matches('-').split_once('=')?;
        Some(word.starts_with('-') && FLAGS.contains(&flag) && value == provisioner)
    };
    container.command.iter().chain(&container.args).any(|word| told(word) == Some(true))
}

impl Maker {
    fn deployment(deployment: &Deployment) -> Self {
        let short = deployment.status.condition("Available").filter(|told| told.is_false());
        Self {
            object: deployment.object_ref(),
            wanted: deployment.wanted(),
            ready: deployment.status.ready_replicas,
            since: short.and_then(|told| told.last_transition_time).or(deployment.meta.created),
        }
    }

    fn stateful_set(set: &StatefulSet) -> Self {
        Self {
            object: set.object_ref(),
            wanted: set.wanted(),
            ready: set.status.ready_replicas,
            since: set.meta.created,
        }
    }

    /// Pods that are only just started answer soon; and what a status says may be late.
    fn is_down(&self, context: &Context<'_>) -> bool {
        let starts = self.since.is_some_and(|since| context.may_be_younger(since, START));
        self.wanted == 0 || (self.ready == 0 && !starts && context.any_ready_under(&self.object) == Ok(false))
    }

    fn down(&self) -> Down {
        let ObjectRef { kind, namespace, name, .. } = &self.object;
        let name = format!("{kind} {namespace}/{name}");
        let (phrase, path, value) = match self.wanted {
            0 => (format!("{name} is scaled to 0"), "spec.replicas", "0".to_owned()),
            1 => {
                (format!("the only pod of {name} is not ready"), "status.readyReplicas", "0 of 1".to_owned())
            }
            number => (
                format!(
                    "none of the {} of {name} is ready",
                    words::count(usize::try_from(number).unwrap_or_default(), "pod")
                ),
                "status.readyReplicas",
                format!("0 of {number}"),
            ),
        };
        let origin = crate::Origin::Field(path.to_owned());
        Down { phrase, evidence: Evidence { object: self.object.clone(), origin, value, time: None } }
    }
}
