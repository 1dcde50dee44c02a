//! Disruption budgets that refuse evictions.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{Resource as _, objects::PodDisruptionBudget};

use super::{Remarks, few, object};
use crate::{
    Object, budgets,
    node::{
        pods::{Departure, Going},
        surge,
        work::Work,
    },
};

/// A budget, and the pods that it covers and that are to go.
type Covered<'d, 'c> = BTreeMap<(&'c str, &'c str), (&'c PodDisruptionBudget, Vec<&'d Going<'c>>)>;

pub(super) fn look(work: &Work<'_>, batches: &[Vec<Departure<'_>>], all: &mut Remarks) {
    let mut covered = Covered::new();
    let mut used = BTreeSet::new();
    for going in batches.iter().flatten().flat_map(|departure| &departure.going) {
        if going.bypasses {
            bypassed(work, going, &mut used, all);
        } else if !budgets::is_free(going.pod) {
            match going.budgets.as_slice() {
                [] => {}
                [budget] => {
                    let key = (budget.meta.namespace.as_str(), budget.meta.name.as_str());
                    covered.entry(key).or_insert((budget, Vec::new())).1.push(going);
                }
                several => two(going, several, all),
            }
        }
    }
    for (budget, pods) in covered.values() {
        one(work, budget, pods, all);
    }
    for named in work.options.bypass_budgets.difference(&used) {
        let (namespace, name) = named.split_once('/').unwrap_or_default();
        let budget = Object {
            api_version: "policy/v1".into(),
            kind: "PodDisruptionBudget".into(),
            namespace: namespace.into(),
            name: name.into(),
            uid: String::new(),
        };
        all.note(budget, "it was to be bypassed, and covers no pod that is evicted");
    }
}

fn bypassed(work: &Work<'_>, going: &Going<'_>, used: &mut BTreeSet<String>, all: &mut Remarks) {
    let named = going.budgets.iter().map(|budget| budgets::name(budget));
    let named: Vec<String> = named.filter(|name| work.options.bypass_budgets.contains(name)).collect();
    let text = format!("it is deleted and not evicted, against PDB {}: --bypass-budget says so", few(&named));
    all.risk(object(going.pod), text, "");
    used.extend(named);
}

fn two(going: &Going<'_>, several: &[&PodDisruptionBudget], all: &mut Remarks) {
    let names: Vec<String> = several.iter().map(|budget| budgets::name(budget)).collect();
    let unless = format!(
        "make their selectors disjoint, or --bypass-budget {}",
        names.first().map_or("", String::as_str)
    );
    let text =
        format!("PDBs {} cover it, and the API server evicts no pod with more than one", names.join(" and "));
    all.blocker(object(going.pod), text, unless);
}

fn one(work: &Work<'_>, budget: &PodDisruptionBudget, pods: &[&Going<'_>], all: &mut Remarks) {
    let about = Object::from(&budget.object_ref());
    let refused: Vec<&&Going<'_>> =
        pods.iter().filter(|going| budgets::refusal(&[budget], going.pod).is_some()).collect();
    let Some(first) = refused.first() else {
        let allowed = budget.status.disruptions_allowed;
        if pods.len() as i64 > allowed.max(1) {
            all.note(
                about,
                format!(
                    "it covers {} pods that go, and lets {allowed} go at once: the others wait",
                    pods.len()
                ),
            );
        }
        return;
    };
    let names: Vec<String> =
        refused.iter().map(|going| format!("{}/{}", going.pod.meta.namespace, going.pod.meta.name)).collect();
    let why = budgets::refusal(&[budget], first.pod).unwrap_or_default();
    let bypass = format!("--bypass-budget {}", budgets::name(budget));
    let text = format!("{why}, so that the eviction of {} is refused", few(&names));
    if budgets::is_impossible(budget) {
        let surged =
            work.options.surge && pods.iter().all(|going| surge::candidate(work.cluster, going).is_some());
        if surged {
            all.note(about, format!("{why}: the second replica makes room for the eviction"));
        } else {
            let text = format!("{text}; it allows none even when all its pods are healthy");
            all.blocker(about, text, format!("change the budget or scale the workload up, or {bypass}"));
        }
        return;
    }
    let sick = refused.iter().filter(|going| !going.pod.is_ready()).count();
    let unless = if sick > 0 {
        format!(
            "set unhealthyPodEvictionPolicy: AlwaysAllow, which lets its {sick} unready pods go, or {bypass}"
        )
    } else {
        format!("wait until more of its pods are healthy, --wait-for-budgets, or {bypass}")
    };
    if work.options.wait_for_budgets {
        all.risk(about, format!("{text} now, and waited for"), "");
    } else {
        all.blocker(about, text, unless);
    }
}
