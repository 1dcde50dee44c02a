//! Which pods have the labels that Services select by, and which Services select a pod.

use rustc_hash::FxHashMap;

use crate::{Labels, Resource, Str, Table, objects::*, positions::By};

/// Positions by a label's key and value, over all namespaces: tables are sorted by namespace, so those of one
/// namespace stand together.
type ByLabel = FxHashMap<Str, By<Str>>;

/// An index of the labels that Services select by, and of no others: most labels are selected by nobody.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// All pods that have a label of a key that some Service selects by.
    pods: ByLabel,
    /// Each Service once, under that label of its selector which the fewest pods had when it came.
    services: ByLabel,
}

impl Selected {
    pub(crate) fn new(pods: &Table<Pod>, services: &Table<Service>) -> Self {
        let mut selected = Self::default();
        for (key, _) in services.iter().flat_map(|service| service.spec.selector.iter()) {
            if !selected.pods.contains_key(key) {
                selected.pods.insert(key.clone(), By::default());
            }
        }
        for (at, pod) in (0..).zip(pods.iter()) {
            for (key, value) in pod.meta.labels.iter() {
                if let Some(values) = selected.pods.get_mut(key) {
                    values.push(value, at);
                }
            }
        }
        for (at, service) in (0..).zip(services.iter()) {
            if let Some((key, value)) = selected.rarest(service) {
                selected.services.entry(key.clone()).or_default().push(value, at);
            }
        }
        selected
    }

    fn rarest<'a>(&self, service: &'a Service) -> Option<(&'a Str, &'a Str)> {
        service.spec.selector.iter().min_by_key(|(key, value)| self.having(key, value).len())
    }

    /// Notes a pod that came.
    pub(crate) fn add_pod(&mut self, pods: &Table<Pod>, at: u32) {
        for (key, value) in pods.at(at).meta.labels.iter() {
            if let Some(values) = self.pods.get_mut(key) {
                values.add(value.clone(), at, |other| pods.is_before(other, at));
            }
        }
    }

    /// Forgets a pod that is still there.
    pub(crate) fn remove_pod(&mut self, pods: &Table<Pod>, at: u32) {
        for (key, value) in pods.at(at).meta.labels.iter() {
            if let Some(values) = self.pods.get_mut(key) {
                values.remove(value, at);
            }
        }
    }

    /// Notes a Service that came. The first that selects by a key costs a look at all pods.
    pub(crate) fn add_service(&mut self, services: &Table<Service>, pods: &Table<Pod>, at: u32) {
        let service = services.at(at);
        for (key, _) in service.spec.selector.iter() {
            if !self.pods.contains_key(key) {
                self.pods.insert(key.clone(), with_label(pods, key));
            }
        }
        if let Some((key, value)) = self.rarest(service) {
            let values = self.services.entry(key.clone()).or_default();
            values.add(value.clone(), at, |other| services.is_before(other, at));
        }
    }

    /// Forgets a Service that is still there.
    pub(crate) fn remove_service(&mut self, services: &Table<Service>, at: u32) {
        // It is under one of these: which was the rarest then is not known any more.
        for (key, value) in services.at(at).spec.selector.iter() {
            if let Some(values) = self.services.get_mut(key) {
                values.remove(value, at);
            }
        }
    }

    fn having(&self, key: &str, value: &str) -> &[u32] {
        self.pods.get(key).map_or(&[], |values| values.get(value))
    }

    /// Positions of pods among which all are that the selector of a Service matches: in that namespace, or in all.
    pub(crate) fn candidates(&self, pods: &Table<Pod>, selector: &Labels, namespace: Option<&str>) -> &[u32] {
        let having = selector.iter().map(|(key, value)| self.having(key, value));
        let here = having.map(|found| namespace.map_or(found, |namespace| within(pods, found, namespace)));
        here.min_by_key(|found| found.len()).unwrap_or_default()
    }

    /// Positions of Services that may select a pod with these labels, were it in their namespace.
    pub(crate) fn services(&self, pod: &Pod) -> impl Iterator<Item = &[u32]> {
        let labels = pod.meta.labels.iter();
        labels.filter_map(|(key, value)| Some(self.services.get(key)?.get(value)))
    }

    /// Positions of Services that may select a pod, sorted.
    pub(crate) fn services_of(&self, services: &Table<Service>, pod: &Pod) -> Vec<u32> {
        let here = self.services(pod).flat_map(|found| within(services, found, &pod.meta.namespace));
        let mut found: Vec<u32> = here.copied().collect();
        found.sort_unstable_by(|a, b| services.compare(*a, *b));
        found
    }
}

/// The pods that have a label of this key.
fn with_label(pods: &Table<Pod>, key: &Str) -> By<Str> {
    let mut values = By::default();
    for pod in pods.iter() {
        let at = pods.position(&pod.meta.namespace, &pod.meta.name);
        if let (Some(value), Some(at)) = (pod.meta.labels.get(key), at) {
            values.push(value, at);
        }
    }
    values
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
        assert_eq!(index.services_of(&services, pods.get("b", "x").unwrap()), [0, 2]);
        assert!(index.services_of(&services, pods.get("a", "x").unwrap()).is_empty());
        assert!(!index.pods.contains_key("unselected"));
    }
}
