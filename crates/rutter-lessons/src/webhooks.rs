//! Admission webhooks that could not be called, as several lessons meet them.

use std::sync::Arc;

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{ServiceReference, condition},
};

use crate::{
    Context, Evidence, Finding, Origin,
    texts::webhook_call::{self, Call},
};

/// A call that failed, and who was refused for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// In the API server's words.
    pub(crate) message: String,
    /// Who wanted something created, changed or deleted: a ReplicaSet, a Job, a Namespace.
    pub(crate) about: ObjectRef,
    pub(crate) first: Option<Time>,
    pub(crate) last: Option<Time>,
    /// Told by a condition, which holds until it is taken back; an event tells of once.
    pub(crate) lasts: bool,
    pub(crate) evidence: Evidence,
}

impl Refusal {
    /// What is known of the call.
    pub(crate) fn call(&self) -> Option<Call<'_>> {
        webhook_call::parse(&self.message)
    }
}

/// All calls that failed, as far as they were seen: gathered once for all webhooks.
pub(crate) fn refusals(context: &Context<'_>) -> Arc<Vec<Refusal>> {
    context.kept("failed calls of webhooks", &ObjectRef::default(), |context, _| gather(context))
}

fn gather(context: &Context<'_>) -> Vec<Refusal> {
    let mut all: Vec<Refusal> = Vec::new();
    for set in context.refused_sets() {
        let Some(failure) = condition(&set.status.conditions, "ReplicaFailure") else { continue };
        if !webhook_call::is_about(&failure.message) {
            continue;
        }
        let path = "status.conditions[ReplicaFailure].message";
        let since = failure.last_transition_time;
        all.push(Refusal {
            message: failure.message.to_string(),
            about: set.object_ref(),
            first: since,
            last: since,
            lasts: true,
            evidence: Evidence::field(set, path, failure.message.as_str(), since),
        });
    }
    for event in context.failed_calls() {
        let evidence = Evidence::event(event);
        all.push(Refusal {
            message: event.text().to_owned(),
            about: evidence.object.clone(),
            first: event.first_seen(),
            last: event.last_seen(),
            lasts: false,
            evidence,
        });
    }
    all.extend(of_namespaces(context));
    all
}

/// Namespaces whose objects can't be deleted: only their conditions tell.
fn of_namespaces(context: &Context<'_>) -> Vec<Refusal> {
    let mut all = Vec::new();
    for namespace in context.namespaces().unwrap_or_default() {
        let failure = condition(&namespace.status.conditions, "NamespaceDeletionContentFailure");
        let Some(failure) = failure.filter(|failure| failure.is_true()) else { continue };
        if !webhook_call::is_about(&failure.message) {
            continue;
        }
        let path = "status.conditions[NamespaceDeletionContentFailure].message";
        let since = failure.last_transition_time;
        all.push(Refusal {
            message: failure.message.to_string(),
            about: namespace.object_ref(),
            first: since,
            last: since,
            lasts: true,
            evidence: Evidence::field(namespace, path, failure.message.as_str(), since),
        });
    }
    all
}

/// What names the webhook in evidence about its configuration.
pub(crate) fn path(webhook: &str) -> String {
    format!("webhooks[{webhook}].failurePolicy")
}

/// The configurations of the webhook that a message says could not be called, as evidence.
pub(crate) fn evidence(context: &Context<'_>, message: &str) -> Vec<Evidence> {
    let Some(call) = webhook_call::parse(message) else { return Vec::new() };
    let configured = context.configured_webhooks().unwrap_or_default();
    let named = configured.into_iter().filter(|(_, webhook)| webhook.name == call.webhook);
    named
        .map(|(object, webhook)| {
            let policy =
                if webhook.failure_policy.is_empty() { "Fail" } else { webhook.failure_policy.as_str() };
            let origin = Origin::Field(path(&webhook.name));
            Evidence { object, origin, value: policy.to_owned(), time: None }
        })
        .collect()
}

/// The Service that a message says could not be called, as (namespace, name): by the webhook's configuration, else by
/// the address in the error.
pub(crate) fn service(context: &Context<'_>, message: &str) -> Option<(Str, Str)> {
    let call = webhook_call::parse(message)?;
    service_of(context, call.webhook, call.host)
}

/// The Service of a webhook, as (namespace, name): by its configuration, else by the address that was called.
pub(crate) fn service_of(context: &Context<'_>, webhook: &str, host: &str) -> Option<(Str, Str)> {
    let configured = context.webhooks().unwrap_or_default().into_iter().find(|one| one.name == webhook);
    if let Some(ServiceReference { namespace, name, .. }) =
        configured.and_then(|one| one.client_config.service.as_ref())
    {
        return Some((namespace.clone(), name.clone()));
    }
    webhook_call::service(host).map(|(namespace, name)| (namespace.into(), name.into()))
}

/// Whether a finding tells of the same webhook as another, both by evidence about its configuration.
pub(crate) fn is_same(one: &Finding, other: &Finding) -> bool {
    let is_webhook = |evidence: &&Evidence| matches!(&evidence.origin, Origin::Field(path) if path.starts_with("webhooks[") && path.ends_with("].failurePolicy"));
    let mut hooks = one.evidence.iter().filter(is_webhook);
    hooks.any(|hook| {
        other.evidence.iter().any(|also| also.object.same(&hook.object) && also.origin == hook.origin)
    })
}
