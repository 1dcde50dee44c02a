//! Which object is meant, and what to say where there is none.

use rutter_cluster::{Cluster, Kind, Meta, ObjectRef, Resource};
use rutter_lessons::words::list;

use crate::{alike, exit::Failure};

/// The object of that kind and name: where no namespace is given, the only one of all.
pub(super) fn find(
    cluster: &Cluster,
    kind: Kind,
    name: &str,
    namespace: Option<&str>,
) -> Result<ObjectRef, Failure> {
    let namespace = namespace.filter(|_| kind.is_namespaced());
    let all = cluster.refs(kind);
    let named: Vec<&ObjectRef> = all.iter().filter(|object| object.name == name).collect();
    let here: Vec<&&ObjectRef> = named
        .iter()
        .filter(|object| namespace.is_none_or(|namespace| object.namespace == namespace))
        .collect();
    match here.as_slice() {
        [only] => Ok((**only).clone()),
        [] => Err(told(&missing(cluster, kind, name, namespace, &all))),
        several => Err(told(&ambiguous(kind, name, several))),
    }
}

/// Names and messages are the cluster's: nothing of them may move the cursor.
fn told(text: &str) -> Failure {
    Failure::Told(rutter_report::plain(text).into_owned())
}

fn ambiguous(kind: Kind, name: &str, several: &[&&ObjectRef]) -> String {
    let namespaces: Vec<&str> = several.iter().map(|object| object.namespace.as_str()).collect();
    let first = namespaces.first().unwrap_or(&"");
    let word = kind.word();
    format!(
        "there are {} {} called {name}, in the namespaces {}: say which, as in rutter explain {word}/{name} -n {first}",
        several.len(),
        kind.plural(),
        list(&namespaces, 10),
    )
}

/// That there is none: where else, what of a like name, what was not seen.
fn missing(cluster: &Cluster, kind: Kind, name: &str, namespace: Option<&str>, all: &[ObjectRef]) -> String {
    let plural = kind.plural();
    let unseen = cluster.coverage().check(kind, namespace.unwrap_or_default()).err();
    if let (Some(unseen), true) = (&unseen, all.is_empty()) {
        return format!("no {plural} were seen: {unseen}");
    }
    let place = namespace.map_or_else(String::new, |namespace| format!(" in namespace {namespace}"));
    let elsewhere = all.iter().filter(|object| object.name == name).map(|object| object.namespace.as_str());
    let elsewhere: Vec<&str> = elsewhere.collect();
    let others = match elsewhere.as_slice() {
        [] => like(name, namespace, all),
        some => format!("; there is one in {}", list(some, 5)),
    };
    let doubt = unseen.map(|unseen| format!("; {unseen}, so it may be there all the same"));
    let gone = gone(cluster, kind, name, namespace);
    format!("there is no {} {name}{place}{others}{gone}{}", kind.word(), doubt.unwrap_or_default())
}

/// Those whose names are alike, or else a few, where there are only few.
fn like(name: &str, namespace: Option<&str>, all: &[ObjectRef]) -> String {
    let here = all.iter().filter(|object| namespace.is_none_or(|namespace| object.namespace == namespace));
    let mut names: Vec<&str> = here.map(|object| object.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let alike = alike::nearest(name, &names);
    match (alike.as_slice(), names.len()) {
        ([], 1..=5) => format!("; there is {}", list(&names, 5)),
        ([], _) => String::new(),
        (alike, _) => format!("; there is {}", list(alike, 3)),
    }
}

/// What events tell of an object that is gone.
fn gone(cluster: &Cluster, kind: Kind, name: &str, namespace: Option<&str>) -> String {
    let is_it = |event: &&rutter_cluster::objects::Event| {
        let about = &event.involved_object;
        about.kind == kind.name()
            && about.name == name
            && namespace.is_none_or(|namespace| about.namespace == namespace)
    };
    let last = cluster.events.iter().filter(is_it).max_by_key(|event| event.last_seen());
    last.map_or_else(String::new, |event| {
        let time = event.last_seen().map_or_else(String::new, |time| format!(" at {time}"));
        let message = rutter_report::redact(event.text()).into_owned();
        format!("; events tell of one, the last{time}: {}: {message}", event.reason)
    })
}

/// What to say of a kind that the model doesn't have.
pub(super) fn unknown_kind(cluster: &Cluster, kind: &str, name: &str) -> Failure {
    let owned = owned_by(cluster, kind, name);
    let known: Vec<String> = Kind::served().map(Kind::word).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut alike = alike::nearest(kind, &known);
    if alike.is_empty() {
        // Of two letters anything is a misspelling.
        alike =
            alike::nearest(kind, &Kind::short_words().filter(|short| short.len() > 2).collect::<Vec<_>>());
    }
    let hint = match (owned.first(), alike.as_slice()) {
        (Some(first), _) => {
            let names: Vec<String> = owned.iter().map(ToString::to_string).collect();
            let word = Kind::of(&first.api_version, &first.kind).map(Kind::word).unwrap_or_default();
            let command = format!("rutter explain {word}/{} -n {}", first.name, first.namespace);
            format!("; but it controls {}: {command}", list(&names, 3))
        }
        (None, []) => format!("; it knows {}", list(&known[..known.len().min(12)], 12) + " and others"),
        (None, alike) => format!("; did you mean {}?", alike.join(" or ")),
    };
    told(&format!("rutter does not know the kind `{kind}`{hint}"))
}

/// What an object of an unknown kind controls.
fn owned_by(cluster: &Cluster, kind: &str, name: &str) -> Vec<ObjectRef> {
    let kind = kind.split('.').next().unwrap_or(kind).to_ascii_lowercase();
    let is_its = |meta: &Meta| {
        meta.controller().is_some_and(|owner| {
            let owning = owner.kind.to_ascii_lowercase();
            owner.name == name && (owning == kind || format!("{owning}s") == kind)
        })
    };
    let mut owned = Vec::new();
    macro_rules! look_in {
        ($($table:ident),*) => {$(
            owned.extend(cluster.$table.iter().filter(|of| is_its(&of.meta)).map(Resource::object_ref));
        )*};
    }
    look_in!(deployments, stateful_sets, daemon_sets, replica_sets, jobs, cron_jobs, pods);
    owned
}
