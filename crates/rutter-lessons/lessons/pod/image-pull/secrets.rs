//! The pull secrets of a pod whose registry wants to know who asks.

use rutter_cluster::objects::{Pod, Secret};

use crate::{Context, Evidence, words};

/// What is wrong with a pod's pull secrets.
pub(super) struct Suspicion {
    /// Continues the finding's message.
    pub(super) phrase: String,
    pub(super) evidence: Option<Evidence>,
}

/// What can be told of the pull secrets without their values, where rights may be what is missing.
pub(super) fn suspicion(
    context: &Context<'_>,
    pod: &Pod,
    container: &str,
    variant: &str,
) -> Option<Suspicion> {
    if !matches!(variant, "not-found-or-no-rights" | "unauthorized") {
        return None;
    }
    let mut suspicion = of_secrets(context, pod);
    if let Some(owner) = user_of_copy(context, pod, container) {
        let found = suspicion.get_or_insert(Suspicion { phrase: String::new(), evidence: None });
        found.phrase.push_str(
            "; the node has the image, but (KEP-2535, on by default from 1.35) lets only pods use it that have a login",
        );
        let path = format!("spec.containers[{container}].image");
        let used = || Evidence::field(owner, path, "the same image, running on this node", None);
        found.evidence.get_or_insert_with(used);
    }
    suspicion
}

/// A pod that runs the same image on the same node although this pod may not have it.
fn user_of_copy<'c>(context: &Context<'c>, pod: &Pod, container: &str) -> Option<&'c Pod> {
    let own =
        pod.container(container).filter(|own| own.image_pull_policy != "Always" && !own.image.is_empty())?;
    let same = |other: &Pod| {
        let images = other.spec.containers.iter().filter(|other| other.image == own.image);
        images
            .filter_map(|other_container| {
                other.status.container_statuses.iter().find(|status| status.name == other_container.name)
            })
            .any(|status| status.state.running.is_some())
    };
    context.pods_on(&pod.spec.node_name).ok()?.into_iter().find(|other| same(other))
}

fn of_secrets(context: &Context<'_>, pod: &Pod) -> Option<Suspicion> {
    let named = &pod.spec.image_pull_secrets;
    let field = |value: String| Some(Evidence::field(pod, "spec.imagePullSecrets", value, None));
    if named.is_empty() {
        let phrase = "; the pod names no pull secret".to_owned();
        return Some(Suspicion { phrase, evidence: field("none".to_owned()) });
    }
    if let Some(missing) = missing(context, pod) {
        let phrase =
            format!("; its pull secret {missing} does not exist in namespace {}", pod.meta.namespace);
        return Some(Suspicion { phrase, evidence: field(words::list(named, 4)) });
    }
    let secrets = context.secrets(&pod.meta.namespace).ok()?;
    let wrong =
        secrets.iter().find(|secret| named.contains(&secret.meta.name) && !can_hold_logins(secret))?;
    let phrase =
        format!("; its pull secret {} is of type {}, which holds no logins", wrong.meta.name, wrong.kind);
    Some(Suspicion { phrase, evidence: Some(Evidence::field(wrong, "type", wrong.kind.as_str(), None)) })
}

/// A pull secret that is there and can't hold a login.
pub(super) fn useless<'c>(context: &Context<'c>, pod: &Pod) -> Option<&'c Secret> {
    let named = &pod.spec.image_pull_secrets;
    let secrets = context.secrets(&pod.meta.namespace).ok()?;
    secrets.iter().find(|secret| named.contains(&secret.meta.name) && !can_hold_logins(secret))
}

/// A type that the kubelet reads logins from; unknown where only metadata was read.
fn can_hold_logins(secret: &Secret) -> bool {
    matches!(secret.kind.as_str(), "" | "kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg")
}

/// A pull secret that isn't there: by the list of secrets, else as the kubelet says.
pub(super) fn missing(context: &Context<'_>, pod: &Pod) -> Option<String> {
    let named = &pod.spec.image_pull_secrets;
    if let Ok(secrets) = context.secrets(&pod.meta.namespace) {
        let there = |name: &str| secrets.iter().any(|secret| secret.meta.name == name);
        return named.iter().find(|name| !there(name)).map(ToString::to_string);
    }
    let events = context.events(pod).ok()?;
    let event = events.iter().rev().find(|event| event.reason == "FailedToRetrieveImagePullSecret")?;
    // Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed.
    let list =
        event.text().split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(list, _)| list)?;
    let told = |name: &&rutter_cluster::Str| list.split(", ").any(|told| told == name.as_str());
    named.iter().find(told).map(ToString::to_string)
}
