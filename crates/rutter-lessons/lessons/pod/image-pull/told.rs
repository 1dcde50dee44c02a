//! What the source tells about the cause: the container's status, else the pod's events.

use rutter_cluster::{
    Unseen,
    objects::{ContainerStatus, Event, Pod, Waiting},
};

use crate::{
    Context, Evidence,
    texts::image_pull::{self, Cause, PullFailure},
};

/// Whether a container waits for its image. `SignatureValidationFailed` since 1.28.
pub(super) fn is_about_image(reason: &str) -> bool {
    matches!(
        reason,
        "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "ImageInspectError"
            | "RegistryUnavailable"
            | "SignatureValidationFailed"
    )
}

/// The cause of a failed pull, where it stands, and what else was looked at.
pub(super) struct Told<'c> {
    pub(super) cause: Cause<'c>,
    /// The words that state the cause; empty if none do.
    pub(super) text: &'c str,
    /// What was pulled and from where, as far as those words tell.
    pub(super) failure: PullFailure<'c>,
    /// The event that states the cause, where the status doesn't.
    pub(super) event: Option<&'c Event>,
    /// Events about this container's pulls, the newest last.
    pub(super) events: Vec<&'c Event>,
    /// Whether the pod's events could be read at all.
    pub(super) unseen: Option<Unseen>,
}

/// Reads what is told about the pull for a container. From about 1.32 the status says why also during the back-off;
/// before that it says so only between two attempts, else events do.
pub(super) fn told<'c>(
    context: &Context<'c>,
    pod: &'c Pod,
    status: &'c ContainerStatus,
    waiting: &'c Waiting,
) -> Told<'c> {
    let (events, unseen) = match context.events(pod) {
        Ok(events) => (pull_events(pod, &status.name, events), None),
        Err(unseen) => (Vec::new(), Some(unseen)),
    };
    let mut failure = image_pull::parse(&waiting.message);
    failure.cause = by_reason(&waiting.reason, failure.cause);
    let mut told =
        Told { cause: failure.cause, text: &waiting.message, failure, event: None, events, unseen };
    if matches!(told.cause, Cause::NotStated | Cause::Unknown) {
        told.read_events();
    }
    if told.cause == Cause::NotStated {
        told.text = "";
    }
    told
}

impl Told<'_> {
    /// Takes the cause from the newest event that states one; one that is known counts more than one that is not.
    fn read_events(&mut self) {
        let is_known = |event: &Event| {
            !matches!(image_pull::parse(&event.message).cause, Cause::NotStated | Cause::Unknown)
        };
        let is_stated = |event: &Event| image_pull::parse(&event.message).cause != Cause::NotStated;
        let known = self.events.iter().rev().find(|event| is_known(event));
        // What the status says in words that aren't known is newer than such words of an event.
        let stated =
            self.events.iter().rev().find(|event| self.cause == Cause::NotStated && is_stated(event));
        let Some(event) = known.or(stated).copied() else { return };
        self.failure = image_pull::parse(&event.message);
        self.cause = self.failure.cause;
        self.text = event.text();
        self.event = Some(event);
    }

    /// What proves the cause, the strongest first.
    pub(super) fn evidence(&self, pod: &Pod, status: &ContainerStatus, waiting: &Waiting) -> Vec<Evidence> {
        let list = if pod.status.init_container_statuses.iter().any(|init| init.name == status.name) {
            "initContainerStatuses"
        } else {
            "containerStatuses"
        };
        let path = format!("status.{list}[{}].state.waiting", status.name);
        let said = if waiting.message.is_empty() {
            waiting.reason.to_string()
        } else {
            format!("{}: {}", waiting.reason, waiting.message)
        };
        let field = Evidence::field(pod, path, said, None);
        if let Some(event) = self.event {
            return vec![Evidence::event(event), field];
        }
        // The status is decisive; an event that says the same adds how often it happened.
        let says_same = |event: &&&Event| image_pull::parse(&event.message).cause == self.cause;
        let same = self.events.iter().rev().find(says_same);
        std::iter::once(field).chain(same.map(|event| Evidence::event(event))).collect()
    }
}

/// The kubelet's own verdict, where its words are not known.
fn by_reason<'a>(reason: &str, cause: Cause<'a>) -> Cause<'a> {
    if !matches!(cause, Cause::NotStated | Cause::Unknown) {
        return cause;
    }
    match reason {
        "InvalidImageName" => Cause::InvalidReference,
        "ErrImageNeverPull" => Cause::NeverPull,
        "RegistryUnavailable" => Cause::RegistryUnavailable { status: None },
        "SignatureValidationFailed" => Cause::SignatureInvalid,
        _ => cause,
    }
}

/// The events about pulls for a container; those that name no container count where the pod has only one.
fn pull_events<'c>(pod: &Pod, container: &str, events: Vec<&'c Event>) -> Vec<&'c Event> {
    let only = pod.spec.containers.len() + pod.spec.init_containers.len() == 1;
    let mine = |event: &Event| event.container().map_or(only, |name| name == container);
    let about = |event: &&Event| {
        matches!(event.reason.as_str(), "Failed" | "BackOff" | "InspectFailed" | "ErrImageNeverPull")
            && image_pull::is_about_pull(&event.message)
    };
    events.into_iter().filter(about).filter(|event| mine(event)).collect()
}
