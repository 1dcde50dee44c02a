//! Containers that end because nobody answered when they looked up a name.

use rutter_cluster::{ObjectRef, Time, objects::Pod};

use crate::{
    Context, containers, dns,
    said::{self, Said},
    texts::{image_ref, resolve::Answer},
};

/// What the kubelet writes into the `resolv.conf` of pods that ask the cluster's DNS.
const NDOTS: i64 = 5;

/// A pod with such a container.
pub(super) struct Sufferer<'c> {
    pub(super) pod: &'c Pod,
    pub(super) owner: ObjectRef,
    pub(super) said: Said<'c>,
    /// When it ended last.
    pub(super) ended: Time,
}

/// Whether a pod suffers: a container of it waits, and its last words are of a name without an answer.
pub(super) fn suffers<'c>(context: &Context<'c>, pod: &'c Pod) -> Option<Sufferer<'c>> {
    let gone = pod.is_finished() || pod.meta.deleted.is_some() || pod.spec.node_name.is_empty();
    if gone || !pod.waits() || !dns::asks_cluster(pod) || dns::is_server(pod) {
        return None;
    }
    // The newest words of each container count: a name that was not found says that somebody answered.
    let mut said = said::unresolved(context, pod).into_iter();
    let said = said.find(|said| said.status.state.waiting.is_some())?;
    let ended = containers::last_end(said.status)?.ended.finished_at?;
    let unanswered = said.unresolved.answer == Answer::None;
    unanswered.then(|| Sufferer { pod, owner: context.top_owner(pod), said, ended })
}

impl Sufferer<'_> {
    /// The name that it asked for, if that lies outside of the cluster.
    pub(super) fn outside(&self, context: &Context<'_>) -> Option<&str> {
        let host = self.said.unresolved.host?;
        let (name, rest) = host.split_once('.')?;
        let namespace = rest.split('.').next().unwrap_or_default();
        let inside = rest.split('.').any(|label| matches!(label, "svc" | "local"))
            || context.service(namespace, name).ok().flatten().is_some();
        (!inside).then_some(host)
    }

    /// Whether its resolver tries that name with all search domains before it asks for the name itself.
    pub(super) fn searches_first(&self, host: &str) -> bool {
        let dots = i64::try_from(host.matches('.').count()).unwrap_or(i64::MAX);
        dots < self.pod.spec.ndots.unwrap_or(NDOTS)
    }

    /// The image, if its tag says that it stands on Alpine before 3.18: musl before 1.2.4, which asks by UDP only.
    pub(super) fn old_alpine(&self) -> Option<&str> {
        let image = self.pod.container(&self.said.status.name)?.image.as_str();
        let parsed = image_ref::parse(image).ok()?;
        let tag = parsed.tag?;
        let alpine = parsed.repository.ends_with("/alpine").then_some(tag);
        let version = tag.split_once("alpine").map(|(_, version)| version).or(alpine)?;
        let mut numbers = version.trim_start_matches('-').split(['.', '-']).map(str::parse::<u32>);
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else { return None };
        (major < 3 || (major == 3 && minor < 18)).then_some(image)
    }

    /// Whether a name service cache daemon runs in the pod, by its commands and images.
    pub(super) fn has_nscd(&self) -> bool {
        self.pod.spec.containers.iter().any(|container| {
            let words = container.command.iter().chain(&container.args).chain([&container.image]);
            words
                .into_iter()
                .any(|word| word.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == "nscd"))
        })
    }
}
