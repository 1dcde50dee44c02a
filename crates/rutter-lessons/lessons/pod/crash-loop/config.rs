//! Settings that the kubelet cannot put together: a ConfigMap, Secret or key that isn't there, a user that it refuses.

use rutter_cluster::{
    Str,
    objects::{Keys, Pod},
};

use crate::{
    Confidence, Context, Evidence,
    containers::{clean, shortened},
};

/// Why the kubelet does not hand a container to the runtime (`CreateContainerConfigError`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem<'a> {
    /// The object isn't there.
    Object { kind: &'static str, name: &'a str },
    /// The object is there, the key isn't.
    Key { kind: &'static str, name: &'a str, key: &'a str },
    /// `runAsNonRoot`, and the image runs as root.
    Root,
    /// `runAsNonRoot`, and the image names its user instead of numbering it.
    UserName(&'a str),
    /// Words that aren't known.
    Other(&'a str),
}

/// Reads the message: `configmap "x" not found`, `couldn't find key k in ConfigMap ns/x` (both 1.12–1.37; capitals and
/// plurals before), `container has runAsNonRoot and image will run as root`.
pub(super) fn problem(message: &str) -> Problem<'_> {
    if let Some((_, rest)) = message.split_once("find key ") {
        for (mark, kind) in [(" in ConfigMap ", "ConfigMap"), (" in Secret ", "Secret")] {
            if let Some((key, object)) = rest.split_once(mark) {
                let object = object.split_whitespace().next().unwrap_or_default();
                let name = object.rsplit('/').next().unwrap_or(object);
                return Problem::Key { kind, name, key };
            }
        }
    }
    for (mark, kind) in [
        ("configmap \"", "ConfigMap"),
        ("configmaps \"", "ConfigMap"),
        ("secret \"", "Secret"),
        ("secrets \"", "Secret"),
    ] {
        let named = message.split_once(mark).and_then(|(_, rest)| rest.split_once('"'));
        if let Some((name, rest)) = named
            && rest.trim_start().starts_with("not found")
        {
            return Problem::Object { kind, name };
        }
    }
    if message.contains("image will run as root") {
        return Problem::Root;
    }
    match message.split_once("image has non-numeric user (").and_then(|(_, rest)| rest.split_once(')')) {
        Some((user, _)) => Problem::UserName(user),
        None => Problem::Other(message),
    }
}

impl Problem<'_> {
    pub(super) fn variant(&self) -> &'static str {
        match self {
            Self::Object { .. } | Self::Key { .. } => "config-missing",
            _ => "config-error",
        }
    }
}

/// The problem in words, with what is there instead.
pub(super) struct Told {
    pub(super) phrase: String,
    pub(super) evidence: Option<Evidence>,
    pub(super) confidence: Confidence,
}

pub(super) fn told(context: &Context<'_>, pod: &Pod, problem: Problem<'_>) -> Told {
    let namespace = &pod.meta.namespace;
    let plain = |phrase: String| Told { phrase, evidence: None, confidence: Confidence::Certain };
    match problem {
        Problem::Object { kind, name } => {
            let there = names(context, namespace, kind);
            compared(format!("{kind} {name} does not exist in namespace {namespace}"), kind, name, there)
        }
        Problem::Key { kind, name, key } => {
            let there = keys(context, namespace, kind, name);
            compared(format!("{kind} {name} has no key {key}"), "key", key, there)
        }
        Problem::Root => plain("it may not run as root (runAsNonRoot), but its image does".to_owned()),
        Problem::UserName(user) => plain(format!(
            "runAsNonRoot is set, but the image names its user ({user}), so that nothing proves that it is not root"
        )),
        Problem::Other(message) => plain(shortened(&clean(message), 160)),
    }
}

/// A name that there is, and what shows it.
struct Named {
    name: Str,
    evidence: Evidence,
}

fn names(context: &Context<'_>, namespace: &str, kind: &str) -> Vec<Named> {
    let named = |name: &Str, evidence| Named { name: name.clone(), evidence };
    if kind == "Secret" {
        let secrets = context.secrets(namespace).unwrap_or_default();
        let shown = secrets.iter().map(|secret| {
            named(
                &secret.meta.name,
                Evidence::field(secret, "metadata.name", secret.meta.name.as_str(), None),
            )
        });
        return shown.collect();
    }
    let maps = context.config_maps(namespace).unwrap_or_default();
    let shown = maps.iter().map(|map| {
        named(&map.meta.name, Evidence::field(map, "metadata.name", map.meta.name.as_str(), None))
    });
    shown.collect()
}

fn keys(context: &Context<'_>, namespace: &str, kind: &str, name: &str) -> Vec<Named> {
    let named = |key: &Str, evidence| Named { name: key.clone(), evidence };
    if kind == "Secret" {
        let secrets = context.secrets(namespace).unwrap_or_default();
        let secret = secrets.iter().find(|secret| secret.meta.name == name);
        let keys = secret.iter().flat_map(|secret| {
            let keys = secret.data.iter().flat_map(Keys::iter);
            keys.map(|key| named(key, Evidence::field(*secret, "data", key.as_str(), None)))
        });
        return keys.collect();
    }
    let maps = context.config_maps(namespace).unwrap_or_default();
    let map = maps.iter().find(|map| map.meta.name == name);
    let keys = map.iter().flat_map(|map| {
        map.data
            .iter()
            .chain(map.binary_data.iter())
            .map(|key| named(key, Evidence::field(*map, "data", key.as_str(), None)))
    });
    keys.collect()
}

/// What is missing beside what is there: the same name means that it came after the kubelet looked.
fn compared(missing: String, noun: &str, wanted: &str, there: Vec<Named>) -> Told {
    let nearest = there.into_iter().map(|named| (distance(wanted, &named.name), named));
    let nearest = nearest.filter(|(distance, named)| is_near(*distance, wanted, &named.name));
    let Some((distance, named)) = nearest.min_by_key(|(distance, _)| *distance) else {
        return Told { phrase: missing, evidence: None, confidence: Confidence::Certain };
    };
    let (phrase, confidence) = if distance == 0 {
        (
            format!("{missing} by its last report, yet the source has it: it may have been made since"),
            Confidence::Possible,
        )
    } else {
        (format!("{missing}; the nearest is {noun} {}", named.name), Confidence::Certain)
    };
    Told { phrase, evidence: Some(named.evidence), confidence }
}

/// The one of these names that may be meant.
pub(super) fn nearest<'a>(wanted: &str, there: impl Iterator<Item = &'a Str>) -> Option<&'a Str> {
    let near = there.map(|name| (distance(wanted, name), name));
    let near = near.filter(|(distance, name)| is_near(*distance, wanted, name));
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Close enough to be meant: a third of the letters differ at most, or one holds the other.
fn is_near(distance: usize, wanted: &str, name: &str) -> bool {
    let longest = wanted.chars().count().max(name.chars().count());
    let holds = wanted.len().min(name.len()) >= 4 && (wanted.contains(name) || name.contains(wanted));
    distance * 3 <= longest || holds
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, a) in a.chars().flat_map(char::to_lowercase).enumerate() {
        let mut next = vec![n + 1];
        for ((before, above), b) in row.iter().zip(row.iter().skip(1)).zip(&b) {
            let left = next.last().copied().unwrap_or_default();
            next.push((before + usize::from(a != *b)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let cases = [
            ("configmap \"app\" not found", Problem::Object { kind: "ConfigMap", name: "app" }),
            ("secrets \"db\" not found", Problem::Object { kind: "Secret", name: "db" }),
            (
                "couldn't find key DB_URL in ConfigMap shop/app",
                Problem::Key { kind: "ConfigMap", name: "app", key: "DB_URL" },
            ),
            ("Couldn't find key k in Secret shop/db", Problem::Key { kind: "Secret", name: "db", key: "k" }),
            ("container has runAsNonRoot and image will run as root (pod: \"x\")", Problem::Root),
            (
                "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root",
                Problem::UserName("app"),
            ),
            ("failed to sync configmap cache", Problem::Other("failed to sync configmap cache")),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(text), expected, "{text}");
        }
    }

    #[test]
    fn distances() {
        assert_eq!(distance("app-config", "app-confg"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("DB_URL", "db_url"), 0);
        assert!(is_near(1, "app", "apps") && !is_near(3, "db", "cache"));
    }
}
