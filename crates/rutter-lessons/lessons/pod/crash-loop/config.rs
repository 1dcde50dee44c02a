//! Settings that the kubelet cannot put together: a ConfigMap, Secret or key that isn't there, a user that it refuses.

use rutter_cluster::{
    Str,
    objects::{ConfigMap, Keys, Pod, Secret},
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
            compared(format!("{kind} {name} does not exist in namespace {namespace}"), kind, name, &there)
        }
        Problem::Key { kind, name, key } => {
            let there = keys(context, namespace, kind, name);
            compared(format!("{kind} {name} has no key {key}"), "key", key, &there)
        }
        Problem::Root => plain("it may not run as root (runAsNonRoot), but its image does".to_owned()),
        Problem::UserName(user) => plain(format!(
            "runAsNonRoot is set, but the image names its user ({user}), so that nothing proves that it is not root"
        )),
        Problem::Other(message) => plain(shortened(&clean(message), 160)),
    }
}

/// A name that there is, and the object and field that show it.
type Named<'c> = (&'c Str, Shown<'c>);

#[derive(Clone, Copy)]
enum Shown<'c> {
    Map(&'c ConfigMap, &'static str),
    Secret(&'c Secret, &'static str),
}

impl Shown<'_> {
    fn evidence(self, name: &str) -> Evidence {
        match self {
            Self::Map(map, field) => Evidence::field(map, field, name, None),
            Self::Secret(secret, field) => Evidence::field(secret, field, name, None),
        }
    }
}

fn names<'c>(context: &Context<'c>, namespace: &str, kind: &str) -> Vec<Named<'c>> {
    if kind == "Secret" {
        let secrets = context.secrets(namespace).unwrap_or_default().iter();
        return secrets.map(|one| (&one.meta.name, Shown::Secret(one, "metadata.name"))).collect();
    }
    let maps = context.config_maps(namespace).unwrap_or_default().iter();
    maps.map(|one| (&one.meta.name, Shown::Map(one, "metadata.name"))).collect()
}

fn keys<'c>(context: &Context<'c>, namespace: &str, kind: &str, name: &str) -> Vec<Named<'c>> {
    if kind == "Secret" {
        let mut secrets = context.secrets(namespace).unwrap_or_default().iter();
        let secret = secrets.find(|secret| secret.meta.name == name).into_iter();
        let keys = secret.flat_map(|one| one.data.iter().flat_map(Keys::iter).map(move |key| (key, one)));
        return keys.map(|(key, one)| (key, Shown::Secret(one, "data"))).collect();
    }
    let mut maps = context.config_maps(namespace).unwrap_or_default().iter();
    let map = maps.find(|map| map.meta.name == name).into_iter();
    let keys = map.flat_map(|one| one.data.iter().chain(one.binary_data.iter()).map(move |key| (key, one)));
    keys.map(|(key, one)| (key, Shown::Map(one, "data"))).collect()
}

/// What is missing beside what is there: the same name means that it came after the kubelet looked.
fn compared(missing: String, noun: &str, wanted: &str, there: &[Named<'_>]) -> Told {
    let Some(name) = nearest(wanted, there.iter().map(|(name, _)| *name)) else {
        return Told { phrase: missing, evidence: None, confidence: Confidence::Certain };
    };
    let (phrase, confidence) = if name == wanted {
        (
            format!("{missing} by its last report, yet the source has it: it may have been made since"),
            Confidence::Possible,
        )
    } else {
        (format!("{missing}; the nearest is {noun} {name}"), Confidence::Certain)
    };
    let shown = there.iter().find(|(other, _)| *other == name);
    Told { phrase, evidence: shown.map(|(name, shown)| shown.evidence(name)), confidence }
}

/// So many names are compared letter by letter, after those that can't be near are left out.
const MOST: usize = 100;

/// The one of these names that may be meant: the same, else the first of the nearest.
pub(super) fn nearest<'a>(wanted: &str, there: impl Iterator<Item = &'a Str> + Clone) -> Option<&'a Str> {
    if let Some(same) = there.clone().find(|name| *name == wanted) {
        return Some(same);
    }
    let long = wanted.chars().count();
    let mut best: Option<(usize, &Str)> = None;
    let mut compared = 0;
    for name in there {
        let length = name.chars().count();
        let apart = long.abs_diff(length);
        let near = if holds(wanted, name) { usize::MAX } else { long.max(length) / 3 };
        if apart > near || best.is_some_and(|(best, _)| apart >= best) {
            continue;
        }
        compared += 1;
        let limit = best.map_or(near, |(best, _)| near.min(best));
        let distance = if near == usize::MAX { apart } else { distance(wanted, name, limit) };
        if distance <= near && best.is_none_or(|(best, _)| distance < best) {
            best = Some((distance, name));
        }
        if compared == MOST {
            break;
        }
    }
    best.map(|(_, name)| name)
}

/// Whether one name is a part of the other, and long enough to say something.
fn holds(wanted: &str, name: &str) -> bool {
    wanted.len().min(name.len()) >= 4 && (wanted.contains(name) || name.contains(wanted))
}

/// How many letters must be put in, taken out or changed; at least one more than `limit` where that is exceeded.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (a, b) = (lower(a), lower(b));
    let begin = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(begin..).unwrap_or_default(), b.get(begin..).unwrap_or_default());
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let b = b.get(..b.len() - end).unwrap_or_default();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, a) in a.iter().take(a.len() - end).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = n + 1;
        next.push(left);
        for ((before, above), b) in row.iter().zip(row.iter().skip(1)).zip(b) {
            left = (before + usize::from(a != b)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
        if row.iter().all(|distance| *distance > limit) {
            return limit.saturating_add(1);
        }
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
        assert_eq!(distance("app-config", "app-confg", 9), 1);
        assert_eq!(distance("", "abc", 9), 3);
        assert_eq!(distance("DB_URL", "db_url", 9), 0);
        let there: Vec<Str> = ["cache", "app-configs", "APP-CONFIG", "app-config"].map(Str::from).into();
        let named = |wanted, from: &[Str]| nearest(wanted, from.iter()).map(ToString::to_string);
        assert_eq!(named("app-config", &there).as_deref(), Some("app-config"));
        assert_eq!(named("app-config", &there[..3]).as_deref(), Some("APP-CONFIG"));
        assert_eq!(named("apps-config", &there[..2]).as_deref(), Some("app-configs"));
        assert_eq!(named("db", &there), None);
    }
}
