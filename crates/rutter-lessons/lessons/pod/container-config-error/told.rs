//! Settings that the kubelet cannot put together: a ConfigMap, Secret or key that isn't there, a user that it refuses.

use rutter_cluster::{
    Str,
    objects::{ConfigMap, Keys, Pod, Secret},
};

use crate::{
    Confidence, Context, Evidence,
    containers::{clean, shortened},
    near::nearest,
    texts::container_config::Problem,
};

/// The form of the lesson that a problem is.
pub(super) fn variant(problem: Problem<'_>) -> &'static str {
    match problem {
        Problem::Object { .. } | Problem::Key { .. } => "config-missing",
        Problem::Forbidden { .. } | Problem::Unread { .. } => "config-unread",
        _ => "config-error",
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
        Problem::Forbidden { kind, name } => {
            plain(format!("the API server does not give {kind} {name} to {}", pod.spec.node_name))
        }
        Problem::Unread { what } => plain(format!(
            "the kubelet on {} has not read {what} that it needs from the API server",
            pod.spec.node_name
        )),
        Problem::SubPath { volume } => {
            let volume = volume.map_or_else(String::new, |name| format!(" {name}"));
            plain(format!("a part (subPath) of volume{volume} cannot be prepared"))
        }
        Problem::RootUser => plain("runAsNonRoot is set, and so is runAsUser 0, which is root".to_owned()),
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
