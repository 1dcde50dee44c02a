use serde::Deserialize;

use crate::{Meta, Str, Time, time};

/// An event, of `v1` or of `events.k8s.io` (whose other field names are read into these).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    #[serde(alias = "regarding")]
    pub involved_object: InvolvedObject,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub kind: Str,
    pub reason: Str,
    #[serde(alias = "note")]
    pub message: Str,
    #[serde(alias = "deprecatedSource")]
    pub source: EventSource,
    #[serde(alias = "reportingController")]
    pub reporting_component: Str,
    #[serde(alias = "deprecatedFirstTimestamp", deserialize_with = "time::lenient")]
    pub first_timestamp: Option<Time>,
    #[serde(alias = "deprecatedLastTimestamp", deserialize_with = "time::lenient")]
    pub last_timestamp: Option<Time>,
    #[serde(deserialize_with = "time::lenient")]
    pub event_time: Option<Time>,
    #[serde(alias = "deprecatedCount", deserialize_with = "super::int")]
    pub count: i64,
    pub series: Option<Series>,
}

/// What an event is about. Kubelets put a node's *name* into the uid of events about Nodes (k/k#29289).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InvolvedObject {
    pub api_version: Str,
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
    pub uid: Str,
    pub field_path: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EventSource {
    pub component: Str,
    pub host: Str,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Series {
    #[serde(deserialize_with = "super::int")]
    pub count: i64,
    #[serde(deserialize_with = "time::lenient")]
    pub last_observed_time: Option<Time>,
}

impl Event {
    /// When it last happened: the latest of the times that the event holds.
    pub fn last_seen(&self) -> Option<Time> {
        let series = self.series.and_then(|series| series.last_observed_time);
        [self.last_timestamp, series, self.event_time, self.meta.created].into_iter().flatten().max()
    }

    /// When it first happened.
    pub fn first_seen(&self) -> Option<Time> {
        [self.first_timestamp, self.event_time, self.meta.created].into_iter().flatten().min()
    }

    /// How often it happened, at least once.
    pub fn occurrences(&self) -> i64 {
        self.count.max(self.series.map_or(0, |series| series.count)).max(1)
    }

    /// Whether it is a warning.
    pub fn is_warning(&self) -> bool {
        self.kind == "Warning"
    }

    /// The component that wrote it (`kubelet`, `deployment-controller`), from whichever field holds it.
    pub fn component(&self) -> &Str {
        if self.source.component.is_empty() { &self.reporting_component } else { &self.source.component }
    }

    /// The container that it is about (`spec.containers{name}`), if it is about one.
    pub fn container(&self) -> Option<&str> {
        self.involved_object.field_path.split_once('{')?.1.strip_suffix('}')
    }

    /// The message without the prefix of a combined event.
    pub fn text(&self) -> &str {
        self.message.strip_prefix("(combined from similar events): ").unwrap_or(&self.message)
    }
}
