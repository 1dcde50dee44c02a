//! What several checks ask about workloads.

use rutter_cluster::near;

use crate::{
    context::Context,
    manifest::Object,
    selector::Selector,
    template::{Controller, Role, Template},
    yaml::Node,
};

/// A number of pods, or a part of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Count(i64),
    /// So many of a hundred.
    Percent(i64),
}

impl Share {
    /// `2` or `"25%"`.
    pub fn of(node: &Node) -> Option<Self> {
        if let Some(count) = node.integer() {
            return Some(Self::Count(count));
        }
        node.text()?.strip_suffix('%')?.parse().ok().map(Self::Percent)
    }

    /// Whether it is none of any number.
    pub fn is_zero(self) -> bool {
        matches!(self, Self::Count(0) | Self::Percent(0))
    }

    /// So many of `all`, rounded up.
    pub fn up(self, all: i64) -> i64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => percent.saturating_mul(all).saturating_add(99).div_euclid(100),
        }
    }

    /// So many of `all`, rounded down.
    pub fn down(self, all: i64) -> i64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => percent.saturating_mul(all).div_euclid(100),
        }
    }
}

/// Whether this is a whole manifest: an overlay's patch has neither labels nor images for all containers, and says nothing
/// about what it leaves out.
pub fn is_whole(template: &Template<'_>) -> bool {
    template.labels().next().is_some()
        && template.spec.items_at(&["containers"]).iter().all(|one| one.get("image").is_some())
}

/// Whether something else made this object, as in a dump of a cluster.
pub fn is_owned(object: &Object) -> bool {
    !object.root.items_at(&["metadata", "ownerReferences"]).is_empty()
}

/// Whether Helm runs it around a release, and takes it away.
pub fn is_hook(object: &Object) -> bool {
    object.annotation("helm.sh/hook").is_some()
}

/// The containers that run for as long as the pod does.
pub fn lasting<'o>(template: &Template<'o>) -> impl Iterator<Item = crate::Container<'o>> + use<'o> {
    template.containers().filter(|container| container.role != Role::Init)
}

/// How a Deployment replaces its pods: the most that may be missing, and the most that may be too many.
pub fn rollout(deployment: &Object, replicas: i64) -> Option<(i64, i64)> {
    let strategy = deployment.at(&["spec", "strategy"]);
    if strategy.is_some_and(|one| one.text_at(&["type"]) == Some("Recreate")) {
        return None;
    }
    let share = |key| strategy.and_then(|one| one.at(&["rollingUpdate", key])).map(Share::of);
    let missing = share("maxUnavailable").unwrap_or(Some(Share::Percent(25)))?.down(replicas);
    let more = share("maxSurge").unwrap_or(Some(Share::Percent(25)))?.up(replicas);
    // The controller keeps both from becoming none by rounding.
    Some(if missing == 0 && more == 0 { (1, 0) } else { (missing, more) })
}

/// Labels that pods get only once they run: from a controller, an operator, or whoever elects a leader.
fn comes_later(key: &str) -> bool {
    const WORDS: [&str; 8] = ["role", "leader", "master", "primary", "active", "state", "status", "patroni"];
    const KEYS: [&str; 12] = [
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-revision-hash",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "pod-template-generation",
        "controller-uid",
        "batch.kubernetes.io/controller-uid",
        "job-name",
        "batch.kubernetes.io/job-name",
        "deploymentconfig",
        "deployment",
    ];
    KEYS.contains(&key) || WORDS.iter().any(|word| key.contains(word))
}

/// A selector that finds no pod, and what it was to find.
#[derive(Debug)]
pub struct Miss<'a> {
    /// The workload whose pods it nearly chooses.
    pub workload: &'a Object,
    /// The label that differs.
    pub key: String,
    /// What the selector asks for.
    pub wanted: String,
    /// What the pods have; nothing where they lack the label.
    pub has: Option<String>,
}

impl std::fmt::Display for Miss<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { workload, key, wanted, has } = self;
        let of = format!("the pods of {} {}", workload.kind, workload.name);
        match has {
            Some(has) => write!(to, "it asks for {key}={wanted}, and {of} have {key}={has}"),
            None => write!(to, "it asks for {key}={wanted}, and {of} have no label {key}"),
        }
    }
}

/// The pods that a selector was meant for, where it chooses none: those of a workload whose labels differ by a slip of the pen,
/// or that has the very name of the object which selects. Where nothing is as near as that, they may be elsewhere.
pub fn near_miss<'a>(context: &Context<'a>, object: &Object, selector: &Selector<'_>) -> Option<Miss<'a>> {
    if selector.is_empty() || !context.selected(object, selector).is_empty() {
        return None;
    }
    let mut of_name = None;
    // A namespace of very many workloads is looked through only so far.
    for template in context.templates_beside(object).take(500) {
        if template.metadata.is_none() || is_owned(template.object) {
            continue;
        }
        let label = |key: &str| template.labels().find(|(name, _)| *name == key).map(|(_, value)| value);
        let mut wrong = selector.equalities().filter(|(key, wanted)| label(key) != Some(wanted));
        let Some((key, wanted)) = wrong.next() else { continue };
        let miss = || Miss {
            workload: template.object,
            key: key.to_owned(),
            wanted: wanted.to_owned(),
            has: label(key).map(str::to_owned),
        };
        if comes_later(key) {
            continue;
        }
        let is_only = wrong.next().is_none();
        if is_only && label(key).is_some_and(|has| is_slip(wanted, has)) {
            return Some(miss());
        }
        if template.object.name == object.name && !object.name.is_empty() {
            of_name = of_name.or_else(|| Some(miss()));
        }
    }
    of_name
}

/// Two letters at most in a long name, one in a short one, or capitals.
pub fn is_slip(name: &str, of: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', '.'], "");
    name != of && (plain(name) == plain(of) || near::is_slip(name, of))
}

/// Whether a workload's pods are made and replaced one by one by a controller that keeps a number of them.
pub fn is_replicated(template: &Template<'_>) -> bool {
    matches!(
        template.controller,
        Controller::Deployment
            | Controller::ReplicaSet
            | Controller::ReplicationController
            | Controller::StatefulSet
    )
}
