//! What lessons look for over the whole cluster, as far as it was seen: for hints, never for "there is none".

use rutter_cluster::{Kind, ObjectRef, Objects, Resource, Time, objects::*};

use super::{Context, Seen};
use crate::reads::{Key, is_failed_call, is_not_looked_at, is_refused};

/// Writes a method for each kind whose objects are looked at as far as they were seen: for hints, never for "there is none".
macro_rules! as_far_as_seen {
    ($($(#[$doc:meta])* $method:ident: $type:ident in $table:ident,)*) => {$(
        $(#[$doc])*
        pub fn $method(&self) -> Objects<'c, $type> {
            self.note(Kind::$type);
            self.asks(|| Key::all(Kind::$type));
            self.cluster.$table.objects()
        }
    )*};
}

impl<'c> Context<'c> {
    as_far_as_seen! {
        /// The Deployments that were seen.
        seen_deployments: Deployment in deployments,
        /// The StatefulSets that were seen.
        seen_stateful_sets: StatefulSet in stateful_sets,
        /// The DaemonSets that were seen.
        seen_daemon_sets: DaemonSet in daemon_sets,
        /// The Services that were seen.
        seen_services: Service in services,
        /// The HPAs that were seen.
        seen_autoscalers: HorizontalPodAutoscaler in autoscalers,
    }

    /// All admission webhooks: of both kinds, as far as they were seen.
    pub fn webhooks(&self) -> Seen<Vec<&'c Webhook>> {
        Ok(self.configured_webhooks()?.into_iter().map(|(_, webhook)| webhook).collect())
    }

    /// All admission webhooks with their configurations: of both kinds, as far as they were seen.
    pub fn configured_webhooks(&self) -> Seen<Vec<(ObjectRef, &'c Webhook)>> {
        self.asks(|| Key::all(Kind::ValidatingWebhookConfiguration));
        self.asks(|| Key::all(Kind::MutatingWebhookConfiguration));
        let mut all = Vec::new();
        for configuration in self.cluster.validating_webhooks.iter() {
            all.extend(configuration.webhooks.iter().map(|webhook| (configuration.object_ref(), webhook)));
        }
        for configuration in self.cluster.mutating_webhooks.iter() {
            all.extend(configuration.webhooks.iter().map(|webhook| (configuration.object_ref(), webhook)));
        }
        let seen = self.see(Kind::ValidatingWebhookConfiguration, "");
        let seen = seen.and(self.see(Kind::MutatingWebhookConfiguration, ""));
        if all.is_empty() { seen.map(|()| all) } else { Ok(all) }
    }

    /// When one of these components last wrote an event, as far as events were seen.
    pub fn last_word_of(&self, components: &[&str]) -> Option<Time> {
        self.note(Kind::Event);
        self.asks(|| Key::all(Kind::Event));
        let theirs =
            self.cluster.events.iter().filter(|event| components.contains(&event.component().as_str()));
        theirs.filter_map(Event::last_seen).max()
    }

    /// The pods that no scheduler has looked at, as far as they were seen.
    pub fn pods_not_looked_at(&self) -> Vec<&'c Pod> {
        self.note(Kind::Pod);
        self.asks(Key::not_looked_at);
        self.cluster.pods.iter().filter(|pod| is_not_looked_at(pod)).collect()
    }

    /// The events that tell of webhooks that could not be called, as far as they were seen: there may be others.
    pub fn failed_calls(&self) -> Vec<&'c Event> {
        self.note(Kind::Event);
        self.asks(Key::failed_calls);
        self.cluster.events.iter().filter(|event| is_failed_call(event)).collect()
    }

    /// The ReplicaSets whose pods are refused, as far as they were seen: there may be others.
    pub fn refused_sets(&self) -> Vec<&'c ReplicaSet> {
        self.note(Kind::ReplicaSet);
        self.asks(Key::refused_sets);
        self.cluster.replica_sets.iter().filter(|set| is_refused(set)).collect()
    }
}
