//! What a member that is held explains: the same pod as other lessons see it, and that one is missing.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::Same, check: missing },
    Cause { explains: "evicted", relation: Relation::Same, check: same_pod },
    Cause { explains: "stuck-terminating", relation: Relation::Same, check: same_pod },
    Cause { explains: "volume-stuck", relation: Relation::Same, check: volume },
];

fn missing(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.object.same(&cause.object)
        && !effect.is_history()
        && matches!(effect.variant, "not-ready" | "missing-pods");
    let unready = context.unready_under(&cause.object).ok().filter(|_| fits)?;
    let held = cause.instances.len();
    let confidence = match unready.len() {
        all if all <= held => cause.confidence,
        all if all <= held * 2 => Confidence::Possible,
        _ => return None,
    };
    Some(Because::new(confidence, format!("{} not replaced while {} is silent", is(cause), cause.node)))
}

fn is(cause: &Finding) -> String {
    let name = cause.instances.first().map_or("a pod", |pod| pod.name.as_str());
    match cause.instances.len() {
        0 | 1 => format!("{name} is"),
        number => format!("{name} and {} more are", number - 1),
    }
}

/// The same pods, told to go and still there.
fn same_pod(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let same = effect.instances.iter().all(|one| cause.instances.iter().any(|pod| pod.same(one)));
    let fits = cause.variant == "waits" && matches!(effect.variant, "taint" | "node-lost" | "node-silent");
    let why = format!("{} does not confirm its end", cause.node);
    (same && fits && !effect.is_history()).then(|| Because::new(Confidence::Certain, why))
}

fn volume(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "taken-over" && effect.variant == "multi-attach" && !effect.is_history();
    let why = format!("{} still holds the volume of its predecessor", cause.node);
    fits.then(|| Because::new(Confidence::Certain, why))
}
