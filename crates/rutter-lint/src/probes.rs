//! Probes as manifests have them, with the API's defaults.

use crate::{template::Container, yaml::Node};

/// The fields of a container that hold probes.
pub(crate) const FIELDS: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// The ways to ask.
pub(crate) const HANDLERS: [&str; 4] = ["httpGet", "tcpSocket", "grpc", "exec"];

/// A probe of a container.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe<'o> {
    /// `livenessProbe`, …
    pub(crate) field: &'static str,
    /// That as it stands in the manifest: what to point at.
    pub(crate) key: &'o Node,
    /// All of it.
    pub(crate) node: &'o Node,
}

impl<'o> Probe<'o> {
    /// The container's probe in this field.
    pub(crate) fn of(container: &Container<'o>, field: &'static str) -> Option<Self> {
        let (key, node) = container.node.entry(field).filter(|(_, node)| !node.is_null())?;
        Some(Self { field, key, node })
    }

    /// All probes of a container.
    pub(crate) fn all(container: &Container<'o>) -> impl Iterator<Item = Self> {
        let container = *container;
        FIELDS.into_iter().filter_map(move |field| Self::of(&container, field))
    }

    /// `liveness`, `readiness` or `startup`.
    pub(crate) fn name(&self) -> &'static str {
        self.field.trim_end_matches("Probe")
    }

    /// The ways to ask that it names: one, as it should be.
    pub(crate) fn handlers(&self) -> impl Iterator<Item = (&'static str, &'o Node)> {
        let node = self.node;
        HANDLERS.into_iter().filter_map(move |handler| Some((handler, node.at(&[handler])?)))
    }

    /// Port to which it speaks.
    pub(crate) fn port(&self) -> Option<&'o Node> {
        self.handlers().find_map(|(_, handler)| handler.at(&["port"]))
    }

    /// The path that it asks for by HTTP.
    pub(crate) fn path(&self) -> Option<&'o Node> {
        self.node.at(&["httpGet", "path"])
    }

    /// Seconds between two questions.
    pub(crate) fn period(&self) -> i64 {
        self.number("periodSeconds", 10)
    }

    /// Seconds until an answer comes too late.
    pub(crate) fn timeout(&self) -> i64 {
        self.number("timeoutSeconds", 1)
    }

    /// How many failures in sequence make it fail.
    pub(crate) fn failures(&self) -> i64 {
        self.number("failureThreshold", 3)
    }

    /// Seconds from the container's start to the first question.
    pub(crate) fn delay(&self) -> i64 {
        self.node.at(&["initialDelaySeconds"]).and_then(Node::integer).unwrap_or(0).clamp(0, 1_000_000)
    }

    /// Zero stands for the default, as for the API.
    fn number(&self, field: &str, default: i64) -> i64 {
        self.node
            .at(&[field])
            .and_then(Node::integer)
            .filter(|number| *number > 0)
            .map_or(default, |n| n.min(1_000_000))
    }

    /// Whether it asks the same question as another, however often.
    pub(crate) fn asks_as(&self, other: &Self) -> bool {
        let same = |handler: &str| same(self.node.at(&[handler]), other.node.at(&[handler]));
        self.handlers().next().is_some() && HANDLERS.into_iter().all(same)
    }
}

/// Whether two values are the same, wherever they stand.
fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one.is_none() && other.is_none() };
    match (one.text(), other.text()) {
        (Some(one), Some(other)) => one == other,
        (None, None) => {
            let (items, others) = (one.items(), other.items());
            let (entries, other_entries) = (one.entries(), other.entries());
            items.len() == others.len()
                && entries.len() == other_entries.len()
                && items.iter().zip(others).all(|(a, b)| same(Some(a), Some(b)))
                && entries
                    .iter()
                    .all(|(key, value)| key.text().is_some_and(|key| same(Some(value), other.get(key))))
        }
        _ => false,
    }
}
