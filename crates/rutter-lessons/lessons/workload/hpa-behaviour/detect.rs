//! What is wrong with an autoscaler: the first that holds.

use rutter_cluster::{
    Resource,
    objects::{Condition, HorizontalPodAutoscaler, condition},
};

use super::{ID, conditions, fights, limits};
use crate::{Context, Evidence, Findings, Outcome, verdict::Verdict};

/// A new autoscaler, and the metrics of its pods, need this long, in seconds.
const NEW: i64 = 300;

/// What is over within this time, in seconds, is nothing: metrics are read every 15 s.
const PASSING: i64 = 120;

pub(super) fn evaluate(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
    findings: &mut Findings,
) -> Outcome {
    let new = scaler.meta.created.is_some_and(|created| context.may_be_younger(created, NEW));
    if scaler.meta.deleted.is_some() || new {
        return Ok(());
    }
    let verdict = match conditions::failure(context, scaler)? {
        Some(verdict) => Some(verdict),
        None if fights::is_spoken_for(context, scaler)? => None,
        None => match fights::ambiguous(context, scaler)? {
            Some(verdict) => Some(verdict),
            None => by_events(context, scaler)?,
        },
    };
    findings.extend(verdict.map(|verdict| verdict.about(ID, scaler)));
    Ok(())
}

/// What events tell of, and at last its limit, which needs none.
fn by_events(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
) -> Result<Option<Verdict>, rutter_cluster::Unseen> {
    let limited = limits::at_max(context, scaler);
    match context.events(scaler) {
        Ok(events) => {
            let told = fights::quarrel(context, scaler, &events);
            Ok(told.or_else(|| conditions::partial(context, scaler, &events)).or(limited))
        }
        // Without events a limit is seen all the same.
        Err(_) if limited.is_some() => Ok(limited),
        // One metric can't fail beside another, and quarrels leave traces in events only.
        Err(unseen) => Err(unseen),
    }
}

/// A condition that has held for a while.
pub(super) fn lasting<'a>(
    context: &Context<'_>,
    scaler: &'a HorizontalPodAutoscaler,
    kind: &str,
) -> Option<&'a Condition> {
    let found = condition(&scaler.status.conditions, kind)?;
    let passing = found.last_transition_time.is_some_and(|since| context.may_be_younger(since, PASSING));
    (!passing).then_some(found)
}

pub(super) fn shown(scaler: &HorizontalPodAutoscaler, told: &Condition) -> Evidence {
    let path = format!("status.conditions[{}]", told.kind);
    let value = format!("{} ({}): {}", told.status, told.reason, crate::containers::clean(&told.message));
    Evidence::field(scaler, path, value, told.last_transition_time)
}

/// The bounds and the size, as evidence.
pub(super) fn size(scaler: &HorizontalPodAutoscaler) -> Evidence {
    let bounds = format!(
        "{} (from {} to {})",
        scaler.status.current_replicas,
        scaler.spec.min_replicas.unwrap_or(1),
        scaler.spec.max_replicas
    );
    Evidence::field(scaler, "status.currentReplicas", bounds, None)
}

/// Whether two scale the same.
pub(super) fn is_same_target(a: &HorizontalPodAutoscaler, b: &HorizontalPodAutoscaler) -> bool {
    let (a_target, b_target) = (&a.spec.scale_target_ref, &b.spec.scale_target_ref);
    a.object_ref() != b.object_ref() && a_target.kind == b_target.kind && a_target.name == b_target.name
}
