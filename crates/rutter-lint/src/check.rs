//! What a check is.

use rutter_lessons::Severity;

use crate::{
    context::Context,
    finding::{Edit, Finding},
    manifest::Object,
    template::{Container, Template},
    yaml::Node,
};

/// What a check looks at.
#[derive(Clone, Copy)]
pub enum Look {
    /// Every object.
    Object(fn(&Context<'_>, &Object, &mut Found<'_>)),
    /// Every pod, or template of pods, in whatever object it stands.
    Template(fn(&Context<'_>, &Template<'_>, &mut Found<'_>)),
    /// What the reader says of a text that it can't read.
    Text,
    /// Every container of these.
    Container(fn(&Context<'_>, &Container<'_>, &mut Found<'_>)),
}

/// What checks are about: the folder that they live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Topic {
    Image,
    Probe,
    Resources,
    Pod,
    Security,
    Workload,
    Network,
    Storage,
    Api,
    Cluster,
}

impl Topic {
    /// The folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Image => "image",
            Topic::Probe => "probe",
            Topic::Resources => "resources",
            Topic::Pod => "pod",
            Topic::Security => "security",
            Topic::Workload => "workload",
            Topic::Network => "network",
            Topic::Storage => "storage",
            Topic::Api => "api",
            Topic::Cluster => "cluster",
        }
    }
}

/// The preventive form of a lesson: what can be seen in a manifest before it is applied. Each lives in a directory of its own
/// under `checks/`.
pub struct Check {
    /// Permanent: users filter, suppress and link by it.
    pub id: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// What is wrong, in a few words, for lists.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it is asked unless somebody says otherwise. What is a matter of taste, or of a company's rules, is not.
    pub default: bool,
    /// The lessons that it would have kept from coming true; empty for what no lesson of Rutter's is about.
    pub prevents: &'static [&'static str],
    /// What it looks at.
    pub look: Look,
    /// What a person reads about it.
    pub text: &'static str,
}

/// Takes what a check finds.
pub struct Found<'f> {
    pub(crate) check: &'static Check,
    pub(crate) object: &'f Object,
    pub(crate) container: Option<&'f str>,
    pub(crate) findings: &'f mut Vec<Finding>,
}

impl Found<'_> {
    /// This check fails, and here is where: `message` is one sentence without a full stop, with the values that prove it.
    pub fn at(&mut self, node: &Node, message: impl Into<String>) -> Added<'_> {
        self.findings.push(Finding {
            check: self.check.id,
            object: self.object.object_ref(),
            container: self.container.filter(|name| !name.is_empty()).map(str::to_owned),
            source: self.object.source,
            span: node.span,
            message: message.into(),
            advice: None,
            fix: None,
        });
        Added { finding: self.findings.last_mut() }
    }
}

/// A finding that was just added, to which more can be said.
pub struct Added<'f> {
    finding: Option<&'f mut Finding>,
}

impl Added<'_> {
    /// It is about this container, where the check looks at objects or templates.
    pub fn container(&mut self, name: &str) -> &mut Self {
        if let Some(finding) = &mut self.finding {
            finding.container = Some(name.to_owned());
        }
        self
    }

    /// What to write instead: a sentence without a full stop.
    pub fn advice(&mut self, advice: impl Into<String>) -> &mut Self {
        if let Some(finding) = &mut self.finding {
            finding.advice = Some(advice.into());
        }
        self
    }

    /// What mends it for certain: only where every reader of the manifest would do the same.
    pub fn fix(&mut self, fix: impl Into<Option<Edit>>) -> &mut Self {
        if let Some(finding) = &mut self.finding {
            finding.fix = fix.into();
        }
        self
    }
}
