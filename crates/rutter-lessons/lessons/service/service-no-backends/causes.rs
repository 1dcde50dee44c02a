//! What a Service without backends explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "replicas-unavailable", relation: Relation::Mentions, check: webhook_is_down }];

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
