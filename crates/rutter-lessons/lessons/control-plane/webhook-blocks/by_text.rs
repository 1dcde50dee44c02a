//! What is wrong with a webhook by what the API server said when it could not call it.

use rutter_cluster::objects::Webhook;

use super::{RETRY, backend};
use crate::{
    Confidence, Context,
    texts::webhook_call::{self, Call, Failure},
    webhooks::Refusal,
};

/// The refusals for want of this webhook's answer that may still hold.
pub(super) fn current<'r>(context: &Context<'_>, webhook: &Webhook, all: &'r [Refusal]) -> Vec<&'r Refusal> {
    let named = |refusal: &&Refusal| {
        let Some(call) = refusal.call() else { return false };
        let service = webhook.client_config.service.as_ref();
        let other = service.zip(webhook_call::service(call.host));
        webhook.name == call.webhook
            && other.is_none_or(|(mine, (namespace, name))| mine.namespace == namespace && mine.name == name)
    };
    all.iter().filter(named).filter(|refusal| holds(context, refusal)).collect()
}

/// Whether a refusal may still hold: a condition does until it is taken back, an event until its object was served.
pub(super) fn holds(context: &Context<'_>, refusal: &Refusal) -> bool {
    if refusal.lasts {
        return true;
    }
    let young = refusal.last.is_none_or(|last| context.may_be_younger(last, RETRY));
    young && !is_served(context, refusal)
}

/// Whether its object got what it wanted since: who is refused writes warnings.
fn is_served(context: &Context<'_>, refusal: &Refusal) -> bool {
    let events = context.events_of(&refusal.about).unwrap_or_default();
    events.iter().any(|event| !event.is_warning() && event.last_seen() > refusal.last)
}

/// Why a call failed, where the Service has endpoints or can't be judged.
pub(super) struct Told<'r> {
    pub(super) variant: &'static str,
    /// To stand behind `webhook x can't be asked: `.
    pub(super) phrase: String,
    pub(super) confidence: Confidence,
    pub(super) refusal: &'r Refusal,
}

/// The newest refusal that the Service's state, as far as it was seen, doesn't contradict.
pub(super) fn judge<'r>(
    context: &Context<'_>,
    webhook: &Webhook,
    refusals: &[&'r Refusal],
) -> Option<Told<'r>> {
    let newest = refusals.iter().max_by_key(|refusal| (refusal.last, !refusal.lasts))?;
    let call = newest.call()?;
    let reference = webhook.client_config.service.as_ref();
    let service = reference.and_then(|one| context.service(&one.namespace, &one.name).ok().flatten());
    // What stands behind it has come up since: the next try may well pass.
    let changed = service.and_then(|service| backend::changed(context, service));
    if changed.is_some_and(|changed| newest.last.is_some_and(|last| last < changed)) {
        return None;
    }
    let seen = service.is_some();
    let (variant, phrase) = told(&call, seen)?;
    let confidence = match call.failure {
        Failure::Certificate(_) | Failure::BadAnswer | Failure::NoName(_) => Confidence::Certain,
        _ if refusals.iter().all(|refusal| refusal.first == refusal.last && !refusal.lasts) => {
            Confidence::Possible
        }
        _ => Confidence::Likely,
    };
    Some(Told { variant, phrase, confidence, refusal: newest })
}

/// The variant, and words, of a failure. What the Service's state would show, and doesn't, is over.
pub(super) fn told(call: &Call<'_>, seen: bool) -> Option<(&'static str, String)> {
    let host = match call.host {
        "" => String::new(),
        host => format!(" ({host})"),
    };
    Some(match call.failure {
        Failure::NoService | Failure::NoEndpoints | Failure::NoPort if seen => return None,
        Failure::NoService => ("no-service", format!("its Service{host} does not exist")),
        Failure::NoEndpoints => ("no-endpoints", format!("its Service{host} has no ready endpoint")),
        Failure::NoPort => ("no-port", format!("its Service{host} does not have the port")),
        Failure::Certificate(fault) => ("certificate", fault.to_string()),
        Failure::Timeout => ("timeout", format!("it does not answer in time{host}")),
        Failure::Refused => ("unreachable", format!("its connections are refused{host}")),
        Failure::NoName(name) => ("unreachable", format!("its name {name} does not resolve")),
        Failure::Broken => ("unreachable", format!("connections to it fail{host}")),
        Failure::BadAnswer => {
            ("bad-answer", format!("it answers with something else than an AdmissionReview{host}"))
        }
        Failure::Other(text) => ("unreachable", backend::words_of(text)),
    })
}
