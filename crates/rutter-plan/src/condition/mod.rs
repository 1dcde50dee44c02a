//! What must hold before a step acts, or after it has.

pub(crate) mod node;
mod object;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Need, Object, Sight, Unread};

/// Something that can be read off the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Condition {
    /// The object is there, and is the one that the plan means.
    There {
        /// Which.
        object: Object,
    },
    /// The object is gone; another one of its name may have taken its place.
    Gone {
        /// Which.
        object: Object,
    },
    /// A field has this value; with `null`, it is absent or empty.
    Field {
        /// Of which object.
        object: Object,
        /// A JSON pointer (RFC 6901): `/spec/unschedulable`.
        path: String,
        /// The value.
        equals: Value,
    },
    /// A field that counts something is at least this.
    AtLeast {
        /// Of which object.
        object: Object,
        /// A JSON pointer to a number, or to a list, whose items count; an absent field is 0.
        path: String,
        /// The least.
        least: i64,
    },
    /// One of the object's conditions (`status.conditions`) is True, or isn't: False, Unknown, or not there.
    Reports {
        /// Of which object.
        object: Object,
        /// The condition's type: `Ready`.
        condition: String,
        /// Whether it is True.
        holds: bool,
    },
    /// The controller has seen the object as it now is (`status.observedGeneration`).
    Observed {
        /// A workload.
        object: Object,
    },
    /// Nobody else is at work on the node: no other operation of Rutter, no reboot daemon, no autoscaler that removes it, no
    /// maintenance or remediation operator.
    Unclaimed {
        /// The node.
        node: Object,
        /// The operation that may have claimed it.
        operation: String,
    },
    /// The node is Ready, has been so for a while, and its kubelet has said so a moment ago.
    Ready {
        /// The node.
        node: Object,
        /// For so many seconds.
        seconds: i64,
    },
    /// The operation no longer holds the node.
    Released {
        /// The node.
        node: Object,
        /// The operation.
        operation: String,
    },
    /// The node is not Ready: its kubelet is silent, or says so.
    NotReady {
        /// The node.
        node: Object,
    },
    /// The node has been started again since.
    Rebooted {
        /// The node.
        node: Object,
        /// The boot that it was in (`status.nodeInfo.bootID`).
        boot: String,
    },
    /// With this node, no more than so many nodes are away, counting those that others have cordoned and those that aren't
    /// Ready.
    FewAway {
        /// The node that goes.
        node: Object,
        /// Of this zone only (`topology.kubernetes.io/zone`); of the whole cluster if empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        zone: String,
        /// So many nodes.
        most: u64,
        /// Nodes that are not counted: they are the operation's own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        besides: Vec<String>,
    },
    /// No storm: not many nodes have become unready at once, which would speak for the network or the control plane and not
    /// for the nodes.
    Calm {
        /// Nodes that may be unready: they are the operation's own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        besides: Vec<String>,
    },
    /// The control plane does without the node: most of its nodes and of etcd's members are healthy besides it.
    Quorum {
        /// The node.
        node: Object,
    },
    /// No pods are left on the node but finished ones, those of its own (static ones), those of DaemonSets and those named.
    Drained {
        /// The node.
        node: Object,
        /// Pods that may stay, by uid.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        but: Vec<String>,
    },
    /// No volume is attached to the node but those named.
    Detached {
        /// The node.
        node: Object,
        /// Volumes that may stay attached: those of pods that stay.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        but: Vec<String>,
    },
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It doesn't, and may yet: why, as a phrase to stand after "waiting: ".
    NotYet(String),
    /// It doesn't, and waiting won't help: why.
    Never(String),
}

impl Verdict {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        *self == Self::Holds
    }

    fn when(holds: bool, else_: impl FnOnce() -> String) -> Self {
        if holds { Self::Holds } else { Self::NotYet(else_()) }
    }
}

impl Condition {
    /// That a field has this value; `null`: it is absent or empty.
    pub fn field(object: &Object, path: impl Into<String>, equals: impl Into<Value>) -> Self {
        Self::Field { object: object.clone(), path: path.into(), equals: equals.into() }
    }

    /// That a field counts at least so many.
    pub fn at_least(object: &Object, path: impl Into<String>, least: i64) -> Self {
        Self::AtLeast { object: object.clone(), path: path.into(), least }
    }

    /// That a condition of the object is True, or isn't.
    pub fn reports(object: &Object, condition: impl Into<String>, holds: bool) -> Self {
        Self::Reports { object: object.clone(), condition: condition.into(), holds }
    }

    /// What must be read to judge it.
    pub fn needs(&self) -> Vec<Need> {
        match self {
            Self::There { object }
            | Self::Gone { object }
            | Self::Field { object, .. }
            | Self::AtLeast { object, .. }
            | Self::Reports { object, .. }
            | Self::Observed { object }
            | Self::Unclaimed { node: object, .. }
            | Self::Released { node: object, .. }
            | Self::NotReady { node: object }
            | Self::Rebooted { node: object, .. }
            | Self::Ready { node: object, .. } => vec![Need::Object(object.by_name())],
            Self::FewAway { .. } | Self::Calm { .. } => vec![Need::Nodes],
            Self::Quorum { .. } => vec![Need::Nodes, Need::Etcd],
            Self::Drained { node, .. } => vec![Need::PodsOn(node.name.clone())],
            Self::Detached { .. } => vec![Need::Attachments],
        }
    }

    /// Whether it holds, from what was read. What was not read doesn't.
    pub fn judge(&self, sight: &Sight) -> Verdict {
        self.look(sight).unwrap_or_else(|Unread(why)| Verdict::NotYet(why))
    }

    fn look(&self, sight: &Sight) -> Result<Verdict, Unread> {
        match self {
            Self::There { object } => object::there(sight, object),
            Self::Gone { object } => object::gone(sight, object),
            Self::Field { object, path, equals } => object::field(sight, object, path, equals),
            Self::AtLeast { object, path, least } => object::at_least(sight, object, path, *least),
            Self::Reports { object, condition, holds } => object::reports(sight, object, condition, *holds),
            Self::Observed { object } => object::observed(sight, object),
            Self::Unclaimed { node, operation } => node::unclaimed(sight, node, operation),
            Self::Released { node, operation } => node::released(sight, node, operation),
            Self::NotReady { node } => node::not_ready(sight, node),
            Self::Ready { node, seconds } => node::ready(sight, node, *seconds),
            Self::Rebooted { node, boot } => node::rebooted(sight, node, boot),
            Self::FewAway { node, zone, most, besides } => node::few_away(sight, node, zone, *most, besides),
            Self::Calm { besides } => node::calm(sight, besides),
            Self::Quorum { node } => node::quorum(sight, node),
            Self::Drained { node, but } => node::drained(sight, node, but),
            Self::Detached { node, but } => node::detached(sight, node, but),
        }
    }
}
