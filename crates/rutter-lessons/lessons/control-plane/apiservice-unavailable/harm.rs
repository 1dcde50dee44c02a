//! Who misses an API: autoscalers that get no metrics, namespaces that can't go.

use rutter_cluster::objects::{ApiService, Condition, HorizontalPodAutoscaler, condition};

use super::detect::group;
use crate::{Context, Evidence, texts::namespace, words};

/// Who misses it.
pub(super) struct Harm {
    /// To stand behind the message; empty where nobody is known to.
    pub(super) phrase: String,
    pub(super) evidence: Vec<Evidence>,
    /// Whether somebody does, or will for certain.
    pub(super) is_felt: bool,
}

/// By which API the autoscaler gets the metric that it says it could not get.
fn asks(reason: &str) -> Option<&'static str> {
    match reason {
        "FailedGetResourceMetric" | "FailedGetContainerResourceMetric" => Some("metrics.k8s.io"),
        "FailedGetPodsMetric" | "FailedGetObjectMetric" => Some("custom.metrics.k8s.io"),
        "FailedGetExternalMetric" => Some("external.metrics.k8s.io"),
        _ => None,
    }
}

pub(super) fn of(context: &Context<'_>, api: &ApiService) -> Harm {
    let name = group(api);
    let served = name.split('/').next().unwrap_or_default();
    let starving = starving(context, served);
    let stuck: Vec<_> = stuck(context, &name);
    let mut phrases = Vec::new();
    if !starving.is_empty() {
        let get = if starving.len() == 1 { "gets" } else { "get" };
        phrases.push(format!("{} {get} no metrics from it", words::count(starving.len(), "autoscaler")));
    }
    if !stuck.is_empty() {
        phrases.push(format!("{} can't be emptied", words::count(stuck.len(), "deleted namespace")));
    }
    let is_metrics = served == "metrics.k8s.io" || served.ends_with(".metrics.k8s.io");
    let phrase = if phrases.is_empty() { String::new() } else { format!("; {}", phrases.join(", ")) };
    let mut evidence: Vec<Evidence> = starving
        .iter()
        .take(2)
        .map(|(one, active)| {
            let value = format!("False ({}): {}", active.reason, active.message);
            Evidence::field(*one, "status.conditions[ScalingActive]", value, active.last_transition_time)
        })
        .collect();
    evidence.extend(stuck.iter().take(2).map(|one| one.1.clone()));
    Harm { is_felt: is_metrics || !evidence.is_empty(), phrase, evidence }
}

/// The autoscalers that say that they got no metrics from this API.
fn starving<'c>(context: &Context<'c>, served: &str) -> Vec<(&'c HorizontalPodAutoscaler, &'c Condition)> {
    let all = context.seen_autoscalers();
    let told = |one: &'c HorizontalPodAutoscaler| {
        let active = condition(&one.status.conditions, "ScalingActive").filter(|active| active.is_false())?;
        (asks(&active.reason) == Some(served)).then_some((one, active))
    };
    all.iter().filter_map(told).collect()
}

/// The namespaces that can't be emptied because nobody can tell what of this API is in there.
fn stuck(context: &Context<'_>, name: &str) -> Vec<(String, Evidence)> {
    let all = context.namespaces().unwrap_or_default();
    let mut found = Vec::new();
    for one in all {
        let failed = condition(&one.status.conditions, "NamespaceDeletionDiscoveryFailure");
        let Some(failed) = failed.filter(|failed| failed.is_true()) else { continue };
        if namespace::failing_groups(&failed.message).contains(&name) {
            let path = "status.conditions[NamespaceDeletionDiscoveryFailure].message";
            let time = failed.last_transition_time;
            found
                .push((one.meta.name.to_string(), Evidence::field(one, path, failed.message.as_str(), time)));
        }
    }
    found
}
