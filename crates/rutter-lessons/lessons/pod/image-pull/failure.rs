//! A pull that failed.

use rutter_cluster::{
    Str, Time,
    objects::{ContainerStatus, Pod, Waiting},
};

use super::{START, about, elsewhere, registry, secrets, told, told::Told};
use crate::{
    Confidence, Context, Finding,
    texts::{image_pull::Cause, image_ref},
};

/// The form of the lesson that a cause stands for.
pub(super) fn variant(cause: Cause<'_>) -> &'static str {
    match cause {
        Cause::NotFound(_) => "not-found",
        Cause::NotFoundOrNoRights => "not-found-or-no-rights",
        Cause::Unauthorized => "unauthorized",
        Cause::RateLimited => "rate-limited",
        Cause::HostNotResolved { .. } => "host-unresolved",
        Cause::ConnectionRefused { .. } | Cause::ConnectionReset | Cause::NoRoute => "host-unreachable",
        // containerd cancels a pull that made no progress for image_pull_progress_timeout.
        Cause::Timeout | Cause::DeadlineExceeded | Cause::Cancelled => "timeout",
        Cause::Tls(_) | Cause::HttpsExpected => "tls",
        Cause::NoMatchingPlatform => "platform",
        Cause::NoSpace => "no-space",
        Cause::InvalidReference => "invalid-name",
        Cause::NeverPull => "never-pull",
        Cause::SignatureInvalid => "signature",
        Cause::RegistryUnavailable { .. } => "registry-error",
        Cause::RuntimeUnavailable => "runtime",
        Cause::NotStated | Cause::Unknown => "unknown",
    }
}

pub(super) fn failure<'c>(
    context: &Context<'c>,
    pod: &'c Pod,
    status: &'c ContainerStatus,
    waiting: &'c Waiting,
) -> Option<Finding> {
    let told = told::told(context, pod, status, waiting);
    let since = since(pod, status, &told);
    let may_pass = told.cause.may_pass() || matches!(told.cause, Cause::NotStated | Cause::Unknown);
    if may_pass && since.is_some_and(|since| context.is_younger(since, START)) {
        return None;
    }
    let mut finding = about(context, pod);
    // The runtime couldn't even be asked whether it has the image.
    let inspect = waiting.reason == "ImageInspectError" && told.cause.may_pass();
    finding.variant = if inspect { "runtime" } else { variant(told.cause) };
    finding.confidence = match told.cause {
        Cause::Cancelled | Cause::DeadlineExceeded => Confidence::Likely,
        _ => Confidence::Certain,
    };
    finding.container = Some(status.name.clone());
    finding.since = since;
    finding.evidence = told.evidence(pod, status, waiting);
    let image = image(pod, status, &told);
    let name = &status.name;
    finding.message = match finding.variant {
        "invalid-name" => format!("container {name} cannot start: {} ({image:?})", wrong_name(&image)),
        "never-pull" => format!(
            "container {name} cannot start: image {image} is not on the node and may not be pulled (imagePullPolicy Never)"
        ),
        "runtime" => {
            format!("container {name} cannot start: the container runtime cannot say whether it has {image}")
        }
        _ if told.cause == Cause::NotStated => {
            format!("container {name} cannot pull {image}, {}", undecided(&told))
        }
        _ => format!("container {name} cannot pull {image}: {}", why(&told, &image)),
    };
    if let Some(secrets) = secrets::suspicion(context, pod, name, finding.variant) {
        finding.message.push_str(&secrets.phrase);
        finding.evidence.extend(secrets.evidence);
    }
    let widely = registry::is_wide(context, finding.variant, &image);
    if let Some(others) = elsewhere::elsewhere(context, pod, status, since) {
        finding.message.push_str(&others.phrase(finding.variant, &pod.spec.node_name, widely));
        finding.evidence.push(others.evidence);
    }
    registry::add(context, &mut finding, &image);
    Some(finding)
}

/// The image: as the kubelet names it, which for an image volume is not the container's, else the container's own.
fn image(pod: &Pod, status: &ContainerStatus, told: &Told<'_>) -> Str {
    let own = pod.container(&status.name).map(|container| &container.image).filter(|image| !image.is_empty());
    match (own, told.failure.image) {
        (Some(own), Some(named)) if same_image(own, named) => own.clone(),
        (_, Some(named)) => named.into(),
        (Some(own), None) => own.clone(),
        (None, None) => "its image".into(),
    }
}

/// Whether the second is the first, written out as runtimes do (`nginx` as `docker.io/library/nginx:latest`).
fn same_image(own: &str, named: &str) -> bool {
    let known = |name| {
        image_ref::parse(name).ok().map(|image| (image.host.to_owned(), image.repository.into_owned()))
    };
    own == named || (known(own).is_some() && known(own) == known(named))
}

fn wrong_name(image: &str) -> String {
    match image_ref::parse(image) {
        _ if image.contains(['$', '{', '}', '<', '>']) => {
            "a placeholder in the image name was not filled in".to_owned()
        }
        Err(wrong) => wrong.to_string(),
        Ok(_) => "the image name is malformed".to_owned(),
    }
}

/// The cause in words: with the host that was spoken to where it isn't the one in the image's name.
fn why(told: &Told<'_>, image: &str) -> String {
    match told.cause {
        Cause::Unknown => own_words(told.text),
        cause => match told.failure.contacted.filter(|_| cause.is_unreachable()) {
            Some(host)
                if !cause.to_string().contains(bare(host)) && bare(host) != bare(image_ref::host(image)) =>
            {
                format!("{cause} (at {host})")
            }
            _ => cause.to_string(),
        },
    }
}

/// A host without its port.
fn bare(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn undecided(told: &Told<'_>) -> String {
    let status = "and why is undecided: the status does not say (before about 1.32 only events do)";
    match &told.unseen {
        Some(unseen) => format!("{status}, and {unseen}"),
        None => format!("{status}, and its events are gone (they are kept for an hour)"),
    }
}

/// The end of an error, which says the most, at a length that a line holds.
fn own_words(text: &str) -> String {
    const MOST: usize = 160;
    let text = text.rsplit("desc = ").next().unwrap_or(text).trim().trim_end_matches('.');
    let text = text.split_once("\": ").map_or(text, |(_, told)| told).trim_start_matches("ErrImagePull: ");
    match text.char_indices().nth(MOST).and_then(|(end, _)| text.get(..end)) {
        Some(head) => format!("{head}…"),
        None => text.to_owned(),
    }
}

/// When it began: the first failure among the events, else what the status knows.
fn since(pod: &Pod, status: &ContainerStatus, told: &Told<'_>) -> Option<Time> {
    let first = told.events.iter().filter_map(|event| event.first_seen()).min();
    let not_ready =
        pod.condition("Ready").filter(|ready| ready.is_false()).and_then(|ready| ready.last_transition_time);
    let ended = status.last_state.terminated.as_ref().and_then(|ended| ended.finished_at);
    // Events older than an hour are gone: a container that never ran waits since its pod came to the node.
    let began = if status.restart_count == 0 { pod.status.start_time } else { ended.or(not_ready) };
    first.or(began).or(not_ready)
}
