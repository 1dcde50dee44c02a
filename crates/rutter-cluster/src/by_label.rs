//! Which pods have the labels that Services select by, and which Services select a pod.

use rustc_hash::FxHashMap;

use crate::{Labels, Resource, Str, Table, objects::*};

/// Positions by a label's key and value, over all namespaces: tables are sorted by namespace, so those of one
/// namespace stand together.
type ByLabel = FxHashMap<Str, FxHashMap<Str, Vec<u32>>>;

/// An index of the labels that Services select by, and of no others: most labels are selected by nobody.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    pods: ByLabel,
    /// Each Service once, under that label of its selector which the fewest pods have.
    services: ByLabel,
}

impl Selected {
    pub(crate) fn new(pods: &Table<Pod>, services: &Table<Service>) -> Self {
        let mut selected = Self::default();
        for (key, value) in services.iter().flat_map(|service| service.spec.selector.iter()) {
            selected.pods.entry(key.clone()).or_default().entry(value.clone()).or_default();
        }
        for (position, pod) in pods.iter().enumerate() {
            for (key, value) in pod.meta.labels.iter() {
                if let Some(found) = selected.pods.get_mut(key).and_then(|values| values.get_mut(value)) {
                    found.push(position as u32);
                }
            }
        }
        for (position, service) in services.iter().enumerate() {
            let labels = service.spec.selector.iter();
            let rarest = labels.min_by_key(|(key, value)| selected.having(key, value).len());
            if let Some((key, value)) = rarest {
                let values = selected.services.entry(key.clone()).or_default();
                values.entry(value.clone()).or_default().push(position as u32);
            }
        }
        selected
    }

    fn having(&self, key: &str, value: &str) -> &[u32] {
        self.pods.get(key).and_then(|values| values.get(value)).map_or(&[], Vec::as_slice)
    }

    /// Positions of pods among which all are that the selector of a Service matches: in that namespace, or in all.
    pub(crate) fn candidates(&self, pods: &Table<Pod>, selector: &Labels, namespace: Option<&str>) -> &[u32] {
        let having = selector.iter().map(|(key, value)| self.having(key, value));
        let here = having.map(|found| namespace.map_or(found, |namespace| within(pods, found, namespace)));
        here.min_by_key(|found| found.len()).unwrap_or_default()
    }

    /// Positions of Services that may select a pod with these labels.
    pub(crate) fn services(&self, services: &Table<Service>, pod: &Pod) -> Vec<u32> {
        let labels = pod.meta.labels.iter();
        let named = labels.filter_map(|(key, value)| self.services.get(key)?.get(value));
        let here = named.flat_map(|found| within(services, found, &pod.meta.namespace));
        let mut found: Vec<u32> = here.copied().collect();
        found.sort_unstable();
        found
    }
}

/// Those of the positions that are in the namespace.
fn within<'a, T: Resource>(table: &Table<T>, found: &'a [u32], namespace: &str) -> &'a [u32] {
    let of = |position: &u32| table.at(*position).meta().namespace.as_str();
    let start = found.partition_point(|position| of(position) < namespace);
    let end = found.partition_point(|position| of(position) <= namespace);
    found.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(namespace: &str, name: &str, labels: &[(&str, &str)]) -> Pod {
        let mut pod = Pod::default();
        (pod.meta.namespace, pod.meta.name) = (namespace.into(), name.into());
        pod.meta.labels = labels.iter().copied().collect();
        pod
    }

    fn service(namespace: &str, name: &str, selector: &[(&str, &str)]) -> Service {
        let mut service = Service::default();
        (service.meta.namespace, service.meta.name) = (namespace.into(), name.into());
        service.spec.selector = selector.iter().copied().collect();
        service
    }

    #[test]
    fn the_rarest_label_within_the_namespace_decides() {
        let pods = vec![
            pod("a", "x", &[("app", "web"), ("env", "prod")]),
            pod("b", "x", &[("app", "web"), ("env", "prod")]),
            pod("b", "y", &[("app", "db"), ("env", "prod")]),
            pod("b", "z", &[("unselected", "z")]),
        ];
        let services = vec![
            service("b", "all", &[("env", "prod")]),
            service("b", "none", &[]),
            service("b", "web", &[("app", "web"), ("env", "prod")]),
        ];
        let ((pods, _), (services, _)) = (Table::new(pods), Table::new(services));
        let index = Selected::new(&pods, &services);
        let candidates = |name, namespace| {
            index.candidates(&pods, &services.get("b", name).unwrap().spec.selector, namespace)
        };
        assert_eq!(candidates("web", Some("b")), [1]);
        assert_eq!(candidates("web", None), [0, 1]);
        assert_eq!(candidates("all", Some("b")), [1, 2]);
        assert!(candidates("none", Some("b")).is_empty() && candidates("web", Some("c")).is_empty());
        assert_eq!(index.services(&services, pods.get("b", "x").unwrap()), [0, 2]);
        assert!(index.services(&services, pods.get("a", "x").unwrap()).is_empty());
        assert!(!index.pods.contains_key("unselected"));
    }
}
