//! The nearest miss of a selector that matches nothing: which label differs, or in which namespace it would match.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;
use rutter_cluster::objects::Service;
use rutter_cluster::{Labels, ObjectRef, Str};

use super::makers::Makers;
use crate::{Context, words};

/// The nearest that there is.
pub(super) enum Near {
    /// All labels but one fit these.
    Label {
        /// What has them: a workload, or a pod without one.
        object: ObjectRef,
        /// How many pods it has now.
        pods: usize,
        /// The key in the selector.
        key: Str,
        wanted: Str,
        /// The key and the value that are there instead; `None`: the label is missing.
        has: Option<(Str, Str)>,
    },
    /// Pods in other namespaces fit wholly.
    Namespaces { names: Vec<String>, pods: usize },
}

impl Near {
    /// To stand behind a semicolon.
    pub(super) fn phrase(&self) -> String {
        match self {
            Near::Label { object, pods, key, has, .. } => {
                let (of, one) = (format!("{} {}", object.kind, object.name), *pods == 1);
                let subject = match pods {
                    _ if object.kind == "Pod" => of,
                    0 => format!("the pods of {of}"),
                    1 => format!("the pod of {of}"),
                    number => format!("the {number} pods of {of}"),
                };
                let verb =
                    |one_has: &'static str, many_have: &'static str| if one { one_has } else { many_have };
                match has {
                    Some((has_key, has)) if has_key == key => {
                        format!("{subject} {} {key}={has}", verb("has", "have"))
                    }
                    Some((key, has)) => format!("{subject} {} {key}={has} instead", verb("has", "have")),
                    None => format!("{subject} {} only the label {key}", verb("lacks", "lack")),
                }
            }
            Near::Namespaces { names, pods } => {
                let verb = if *pods == 1 { "has" } else { "have" };
                format!(
                    "{} in namespace {} {verb} these labels",
                    words::count(*pods, "pod"),
                    words::list(names, 3)
                )
            }
        }
    }

    pub(super) fn pods(&self) -> usize {
        match self {
            Near::Label { pods, .. } | Near::Namespaces { pods, .. } => *pods,
        }
    }

    /// Whether the label that differs tells the role of a pod, and the Service is for stand-bys: there need be none.
    pub(super) fn is_standby(&self) -> bool {
        const STANDBY: &[&str] = &[
            "replica",
            "replicas",
            "standby",
            "secondary",
            "slave",
            "follower",
            "readonly",
            "read-only",
            "ro",
            "false",
        ];
        let Near::Label { key, wanted, has: Some(_), .. } = self else { return false };
        let key = key.to_lowercase();
        ["role", "master", "leader", "primary"].iter().any(|word| key.contains(word))
            && STANDBY.contains(&wanted.as_str())
    }
}

/// A label that is alike, or moved to another key, is nearer than the same labels in another namespace: copies of an
/// application in several namespaces are common.
const ALIKE: usize = 3;

/// More kinds of pods than this in a namespace are not compared: each Service without pods compares them all.
const MOST: usize = 1000;

/// The pods of one owner that have the same labels.
#[derive(Debug, PartialEq)]
struct Alike {
    labels: Labels,
    owner: ObjectRef,
    pods: usize,
}

/// The pods of a namespace that aren't finished, by labels and owner in the order of the first pod of each: gathered
/// once for all its Services.
fn alike(context: &Context<'_>, namespace: &Str) -> Arc<Vec<Alike>> {
    let about = ObjectRef { namespace: namespace.clone(), ..ObjectRef::default() };
    context.kept("pods with the same labels", &about, |context, about| {
        let mut all = Vec::<Alike>::new();
        let mut known = BTreeMap::<(&Labels, ObjectRef), usize>::new();
        // Replicas share their labels in memory, mostly: what stands there need not be compared.
        let mut replicas = FxHashMap::<(usize, &str), usize>::default();
        let pods = context.pods_in(&about.namespace).unwrap_or_default();
        for pod in pods.iter().filter(|pod| !pod.is_finished()) {
            let controller = pod.meta.controller().map_or(pod.meta.name.as_str(), |owner| &owner.uid);
            let at =
                *replicas.entry((pod.meta.labels.as_list().address(), controller)).or_insert_with(|| {
                    let owner = context.top_owner(pod);
                    *known.entry((&pod.meta.labels, owner.clone())).or_insert_with(|| {
                        all.push(Alike { labels: pod.meta.labels.clone(), owner, pods: 0 });
                        all.len() - 1
                    })
                });
            all[at].pods += 1;
        }
        all
    })
}

/// What the selector misses by the least.
pub(super) fn nearest<'c>(context: &Context<'c>, service: &'c Service, makers: &Makers) -> Option<Near> {
    let selector = &service.spec.selector;
    let alike = alike(context, &service.meta.namespace);
    let of_pods = alike.iter().take(MOST);
    let missing: Vec<(Miss, &Alike)> =
        of_pods.filter_map(|alike| Some((miss(selector, &alike.labels)?, alike))).collect();
    let of_makers = makers.all.iter().filter(|maker| maker.wanted > 0).take(MOST);
    let of_makers: Vec<(Miss, &ObjectRef)> =
        of_makers.filter_map(|maker| Some((miss(selector, &maker.labels)?, &maker.object))).collect();
    let of_pods = missing.iter().map(|(miss, alike)| (miss, &alike.owner));
    let all = of_pods.chain(of_makers.iter().map(|(miss, object)| (miss, *object)));
    let Some((miss, object)) = all.min_by_key(|(miss, _)| miss.distance) else {
        return elsewhere(context, service);
    };
    let same = missing.iter().filter(|(other, alike)| other.has == miss.has && alike.owner.same(object));
    let pods = same.map(|(_, alike)| alike.pods).sum();
    if miss.distance > ALIKE
        && let Some(elsewhere) = elsewhere(context, service)
    {
        return Some(elsewhere);
    }
    let (key, wanted, has) = (miss.key.clone(), miss.wanted.clone(), miss.has.clone());
    Some(Near::Label { object: object.clone(), pods, key, wanted, has })
}

struct Miss {
    key: Str,
    wanted: Str,
    has: Option<(Str, Str)>,
    /// The smaller the more probable.
    distance: usize,
}

/// The one label by which `labels` miss the selector: a value that is alike, the same value under another key, or any
/// difference between pods of the same application.
fn miss(selector: &Labels, labels: &Labels) -> Option<Miss> {
    let mut differing = selector.iter().filter(|(key, value)| labels.get(key) != Some(*value));
    let (key, wanted) = differing.next()?;
    if differing.next().is_some() {
        return None;
    }
    let has = labels.get(key);
    let alike = has.and_then(|has| distance(wanted, has));
    // A key that the selector has already, it has for a label of its own.
    let is_moved = |(other, value): &(&Str, &Str)| *value == wanted && selector.get(other).is_none();
    let moved = labels.iter().find(is_moved).filter(|_| tells(wanted));
    let (has, distance) = match (has, alike, moved) {
        (Some(has), Some(distance), _) => (Some((key.clone(), has.clone())), distance),
        (_, _, Some((other, value))) => (Some((other.clone(), value.clone())), 3),
        (has, _, None) if selector.len() > 1 => {
            (has.map(|has| (key.clone(), has.clone())), of_application(selector, labels, key)?)
        }
        _ => return None,
    };
    Some(Miss { key: key.clone(), wanted: wanted.clone(), has, distance })
}

/// Whether a value under another key can't be there by chance.
fn tells(value: &str) -> bool {
    value.len() > 2 && !matches!(value, "true" | "false" | "enabled" | "disabled")
}

/// How near pods are that lack a label or have a quite different value: only those of the same application are meant.
/// `None`: they are of another. Where no label of the selector names an application, that isn't known.
fn of_application(selector: &Labels, labels: &Labels, differing: &Str) -> Option<usize> {
    const NAMES: &[&str] = &[
        "app",
        "app.kubernetes.io/name",
        "application",
        "cluster-name",
        "cnpg.io/cluster",
        "k8s-app",
        "name",
    ];
    let mut names = selector.iter().filter(|(key, _)| NAMES.contains(&key.as_str())).peekable();
    match names.peek() {
        None => Some(ALIKE + 1),
        Some(_) if NAMES.contains(&differing.as_str()) => None,
        Some(_) => names.all(|(key, value)| labels.get(key) == Some(value)).then_some(ALIKE),
    }
}

/// How far two values are apart, if they are alike: 0 for case and separators, 1 or 2 for typing errors, 2 if one holds
/// the other as its beginning or end.
fn distance(a: &str, b: &str) -> Option<usize> {
    let plain = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
    };
    let (a, b) = (plain(a), plain(b));
    if a == b {
        return Some(0);
    }
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 3 {
        return None;
    }
    let allowed = if short.len() >= 5 { 2 } else { 1 };
    let near = (long.len() - short.len() <= allowed).then(|| edits(&a, &b));
    if let Some(edits) = near.filter(|edits| *edits <= allowed) {
        return Some(edits);
    }
    (long.starts_with(short) || long.ends_with(short)).then_some(2)
}

/// Levenshtein's distance; one that begins or ends alike costs no more than what differs, and two letters that changed places are
/// one slip.
fn edits(a: &[char], b: &[char]) -> usize {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - same).unwrap_or_default(), b.get(..b.len() - same).unwrap_or_default());
    if let (&[first, second], &[other, last]) = (a, b)
        && first == last
        && second == other
    {
        return 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, from) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(n + 1);
        for (pair, to) in row.windows(2).zip(b) {
            let (&[diagonal, above], left) = (pair, next.last().copied().unwrap_or_default()) else {
                continue;
            };
            next.push((diagonal + usize::from(from != to)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Other namespaces whose pods the selector would match.
fn elsewhere<'c>(context: &Context<'c>, service: &'c Service) -> Option<Near> {
    let here = &service.meta.namespace;
    let fits = context.pods_matching(service).filter(|pod| pod.meta.namespace != *here && !pod.is_finished());
    let mut names: Vec<String> = fits.map(|pod| pod.meta.namespace.to_string()).collect();
    let pods = names.len();
    names.dedup();
    (pods > 0).then_some(Near::Namespaces { names, pods })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_alike_is_near() {
        assert_eq!(distance("web-app", "webapp"), Some(0));
        assert_eq!(distance("checkout", "chekout"), Some(1));
        assert_eq!(distance("wbe", "web"), Some(1));
        assert_eq!(distance("web", "web-frontend"), Some(2));
        assert_eq!(distance("nobody", "web"), None);
        assert_eq!(distance("api", "app"), Some(1));
        assert_eq!(distance("", "x"), None);
    }

    fn has(selector: &[(&str, &str)], labels: &[(&str, &str)]) -> Option<(Str, Str)> {
        let of = |pairs: &[(&str, &str)]| pairs.iter().copied().collect::<Labels>();
        miss(&of(selector), &of(labels))?.has
    }

    #[test]
    fn a_value_that_another_label_of_the_selector_has_is_not_taken_for_one_that_moved() {
        let selector = [("app", "web"), ("tier", "web")];
        assert_eq!(
            has(&selector, &[("app", "web"), ("tier", "frontend")]),
            Some(("tier".into(), "frontend".into()))
        );
        assert_eq!(has(&selector, &[("app", "web"), ("layer", "web")]), Some(("layer".into(), "web".into())));
    }
}
