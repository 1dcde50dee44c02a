//! What is looked up in a cluster for each manifest.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use rutter_cluster::{
    Cluster,
    objects::{Ingress, Service},
};
use rutter_lessons::balancers::{self, Port};

use super::{nodes, quota};
use crate::{context::Context, manifest::Object};

/// Which manifest: its source, and where in it it begins.
pub type Place = (usize, u32);

/// Which manifest this is.
pub fn place(object: &Object) -> Place {
    (object.source, object.root.span.start)
}

/// Who decides how many pods a workload has.
#[derive(Debug, Clone, Copy)]
pub struct Scaler<'a> {
    /// The autoscaler's name.
    pub name: &'a str,
    /// The fewest that it leaves.
    pub least: i64,
    /// The most that it makes.
    pub most: i64,
    /// Whether it is among the manifests.
    pub is_written: bool,
}

/// A cluster with its indexes.
pub struct Live<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    node_ports: FxHashMap<Port, Vec<&'a Service>>,
    balancers: FxHashMap<&'a str, Vec<&'a Service>>,
    addresses: FxHashMap<&'a str, Vec<&'a Service>>,
    paths: FxHashMap<(&'a str, &'a str), Vec<&'a Ingress>>,
    /// By namespace, kind and name of what is scaled.
    scalers: FxHashMap<(&'a str, &'a str, &'a str), Scaler<'a>>,
    first: FxHashMap<&'a str, Place>,
    may_grow: OnceLock<bool>,
    over: OnceLock<FxHashMap<Place, Vec<quota::Over>>>,
}

impl<'a> Live<'a> {
    pub(crate) fn new(context: &Context<'a>, cluster: &'a Cluster) -> Self {
        let mut live = Self {
            cluster,
            node_ports: FxHashMap::default(),
            balancers: FxHashMap::default(),
            addresses: FxHashMap::default(),
            paths: FxHashMap::default(),
            scalers: FxHashMap::default(),
            first: FxHashMap::default(),
            may_grow: OnceLock::new(),
            over: OnceLock::new(),
        };
        cluster.services.iter().for_each(|service| live.add_service(service));
        cluster.ingresses.iter().for_each(|ingress| live.add_ingress(ingress));
        for scaler in cluster.autoscalers.iter().filter(|scaler| scaler.meta.deleted.is_none()) {
            let target = &scaler.spec.scale_target_ref;
            live.scalers.insert(
                (&scaler.meta.namespace, &target.kind, &target.name),
                Scaler {
                    name: &scaler.meta.name,
                    least: scaler.spec.min_replicas.unwrap_or(1),
                    most: scaler.spec.max_replicas,
                    is_written: false,
                },
            );
        }
        for object in context.of_kind("autoscaling", "HorizontalPodAutoscaler") {
            let number = |key| object.at(&["spec", key]).and_then(crate::yaml::Node::integer);
            let target = |key| object.root.text_at(&["spec", "scaleTargetRef", key]);
            let Some((kind, name)) = target("kind").zip(target("name")) else { continue };
            live.scalers.insert(
                (context.namespace(object), kind, name),
                Scaler {
                    name: &object.name,
                    least: number("minReplicas").unwrap_or(1),
                    most: number("maxReplicas").unwrap_or(i64::MAX),
                    is_written: true,
                },
            );
        }
        for object in context.objects() {
            if let Some(namespace) = super::namespace(context, object) {
                live.first.entry(namespace).or_insert(place(object));
            }
        }
        live
    }

    fn add_service(&mut self, service: &'a Service) {
        if service.meta.deleted.is_some() {
            return;
        }
        for port in service.spec.ports.iter().filter(|port| port.node_port > 0) {
            let port = (port.node_port, balancers::protocol(port));
            self.node_ports.entry(port).or_default().push(service);
        }
        if let Some((_, id)) = balancers::shared(service) {
            self.balancers.entry(id).or_default().push(service);
        }
        if service.spec.kind == "LoadBalancer" {
            for address in service.status.load_balancer.ingress.iter().filter(|one| !one.ip.is_empty()) {
                self.addresses.entry(&address.ip).or_default().push(service);
            }
        }
    }

    fn add_ingress(&mut self, ingress: &'a Ingress) {
        for rule in ingress.spec.rules.iter().filter(|_| ingress.meta.deleted.is_none()) {
            for path in rule.http.iter().flat_map(|http| &http.paths) {
                let path = if path.path.is_empty() { "/" } else { path.path.as_str() };
                self.paths.entry((&rule.host, path)).or_default().push(ingress);
            }
        }
    }

    /// The Services that have this port on the nodes.
    pub fn on_node_port(&self, port: Port) -> &[&'a Service] {
        self.node_ports.get(&port).map_or(&[], Vec::as_slice)
    }

    /// The Services that are told to use this load balancer.
    pub fn on_balancer(&self, id: &str) -> &[&'a Service] {
        self.balancers.get(id).map_or(&[], Vec::as_slice)
    }

    /// The Services of load balancers that have this address.
    pub fn at_address(&self, address: &str) -> &[&'a Service] {
        self.addresses.get(address).map_or(&[], Vec::as_slice)
    }

    /// The Ingresses with a rule for exactly this host and path.
    pub fn at_path<'s>(&'s self, host: &'s str, path: &'s str) -> &'s [&'s Ingress] {
        self.paths.get(&(host, path)).map_or(&[], Vec::as_slice)
    }

    /// Who scales a workload: the autoscaler among the manifests, else that of the cluster.
    pub fn scaler<'s>(&'s self, namespace: &'s str, kind: &'s str, name: &'s str) -> Option<Scaler<'s>> {
        self.scalers.get(&(namespace, kind, name)).copied()
    }

    /// Whether this is the first manifest for its namespace.
    pub fn is_first(&self, namespace: &str, object: &Object) -> bool {
        self.first.get(namespace) == Some(&place(object))
    }

    /// See [`nodes::may_grow`].
    pub fn may_grow(&self) -> bool {
        *self.may_grow.get_or_init(|| nodes::may_grow(self.cluster))
    }

    /// Which quotas a manifest exceeds.
    pub fn over(&self, context: &Context<'_>, object: &Object) -> &[quota::Over] {
        let all = self.over.get_or_init(|| quota::all(context, self));
        all.get(&place(object)).map_or(&[], Vec::as_slice)
    }
}
