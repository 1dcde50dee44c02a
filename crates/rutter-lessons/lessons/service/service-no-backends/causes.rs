//! What a Service without backends explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "replicas-unavailable", relation: Relation::Mentions, check: webhook_is_down },
    Cause { explains: "webhook-blocks", relation: Relation::Mentions, check: nobody_answers },
    Cause { explains: "webhook-blocks", relation: Relation::Same, check: nobody_answers },
    Cause { explains: "apiservice-unavailable", relation: Relation::Mentions, check: nobody_serves },
    Cause { explains: "crash-loop", relation: Relation::Mentions, check: dependency_is_down },
    Cause { explains: "pod-hostname", relation: Relation::Mentions, check: names_nobody },
];

/// A Service that selects nothing gives no pod a name.
fn names_nobody(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "no-match" && effect.variant == "not-selected" && !cause.is_history();
    fits.then(|| {
        let service = &cause.object;
        let why =
            format!("Service {}/{} gives the names, and {}", service.namespace, service.name, cause.message);
        Because::new(Confidence::Likely, why)
    })
}

/// A container that ends because it can't reach a Service, while that has no backend. Its log names the newest reason,
/// not the first: other things may be wrong with it too.
fn dependency_is_down(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    /// Clocks and the first restarts, in seconds.
    const SLACK: i64 = 600;
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object));
    let empty = matches!(cause.variant, "no-match" | "no-pods" | "not-ready");
    if effect.variant != "dependency" || !mentioned || !empty || cause.is_history() || effect.is_history() {
        return None;
    }
    let first = cause.since.zip(effect.since).is_none_or(|(cause, effect)| cause.since(effect) <= SLACK);
    let confidence = if first { Confidence::Likely } else { Confidence::Possible };
    let service = &cause.object;
    let why = format!("it asks Service {}/{}, and {}", service.namespace, service.name, cause.message);
    Some(Because::new(confidence, why))
}

/// A webhook can't be asked while its Service has no backend; where it keeps its own pods from being made, that is the
/// other way round.
fn nobody_answers(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let empty = matches!(cause.variant, "no-match" | "no-pods" | "not-ready" | "port-missing");
    let fits = matches!(effect.variant, "no-endpoints" | "unreachable" | "timeout") && empty;
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object))
        || effect.object.same(&cause.object);
    (fits && mentioned && !cause.is_history() && !effect.is_history()).then(|| {
        let service = &cause.object;
        let why = format!(
            "it is asked through Service {}/{}, and {}",
            service.namespace, service.name, cause.message
        );
        Because::new(Confidence::Certain, why)
    })
}

/// An API that is served through a Service has no server while that has no backend.
fn nobody_serves(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let empty = matches!(cause.variant, "no-match" | "no-pods" | "not-ready" | "port-missing");
    let fits = matches!(effect.variant, "no-endpoints" | "no-answer") && empty;
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object));
    (fits && mentioned && !cause.is_history() && !effect.is_history()).then(|| {
        let service = &cause.object;
        let why =
            format!("it is served by Service {}/{}, and {}", service.namespace, service.name, cause.message);
        Because::new(Confidence::Certain, why)
    })
}

/// A webhook whose Service has no backend refuses every pod that it is asked about.
fn webhook_is_down(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let mentioned = effect.evidence.iter().any(|evidence| evidence.object.same(&cause.object));
    let about_webhook = effect.variant == "cannot-create" && mentioned && cause.object.kind == "Service";
    (about_webhook && !cause.is_history() && !effect.is_history()).then(|| {
        let service = &cause.object;
        Because::new(
            Confidence::Certain,
            format!(
                "the webhook that must admit its pods is Service {}/{}, and {}",
                service.namespace, service.name, cause.message
            ),
        )
    })
}
