//! What the path of a document says, in the layouts that tools write.
//!
//! | tool | layout |
//! | --- | --- |
//! | `kubectl cluster-info dump` | `nodes.json`, `<ns>/<plural>.json`, `<ns>/<pod>/logs.txt` |
//! | must-gather, `oc adm inspect` | `cluster-scoped-resources/<group>/<plural>/<name>.yaml`, `namespaces/<ns>/<group>/<plural>.yaml`, `namespaces/<ns>/pods/<pod>/<container>/<container>/logs/{current,previous}.log` |
//! | troubleshoot.sh | `cluster-resources/<plural>/<ns>.json`, `cluster-resources/<plural>.json`, `cluster-resources/pods/logs/<ns>/<pod>/<container>[-previous].log` |

use rutter_cluster::{Kind, LogKey, Str};

/// Whose log a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogOwner {
    /// One container's.
    Container { key: LogKey, previous: bool },
    /// Blocks with a heading each, of the containers of one pod.
    Blocks,
}

/// What a path says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The folder that the document lies in.
    pub(crate) folder: String,
    /// Whether it may hold Kubernetes objects.
    pub(crate) is_data: bool,
    /// The kind that it is said to hold.
    pub(crate) kind: Option<Kind>,
    /// The namespace that it is said to be of.
    pub(crate) namespace: Option<Str>,
    /// Whether its folder holds every object of the kind, each in a file of its own.
    pub(crate) one_file_each: bool,
    /// The document says why this kind could not be collected.
    pub(crate) refused: Option<Kind>,
    /// It is a log.
    pub(crate) log: Option<LogOwner>,
}

impl Place {
    /// Reads a path with `/` between its parts.
    pub(crate) fn of(path: &str) -> Self {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let parts: Vec<&str> = path.split('/').collect();
        let mut place = Place { folder: folder.to_owned(), log: log_owner(&parts), ..Place::default() };
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        place.is_data = place.log.is_none() && is_data(stem, extension);
        place.kind = kind_of(stem);
        match *parts.as_slice() {
            [.., "cluster-scoped-resources", _, plural, _] => {
                place.kind = kind_of(plural);
                place.one_file_each = true;
            }
            [.., "namespaces", namespace, _, _] => place.namespace = Some(namespace.into()),
            [.., "cluster-resources", plural, _] => {
                place.kind = kind_of(plural);
                place.namespace = Some(stem.into());
            }
            _ => {}
        }
        if let Some(plural) =
            stem.strip_suffix("-errors").or(folder.rsplit('/').next().and_then(|f| f.strip_suffix("-errors")))
        {
            place.refused = kind_of(plural);
        }
        place
    }
}

/// Everything that could hold objects: by its extension, or without one if it isn't hidden.
fn is_data(stem: &str, extension: &str) -> bool {
    match extension.to_ascii_lowercase().as_str() {
        "json" | "yaml" | "yml" | "jsonl" | "ndjson" => true,
        // The stream of `cluster-info dump > dump.txt`, and whatever standard input and redirections are called.
        "" => !stem.is_empty() && !stem.starts_with('.'),
        "txt" | "out" | "dump" => stem != "logs" && !stem.is_empty(),
        _ => false,
    }
}

/// Spellings of plurals that tools use beside the API's own.
const ALIASES: &[(&str, Kind)] = &[
    ("ingress", Kind::Ingress),
    ("pvcs", Kind::PersistentVolumeClaim),
    ("pvs", Kind::PersistentVolume),
    ("hpa", Kind::HorizontalPodAutoscaler),
    ("resourcequota", Kind::ResourceQuota),
    ("pdb", Kind::PodDisruptionBudget),
];

fn kind_of(plural: &str) -> Option<Kind> {
    if let Some(kind) = Kind::of_plural(plural) {
        return Some(kind);
    }
    let plain = plural.split('.').next().unwrap_or_default().replace('-', "");
    let alias = ALIASES.iter().find(|(alias, _)| *alias == plain).map(|(_, kind)| *kind);
    alias.or_else(|| if plural.contains('.') { None } else { Kind::of_plural(&plain) })
}

fn log_owner(parts: &[&str]) -> Option<LogOwner> {
    let key = |namespace: &str, pod: &str, container: &str| LogKey {
        namespace: namespace.into(),
        pod: pod.into(),
        container: container.into(),
    };
    match *parts {
        [.., "namespaces", namespace, "pods", pod, _, container, "logs", file] => {
            let previous = match file {
                "current.log" => false,
                "previous.log" | "previous.insecure.log" => true,
                _ => return None,
            };
            Some(LogOwner::Container { key: key(namespace, pod, container), previous })
        }
        [.., "pods", "logs", namespace, pod, file] => {
            let container = file.strip_suffix(".log")?;
            let (container, previous) = match container.strip_suffix("-previous") {
                Some(container) => (container, true),
                None => (container, false),
            };
            Some(LogOwner::Container { key: key(namespace, pod, container), previous })
        }
        [.., "logs.txt"] => Some(LogOwner::Blocks),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_known_layouts() {
        let place = Place::of("must-gather/quay-io-x/cluster-scoped-resources/core/nodes/node-a.yaml");
        assert_eq!((place.kind, place.one_file_each, place.is_data), (Some(Kind::Node), true, true));
        let place = Place::of("inspect/namespaces/shop/core/pods.yaml");
        assert_eq!((place.kind, place.namespace), (Some(Kind::Pod), Some("shop".into())));
        let place = Place::of("b/cluster-resources/pod-disruption-budgets/shop.json");
        assert_eq!((place.kind, place.namespace), (Some(Kind::PodDisruptionBudget), Some("shop".into())));
        assert_eq!(Place::of("cluster-resources/pvs.json").kind, Some(Kind::PersistentVolume));
        assert_eq!(Place::of("runtime-hung/deployments.apps.json").kind, Some(Kind::Deployment));
        assert_eq!(Place::of("default/replication-controllers.json").kind, Some(Kind::ReplicationController));
        assert_eq!(Place::of("cluster-resources/pods-errors.json").refused, Some(Kind::Pod));
        assert_eq!(Place::of("README.md"), Place { is_data: false, ..Place::default() });
    }

    #[test]
    fn logs_of_the_known_layouts() {
        let log = |path: &str| match Place::of(path).log {
            Some(LogOwner::Container { key, previous }) => {
                format!("{}/{}/{} {previous}", key.namespace, key.pod, key.container)
            }
            Some(LogOwner::Blocks) => "blocks".to_owned(),
            None => "none".to_owned(),
        };
        assert_eq!(log("x/namespaces/shop/pods/web-0/c/c/logs/previous.log"), "shop/web-0/c true");
        assert_eq!(log("cluster-resources/pods/logs/shop/web-0/c-previous.log"), "shop/web-0/c true");
        assert_eq!(log("cluster-resources/pods/logs/shop/web-0/c.log"), "shop/web-0/c false");
        assert_eq!(log("dump/shop/web-0/logs.txt"), "blocks");
        assert_eq!(log("host_service_logs/masters/kubelet.log"), "none");
    }
}
