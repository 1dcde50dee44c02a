//! What a check may ask, beside the object that it looks at: the other manifests, and the cluster if one is given.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, Kind, near};

use crate::{links::Links, live::Live, manifest::Object, selector::Selector, template::Template, yaml::Node};

/// A version of Kubernetes: 1.34.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16);

impl std::fmt::Display for Version {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}.{}", self.0, self.1)
    }
}

impl std::str::FromStr for Version {
    type Err = &'static str;

    /// `1.34`, `v1.34.2`, `1.34+`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a version of Kubernetes, such as 1.34";
        let mut parts = text.strip_prefix('v').unwrap_or(text).split(['.', '+', '-']);
        let mut next = || parts.next().and_then(|part| part.parse().ok()).ok_or(WRONG);
        Ok(Self(next()?, next()?))
    }
}

/// What checks are measured by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The Kubernetes that the manifests are for.
    pub version: Version,
    /// The namespace of manifests that name none; empty where that isn't known.
    pub namespace: String,
    /// Hosts of registries that images may come from; all, if there are none.
    pub registries: Vec<String>,
    /// How many replicas a workload that serves must have.
    pub least_replicas: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { version: Version(1, 34), namespace: String::new(), registries: Vec::new(), least_replicas: 2 }
    }
}

/// Whether an object is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Among the manifests or in the cluster.
    There,
    /// Neither among the manifests nor in the cluster, all of whose objects of this kind were seen; or no cluster was given,
    /// and a manifest has a name that differs by a slip of the pen.
    Absent {
        /// The one that may be meant.
        nearest: Option<String>,
    },
    /// It may be in the cluster, which nobody showed.
    Unknown,
}

/// What checks may ask.
pub struct Context<'a> {
    /// What to measure by.
    pub settings: &'a Settings,
    /// The cluster that the manifests are to be applied to, if one was given.
    pub cluster: Option<&'a Cluster>,
    objects: &'a [Object],
    templates: Vec<Template<'a>>,
    by_kind: FxHashMap<&'a str, Vec<&'a Object>>,
    by_name: FxHashMap<(&'a str, &'a str, &'a str), Vec<&'a Object>>,
    by_label: FxHashMap<(&'a str, &'a str, &'a str), Vec<u32>>,
    by_namespace: FxHashMap<&'a str, Vec<u32>>,
    live: OnceLock<Live<'a>>,
    services: FxHashMap<(&'a str, &'a str, &'a str), Vec<&'a Object>>,
    links: Links<'a>,
}

impl<'a> Context<'a> {
    /// Indexes the manifests.
    pub fn new(objects: &'a [Object], cluster: Option<&'a Cluster>, settings: &'a Settings) -> Self {
        let mut context = Self {
            settings,
            cluster,
            objects,
            templates: objects.iter().flat_map(Template::of).collect(),
            by_kind: FxHashMap::default(),
            by_name: FxHashMap::default(),
            by_label: FxHashMap::default(),
            by_namespace: FxHashMap::default(),
            live: OnceLock::new(),
            services: FxHashMap::default(),
            links: Links::default(),
        };
        for object in objects {
            context.by_kind.entry(&object.kind).or_default().push(object);
            let name = (object.kind.as_str(), context.namespace(object), object.name.as_str());
            context.by_name.entry(name).or_default().push(object);
            if object.is("", "Service")
                && let Some((key, value)) = object.at(&["spec", "selector"]).and_then(first_label)
            {
                let namespace = context.namespace(object);
                context.services.entry((namespace, key, value)).or_default().push(object);
            }
        }
        for (index, template) in context.templates.iter().enumerate() {
            let (index, namespace) = (index as u32, context.namespace(template.object));
            context.by_namespace.entry(namespace).or_default().push(index);
            for (key, value) in template.labels() {
                context.by_label.entry((namespace, key, value)).or_default().push(index);
            }
        }
        context.links = Links::of(&context);
        context
    }

    /// All manifests.
    pub fn objects(&self) -> &'a [Object] {
        self.objects
    }

    /// What the manifests have to do with each other.
    pub fn links(&self) -> &Links<'a> {
        &self.links
    }

    /// The namespace of a manifest: its own, else the one that was said to be meant; empty where neither is known.
    pub fn namespace<'o>(&self, object: &'o Object) -> &'o str
    where
        'a: 'o,
    {
        if object.namespace.is_empty() { &self.settings.namespace } else { &object.namespace }
    }

    /// Whether two manifests are applied to one namespace.
    pub fn together(&self, one: &Object, other: &Object) -> bool {
        self.namespace(one) == self.namespace(other)
    }

    /// The manifests of a kind, in whatever version of this group.
    pub fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = &'a Object> {
        let all = self.by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(move |object| object.group() == group)
    }

    /// The manifests of a kind in the namespace of another.
    pub fn beside(&self, object: &Object, group: &str, kind: &str) -> impl Iterator<Item = &'a Object> {
        let namespace = self.namespace(object).to_owned();
        self.of_kind(group, kind).filter(move |other| self.namespace(other) == namespace)
    }

    /// The manifest of this kind and name in the namespace of another; of several, the first.
    pub fn named(&self, beside: &Object, kind: &str, name: &str) -> Option<&'a Object> {
        self.by_name.get(&(kind, self.namespace(beside), name))?.first().copied()
    }

    /// The manifest of this kind, namespace and name.
    pub fn manifest(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Object> {
        self.by_name.get(&(kind, namespace, name))?.first().copied()
    }

    /// The cluster with what is indexed of it, if one was given.
    pub fn live(&self) -> Option<&Live<'a>> {
        let cluster = self.cluster?;
        Some(self.live.get_or_init(|| Live::new(self, cluster)))
    }

    /// All manifests of this kind and name in the namespace of another: those of several layers, too.
    pub fn all_named(&self, beside: &Object, kind: &str, name: &str) -> Vec<&'a Object> {
        self.by_name.get(&(kind, self.namespace(beside), name)).cloned().unwrap_or_default()
    }

    /// The manifest of this kind and name without a namespace.
    pub fn cluster_scoped(&self, kind: &str, name: &str) -> Option<&'a Object> {
        self.by_kind.get(kind)?.iter().copied().find(|object| object.name == name)
    }

    /// All templates of pods.
    pub fn templates(&self) -> &[Template<'a>] {
        &self.templates
    }

    /// The templates of pods in the namespace of an object.
    pub fn templates_beside(&self, object: &Object) -> impl Iterator<Item = &Template<'a>> {
        let indexes = self.by_namespace.get(self.namespace(object)).map_or(&[][..], Vec::as_slice);
        indexes.iter().map(|index| &self.templates[*index as usize])
    }

    /// The templates of pods that a selector finds in the namespace of an object.
    pub fn selected(&self, beside: &Object, selector: &Selector<'_>) -> Vec<&Template<'a>> {
        let namespace = self.namespace(beside);
        let matches = |template: &&Template<'a>| selector.matches(template.labels());
        // The rarest of the labels that must be there.
        let rarest = selector
            .equalities()
            .map(|(key, value)| self.by_label.get(&(namespace, key, value)).map_or(&[][..], Vec::as_slice))
            .min_by_key(|indexes| indexes.len());
        match rarest {
            Some(indexes) => {
                indexes.iter().map(|index| &self.templates[*index as usize]).filter(matches).collect()
            }
            None => self.templates_beside(beside).filter(matches).collect(),
        }
    }

    /// The Services among the manifests that find the pods of a template.
    pub fn services_of(&self, template: &Template<'_>) -> Vec<&'a Object> {
        let namespace = self.namespace(template.object);
        let mut found = Vec::new();
        for (key, value) in template.labels() {
            let near = self.services.get(&(namespace, key, value)).map_or(&[][..], Vec::as_slice);
            found.extend(near.iter().copied().filter(|service| {
                let selector = service.at(&["spec", "selector"]).map(Selector::of_labels);
                selector.is_some_and(|selector| selector.matches(template.labels()))
            }));
        }
        found
    }

    /// Whether an object to which a manifest refers is there. `kind` is one that the model knows.
    pub fn presence(&self, beside: &Object, kind: Kind, name: &str) -> Presence {
        let namespace = if kind.is_namespaced() { self.namespace(beside) } else { "" };
        let found = if kind.is_namespaced() {
            self.named(beside, kind.name(), name).is_some()
        } else {
            self.cluster_scoped(kind.name(), name).is_some()
        };
        if found {
            return Presence::There;
        }
        let Some(cluster) = self.cluster else {
            return self.slip(beside, kind, name);
        };
        if kind.is_namespaced() && namespace.is_empty() {
            return Presence::Unknown;
        }
        if cluster.find(kind, namespace, name).is_some() {
            return Presence::There;
        }
        if cluster.coverage().check(kind, namespace).is_err() {
            return Presence::Unknown;
        }
        let names: Vec<_> = cluster
            .refs(kind)
            .into_iter()
            .filter(|object| object.namespace == namespace)
            .map(|object| object.name)
            .collect();
        Presence::Absent { nearest: near::nearest(name, names.iter()).map(ToString::to_string) }
    }

    fn slip(&self, beside: &Object, kind: Kind, name: &str) -> Presence {
        let all = self.by_kind.get(kind.name()).map_or(&[][..], Vec::as_slice);
        let near = all
            .iter()
            .filter(|object| !kind.is_namespaced() || self.together(object, beside))
            .find(|object| near::is_slip(name, &object.name));
        near.map_or(Presence::Unknown, |object| Presence::Absent { nearest: Some(object.name.clone()) })
    }
}

/// The first label of a selector: what is found by it is looked at closer.
fn first_label(selector: &Node) -> Option<(&str, &str)> {
    let (key, value) = selector.entries().first()?;
    Some((key.text()?, value.text()?))
}
