//! An autoscaler that wants more replicas than it may have.

use rutter_cluster::objects::HorizontalPodAutoscaler;

use super::{
    detect::{lasting, shown, size},
    target,
    why::{self, Wish},
};
use crate::{Confidence, Context, Severity, verdict::Verdict};

/// A peak that is over within this time, in seconds, is what a limit is for.
const PEAK: i64 = 900;

/// From this on, in thousandths of its target, a metric is far above it.
const FAR: i64 = 2000;

/// At its limit for a while, and wanting more. How bad that is, the metric tells: a little above its target is information,
/// twice as much is a lack of replicas.
pub(super) fn at_max(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Option<Verdict> {
    let told = lasting(context, scaler, "ScalingLimited").filter(|told| told.is_true())?;
    let max = scaler.spec.max_replicas;
    let peak = told.last_transition_time.is_some_and(|since| context.may_be_younger(since, PEAK));
    if told.reason != "TooManyReplicas" || peak || scaler.status.current_replicas < max {
        return None;
    }
    let wish = why::wish(scaler);
    // The condition stays as it was while metrics fail; and what is fixed on purpose wants no more.
    let fixed = scaler.spec.min_replicas.unwrap_or(1) >= max;
    let severity = match &wish {
        _ if fixed => return None,
        Some(wish) if wish.ratio >= FAR && wish.is_resource => Severity::Medium,
        Some(wish) if wish.replicas > max => Severity::Low,
        Some(_) => return None,
        None => Severity::Info,
    };
    Some(Verdict {
        variant: "at-max",
        severity,
        confidence: Confidence::Certain,
        message: format!(
            "{} has the {max} replicas that it may have at most{}",
            target::name(scaler),
            wish.as_ref()
                .map_or_else(|| ", and its metric asks for more".to_owned(), |wish| asks(scaler, wish))
        ),
        since: told.last_transition_time,
        evidence: vec![shown(scaler, told), size(scaler)],
    })
}

fn asks(scaler: &HorizontalPodAutoscaler, wish: &Wish) -> String {
    format!(
        ", but {}, which asks for {} ({} × {}.{:02}, rounded up)",
        wish.reading,
        wish.replicas,
        scaler.status.current_replicas,
        wish.ratio / 1000,
        wish.ratio % 1000 / 10
    )
}
