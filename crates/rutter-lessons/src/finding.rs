//! What a lesson says of an object: findings, their evidence, and what to do.

use rutter_cluster::{ObjectRef, Resource, Str, Time, Unseen, objects::Event, objects::Pod};
use rutter_plan::Draft;

use crate::Context;

/// How bad it is, from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is broken.
    Info,
    /// A risk, or a fault without effect so far.
    Low,
    /// Something is degraded: fewer replicas than wanted, a job that fails.
    Medium,
    /// Something doesn't work: a workload without a single good replica, a node that can't start pods.
    High,
    /// Something on which others depend doesn't work: a node, a Service without a backend that has users.
    Critical,
}

impl Severity {
    /// All, from least to worst.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// As written in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How sure a finding or a cause is, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// It fits; something else fits too.
    Possible,
    /// Other explanations are improbable.
    Likely,
    /// The evidence says so itself.
    Certain,
}

impl Confidence {
    /// As written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

/// Where a piece of evidence was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A field of the object, as a path that `kubectl get -o jsonpath` would take, without the leading dot.
    Field(String),
    /// An event about the object: its reason.
    Event(Str),
    /// The log of a container of the object.
    Log(Str),
}

/// What proves a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The object that shows it.
    pub object: ObjectRef,
    /// Where in the object.
    pub origin: Origin,
    /// What stands there, verbatim where that is short enough.
    pub value: String,
    /// When it was so: a transition, or when an event was last seen.
    pub time: Option<Time>,
}

impl Evidence {
    /// Evidence from a field of an object.
    pub fn field(
        object: &impl Resource,
        path: impl Into<String>,
        value: impl Into<String>,
        time: Option<Time>,
    ) -> Self {
        Self { object: object.object_ref(), origin: Origin::Field(path.into()), value: value.into(), time }
    }

    /// Evidence from an event: its message, and how often and over which time it came if more than once.
    pub fn event(event: &Event) -> Self {
        let about = &event.involved_object;
        let mut value = event.message.to_string();
        if event.occurrences() > 1 {
            value = format!("{value} (x{})", event.occurrences());
        }
        let object = ObjectRef {
            api_version: about.api_version.clone(),
            kind: about.kind.clone(),
            // Events about Nodes are stored in a namespace; Nodes are not.
            namespace: if about.kind == "Node" { Str::default() } else { about.namespace.clone() },
            name: about.name.clone(),
            uid: about.uid.clone(),
        };
        Self { object, origin: Origin::Event(event.reason.clone()), value, time: event.last_seen() }
    }

    /// Evidence from a line of a container's log.
    pub fn log(pod: &Pod, container: &Str, line: impl Into<String>) -> Self {
        Self {
            object: pod.object_ref(),
            origin: Origin::Log(container.clone()),
            value: line.into(),
            time: None,
        }
    }
}

/// One lesson that holds for one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The lesson's id.
    pub lesson: &'static str,
    /// Which form of the lesson it is (`not-found`, `timeout`): decides causes and remedies, and is part of the
    /// finding's identity. Empty for lessons with one form.
    pub variant: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about: for pods their topmost owner.
    pub object: ObjectRef,
    /// The very objects that show it: the pods behind [`Finding::object`], or the object itself. A lesson sets one;
    /// findings that differ in nothing else are folded into one with all of them.
    pub instances: Vec<ObjectRef>,
    /// The node of the instance, where it is a pod that was scheduled, or the node itself.
    pub node: Str,
    /// The container, where it is about one.
    pub container: Option<Str>,
    /// What is wrong, for a person: one sentence without a full stop, that names the cause as far as it is known.
    pub message: String,
    /// When it began; `None` where the source doesn't tell.
    pub since: Option<Time>,
    /// For history: when it ended. A finding with an end is no incident and asks for nothing.
    pub until: Option<Time>,
    /// What proves it, the strongest first.
    pub evidence: Vec<Evidence>,
    /// What hides its cause: something was not seen that would show whether another thing is behind it. What is wrong is then
    /// wrong all the same, but whether it is a root nobody can say.
    pub hidden_by: Option<Unseen>,
}

impl Finding {
    /// A finding about the object itself (a Node, a Service, a workload).
    pub fn about(lesson: &'static str, object: &impl Resource) -> Self {
        let object = object.object_ref();
        let node = if object.kind == "Node" { object.name.clone() } else { Str::default() };
        Self {
            lesson,
            variant: "",
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            instances: vec![object.clone()],
            object,
            node,
            container: None,
            message: String::new(),
            since: None,
            until: None,
            evidence: Vec::new(),
            hidden_by: None,
        }
    }

    /// A finding about a pod, reported for its topmost owner.
    pub fn about_pod(lesson: &'static str, context: &Context<'_>, pod: &Pod) -> Self {
        let mut finding = Self::about(lesson, pod);
        finding.object = context.top_owner(pod);
        finding.node = pod.spec.node_name.clone();
        finding
    }

    /// What hides its cause, where it is the doing of the node that this was read of, and the node was not seen.
    pub(crate) fn hidden_with_node(&mut self, context: &Context<'_>) {
        if !self.node.is_empty() {
            self.hidden_by = context.node(&self.node).err();
        }
    }

    /// Whether it is over and only worth knowing.
    pub fn is_history(&self) -> bool {
        self.until.is_some()
    }
}

/// How much a remedy may break, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Only looks: neither the commands nor the title have anything changed. One that says to look, then to correct, is as what
    /// corrects.
    ReadOnly,
    /// Changes something that can be put back.
    Reversible,
    /// Interrupts something that runs.
    Disruptive,
    /// Removes something for good.
    Destructive,
}

impl Risk {
    /// As written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Risk::ReadOnly => "read-only",
            Risk::Reversible => "reversible",
            Risk::Disruptive => "disruptive",
            Risk::Destructive => "destructive",
        }
    }
}

/// Something to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// What to do and what must be true before, in one sentence without a full stop.
    pub title: String,
    /// The commands, ready to copy; `<…>` stands for what only a person knows.
    pub commands: Vec<String>,
    /// What it may break.
    pub risk: Risk,
    /// The same as a plan that `rutter fix` runs, where there is one.
    pub plan: Option<Box<Draft>>,
}

impl Remedy {
    /// A remedy of that risk.
    pub fn new(risk: Risk, title: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Self {
        Self { title: title.into(), commands: commands.into_iter().collect(), risk, plan: None }
    }

    /// With a plan that does it.
    #[must_use]
    pub fn by(self, plan: Draft) -> Self {
        self.perhaps_by(Some(plan))
    }

    /// With a plan that does it, if all is known that it takes.
    #[must_use]
    pub fn perhaps_by(self, plan: Option<Draft>) -> Self {
        Self { plan: plan.map(Box::new), ..self }
    }
}
