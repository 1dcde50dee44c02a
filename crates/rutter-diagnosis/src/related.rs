//! Which objects, pods and nodes a finding is about: what causes are looked up by.

use std::{cell::OnceCell, collections::BTreeSet};

use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, Kind, ObjectRef, Resource, Str, objects::Pod};
use rutter_lessons::{Context, Evidence, Finding, Origin, Relation, reads::Key};

/// A Deployment can leave thousands of dead pods behind; this many tell enough.
const MOST_PODS: usize = 2000;

type Name = (Str, Str, Str);

fn name(object: &ObjectRef) -> Name {
    (object.kind.clone(), object.namespace.clone(), object.name.clone())
}

fn pod_name(pod: &Pod) -> Name {
    ("Pod".into(), pod.meta.namespace.clone(), pod.meta.name.clone())
}

/// The node that an object in the evidence is bound to: an attachment that holds a volume which is wanted elsewhere.
fn node_named_by(evidence: &Evidence) -> Option<Str> {
    let bound = matches!(&evidence.origin, Origin::Field(path) if path == "spec.nodeName");
    bound.then(|| evidence.value.as_str().into())
}

/// What a finding is about, in all the ways in which a cause may ask for it. Lists are sorted, each thing once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The object itself and its instances.
    objects: Vec<Name>,
    /// The nodes of the pods concerned, those that the evidence names, or the node itself.
    nodes: Vec<Str>,
    /// Objects in the evidence.
    mentions: Vec<Name>,
    is_of_service: bool,
}

fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort();
    all.dedup();
    all
}

/// What of a sorted list is not in another.
fn without<T: Ord + Clone>(list: &[T], other: &[T]) -> Vec<T> {
    let mut other = other.iter().peekable();
    let is_alone = |item: &&T| {
        while other.next_if(|other| *other < *item).is_some() {}
        other.peek() != Some(item)
    };
    list.iter().filter(is_alone).cloned().collect()
}

impl Place {
    pub(crate) fn of(cluster: &Cluster, context: &Context<'_>, finding: &Finding) -> Self {
        let nodes: Vec<Str> = if finding.object.kind == "Node" {
            sorted(concerned(finding).into_iter().map(|node| node.name.clone()))
        } else {
            let of_pods =
                pods_of(cluster, context, finding).into_iter().map(|pod| pod.spec.node_name.clone());
            let named = finding.evidence.iter().filter_map(node_named_by);
            sorted(of_pods.chain([finding.node.clone()]).chain(named).filter(|node| !node.is_empty()))
        };
        Self {
            objects: sorted(finding.instances.iter().chain([&finding.object]).map(name)),
            nodes,
            mentions: sorted(finding.evidence.iter().map(|evidence| name(&evidence.object))),
            is_of_service: finding.object.kind == "Service",
        }
    }

    /// What of this place is not of another.
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self {
            objects: without(&self.objects, &other.objects),
            nodes: without(&self.nodes, &other.nodes),
            mentions: without(&self.mentions, &other.mentions),
            is_of_service: self.is_of_service && !other.is_of_service,
        }
    }

    /// The questions for findings that one at this place is an answer to.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let nodes = self.nodes.iter().map(|node| on(node));
        let services = self.is_of_service.then(services);
        self.objects
            .iter()
            .map(about)
            .chain(nodes)
            .chain(self.mentions.iter().map(mentioning))
            .chain(services)
    }
}

fn about((kind, namespace, name): &Name) -> Key {
    Key::other("findings about", kind, namespace, name)
}

fn mentioning((kind, namespace, name): &Name) -> Key {
    Key::other("findings that mention", kind, namespace, name)
}

fn on(node: &str) -> Key {
    Key::other("findings on", "Node", "", node)
}

fn services() -> Key {
    Key::other("findings about any", "Service", "", "")
}

/// Looks up findings by what they are about. They are known by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Places {
    by_object: FxHashMap<Name, BTreeSet<usize>>,
    by_node: FxHashMap<Str, BTreeSet<usize>>,
    by_mention: FxHashMap<Name, BTreeSet<usize>>,
    /// How many are about Services.
    services: usize,
}

impl Places {
    pub(crate) fn add(&mut self, finding: usize, place: &Place) {
        for object in &place.objects {
            self.by_object.entry(object.clone()).or_default().insert(finding);
        }
        for node in &place.nodes {
            self.by_node.entry(node.clone()).or_default().insert(finding);
        }
        for object in &place.mentions {
            self.by_mention.entry(object.clone()).or_default().insert(finding);
        }
        self.services += usize::from(place.is_of_service);
    }

    pub(crate) fn remove(&mut self, finding: usize, place: &Place) {
        place.objects.iter().for_each(|object| take(&mut self.by_object, object, finding));
        place.nodes.iter().for_each(|node| take(&mut self.by_node, node, finding));
        place.mentions.iter().for_each(|object| take(&mut self.by_mention, object, finding));
        self.services -= usize::from(place.is_of_service);
    }
}

fn take<K: std::hash::Hash + Eq>(from: &mut FxHashMap<K, BTreeSet<usize>>, key: &K, finding: usize) {
    if let Some(found) = from.get_mut(key) {
        found.remove(&finding);
        if found.is_empty() {
            from.remove(key);
        }
    }
}

/// Looks up the findings that stand in a relation to one of them: the cause.
pub(crate) struct Related<'a, F> {
    cluster: &'a Cluster,
    context: &'a Context<'a>,
    places: &'a Places,
    /// The finding of a number.
    finding: F,
    cause: usize,
    /// The pods that the cause is about, which several relations start from.
    pods: OnceCell<Vec<&'a Pod>>,
}

impl<'a, F: Fn(usize) -> &'a Finding> Related<'a, F> {
    /// Looks up what is related to the finding of that number.
    pub(crate) fn to(
        cause: usize,
        cluster: &'a Cluster,
        context: &'a Context<'a>,
        places: &'a Places,
        finding: F,
    ) -> Self {
        Self { cluster, context, places, finding, cause, pods: OnceCell::new() }
    }

    /// The finding of a number.
    pub(crate) fn finding(&self, number: usize) -> &'a Finding {
        (self.finding)(number)
    }

    /// The cause.
    pub(crate) fn cause(&self) -> &'a Finding {
        self.finding(self.cause)
    }

    /// The findings that stand in `relation` to the cause as its possible effects, without the cause itself.
    pub(crate) fn effects(&self, relation: Relation) -> Vec<usize> {
        let finding = self.cause();
        let found: BTreeSet<usize> = match relation {
            Relation::Same => self.same(finding),
            Relation::Hosts => concerned(finding).into_iter().flat_map(|node| self.on(&node.name)).collect(),
            Relation::PodToOwner => self.owners(finding),
            Relation::PodToService => self.selecting(),
            Relation::ClaimToPod => self.mounting(finding),
            Relation::Mentions => {
                concerned(finding).into_iter().flat_map(|object| self.mentioning(&name(object))).collect()
            }
            Relation::MentionsPod => {
                let pods = finding.instances.iter().filter(|instance| instance.kind == "Pod").take(MOST_PODS);
                pods.flat_map(|pod| self.mentioning(&name(pod))).collect()
            }
        };
        found.into_iter().filter(|effect| *effect != self.cause).collect()
    }

    fn pods(&self) -> &[&'a Pod] {
        self.pods.get_or_init(|| pods_of(self.cluster, self.context, self.cause()))
    }

    fn about(&self, object: &Name) -> impl Iterator<Item = usize> + use<'a, F> {
        self.context.asks(|| about(object));
        self.places.by_object.get(object).into_iter().flatten().copied()
    }

    fn on(&self, node: &str) -> impl Iterator<Item = usize> + use<'a, F> {
        self.context.asks(|| on(node));
        self.places.by_node.get(node).into_iter().flatten().copied()
    }

    fn mentioning(&self, object: &Name) -> impl Iterator<Item = usize> + use<'a, F> {
        self.context.asks(|| mentioning(object));
        self.places.by_mention.get(object).into_iter().flatten().copied()
    }

    fn same(&self, cause: &Finding) -> BTreeSet<usize> {
        let objects = cause.instances.iter().chain([&cause.object]);
        let found = objects.flat_map(|object| self.about(&name(object)));
        found
            .filter(|effect| match (&cause.container, &(self.finding)(*effect).container) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            })
            .collect()
    }

    fn owners(&self, cause: &Finding) -> BTreeSet<usize> {
        let mut objects: BTreeSet<Name> = [name(&cause.object)].into();
        for pod in self.pods() {
            if let Some(owner) = pod.meta.controller() {
                objects.insert((owner.kind.clone(), pod.meta.namespace.clone(), owner.name.clone()));
            }
        }
        objects.iter().flat_map(|object| self.about(object)).collect()
    }

    fn selecting(&self) -> BTreeSet<usize> {
        if self.places.services == 0 {
            self.context.asks(services);
            return BTreeSet::new();
        }
        let mut services = BTreeSet::<Name>::new();
        for pod in self.pods() {
            self.context.asks(|| Key::within(Kind::Service, &pod.meta.namespace));
            let selecting = self.cluster.services_selecting(pod);
            services.extend(selecting.map(|service| name(&service.object_ref())));
        }
        let found = services.iter().flat_map(|service| self.about(service));
        found.filter(|effect| (self.finding)(*effect).object.kind == "Service").collect()
    }

    fn mounting(&self, cause: &Finding) -> BTreeSet<usize> {
        let claim = &cause.object;
        self.context.asks(|| Key::mounting(&claim.namespace, &claim.name));
        let pods = self.cluster.pods_mounting(claim).map(pod_name);
        pods.flat_map(|pod| self.about(&pod)).collect()
    }
}

/// What a finding is about: its object, or all nodes where it is about several together.
fn concerned(finding: &Finding) -> BTreeSet<&ObjectRef> {
    let nodes = finding.instances.iter().filter(|instance| instance.kind == "Node");
    nodes.chain([&finding.object]).collect()
}

/// The pods that a finding is about: its instances, or those that a workload or a Service lacks, or all that a Job made.
pub(crate) fn pods_of<'c>(cluster: &'c Cluster, context: &Context<'_>, finding: &Finding) -> Vec<&'c Pod> {
    let object = &finding.object;
    let instances = finding.instances.iter().filter(|instance| instance.kind == "Pod");
    let known = |pod: &ObjectRef| {
        context.asks(|| Key::object(Kind::Pod, &pod.namespace, &pod.name));
        cluster.pods.get(&pod.namespace, &pod.name)
    };
    let instances: Vec<&Pod> = instances.take(MOST_PODS).filter_map(known).collect();
    if !instances.is_empty() {
        return instances;
    }
    if object.kind == "Service" {
        context.asks(|| Key::unready_selected_by(&object.namespace, &object.name));
        let service = cluster.services.get(&object.namespace, &object.name);
        let selected = service.into_iter().flat_map(|service| cluster.pods_selected_by(service));
        return selected.filter(|pod| pod.is_unready()).take(MOST_PODS).collect();
    }
    if !matches!(object.kind.as_str(), "Pod" | "Job" | "CronJob") {
        context.asks(|| Key::unready_under(&object.kind, &object.namespace, &object.name));
        return cluster.unready_under(object).take(MOST_PODS).collect();
    }
    context.asks(|| Key::pods_under(&object.kind, &object.namespace, &object.name));
    cluster.pods_under(object).take(MOST_PODS).collect()
}
