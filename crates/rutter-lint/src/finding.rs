//! What checks say.

use rutter_cluster::ObjectRef;

use crate::yaml::{Node, Span};

/// One check that fails at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check's id.
    pub check: &'static str,
    /// The object that is wrong.
    pub object: ObjectRef,
    /// The container, if it is about one.
    pub container: Option<String>,
    /// In which source the place is.
    pub source: usize,
    /// The place.
    pub span: Span,
    /// What is wrong, in one sentence without a full stop, with the values that prove it.
    pub message: String,
    /// What to write instead, if the check knows; a sentence without a full stop.
    pub advice: Option<String>,
    /// What mends it for certain, without a person's decision.
    pub fix: Option<Edit>,
}

/// A change of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Another value where this one stands.
    Replace {
        /// The value's place.
        at: Span,
        /// As it is to be written.
        with: String,
    },
    /// A key with its value, at the end of a map.
    Insert {
        /// The map: its place, and whether it stands in braces.
        into: Span,
        /// Whether the map stands in braces.
        flow: bool,
        /// The key, and its value as it is to be written on one line.
        entry: String,
    },
    /// A key is taken out together with its value.
    Remove {
        /// The key's place.
        key: Span,
        /// The value's place.
        value: Span,
    },
}

impl Edit {
    /// Another value in place of a scalar.
    pub fn replace(node: &Node, with: impl Into<String>) -> Self {
        Self::Replace { at: node.span, with: with.into() }
    }

    /// A key with its value (`entry` is `key: value`), at the end of a map that has something in it.
    pub fn insert(map: &Node, entry: impl Into<String>) -> Option<Self> {
        (!map.entries().is_empty()).then(|| Self::Insert {
            into: map.span,
            flow: map.flow,
            entry: entry.into(),
        })
    }

    /// Takes a key out of a map.
    pub fn remove(map: &Node, key: &str) -> Option<Self> {
        let (key, value) = map.entry(key)?;
        Some(Self::Remove { key: key.span, value: value.span })
    }
}
