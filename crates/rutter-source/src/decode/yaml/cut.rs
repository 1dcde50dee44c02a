//! Where a text ends before what it says does.
//!
//! YAML that is cut is mostly YAML still. Only what no writer would leave so counts: somebody's last line may lack its
//! end, and an object may lack any field that a person took out.

use serde_json::Value;

/// Kinds that the API server never gives out without a `spec`.
const WITH_SPEC: [&str; 11] = [
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "Service",
    "StatefulSet",
];

/// Whether the text of an object, `value` if it could be parsed, ends inside of it. What a person wrote may end in a key.
pub(super) fn is_cut(value: Option<&Value>, text: &str) -> bool {
    let is_served = value.is_none_or(|value| value.pointer("/metadata/uid").is_some());
    is_served && (is_unfinished(text, text) || value.is_some_and(|value| ends_in_metadata(value, text)))
}

/// Whether the last line, which has no end, is the beginning of something: a key without a value, or what can't be read
/// while all before it can. `object` is the last of the text.
pub(super) fn is_unfinished(object: &str, text: &str) -> bool {
    if text.ends_with('\n') || object.trim().is_empty() {
        return false;
    }
    let (before, last) = object.rsplit_once('\n').unwrap_or(("", object));
    let last = last.trim().trim_start_matches("- ");
    let is_key = last.ends_with(':') && !last.contains(['"', '\'', '#', ' ']) && !in_block(before, object);
    is_key || last == "-" || (!is_yaml(object) && is_yaml(before))
}

fn is_yaml(text: &str) -> bool {
    serde_saphyr::from_str::<Value>(text).is_ok()
}

/// Whether the last line is of a text in a block (`|`), which may end in anything.
fn in_block(before: &str, object: &str) -> bool {
    let of = |text: &str| serde_saphyr::from_str::<Value>(text).ok().map(|value| keys(&value));
    of(before) == of(object)
}

/// How many keys there are.
fn keys(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.len() + fields.values().map(keys).sum::<usize>(),
        Value::Array(items) => items.iter().map(keys).sum(),
        _ => 0,
    }
}

/// Whether an object from an API server ends in its metadata, which kubectl writes before the spec.
fn ends_in_metadata(value: &Value, text: &str) -> bool {
    let has_spec = value.get("kind").and_then(Value::as_str).is_some_and(|kind| WITH_SPEC.contains(&kind));
    let is_top = |line: &&str| !line.is_empty() && !line.starts_with([' ', '#', '-', '\t']);
    let ends = text.lines().rfind(is_top).is_some_and(|line| line.starts_with("metadata:"));
    has_spec && ends && value.get("spec").is_none()
}

/// Whether a list's text ends inside the value of its `kind`, which stands after the items.
pub(super) fn is_inside_kind(text: &str) -> bool {
    let last = text.rsplit('\n').next().unwrap_or_default();
    last == "kind" || last.strip_prefix("kind:").is_some_and(|kind| !kind.trim().ends_with("List"))
}

#[cfg(test)]
mod tests {
    use rutter_cluster::{Cluster, Kind};

    use crate::{files::Limits, load_stream};

    fn load(text: &str) -> Option<Cluster> {
        load_stream("-", text.as_bytes(), &Limits::default()).ok()
    }

    fn pod(name: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: shop\n  uid: u-{name}\nspec:\n  \
             containers:\n  - image: \"app:1\"\n    name: app\n  nodeName: node-a\nstatus:\n  phase: Running\n"
        )
    }

    fn item(name: &str) -> String {
        format!("- {}", pod(name).trim_end().replace('\n', "\n  ")) + "\n"
    }

    /// What is known of the pods: how many, and whether more is claimed than is known.
    fn seen(text: &str) -> (usize, bool) {
        let Some(cluster) = load(text) else { return (0, true) };
        let coverage = cluster.coverage();
        (cluster.pods.len(), !coverage.problems.is_empty() && coverage.check(Kind::Pod, "shop").is_err())
    }

    #[test]
    fn a_list_that_is_cut_anywhere_says_so() {
        let items = format!("apiVersion: v1\nitems:\n{}{}", item("a"), item("b"));
        let list = format!("{items}kind: List\nmetadata:\n  resourceVersion: \"\"\n");
        assert_eq!(seen(&list), (2, false));
        for end in 0..items.len() + "kind: Lis".len() {
            let (pods, told) = seen(&list[..end]);
            assert!(told, "{pods} pods, untold:\n{}", &list[..end]);
            assert_eq!(pods == 2, end > items.len(), "{}", &list[..end]);
        }
    }

    #[test]
    fn what_a_person_wrote_may_end_in_a_key() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  volumes:\n  - name: v\n    emptyDir:";
        assert_eq!(load(pod).map(|cluster| cluster.pods.len()), Some(1));
    }

    #[test]
    fn an_object_that_ends_in_a_key_or_its_metadata_says_so() {
        let whole = pod("a");
        for end in [
            "\n  name",
            "\n  uid: u-",
            "\nspec:",
            "\n  containers:",
            "\n  -",
            "\n    name:",
            "\n  nodeN",
            "\nstatus:",
            "\n  pha",
        ] {
            let cut = whole.find(end).unwrap() + end.len();
            for before in [String::new(), pod("b") + "---\n"] {
                let text = format!("{before}{}", &whole[..cut]);
                assert!(seen(&text).1, "untold:\n{text}");
                assert_eq!(seen(&text).0, usize::from(!before.is_empty()), "{text}");
            }
        }
    }

    #[test]
    fn what_is_whole_is_not_called_cut() {
        let list = |items: &str| format!("kind: PodList\napiVersion: v1\nmetadata: {{}}\nitems:\n{items}");
        let noted = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\n  uid: x\n  annotations:\n    note: |\n      who:\n      what:";
        let typed = list(&(item("a") + &item("b")));
        let manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop";
        let spec_first = format!("spec:\n  nodeName: n\n{noted}");
        for (text, pods) in [
            (typed.clone(), 2),
            (typed.trim_end().to_owned(), 2),
            (format!("{}---\n{}", pod("a"), pod("b").trim_end()), 2),
            (manifest.to_owned(), 1),
            (spec_first, 1),
        ] {
            let cluster = load(&text).unwrap();
            assert!(cluster.coverage().problems.is_empty(), "{:?}\n{text}", cluster.coverage().problems);
            assert_eq!(cluster.pods.len(), pods, "{text}");
        }
    }
}
