//! Why the kubelet does not hand a container to the runtime: the message of `CreateContainerConfigError`, and of the event
//! `Failed` behind `Error: `.
//!
//! `configmap "x" not found` and `couldn't find key k in ConfigMap ns/x` are of 1.12–1.37 (`configmaps`, `Couldn't` before); the
//! refusals of users of `security_context.go`, the others of `kubelet_pods.go` and of the kubelet's caches.

use super::scan::{after, between, has, quoted, strip_combined, until};

/// Why a container's settings can't be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem<'a> {
    /// The object isn't there.
    Object {
        /// `ConfigMap` or `Secret`.
        kind: &'static str,
        /// Its name.
        name: &'a str,
    },
    /// The object is there, the key isn't.
    Key {
        /// `ConfigMap` or `Secret`.
        kind: &'static str,
        /// Its name.
        name: &'a str,
        /// The key.
        key: &'a str,
    },
    /// The API server does not give the object to this node.
    Forbidden {
        /// `ConfigMap` or `Secret`.
        kind: &'static str,
        /// Its name.
        name: &'a str,
    },
    /// The kubelet has not read from the API server what it needs.
    Unread {
        /// In plain words.
        what: &'static str,
    },
    /// A part of a volume can't be prepared.
    SubPath {
        /// The volume, where the message names it.
        volume: Option<&'a str>,
    },
    /// `runAsNonRoot`, and the image runs as root.
    Root,
    /// `runAsNonRoot`, and `runAsUser` is 0.
    RootUser,
    /// `runAsNonRoot`, and the image names its user instead of numbering it.
    UserName(&'a str),
    /// Words that aren't known.
    Other(&'a str),
}

/// Reads the message.
pub fn problem(message: &str) -> Problem<'_> {
    let message = strip_combined(message);
    let message = message.strip_prefix("Error: ").unwrap_or(message);
    if let Some(key) = key(message).or_else(|| object(message)) {
        return key;
    }
    if let Some(what) = unread(message) {
        return Problem::Unread { what };
    }
    if has(message, &["subPath for volumeMount", "subPath directory for volumeMount"]) {
        return Problem::SubPath { volume: after(message, "volumeMount ").and_then(quoted) };
    }
    if message.contains("image will run as root") {
        return Problem::Root;
    }
    if message.contains("runAsUser breaks non-root policy") {
        return Problem::RootUser;
    }
    match between(message, "image has non-numeric user (", ")") {
        Some(user) => Problem::UserName(user),
        None => Problem::Other(message),
    }
}

fn key(message: &str) -> Option<Problem<'_>> {
    let rest = after(message, "find key ")?;
    [(" in ConfigMap ", "ConfigMap"), (" in Secret ", "Secret")].into_iter().find_map(|(mark, kind)| {
        let (key, object) = rest.split_once(mark)?;
        let object = object.split_whitespace().next().unwrap_or_default();
        let name = object.rsplit('/').next().unwrap_or(object);
        Some(Problem::Key { kind, name, key })
    })
}

fn object(message: &str) -> Option<Problem<'_>> {
    const MARKS: [(&str, &str); 4] = [
        ("configmap \"", "ConfigMap"),
        ("configmaps \"", "ConfigMap"),
        ("secret \"", "Secret"),
        ("secrets \"", "Secret"),
    ];
    MARKS.into_iter().find_map(|(mark, kind)| {
        let (name, rest) = after(message, mark)?.split_once('"')?;
        let rest = rest.trim_start();
        if rest.starts_with("not found") {
            return Some(Problem::Object { kind, name });
        }
        rest.starts_with("is forbidden").then_some(Problem::Forbidden { kind, name })
    })
}

fn unread(message: &str) -> Option<&'static str> {
    if message.contains("services have not yet been read") {
        return Some("the Services of the cluster");
    }
    if message.contains("failed to sync configmap cache") {
        return Some("a ConfigMap");
    }
    if message.contains("failed to sync secret cache") {
        return Some("a Secret");
    }
    // `object "shop"/"app" not registered`: the kubelet's cache lost sight of the pod.
    (message.contains("object \"") && until(message, "\n").ends_with("not registered"))
        .then_some("a ConfigMap or Secret")
}

#[cfg(test)]
#[path = "tests/container_config.rs"]
mod tests;
