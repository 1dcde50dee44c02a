//! Pods that must not be in the same place: required anti-affinity, of the pod and of those that are there already.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rutter_cluster::{
    Cluster, Str,
    objects::{Node, Pod, PodTerm},
};

use super::key;

/// Where pods are that others must not be with.
pub(super) struct Apart<'c> {
    cluster: &'c Cluster,
    /// Pods that leave: they are nowhere.
    leaving: BTreeSet<(&'c Str, &'c Str)>,
    /// What pods that stay demand, by the namespace in which it holds; by none if it holds in others, too.
    demands: BTreeMap<Option<&'c Str>, Vec<Demand<'c>>>,
    /// Places of the pods that a term means, by where the term is in memory and the namespace of who has it.
    known: BTreeMap<(usize, &'c Str), Rc<BTreeSet<Str>>>,
}

/// A term of pods that are somewhere.
struct Demand<'c> {
    term: &'c PodTerm,
    namespace: &'c Str,
    places: Rc<BTreeSet<Str>>,
}

/// Nodes with one of these values of a label are no place for a pod.
pub(super) struct Forbidden<'c> {
    label: &'c Str,
    places: Rc<BTreeSet<Str>>,
}

impl Forbidden<'_> {
    pub(super) fn is_met_by(&self, node: &Node) -> bool {
        node.meta.labels.get(self.label).is_some_and(|place| self.places.contains(place))
    }
}

impl<'c> Apart<'c> {
    pub(super) fn new(cluster: &'c Cluster, leaving: BTreeSet<(&'c Str, &'c Str)>) -> Self {
        let mut apart = Self { cluster, leaving, demands: BTreeMap::new(), known: BTreeMap::new() };
        apart.demands = apart.collect();
        apart
    }

    /// What is demanded by the pods that stay: those of a workload share their terms in memory, and become one.
    fn collect(&self) -> BTreeMap<Option<&'c Str>, Vec<Demand<'c>>> {
        let mut found: BTreeMap<(usize, &'c Str), (&'c PodTerm, BTreeSet<Str>)> = BTreeMap::new();
        for pod in self.cluster.pods.iter().filter(|pod| !pod.spec.affinity.apart_from.is_empty()) {
            let Some(node) = self.node_of(pod) else { continue };
            for term in &pod.spec.affinity.apart_from {
                let place = node.meta.labels.get(&term.topology_key).cloned();
                let entry = found.entry((address(term), &pod.meta.namespace));
                entry.or_insert_with(|| (term, BTreeSet::new())).1.extend(place);
            }
        }
        let mut demands: BTreeMap<Option<&Str>, Vec<Demand<'_>>> = BTreeMap::new();
        for ((_, namespace), (term, places)) in found {
            let holds_in = is_local(term).then_some(namespace);
            demands.entry(holds_in).or_default().push(Demand { term, namespace, places: Rc::new(places) });
        }
        demands
    }

    /// The node of a pod that stays and has not finished.
    fn node_of(&self, pod: &Pod) -> Option<&'c Node> {
        if pod.is_finished() || self.leaving.contains(&key(pod)) {
            return None;
        }
        self.cluster.nodes.get("", &pod.spec.node_name)
    }

    /// Where the pod must not go, also for those that have been placed before it.
    pub(super) fn forbidden(&mut self, pod: &'c Pod, placed: &[(&'c Pod, &'c Node)]) -> Vec<Forbidden<'c>> {
        let mut all = Vec::new();
        for term in &pod.spec.affinity.apart_from {
            all.push(Forbidden { label: &term.topology_key, places: self.places(term, pod) });
        }
        let local = self.demands.get(&Some(&pod.meta.namespace)).into_iter().flatten();
        for demand in local.chain(self.demands.get(&None).into_iter().flatten()) {
            if means(self.cluster, demand.term, demand.namespace, pod) {
                all.push(Forbidden { label: &demand.term.topology_key, places: Rc::clone(&demand.places) });
            }
        }
        for (other, node) in placed {
            all.extend(self.between(pod, other, node));
        }
        all
    }

    /// Where pods are that a term of the pod means.
    fn places(&mut self, term: &'c PodTerm, pod: &'c Pod) -> Rc<BTreeSet<Str>> {
        let known = (address(term), &pod.meta.namespace);
        if let Some(places) = self.known.get(&known) {
            return Rc::clone(places);
        }
        let mut places = BTreeSet::new();
        let near = if is_local(term) {
            self.cluster.pods.in_namespace(&pod.meta.namespace)
        } else {
            self.cluster.pods.objects()
        };
        for other in near.iter().filter(|other| means(self.cluster, term, &pod.meta.namespace, other)) {
            let node = self.node_of(other);
            places.extend(node.and_then(|node| node.meta.labels.get(&term.topology_key)).cloned());
        }
        let places = Rc::new(places);
        self.known.insert(known, Rc::clone(&places));
        places
    }

    /// What a pod that was placed on a node forbids another, or the other itself.
    fn between(&self, pod: &'c Pod, other: &'c Pod, node: &Node) -> Vec<Forbidden<'c>> {
        let own = pod.spec.affinity.apart_from.iter();
        let own = own.filter(|term| means(self.cluster, term, &pod.meta.namespace, other));
        let its = other.spec.affinity.apart_from.iter();
        let its = its.filter(|term| means(self.cluster, term, &other.meta.namespace, pod));
        let at = |term: &'c PodTerm| {
            let place = node.meta.labels.get(&term.topology_key)?.clone();
            Some(Forbidden { label: &term.topology_key, places: Rc::new([place].into()) })
        };
        own.chain(its).filter_map(at).collect()
    }
}

/// Pods of a workload have the same terms at the same address, where they were decoded with a pool.
fn address(term: &PodTerm) -> usize {
    std::ptr::from_ref(term).addr()
}

/// Whether a term means no pods but those of its own namespace.
fn is_local(term: &PodTerm) -> bool {
    term.namespaces.is_empty() && term.namespace_selector.is_none()
}

/// Whether a term of a pod in `namespace` means another pod.
fn means(cluster: &Cluster, term: &PodTerm, namespace: &Str, other: &Pod) -> bool {
    let there = &other.meta.namespace;
    let in_reach = if is_local(term) {
        there == namespace
    } else {
        term.namespaces.contains(there)
            || term.namespace_selector.as_ref().is_some_and(|selector| {
                let labels = cluster.namespaces.get("", there).map(|found| found.meta.labels.clone());
                selector.matches(&labels.unwrap_or_default())
            })
    };
    in_reach && term.label_selector.as_ref().is_some_and(|selector| selector.matches(&other.meta.labels))
}
