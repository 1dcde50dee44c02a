//! In which order objects are written.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::object::Object;

/// Kinds that others need without naming their uids.
const FOUNDATIONS: [&str; 3] = ["Namespace", "CustomResourceDefinition", "ServiceCIDR"];

/// Parts `objects` into waves: first what everything stands on, then each object after all whose uid it mentions.
/// Namespaces that nobody recorded are added to the first.
pub(super) fn waves(objects: Vec<Object>) -> Vec<Vec<Object>> {
    let namespaces = missing_namespaces(&objects);
    let (mut first, rest): (Vec<_>, Vec<_>) =
        objects.into_iter().partition(|object| FOUNDATIONS.contains(&object.kind()));
    first.extend(namespaces.iter().map(|name| Object::namespace_named(name)));
    let mut waves = vec![first];
    waves.extend(by_mention(rest));
    waves
}

fn missing_namespaces(objects: &[Object]) -> BTreeSet<String> {
    let recorded: HashSet<_> =
        objects.iter().filter(|object| object.kind() == "Namespace").map(Object::name).collect();
    let used = objects.iter().filter_map(Object::namespace);
    used.filter(|name| !recorded.contains(name)).map(str::to_owned).collect()
}

fn by_mention(objects: Vec<Object>) -> Vec<Vec<Object>> {
    let by_uid: HashMap<&str, usize> =
        objects.iter().enumerate().filter_map(|(index, object)| Some((object.uid()?, index))).collect();
    let mut awaited: Vec<HashSet<usize>> = objects
        .iter()
        .map(|object| object.mentions().into_iter().filter_map(|text| by_uid.get(text).copied()).collect())
        .collect();

    let mut objects: Vec<_> = objects.into_iter().map(Some).collect();
    let mut left: Vec<usize> = (0..objects.len()).collect();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let (mut ready, waiting): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|index| awaited[*index].is_empty());
        left = waiting;
        if ready.is_empty() {
            // They mention each other in a circle: some old uid will stay.
            ready = std::mem::take(&mut left);
        }
        let written: HashSet<_> = ready.iter().copied().collect();
        for index in &left {
            awaited[*index].retain(|other| !written.contains(other));
        }
        waves.push(ready.into_iter().filter_map(|index| objects[index].take()).collect());
    }
    waves
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(kind: &str, uid: &str, mentions: &[&str]) -> Object {
        let metadata = json!({ "name": uid, "uid": uid, "namespace": "ns" });
        Object::new(json!({ "apiVersion": "v1", "kind": kind, "metadata": metadata, "refs": mentions }))
            .unwrap()
    }

    fn names(waves: &[Vec<Object>]) -> Vec<Vec<&str>> {
        waves.iter().map(|wave| wave.iter().map(Object::name).collect()).collect()
    }

    #[test]
    fn owners_come_before_what_they_own() {
        let objects = vec![
            object("Event", "e", &["p"]),
            object("Pod", "p", &["rs", "of-nobody"]),
            object("ReplicaSet", "rs", &["d"]),
            object("Deployment", "d", &[]),
        ];
        assert_eq!(names(&waves(objects)), [vec!["ns"], vec!["d"], vec!["rs"], vec!["p"], vec!["e"]]);
    }

    #[test]
    fn a_circle_is_written_too() {
        let objects = vec![object("A", "a", &["b"]), object("B", "b", &["a"])];
        assert_eq!(names(&waves(objects)), [vec!["ns"], vec!["a", "b"]]);
    }
}
