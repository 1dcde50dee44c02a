//! Objects of one kind, sorted by namespace and name.

use std::cmp::Ordering;

use crate::{Meta, Resource};

/// All objects of one kind, sorted by namespace and name, each once.
#[derive(Debug)]
pub struct Table<T>(Vec<T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Resource> Table<T> {
    /// Sorts `objects`. Of several copies of an object the newest stays: the highest resourceVersion, or the one read
    /// last where that doesn't tell. Returns how many were dropped.
    pub(crate) fn new(mut objects: Vec<T>) -> (Self, usize) {
        let read = objects.len();
        if !objects.is_sorted_by(|a, b| order(a.meta(), b.meta()) == Ordering::Less) {
            // Stable, so copies stay in the order in which they were read.
            objects.sort_by(|a, b| order(a.meta(), b.meta()));
            objects.dedup_by(|later, earlier| {
                let same = order(later.meta(), earlier.meta()) == Ordering::Equal;
                if same && version(later.meta()) >= version(earlier.meta()) {
                    std::mem::swap(earlier, later);
                }
                same
            });
        }
        objects.shrink_to_fit();
        let dropped = read - objects.len();
        (Self(objects), dropped)
    }

    /// All objects.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The object of that name; `namespace` is empty for cluster-scoped kinds.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&T> {
        self.position(namespace, name).map(|at| &self.0[at])
    }

    pub(crate) fn position(&self, namespace: &str, name: &str) -> Option<usize> {
        self.0.binary_search_by(|object| key(object.meta()).cmp(&(namespace, name))).ok()
    }

    /// The objects of a namespace.
    pub fn in_namespace(&self, namespace: &str) -> &[T] {
        let start = self.0.partition_point(|object| object.meta().namespace.as_str() < namespace);
        let end = self.0[start..].partition_point(|object| object.meta().namespace.as_str() <= namespace);
        &self.0[start..start + end]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn at(&self, position: u32) -> &T {
        &self.0[position as usize]
    }

    /// All objects, sorted.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

fn key(meta: &Meta) -> (&str, &str) {
    (&meta.namespace, &meta.name)
}

fn order(a: &Meta, b: &Meta) -> Ordering {
    key(a).cmp(&key(b))
}

/// Resource versions are compared as numbers, as all released API servers make them.
fn version(meta: &Meta) -> u64 {
    meta.resource_version.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::Pod;

    fn pod(namespace: &str, name: &str, version: &str, node: &str) -> Pod {
        let mut pod = Pod::default();
        pod.meta.namespace = namespace.into();
        pod.meta.name = name.into();
        pod.meta.resource_version = version.into();
        pod.spec.node_name = node.into();
        pod
    }

    #[test]
    fn the_newest_copy_stays() {
        let pods = vec![
            pod("b", "x", "9", "new"),
            pod("a", "z", "", ""),
            pod("b", "x", "10", "newest"),
            pod("b", "x", "8", ""),
        ];
        let (table, dropped) = Table::new(pods);
        assert_eq!((table.len(), dropped), (2, 2));
        assert_eq!(table.get("b", "x").unwrap().spec.node_name, "newest");
        assert_eq!(table.in_namespace("a").len(), 1);
        assert!(table.in_namespace("c").is_empty() && table.get("a", "x").is_none());
    }
}
