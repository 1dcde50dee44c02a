//! Findings that somebody has accepted: by an annotation on the object, or by a rule of the configuration.

use jiff::civil::Date;

use crate::{config::Ignore, finding::Finding, manifest::Object, template::Template, yaml::Node};

/// Before the check's id in an annotation: `rutter.dev/ignore.image-tag: the mirror keeps one tag`. Behind it, a container may be named:
/// `rutter.dev/ignore.image-tag.sidecar`.
pub const ANNOTATION: &str = "rutter.dev/ignore.";

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// `annotation`, or the rule of the configuration.
    pub by: String,
    /// The reason that was given.
    pub reason: String,
    /// The last day on which that holds.
    pub until: Option<Date>,
}

/// An annotation that accepts findings.
#[derive(Debug)]
pub struct Annotation<'o> {
    /// The check's id.
    pub check: &'o str,
    /// The container, if it is about one.
    pub container: Option<&'o str>,
    /// Why.
    pub reason: &'o str,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands.
    pub node: &'o Node,
    /// What is wrong with it itself.
    pub fault: Option<&'static str>,
}

/// The annotations of an object, and of the pods that it makes, that accept findings.
pub fn annotations(object: &Object) -> Vec<Annotation<'_>> {
    let own = object.root.entries_at(&["metadata", "annotations"]);
    let templates = Template::of(object);
    let of_pods = templates
        .iter()
        .filter(|template| template.controller != crate::Controller::None)
        .filter_map(|template| template.metadata)
        .flat_map(|metadata| metadata.entries_at(&["annotations"]));
    own.iter().chain(of_pods).filter_map(|(key, value)| annotation(key, value)).collect()
}

fn annotation<'o>(key: &'o Node, value: &'o Node) -> Option<Annotation<'o>> {
    let name = key.text()?.strip_prefix(ANNOTATION)?;
    let (check, container) = match name.split_once('.') {
        Some((check, container)) => (check, Some(container)),
        None => (name, None),
    };
    let text = value.text().unwrap_or_default().trim();
    let (until, reason) =
        match text.strip_prefix("until ").map(|rest| rest.split_once(':').unwrap_or((rest, ""))) {
            Some((day, reason)) => (Some(day.trim().parse::<Date>()), reason.trim()),
            None => (None, text),
        };
    let fault = match &until {
        _ if crate::check(check).is_none() => Some("there is no such check"),
        Some(Err(_)) => Some("its day can't be read: write `until 2027-01-31: why`"),
        _ if reason.is_empty() => Some("it gives no reason"),
        _ => None,
    };
    Some(Annotation { check, container, reason, until: until.and_then(Result::ok), node: key, fault })
}

impl Annotation<'_> {
    /// Whether it is about this finding.
    pub fn is_about(&self, finding: &Finding) -> bool {
        self.fault.is_none()
            && self.check == finding.check
            && self.container.is_none_or(|name| finding.container.as_deref() == Some(name))
    }
}

impl Ignore {
    /// Whether it is about this finding in the file of this name.
    pub fn is_about(&self, finding: &Finding, path: &str) -> bool {
        let like = |glob: &Option<String>, text: &str| {
            glob.as_ref().is_none_or(|glob| fast_glob::glob_match(glob, text))
        };
        let object = format!("{}/{}", finding.object.kind, finding.object.name).to_lowercase();
        let wanted = self.object.as_ref().map(|object| object.to_lowercase());
        like(&self.check, finding.check)
            && like(&self.path, path.strip_prefix("./").unwrap_or(path))
            && like(&wanted, &object)
            && like(&self.namespace, &finding.object.namespace)
            && like(&self.container, finding.container.as_deref().unwrap_or_default())
    }
}
