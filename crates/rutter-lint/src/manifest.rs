//! Kubernetes objects in source texts.

use rutter_cluster::ObjectRef;

use crate::yaml::{self, Broken, Node};

/// A text with manifests, and what to call it.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// As a person calls it: a path, `-`, or a chart's template.
    pub name: String,
    /// What stands in it.
    pub text: String,
    /// What it is to the linter.
    pub role: Role,
}

/// What a text is to the linter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Role {
    /// Manifests that somebody wrote.
    #[default]
    Written,
    /// Manifests that a program made of other texts; nobody can edit them.
    Rendered {
        /// The texts of which it was made, where they are known.
        from: Vec<usize>,
    },
    /// Not to be looked at itself: something was made of it.
    Origin,
}

/// An object as somebody wrote it.
#[derive(Debug, Clone)]
pub struct Object {
    /// In which of the sources it stands.
    pub source: usize,
    /// All of it.
    pub root: Node,
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Empty where the manifest names none: the one that it is applied to.
    pub namespace: String,
    /// Empty where it has a `generateName`, or none.
    pub name: String,
}

impl Object {
    /// The object of a document, if it is one: with `apiVersion` and `kind`.
    fn new(source: usize, root: Node) -> Option<Self> {
        let text = |path: &[&str]| root.text_at(path).unwrap_or_default().to_owned();
        let (api_version, kind) = (text(&["apiVersion"]), text(&["kind"]));
        if api_version.is_empty() || kind.is_empty() {
            return None;
        }
        let (namespace, mut name) = (text(&["metadata", "namespace"]), text(&["metadata", "name"]));
        if name.is_empty() {
            name = text(&["metadata", "generateName"]);
        }
        Some(Self { source, root, api_version, kind, namespace, name })
    }

    /// The group of its API: `apps`; empty for the core.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether it is of this kind, in any version of this group.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group() == group
    }

    /// The value at the end of a path from its root.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        self.root.at(path)
    }

    /// Its labels.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        pairs(self.root.entries_at(&["metadata", "labels"]))
    }

    /// The value of one of its annotations.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.root.text_at(&["metadata", "annotations", key])
    }

    /// What to point at when something is missing in it: its name, else its kind.
    pub fn head(&self) -> &Node {
        self.at(&["metadata", "name"]).or_else(|| self.root.get("kind")).unwrap_or(&self.root)
    }

    /// A reference to it.
    pub fn object_ref(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.as_str().into(),
            kind: self.kind.as_str().into(),
            namespace: self.namespace.as_str().into(),
            name: self.name.as_str().into(),
            uid: "".into(),
        }
    }
}

/// Entries of a map of texts.
pub(crate) fn pairs(entries: &[(Node, Node)]) -> impl Iterator<Item = (&str, &str)> + Clone {
    entries.iter().filter_map(|(key, value)| Some((key.text()?, value.text().unwrap_or_default())))
}

/// What a source holds.
#[derive(Debug, Default)]
pub struct Read {
    /// Its objects, those of lists one by one.
    pub objects: Vec<Object>,
    /// Documents that could not be read.
    pub broken: Vec<Broken>,
    /// Documents that are no Kubernetes object: values of a chart, a configuration.
    pub others: usize,
}

/// The objects of a source.
pub fn read(source: usize, text: &str) -> Read {
    let (documents, broken) = yaml::parse(text);
    let mut read = Read { broken, ..Read::default() };
    for document in documents {
        if !document.root.is_empty() {
            add(source, document.root, &mut read);
        }
    }
    read
}

fn add(source: usize, mut root: Node, read: &mut Read) {
    if root.text_at(&["kind"]).is_some_and(|kind| kind.ends_with("List"))
        && let yaml::Value::Map(entries) = &mut root.value
        && let Some((_, items)) = entries.iter_mut().find(|(key, _)| key.text() == Some("items"))
        && let yaml::Value::List(items) = &mut items.value
    {
        for item in std::mem::take(items) {
            add(source, item, read);
        }
        return;
    }
    match Object::new(source, root) {
        Some(object) => read.objects.push(object),
        None => read.others += 1,
    }
}
