//! The plan: half as many replicas again, by the number itself or, where an autoscaler sets that, by its bounds.

use rutter_cluster::objects::HorizontalPodAutoscaler;
use rutter_plan::{Changes, Condition, Draft, Object, Step};
use serde_json::Value;

use crate::{Context, Finding, fixes, words};

pub(super) fn plan(context: &Context<'_>, finding: &Finding, (wanted, more): (i64, i64)) -> Option<Draft> {
    let workload = Some(Object::from(&finding.object)).filter(|object| !object.uid.is_empty())?;
    let mine = |scaler: &&HorizontalPodAutoscaler| {
        let target = &scaler.spec.scale_target_ref;
        target.kind == finding.object.kind && target.name == finding.object.name
    };
    // Without knowing of autoscalers, the number may be set back at once.
    let scalers = context.autoscalers(&finding.object.namespace).ok()?;
    let mut scalers = scalers.iter().filter(mine);
    let step = match (scalers.next(), scalers.next()) {
        (None, _) => Step::scale(&workload, wanted, more, fixes::SOON),
        (Some(one), None) => bounds(one, more)?,
        _ => return None,
    };
    let wait = Step::wait(
        format!("{} ready", workload.name),
        format!("Wait until {workload} has {more} replicas ready"),
        [
            Condition::Observed { object: workload.clone() },
            Condition::at_least(&workload, "/status/readyReplicas", more),
        ],
        fixes::READY,
    );
    let number = words::count(usize::try_from(more).unwrap_or_default(), "replica");
    let needs = "quota, nodes and what they all depend on (connections of the database) must bear them";
    let draft = Draft::new(format!("Let {number} of {workload} share the load, instead of {wanted}"))
        .about(&workload)
        .risk(&workload, needs)
        .note(&workload, "a tool that applies the manifest (GitOps) sets the number back");
    Some(members(context, &workload, draft).then(step).then(wait))
}

fn members(context: &Context<'_>, workload: &Object, draft: Draft) -> Draft {
    if workload.kind != "StatefulSet" {
        return draft;
    }
    let set = context.stateful_set(&workload.namespace, &workload.name).ok().flatten();
    let has_no_claims = set.is_some_and(|set| set.spec.volume_claim_templates.is_empty());
    let claims = if has_no_claims { "" } else { ", with claims of their own that stay" };
    draft.risk(workload, format!("new members join by themselves{claims}"))
}

fn bounds(scaler: &HorizontalPodAutoscaler, more: i64) -> Option<Step> {
    let object = fixes::known(scaler)?;
    let (least, most) = (scaler.spec.min_replicas, scaler.spec.max_replicas);
    let changes = Changes::new();
    let changes = match least {
        Some(least) if least >= more => changes,
        least => changes.set("/spec/minReplicas", least.map_or(Value::Null, Value::from), more),
    };
    let changes = if most < more { changes.set("/spec/maxReplicas", most, more) } else { changes };
    (!changes.is_empty()).then(|| {
        Step::change(&object, format!("Have {object} keep {more} replicas at least"), &changes, fixes::SOON)
    })
}
