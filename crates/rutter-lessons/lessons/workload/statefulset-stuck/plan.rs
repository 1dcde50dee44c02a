//! The plan: exactly the pod that the rollout waits for, as long as it still does.

use rutter_cluster::objects::{PodDisruptionBudget, StatefulSet};
use rutter_plan::{Condition, Draft, Object, Step};

use super::{data, detect::Blocker};
use crate::{
    Context, fixes,
    members::{self, Data, Quorum},
    words,
};

/// Of which template a pod was made.
const HASH: &str = "/metadata/labels/controller-revision-hash";

pub(super) fn plan(context: &Context<'_>, set: &StatefulSet, blocker: &Blocker<'_>) -> Option<Draft> {
    let (pod, workload) = (fixes::known(blocker.pod)?, fixes::known(set)?);
    let update = set.status.update_revision.as_str();
    let budgets = members::budgets(context, blocker.pod).unwrap_or_default();
    let why = format!("{workload} makes it anew of its present template, under the same name.");
    let deadline = fixes::gone_within(blocker.pod);
    let go =
        if budgets.len() > 1 { Step::delete(&pod, why, deadline) } else { Step::evict(&pod, why, deadline) };
    // A rollout that was changed or is over needs no pod to go, nor does a pod that has become ready.
    let go = go.needing([
        Condition::field(&pod, HASH, blocker.revision),
        Condition::reports(&pod, "Ready", false),
        Condition::There { object: workload.clone() },
        Condition::Observed { object: workload.clone() },
        Condition::field(&workload, "/status/updateRevision", update),
    ]);
    let ready = set.status.ready_replicas.saturating_add(1);
    let wait = Step::wait(
        format!("{} ready", set.meta.name),
        format!("Wait until {workload} has {ready} ready"),
        [
            Condition::field(&pod.by_name(), HASH, update),
            Condition::at_least(&workload, "/status/readyReplicas", ready),
        ],
        fixes::READY,
    );
    let draft =
        Draft::new(format!("{}, which holds up the rollout of {}", go.title, set.meta.name)).about(&pod);
    let draft = remarks(context, set, blocker, (&pod, &workload), draft);
    Some(by_budgets(&budgets, &pod, draft).then(go).then(wait))
}

fn remarks(
    context: &Context<'_>,
    set: &StatefulSet,
    blocker: &Blocker<'_>,
    (pod, workload): (&Object, &Object),
    draft: Draft,
) -> Draft {
    let data = data::phrase(context, blocker.pod, &Data::of(context, blocker.pod));
    let draft = draft.risk(pod, format!("its data: {data}"));
    let draft = match Quorum::of(context, set) {
        Ok(quorum) if set.wanted() > 1 && !quorum.is_majority() => {
            let text = format!(
                "{}, no majority: if they vote or replicate, this one may be needed",
                quorum.phrase()
            );
            draft.risk(workload, text)
        }
        Ok(quorum) => draft.note(workload, quorum.phrase()),
        Err(_) => draft,
    };
    let update = &set.status.update_revision;
    match (blocker.proofs, blocker.doubts) {
        (0, _) => draft.risk(
            workload,
            format!("no pod of the present template ({update}) is ready yet: if it is wrong, too, this one won't get ready either"),
        ),
        (_, 0) => draft,
        (_, broken) => draft.risk(
            workload,
            format!("{} of the present template ({update}) not ready either", words::count(broken, "pod")),
        ),
    }
}

fn by_budgets(budgets: &[&PodDisruptionBudget], pod: &Object, draft: Draft) -> Draft {
    match budgets {
        [] => draft,
        [one] => {
            draft.note(pod, format!("PodDisruptionBudget {} is asked, and may refuse for now", one.meta.name))
        }
        many => {
            let names: Vec<&str> = many.iter().map(|one| one.meta.name.as_str()).collect();
            let names = words::list(&names, 3);
            draft.risk(
                pod,
                format!("several PodDisruptionBudgets select it ({names}), so that it can't be evicted: none of them is asked"),
            )
        }
    }
}
