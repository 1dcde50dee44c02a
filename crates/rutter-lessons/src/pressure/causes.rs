//! What pressure explains, whatever lacks: pods that had to go, or couldn't come.

use rutter_cluster::objects::Pod;

use super::Pressure;
use crate::{
    Because, Confidence, Context, Finding,
    hosting::{self, in_time},
};

/// The kubelet evicts in the loop in which it notices, and reports the condition up to 10 s later; in seconds, with room.
const NOTICED: i64 = 60;

/// `node-a has been under disk pressure since 09:40:00Z`.
pub(crate) fn since(pressure: &Pressure, context: &Context<'_>, cause: &Finding) -> String {
    let at = hosting::when(context, cause, "since");
    let (node, name) = (&cause.node, pressure.name);
    match cause.variant {
        "recovered" => format!("{node} was under {name} pressure"),
        "taint-only" => format!("{node} has borne the taint of {name} pressure{at}"),
        _ => format!("{node} has been under {name} pressure{at}"),
    }
}

/// The pods' own messages name what their node lacked.
pub(crate) fn evicts(
    pressure: &Pressure,
    context: &Context<'_>,
    cause: &Finding,
    effect: &Finding,
) -> Option<Because> {
    let fits = matches!(effect.variant, "node-low" | "rejected")
        && cause.variant != "taint-only"
        && (!cause.is_history() || effect.is_history())
        && in_time(cause, effect, NOTICED);
    if !fits {
        return None;
    }
    let pods: Vec<&Pod> = effect.instances.iter().filter_map(|instance| context.pod(instance)).collect();
    let mine = pods.iter().filter(|pod| pod.spec.node_name == cause.node && pressure.is_victim(pod)).count();
    let confidence = if mine == pods.len() { Confidence::Certain } else { Confidence::Likely };
    (mine > 0).then(|| Because::new(confidence.min(cause.confidence), since(pressure, context, cause)))
}

pub(crate) fn keeps_off(
    pressure: &Pressure,
    context: &Context<'_>,
    cause: &Finding,
    effect: &Finding,
) -> Option<Because> {
    hosting::keeps_off(cause, effect, &[pressure.taint], NOTICED).then(|| {
        let why = format!("{}, and takes no new pods for that", since(pressure, context, cause));
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}
