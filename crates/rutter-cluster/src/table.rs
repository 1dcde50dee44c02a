//! Objects of one kind, sorted by namespace and name.

use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::{Meta, Objects, Resource, order::Order};

/// All objects of one kind, sorted by namespace and name, each once.
///
/// An object keeps its position as long as it is there, so that indexes can name it by that; the order is kept apart.
#[derive(Debug)]
pub struct Table<T> {
    slots: Vec<T>,
    /// Positions that hold nothing.
    free: Vec<u32>,
    order: Order,
    /// Positions by the hash of namespace and name: a search in the order would walk through memory that is far away, the
    /// more of it the larger the table is.
    names: HashTable<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), order: Order::default(), names: HashTable::new() }
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
        let order = Order::of(objects.len());
        let mut names = HashTable::with_capacity(objects.len());
        for (at, object) in (0..).zip(&objects) {
            names.insert_unique(hash(key(object.meta())), at, |at| hash_at(&objects, *at));
        }
        (Self { slots: objects, free: Vec::new(), order, names }, dropped)
    }

    /// All objects, sorted.
    pub fn objects(&self) -> Objects<'_, T> {
        Objects::new(&self.slots, self.order.all())
    }

    /// All objects, sorted, one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        self.objects().iter()
    }

    /// The object of that name; `namespace` is empty for cluster-scoped kinds.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&T> {
        self.position(namespace, name).map(|at| self.at(at))
    }

    /// Where the object of that name is: the same for as long as it is there.
    pub fn position(&self, namespace: &str, name: &str) -> Option<u32> {
        let name = (namespace, name);
        self.names.find(hash(name), |at| key(self.at(*at).meta()) == name).copied()
    }

    /// The objects of a namespace.
    pub fn in_namespace(&self, namespace: &str) -> Objects<'_, T> {
        let of = |at: u32| self.at(at).meta().namespace.as_str();
        let range = self.order.range(|at| of(at) < namespace, |at| of(at) <= namespace);
        Objects::new(&self.slots, range)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The object at a position that [`Table::position`] told.
    pub fn at(&self, position: u32) -> &T {
        &self.slots[position as usize]
    }

    pub(crate) fn try_at(&self, position: u32) -> Option<&T> {
        self.slots.get(position as usize)
    }

    /// All positions, in the order of their objects.
    pub(crate) fn positions(&self) -> impl Iterator<Item = &[u32]> {
        self.order.rows()
    }

    /// Puts an object in the place of the one of its name, or where it belongs.
    pub(crate) fn put(&mut self, object: T) -> u32 {
        let meta = object.meta();
        if let Some(known) = self.position(&meta.namespace, &meta.name) {
            self.slots[known as usize] = object;
            return known;
        }
        let at = if let Some(at) = self.free.pop() {
            self.slots[at as usize] = object;
            at
        } else {
            self.slots.push(object);
            (self.slots.len() - 1) as u32
        };
        let Self { slots, order, names, .. } = self;
        let key_at = |at: u32| key(slots[at as usize].meta());
        order.insert(at, |other| key_at(other) < key_at(at));
        names.insert_unique(hash_at(slots, at), at, |at| hash_at(slots, *at));
        at
    }

    /// Takes the object of that name out.
    pub(crate) fn remove(&mut self, namespace: &str, name: &str) {
        let Self { slots, order, free, names } = self;
        let removed = order.remove(|at| key(slots[at as usize].meta()).cmp(&(namespace, name)));
        if let Some(at) = removed {
            if let Ok(entry) = names.find_entry(hash((namespace, name)), |other| *other == at) {
                entry.remove();
            }
            slots[at as usize] = T::default();
            free.push(at);
        }
    }

    /// The order of two objects.
    pub(crate) fn compare(&self, first: u32, second: u32) -> Ordering {
        order(self.at(first).meta(), self.at(second).meta())
    }

    /// Whether the first comes before the second.
    pub(crate) fn is_before(&self, first: u32, second: u32) -> bool {
        self.compare(first, second) == Ordering::Less
    }
}

fn key(meta: &Meta) -> (&str, &str) {
    (&meta.namespace, &meta.name)
}

fn hash(name: (&str, &str)) -> u64 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

fn hash_at<T: Resource>(slots: &[T], at: u32) -> u64 {
    hash(key(slots[at as usize].meta()))
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

    #[test]
    fn positions_stay_while_others_come_and_go() {
        let (mut table, _) = Table::new(vec![pod("a", "x", "", ""), pod("b", "x", "", "")]);
        let b = table.position("b", "x").unwrap();
        for n in 0..3000 {
            table.put(pod("a", &format!("y{n:04}"), "", ""));
        }
        assert_eq!((table.position("b", "x"), table.in_namespace("a").len()), (Some(b), 3001));
        assert!(table.iter().is_sorted_by_key(|pod| (&pod.meta.namespace, &pod.meta.name)));
        for n in 0..3000 {
            table.remove("a", &format!("y{n:04}"));
        }
        table.remove("a", "absent");
        assert!(table.get("a", "y0007").is_none() && table.get("a", "x").is_some());
        table.put(pod("b", "x", "", "node"));
        assert_eq!((table.len(), table.at(b).spec.node_name.as_str()), (2, "node"));
        assert_eq!(table.put(pod("c", "x", "", "")), 3001, "a free place is used again");
    }
}
