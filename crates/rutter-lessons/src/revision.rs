//! Whether only a Deployment's new revision does not run while the one before it still serves.

use rutter_cluster::objects::{ContainerStatus, Deployment, Pod, ReplicaSet};
use rutter_plan::{Condition, Draft, Step};
use serde_json::Value;

use crate::{Context, Evidence, Finding, Remedy, Risk, fixes, words};

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
    let Sets { new: (new, mine), old: (old, set) } = serving(context, deployment)?;
    if mine.meta.name != owner.name {
        return None;
    }
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

/// The newest ReplicaSet of a Deployment, and the last before it that has available pods, each with its revision.
struct Sets<'c> {
    new: (u64, &'c ReplicaSet),
    old: (u64, &'c ReplicaSet),
}

fn serving<'c>(context: &Context<'c>, deployment: &Deployment) -> Option<Sets<'c>> {
    let sets = context.replica_sets(deployment).ok()?;
    let numbered = || sets.iter().filter_map(|set| Some((number(set)?, *set)));
    let new = numbered().max_by_key(|(number, _)| *number)?;
    let works = |(number, set): &(u64, &ReplicaSet)| *number < new.0 && set.status.available_replicas > 0;
    let old = numbered().filter(works).max_by_key(|(number, _)| *number)?;
    Some(Sets { new, old })
}

/// Back to the last revision that still serves, as a plan; nothing unless one does, and all that it names is known.
pub(crate) fn plan(context: &Context<'_>, deployment: &Deployment) -> Option<Draft> {
    let Sets { new: (new, mine), old: (old, set) } = serving(context, deployment)?;
    let (workload, from, to) = (fixes::known(deployment)?, fixes::known(mine)?, fixes::known(set)?);
    let (generation, wanted) = (deployment.meta.generation, deployment.wanted());
    if generation == 0 || wanted == 0 || deployment.spec.paused || deployment.meta.deleted.is_some() {
        return None;
    }
    let count = |field: &str| Condition::at_least(&workload, format!("/status/{field}"), wanted);
    // Before it, pods of the new revision are unavailable: these hold together only once it has gone.
    let done = [
        Condition::Observed { object: workload.clone() },
        count("updatedReplicas"),
        count("availableReplicas"),
        Condition::field(&workload, "/status/unavailableReplicas", Value::Null),
    ];
    let step = Step::roll_back(&workload, generation, (&from, &to), fixes::READY)
        .needing([Condition::at_least(&to, "/status/availableReplicas", 1)])
        .awaiting(done);
    let changed =
        images(set, mine).map_or_else(String::new, |(before, now)| format!(": {now} becomes {before}"));
    let available = words::count(usize::try_from(set.status.available_replicas).unwrap_or_default(), "pod");
    Some(
        Draft::new(format!("Roll {workload} back from revision {new} to {old}, which still serves"))
            .about(&workload)
            .note(&to, format!("{available} of revision {old} available now{changed}"))
            .risk(
                &workload,
                "if data was migrated for the new revision, the old one may not read it; ConfigMaps and Secrets do not go \
                 back with it",
            )
            .note(&workload, "a tool that applies the manifest (GitOps) rolls out the new revision again: pause it first")
            .then(step),
    )
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
    let remedy = Remedy::new(Risk::Disruptive, title, commands);
    let deployment = context.deployment(namespace, name).ok().flatten();
    Some(remedy.perhaps_by(deployment.and_then(|deployment| plan(context, deployment))))
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
