//! Which objects, pods and nodes a finding is about: what causes are looked up by.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, ObjectRef, Resource, Str, objects::Pod};
use rutter_lessons::{Evidence, Finding, Origin, Relation};

/// A Deployment can leave thousands of dead pods behind; this many tell enough.
const MOST_PODS: usize = 2000;

const CLAIM: &str = "PersistentVolumeClaim";

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

/// Looks up the findings that stand in a relation to another.
pub(crate) struct Related<'c> {
    cluster: &'c Cluster,
    findings: &'c [Finding],
    /// By the object itself or an instance of it.
    by_object: FxHashMap<Name, BTreeSet<usize>>,
    /// By the nodes of the pods concerned, those that the evidence names, or the node itself.
    by_node: FxHashMap<Str, BTreeSet<usize>>,
    /// By objects in the evidence.
    by_mention: FxHashMap<Name, BTreeSet<usize>>,
    /// Findings about Services, by the Service.
    services: FxHashMap<Name, Vec<usize>>,
    /// The pods that mount a claim, for those claims that findings are about.
    mounting: FxHashMap<Name, Vec<Name>>,
}

impl<'c> Related<'c> {
    pub(crate) fn new(cluster: &'c Cluster, findings: &'c [Finding]) -> Self {
        let mut related = Self {
            cluster,
            findings,
            by_object: FxHashMap::default(),
            by_node: FxHashMap::default(),
            by_mention: FxHashMap::default(),
            services: FxHashMap::default(),
            mounting: FxHashMap::default(),
        };
        for (n, finding) in findings.iter().enumerate() {
            related.add(n, finding);
        }
        related.find_mounting();
        related
    }

    fn add(&mut self, n: usize, finding: &Finding) {
        for object in finding.instances.iter().chain([&finding.object]) {
            self.by_object.entry(name(object)).or_default().insert(n);
        }
        for evidence in &finding.evidence {
            self.by_mention.entry(name(&evidence.object)).or_default().insert(n);
        }
        if finding.object.kind == "Service" {
            self.services.entry(name(&finding.object)).or_default().push(n);
        }
        if finding.object.kind == CLAIM {
            self.mounting.entry(name(&finding.object)).or_default();
        }
        let nodes: BTreeSet<Str> = if finding.object.kind == "Node" {
            concerned(finding).into_iter().map(|node| node.name.clone()).collect()
        } else {
            let of_pods = pods_of(self.cluster, finding).into_iter().map(|pod| pod.spec.node_name.clone());
            let named = finding.evidence.iter().filter_map(node_named_by);
            of_pods.chain([finding.node.clone()]).chain(named).filter(|node| !node.is_empty()).collect()
        };
        for node in nodes {
            self.by_node.entry(node).or_default().insert(n);
        }
    }

    fn find_mounting(&mut self) {
        if self.mounting.is_empty() {
            return;
        }
        for pod in self.cluster.pods.iter() {
            for claim in pod.spec.volumes.iter().filter_map(|volume| pod.claim_name(volume)) {
                let claim = (CLAIM.into(), pod.meta.namespace.clone(), claim);
                if let Some(mounting) = self.mounting.get_mut(&claim) {
                    mounting.push(pod_name(pod));
                }
            }
        }
    }

    /// The findings that stand in `relation` to `cause` as its possible effects, without the cause itself.
    pub(crate) fn effects(&self, cause: usize, relation: Relation) -> Vec<usize> {
        let finding = &self.findings[cause];
        let found: BTreeSet<usize> = match relation {
            Relation::Same => self.same(finding),
            Relation::Hosts => {
                let nodes = concerned(finding).into_iter().filter_map(|node| self.by_node.get(&node.name));
                nodes.flatten().copied().collect()
            }
            Relation::PodToOwner => self.owners(finding),
            Relation::PodToService => self.selecting(finding),
            Relation::ClaimToPod => self.mounting(finding),
            Relation::Mentions => {
                let objects = concerned(finding).into_iter();
                objects.filter_map(|object| self.by_mention.get(&name(object))).flatten().copied().collect()
            }
        };
        found.into_iter().filter(|effect| *effect != cause).collect()
    }

    fn about<'a>(&'a self, object: &Name) -> impl Iterator<Item = usize> + use<'a> {
        self.by_object.get(object).into_iter().flatten().copied()
    }

    fn same(&self, cause: &Finding) -> BTreeSet<usize> {
        let objects = cause.instances.iter().chain([&cause.object]);
        let found = objects.flat_map(|object| self.about(&name(object)));
        found
            .filter(|effect| match (&cause.container, &self.findings[*effect].container) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            })
            .collect()
    }

    fn owners(&self, cause: &Finding) -> BTreeSet<usize> {
        let mut objects: BTreeSet<Name> = [name(&cause.object)].into();
        for pod in pods_of(self.cluster, cause) {
            if let Some(owner) = pod.meta.controller() {
                objects.insert((owner.kind.clone(), pod.meta.namespace.clone(), owner.name.clone()));
            }
        }
        objects.iter().flat_map(|object| self.about(object)).collect()
    }

    fn selecting(&self, cause: &Finding) -> BTreeSet<usize> {
        if self.services.is_empty() {
            return BTreeSet::new();
        }
        let mut services = BTreeSet::<Name>::new();
        for pod in pods_of(self.cluster, cause) {
            let selecting = self.cluster.services_selecting(pod);
            services.extend(selecting.map(|service| name(&service.object_ref())));
        }
        services.iter().filter_map(|service| self.services.get(service)).flatten().copied().collect()
    }

    fn mounting(&self, cause: &Finding) -> BTreeSet<usize> {
        let pods = self.mounting.get(&name(&cause.object)).into_iter().flatten();
        pods.flat_map(|pod| self.about(pod)).collect()
    }
}

/// What a finding is about: its object, or all nodes where it is about several together.
fn concerned(finding: &Finding) -> BTreeSet<&ObjectRef> {
    let nodes = finding.instances.iter().filter(|instance| instance.kind == "Node");
    nodes.chain([&finding.object]).collect()
}

/// The pods that a finding is about: its instances, or those of the workload or the Service.
pub(crate) fn pods_of<'c>(cluster: &'c Cluster, finding: &Finding) -> Vec<&'c Pod> {
    let object = &finding.object;
    let instances = finding.instances.iter().filter(|instance| instance.kind == "Pod");
    let instances: Vec<&Pod> =
        instances.take(MOST_PODS).filter_map(|pod| cluster.pods.get(&pod.namespace, &pod.name)).collect();
    if !instances.is_empty() {
        return instances;
    }
    if object.kind == "Service" {
        let service = cluster.services.get(&object.namespace, &object.name);
        return service
            .into_iter()
            .flat_map(|service| cluster.pods_selected_by(service))
            .take(MOST_PODS)
            .collect();
    }
    let mut pods = cluster.pods_under(object);
    pods.truncate(MOST_PODS);
    pods
}
