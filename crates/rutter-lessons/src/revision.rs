//! Whether only a Deployment's new revision does not run while the one before it still serves.

use rutter_cluster::objects::{ContainerStatus, Pod, ReplicaSet};

use crate::{Context, Evidence, Finding, Remedy, Risk, words};

/// A rollout that went wrong: the pod is of the newest revision, and an older one has pods that are available.
pub(crate) struct Rollout {
    new: u64,
    /// The revision to go back to.
    old: u64,
    available: i64,
    /// The images of the first container whose image differs, old and new.
    images: Option<(String, String)>,
    pub(crate) evidence: Evidence,
}

pub(crate) fn rollout(context: &Context<'_>, pod: &Pod) -> Option<Rollout> {
    let owner = pod.meta.controller().filter(|owner| owner.kind == "ReplicaSet")?;
    let top = context.top_owner(pod);
    if top.kind != "Deployment" {
        return None;
    }
    let deployment = context.deployment(&top.namespace, &top.name).ok()??;
    let sets = context.replica_sets(deployment).ok()?;
    let mine = sets.iter().find(|set| set.meta.name == owner.name)?;
    let new = number(mine)?;
    if sets.iter().filter_map(|set| number(set)).any(|other| other > new) {
        return None;
    }
    let serving = sets.iter().filter(|set| set.status.available_replicas > 0);
    let older = serving.filter_map(|set| Some((number(set).filter(|old| *old < new)?, *set)));
    let (old, set) = older.max_by_key(|(old, _)| *old)?;
    // What crashes in both is not the new revision's fault.
    let pods = context.pods_under(&top).ok()?;
    if pods.iter().any(|other| is_of(other, set) && crashes(other)) {
        return None;
    }
    let available = set.status.available_replicas;
    let evidence =
        Evidence::field(set, "status.availableReplicas", format!("{available} (revision {old})"), None);
    Some(Rollout { new, old, available, images: images(set, mine), evidence })
}

fn is_of(pod: &Pod, set: &ReplicaSet) -> bool {
    pod.meta.controller().is_some_and(|owner| owner.name == set.meta.name)
}

fn crashes(pod: &Pod) -> bool {
    let waits = |status: &ContainerStatus| {
        status.state.waiting.as_ref().is_some_and(|waiting| waiting.reason == "CrashLoopBackOff")
    };
    pod.container_statuses().any(|(status, _)| waits(status))
}

/// Only where the older revision is known to work: it serves right now.
pub(crate) fn roll_back(context: &Context<'_>, finding: &Finding, pod: &Pod) -> Option<Remedy> {
    let rollout = rollout(context, pod)?;
    let title = format!(
        "go back to revision {}, which still serves: compare the two first; not if data was migrated since, and ConfigMaps \
         and Secrets do not go back with it; pause a GitOps tool, or it rolls out again",
        rollout.old
    );
    let (namespace, name) = (&pod.meta.namespace, &finding.object.name);
    let commands = [
        format!("kubectl -n {namespace} rollout history deployment/{name} --revision={}", rollout.old),
        format!("kubectl -n {namespace} rollout undo deployment/{name} --to-revision={}", rollout.old),
    ];
    Some(Remedy::new(Risk::Disruptive, title, commands))
}

/// The revision of a ReplicaSet, as the Deployment's controller numbers them.
fn number(set: &ReplicaSet) -> Option<u64> {
    set.meta.annotations.get("deployment.kubernetes.io/revision")?.parse().ok()
}

fn images(old: &ReplicaSet, new: &ReplicaSet) -> Option<(String, String)> {
    new.spec.template.spec.containers.iter().find_map(|container| {
        let before = old.spec.template.spec.containers.iter().find(|before| before.name == container.name)?;
        (before.image != container.image).then(|| (before.image.to_string(), container.image.to_string()))
    })
}

impl Rollout {
    /// To stand behind a semicolon.
    pub(crate) fn phrase(&self) -> String {
        let image = match &self.images {
            Some((_, new)) => format!(" (image {new})"),
            None => String::new(),
        };
        let pods = words::count(usize::try_from(self.available).unwrap_or_default(), "pod");
        let serve = if self.available == 1 { "serves" } else { "serve" };
        format!("new in revision {}{image}, while {pods} of revision {} still {serve}", self.new, self.old)
    }
}
