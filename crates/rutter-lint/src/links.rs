//! What the manifests have to do with each other: which Services, budgets and autoscalers a workload has.

use rustc_hash::FxHashMap;

use crate::{context::Context, manifest::Object, selector::Selector, template::Template, yaml::Node};

/// Who refers to whom among the manifests.
#[derive(Debug, Default)]
pub struct Links<'a> {
    by_kind: FxHashMap<(&'a str, &'a str), Vec<&'a Object>>,
    services: FxHashMap<usize, Vec<&'a Object>>,
    budgets: FxHashMap<usize, Vec<&'a Object>>,
    autoscalers: FxHashMap<(&'a str, &'a str, &'a str), Vec<&'a Object>>,
    entrances: FxHashMap<(&'a str, &'a str), &'a Object>,
}

impl<'a> Links<'a> {
    pub(crate) fn of(context: &Context<'a>) -> Self {
        let mut links = Self::default();
        for object in context.objects() {
            let namespace = context.namespace(object);
            links.by_kind.entry((&object.kind, namespace)).or_default().push(object);
            match (object.group(), object.kind.as_str()) {
                ("", "Service") => {
                    let selector = object.at(&["spec", "selector"]).map(Selector::of_labels);
                    link(&mut links.services, context, object, selector);
                }
                ("policy", "PodDisruptionBudget") => {
                    link(&mut links.budgets, context, object, budget_selector(object));
                }
                ("autoscaling", "HorizontalPodAutoscaler") | ("keda.sh", "ScaledObject") => {
                    let field = |name| object.root.text_at(&["spec", "scaleTargetRef", name]);
                    let kind = field("kind").unwrap_or("Deployment");
                    if let Some(name) = field("name") {
                        links.autoscalers.entry((kind, namespace, name)).or_default().push(object);
                    }
                }
                _ => links.enter(object, namespace),
            }
        }
        links
    }

    /// Notes the Services that an Ingress, a route or a webhook brings traffic to.
    fn enter(&mut self, object: &'a Object, namespace: &'a str) {
        if object.kind == "Ingress" {
            for service in ingress_backends(object).filter_map(|backend| backend.service) {
                self.entrances.entry((namespace, service)).or_insert(object);
            }
        } else if object.group() == "gateway.networking.k8s.io" {
            for backend in route_backends(object) {
                let at = backend.text_at(&["namespace"]).unwrap_or(namespace);
                if let Some(name) = backend.text_at(&["name"]) {
                    self.entrances.entry((at, name)).or_insert(object);
                }
            }
        } else if object.group() == "admissionregistration.k8s.io" {
            for service in object
                .root
                .items_at(&["webhooks"])
                .iter()
                .filter_map(|one| one.at(&["clientConfig", "service"]))
            {
                let key = (service.text_at(&["namespace"]), service.text_at(&["name"]));
                if let (Some(namespace), Some(name)) = key {
                    self.entrances.entry((namespace, name)).or_insert(object);
                }
            }
        }
    }

    /// The manifests of a kind, of whatever group, in a namespace.
    pub fn of_kind_in<'s>(&'s self, kind: &'s str, namespace: &'s str) -> &'s [&'a Object] {
        self.by_kind.get(&(kind, namespace)).map_or(&[], Vec::as_slice)
    }

    /// The Services that choose these pods.
    pub fn services(&self, template: &Template<'_>) -> &[&'a Object] {
        self.services.get(&address(template.spec)).map_or(&[], Vec::as_slice)
    }

    /// The budgets that choose these pods.
    pub fn budgets(&self, template: &Template<'_>) -> &[&'a Object] {
        self.budgets.get(&address(template.spec)).map_or(&[], Vec::as_slice)
    }

    /// Whatever scales this workload: HorizontalPodAutoscalers, and KEDA's ScaledObjects.
    pub fn autoscalers<'s>(&'s self, namespace: &'s str, kind: &'s str, name: &'s str) -> &'s [&'a Object] {
        self.autoscalers.get(&(kind, namespace, name)).map_or(&[], Vec::as_slice)
    }

    /// The Ingress, route or webhook that brings traffic to a Service; itself where it takes traffic from outside.
    pub fn entrance(&self, namespace: &str, service: &'a Object) -> Option<&'a Object> {
        if let Some(from) = self.entrances.get(&(namespace, service.name.as_str())) {
            return Some(from);
        }
        let outside = matches!(service.root.text_at(&["spec", "type"]), Some("LoadBalancer" | "NodePort"));
        outside.then_some(service)
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

fn link<'a>(
    to: &mut FxHashMap<usize, Vec<&'a Object>>,
    context: &Context<'a>,
    object: &'a Object,
    selector: Option<Selector<'a>>,
) {
    let Some(selector) = selector else { return };
    if selector.is_empty() && object.api_version != "policy/v1" {
        return;
    }
    for template in context.selected(object, &selector) {
        to.entry(address(template.spec)).or_default().push(object);
    }
}

/// The selector of a budget that has one.
pub fn budget_selector(budget: &Object) -> Option<Selector<'_>> {
    budget.at(&["spec", "selector"]).map(Selector::of)
}

/// Whether two manifests are applied to one cluster and namespace for certain: a set may hold several clusters' files, in which
/// one name stands in each.
pub fn surely_together(context: &Context<'_>, one: &Object, other: &Object) -> bool {
    let is_twin = one.kind == other.kind && one.name == other.name;
    let is_named = !context.namespace(one).is_empty();
    context.together(one, other) && !is_twin && (one.source == other.source || is_named)
}

/// What an Ingress sends requests to.
#[derive(Debug, Clone, Copy)]
pub struct Backend<'o> {
    /// The Service's name, where it is a Service.
    pub service: Option<&'o str>,
    /// The number or name of its port.
    pub port: Option<&'o Node>,
    /// The whole entry.
    pub node: &'o Node,
}

impl<'o> Backend<'o> {
    /// `networking.k8s.io/v1`, or what came before.
    fn of(node: &'o Node) -> Self {
        let service = node.text_at(&["service", "name"]).or_else(|| node.text_at(&["serviceName"]));
        let port = node
            .at(&["service", "port", "number"])
            .or_else(|| node.at(&["service", "port", "name"]))
            .or_else(|| node.at(&["servicePort"]));
        Self { service, port, node }
    }
}

/// The backends of an Ingress: the default one, and those of all paths.
pub fn ingress_backends(ingress: &Object) -> impl Iterator<Item = Backend<'_>> {
    let default = ingress.at(&["spec", "defaultBackend"]).or_else(|| ingress.at(&["spec", "backend"]));
    let paths = ingress
        .root
        .items_at(&["spec", "rules"])
        .iter()
        .flat_map(|rule| rule.items_at(&["http", "paths"]))
        .filter_map(|path| path.at(&["backend"]));
    default.into_iter().chain(paths).map(Backend::of)
}

/// The references to Services of a route of the Gateway API.
pub fn route_backends(route: &Object) -> impl Iterator<Item = &Node> {
    let rules = route.root.items_at(&["spec", "rules"]).iter();
    rules.flat_map(|rule| rule.items_at(&["backendRefs"])).filter(|backend| {
        let is = |key: &str, wanted: &str| backend.text_at(&[key]).is_none_or(|value| value == wanted);
        is("kind", "Service") && is("group", "")
    })
}

/// Whether a Service has this port, by number or name.
pub fn has_port(service: &Object, port: &Node) -> bool {
    let ports = service.root.items_at(&["spec", "ports"]);
    let wanted = port.text();
    ports
        .iter()
        .any(|one| wanted.is_some() && (one.text_at(&["port"]) == wanted || one.text_at(&["name"]) == wanted))
}

/// A Service's ports, as a message lists them: `80 (http), 9090`.
pub fn ports_of(service: &Object) -> String {
    let ports = service.root.items_at(&["spec", "ports"]).iter().filter_map(|one| {
        let number = one.text_at(&["port"])?;
        Some(match one.text_at(&["name"]) {
            Some(name) => format!("{number} ({name})"),
            None => number.to_owned(),
        })
    });
    ports.collect::<Vec<_>>().join(", ")
}
