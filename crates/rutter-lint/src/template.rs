//! Pod templates, wherever they stand: in a Deployment, a CronJob, or an object of a kind that nobody here has heard of.

use crate::{
    manifest::{Object, pairs},
    yaml::{Node, Value},
};

/// What makes the pods, as far as checks care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum Controller {
    /// A pod without a controller.
    None,
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
    /// A custom resource: a Rollout, a Knative Service, …
    Other,
}

impl Controller {
    fn of(object: &Object) -> Self {
        match (object.group(), object.kind.as_str()) {
            ("", "Pod") => Self::None,
            ("apps" | "extensions", "Deployment") => Self::Deployment,
            ("apps" | "extensions", "ReplicaSet") => Self::ReplicaSet,
            ("", "ReplicationController") => Self::ReplicationController,
            ("apps", "StatefulSet") => Self::StatefulSet,
            ("apps" | "extensions", "DaemonSet") => Self::DaemonSet,
            ("batch", "Job") => Self::Job,
            ("batch", "CronJob") => Self::CronJob,
            _ => Self::Other,
        }
    }

    /// Its pods end by themselves.
    pub fn runs_to_completion(self) -> bool {
        matches!(self, Self::Job | Self::CronJob)
    }

    /// Its pods serve for as long as it is there, and there may be several.
    pub fn serves(self) -> bool {
        matches!(
            self,
            Self::Deployment
                | Self::ReplicaSet
                | Self::ReplicationController
                | Self::StatefulSet
                | Self::Other
        )
    }
}

/// A pod, or what pods are made from.
#[derive(Debug, Clone, Copy)]
pub struct Template<'o> {
    /// The object in which it stands.
    pub object: &'o Object,
    /// What makes the pods.
    pub controller: Controller,
    /// The pods' metadata: labels and annotations.
    pub metadata: Option<&'o Node>,
    /// The pods' specification.
    pub spec: &'o Node,
}

/// What a container is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs to its end before the others start.
    Init,
    /// An init container that goes on (`restartPolicy: Always`).
    Sidecar,
    /// One of `containers`.
    Main,
}

/// A container of a template.
#[derive(Debug, Clone, Copy)]
pub struct Container<'o> {
    /// The template that it is part of.
    pub template: Template<'o>,
    /// What it is for.
    pub role: Role,
    /// All of it.
    pub node: &'o Node,
    /// Its name; empty where it has none.
    pub name: &'o str,
}

impl<'o> Template<'o> {
    /// The templates of an object: one, as a rule.
    pub fn of(object: &'o Object) -> Vec<Template<'o>> {
        let controller = Controller::of(object);
        let path: &[&str] = match controller {
            Controller::None => {
                return object
                    .at(&["spec"])
                    .map(|spec| Template { object, controller, metadata: object.at(&["metadata"]), spec })
                    .into_iter()
                    .collect();
            }
            Controller::CronJob => &["spec", "jobTemplate", "spec", "template"],
            _ => &["spec", "template"],
        };
        if let Some(template) = object.at(path)
            && let Some(spec) = template.at(&["spec"]).filter(|spec| is_pod(spec))
        {
            return vec![Template { object, controller, metadata: template.at(&["metadata"]), spec }];
        }
        let mut found = Vec::new();
        if controller == Controller::Other && object.kind != "CustomResourceDefinition" {
            look_for_templates(object, &object.root, 0, &mut found);
        }
        found
    }

    /// The labels that its pods get.
    pub fn labels(&self) -> impl Iterator<Item = (&'o str, &'o str)> + Clone {
        pairs(self.metadata.map_or(&[], |metadata| metadata.entries_at(&["labels"])))
    }

    /// An annotation that its pods get.
    pub fn annotation(&self, key: &str) -> Option<&'o str> {
        self.metadata?.text_at(&["annotations", key])
    }

    /// Its containers in the order in which they start, but for ephemeral ones.
    pub fn containers(&self) -> impl Iterator<Item = Container<'o>> + use<'o> {
        let template = *self;
        let of = move |node: &'o Node, role| Container {
            template,
            role,
            node,
            name: node.text_at(&["name"]).unwrap_or_default(),
        };
        let inits = self.spec.items_at(&["initContainers"]).iter().map(move |node| {
            let stays = node.text_at(&["restartPolicy"]) == Some("Always");
            of(node, if stays { Role::Sidecar } else { Role::Init })
        });
        inits.chain(self.spec.items_at(&["containers"]).iter().map(move |node| of(node, Role::Main)))
    }

    /// How many replicas the object asks for: one where it says nothing, none where that isn't a matter of the object.
    pub fn replicas(&self) -> Option<i64> {
        if !self.controller.serves() {
            return None;
        }
        match self.object.at(&["spec", "replicas"]) {
            Some(node) => node.integer(),
            None if self.controller == Controller::Other => None,
            None => Some(1),
        }
    }

    /// Whether the pods run on Windows, as far as the manifest says: much of a container's security is of Linux alone.
    pub fn is_windows(&self) -> bool {
        let os = |path: &[&str]| self.spec.text_at(path);
        os(&["os", "name"]) == Some("windows") || os(&["nodeSelector", "kubernetes.io/os"]) == Some("windows")
    }
}

impl<'o> Container<'o> {
    /// The value at the end of a path from the container.
    pub fn at(&self, path: &[&str]) -> Option<&'o Node> {
        self.node.at(path)
    }

    /// Its image; empty where it has none.
    pub fn image(&self) -> &'o str {
        self.node.text_at(&["image"]).unwrap_or_default()
    }

    /// What to point at when something is missing in it: its name.
    pub fn head(&self) -> &'o Node {
        self.at(&["name"]).unwrap_or(self.node)
    }

    /// A field of its security context; the pod's where the container has none, and that field is of both.
    pub fn security(&self, field: &str) -> Option<&'o Node> {
        self.at(&["securityContext", field]).or_else(|| self.template.spec.at(&["securityContext", field]))
    }
}

/// Whether this is a pod's specification: it has containers with names or images.
fn is_pod(spec: &Node) -> bool {
    spec.get("containers").is_some_and(|containers| {
        containers.items().iter().any(|one| one.get("image").is_some() || one.get("name").is_some())
    })
}

/// Looks for `spec` with containers below anything, as custom resources have it.
fn look_for_templates<'o>(object: &'o Object, node: &'o Node, depth: usize, found: &mut Vec<Template<'o>>) {
    const DEEPEST: usize = 12;
    if depth > DEEPEST {
        return;
    }
    if let Some(spec) = node.get("spec").filter(|spec| {
        is_pod(spec) && spec.items_at(&["containers"]).iter().all(|one| one.get("image").is_some())
    }) {
        // At the root, `metadata` is of the custom resource.
        let metadata = if depth == 0 { None } else { node.at(&["metadata"]) };
        found.push(Template { object, controller: Controller::Other, metadata, spec });
        return;
    }
    let below: Vec<&Node> = match &node.value {
        Value::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        Value::List(items) => items.iter().collect(),
        Value::Scalar(..) => return,
    };
    for node in below {
        look_for_templates(object, node, depth + 1, found);
    }
}
