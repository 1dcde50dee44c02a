//! What a rollout that can't go on explains: that its pods are missing, and that the old template's fault is still there.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::Same, check: not_ready },
    Cause { explains: "crash-loop", relation: Relation::Same, check: old_fault },
    Cause { explains: "container-config-error", relation: Relation::Same, check: old_fault },
    Cause { explains: "image-pull", relation: Relation::Same, check: old_image },
    Cause { explains: "probe-refused", relation: Relation::Same, check: old_fault },
    Cause { explains: "limit-reached", relation: Relation::Same, check: old_fault },
    Cause { explains: "pod-unschedulable", relation: Relation::Same, check: old_fault },
    Cause { explains: "volume-stuck", relation: Relation::Same, check: old_reference },
];

/// The pod that blocks is not ready, and pods of higher numbers are not made before it is.
fn not_ready(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.object.same(&cause.object)
        && !effect.is_history()
        && matches!(effect.variant, "not-ready" | "cannot-schedule" | "missing-pods");
    let unready = context.unready_under(&cause.object).ok().filter(|_| fits)?;
    let confidence = if unready.len() > 1 { Confidence::Likely } else { cause.confidence };
    let pod = cause.instances.first().map_or("a pod", |pod| pod.name.as_str());
    Some(Because::new(confidence, format!("{pod} is not ready, and the present template does not reach it")))
}

/// What is wrong with just that pod comes of its template, which was changed since.
fn old_fault(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let only = !effect.instances.is_empty()
        && effect.instances.iter().all(|one| cause.instances.iter().any(|pod| pod.same(one)));
    let fits = cause.variant == "never-ready" && only && !effect.is_history();
    fits.then(|| {
        let why = "the pod has the earlier template still: the present one does not reach it";
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

/// An image that can't be had by its name; a registry that doesn't answer is another matter.
fn old_image(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let named = matches!(
        effect.variant,
        "not-found" | "not-found-or-no-rights" | "invalid-name" | "platform" | "never-pull" | "unknown"
    );
    old_fault(context, cause, effect).filter(|_| named)
}

fn old_reference(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    old_fault(context, cause, effect).filter(|_| effect.variant == "object-missing")
}
