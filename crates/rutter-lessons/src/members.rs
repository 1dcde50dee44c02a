//! The members of a StatefulSet: their numbers, how many are left, and where their data is.

use rutter_cluster::{
    Resource, Str,
    objects::{PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, StatefulSet},
};

use crate::{Context, Evidence, Seen, words};

/// So many are named.
const NAMED: usize = 3;

/// The number of a pod among those of its StatefulSet.
pub(crate) fn ordinal(set: &StatefulSet, pod: &Pod) -> Option<i64> {
    pod.meta.name.strip_prefix(set.meta.name.as_str())?.strip_prefix('-')?.parse().ok()
}

/// How many of a StatefulSet's members are ready, of how many.
pub(crate) struct Quorum {
    pub(crate) ready: usize,
    wanted: usize,
}

impl Quorum {
    pub(crate) fn of(context: &Context<'_>, set: &StatefulSet) -> Seen<Self> {
        let pods = context.pods_under(&set.object_ref())?;
        let ready = pods.iter().filter(|pod| pod.is_ready() && pod.meta.deleted.is_none()).count();
        Ok(Self { ready, wanted: usize::try_from(set.wanted()).unwrap_or_default() })
    }

    /// Whether more than half are ready: what most applications that vote need.
    pub(crate) fn is_majority(&self) -> bool {
        self.ready * 2 > self.wanted
    }

    /// `2 of 3 members are ready`.
    pub(crate) fn phrase(&self) -> String {
        match (self.ready, self.wanted) {
            (_, 1) => "it is the only member".to_owned(),
            (0, wanted) => format!("none of {wanted} members is ready"),
            (1, wanted) => format!("1 of {wanted} members is ready"),
            (ready, wanted) => format!("{ready} of {wanted} members are ready"),
        }
    }

    pub(crate) fn evidence(&self, set: &StatefulSet) -> Evidence {
        let value = format!("{} of {} wanted", self.ready, self.wanted);
        Evidence::field(set, "status.readyReplicas", value, None)
    }
}

/// A claim that a pod mounts and that outlives it.
pub(crate) struct Claim<'c> {
    pub(crate) name: Str,
    /// `None` within, if there is none of that name.
    pub(crate) object: Seen<Option<&'c PersistentVolumeClaim>>,
    pub(crate) volume: Option<&'c PersistentVolume>,
}

impl Claim<'_> {
    pub(crate) fn is_bound(&self) -> bool {
        matches!(self.object, Ok(Some(claim)) if claim.status.phase == "Bound")
    }

    /// `Bound`, `Pending`, `not there`, `not seen`.
    pub(crate) fn state(&self) -> &str {
        match &self.object {
            Ok(Some(claim)) if claim.status.phase.is_empty() => "of unknown state",
            Ok(Some(claim)) => &claim.status.phase,
            Ok(None) => "not there",
            Err(_) => "not seen",
        }
    }

    /// The name of its volume, once it has one.
    pub(crate) fn volume_name(&self) -> Option<&str> {
        let claim = self.object.as_ref().ok().copied().flatten()?;
        Some(claim.spec.volume_name.as_str()).filter(|name| !name.is_empty())
    }

    /// The one node on which its volume can be used, if it lies there.
    pub(crate) fn node(&self) -> Option<&str> {
        let local = |key: &str| {
            key == "kubernetes.io/hostname" || key.ends_with("/hostname") || key.ends_with("/node")
        };
        let [term] = self.volume?.spec.node_terms.as_slice() else { return None };
        let wanted =
            term.match_expressions.iter().find(|wanted| wanted.operator == "In" && local(&wanted.key))?;
        match wanted.values.as_slice() {
            [node] => Some(node),
            _ => None,
        }
    }

    /// Whether several nodes may write to it at a time, so that nothing keeps two writers apart.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.object, Ok(Some(claim)) if claim.spec.access_modes.iter().any(|mode| *mode == "ReadWriteMany"))
    }
}

/// Where the data of a pod is.
pub(crate) struct Data<'c> {
    /// What outlives the pod.
    pub(crate) claims: Vec<Claim<'c>>,
    /// Names of volumes that go with it.
    pub(crate) lost: Vec<&'c str>,
    /// Folders of its node, which the next pod sees only on that node.
    pub(crate) host_paths: Vec<&'c str>,
}

impl<'c> Data<'c> {
    pub(crate) fn of(context: &Context<'c>, pod: &'c Pod) -> Self {
        let mut data = Self { claims: Vec::new(), lost: Vec::new(), host_paths: Vec::new() };
        for volume in &pod.spec.volumes {
            if volume.empty_dir.is_some() || volume.ephemeral {
                data.lost.push(&volume.name);
            } else if let Some(path) = &volume.host_path {
                data.host_paths.push(&path.path);
            } else if let Some(name) = pod.claim_name(volume) {
                data.claims.push(claim(context, &pod.meta.namespace, name));
            }
        }
        data
    }

    /// A claim whose volume lies on one node, and that node.
    pub(crate) fn local(&self) -> Option<(&Claim<'c>, &str)> {
        self.claims.iter().find_map(|claim| Some((claim, claim.node()?)))
    }

    /// `claim data-db-1 (Bound)`.
    pub(crate) fn claims_phrase(&self) -> String {
        let each: Vec<String> =
            self.claims.iter().map(|claim| format!("{} ({})", claim.name, claim.state())).collect();
        let noun = if each.len() == 1 { "claim" } else { "claims" };
        format!("{noun} {}", words::list(&each, NAMED))
    }
}

fn claim<'c>(context: &Context<'c>, namespace: &str, name: Str) -> Claim<'c> {
    let object = context.claim(namespace, &name);
    let bound = object.as_ref().ok().copied().flatten().map(|claim| claim.spec.volume_name.as_str());
    let volume = bound
        .filter(|name| !name.is_empty())
        .and_then(|name| context.volumes().ok()?.iter().find(|volume| volume.meta.name == name));
    Claim { name, object, volume }
}

/// The PodDisruptionBudgets of a pod.
pub(crate) fn budgets<'c>(context: &Context<'c>, pod: &Pod) -> Seen<Vec<&'c PodDisruptionBudget>> {
    let all = context.budgets_in(&pod.meta.namespace)?;
    let selects = |budget: &&PodDisruptionBudget| {
        budget.spec.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels))
    };
    Ok(all.iter().filter(selects).collect())
}
