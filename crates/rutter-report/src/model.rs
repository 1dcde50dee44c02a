//! The shape of a report: what `-o json` prints. Fields may be added under one `apiVersion`, never renamed or removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::comparison::{Comparison, ObjectChange};

/// The version of the report's shape.
pub const API_VERSION: &str = "rutter.dev/v1alpha1";

/// What was found in a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always `rutter.dev/v1alpha1`.
    pub api_version: String,
    /// Always `Report`.
    pub kind: String,
    /// What was looked at.
    pub cluster: ClusterSummary,
    /// What was asked for.
    pub scope: ScopeSummary,
    /// How much of each resource was seen.
    pub coverage: Vec<ResourceCoverage>,
    /// Input that could not be used: which, why, and what of it still was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// How many lessons were asked.
    pub lessons: usize,
    /// What is wrong now, by rank.
    pub incidents: Vec<Incident>,
    /// What is over and only worth knowing, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Incident>,
    /// All findings, flat, the worst first.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<Undecided>,
    /// What became different since an earlier state, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Comparison>,
}

/// Which cluster, as of when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSummary {
    /// The name of the context or the dump.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The version of Kubernetes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The time of the snapshot (RFC 3339), if the source tells any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScopeSummary {
    /// What was read.
    pub sources: Vec<String>,
    /// Only these namespaces; all if there are none here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Only objects with these labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Only incidents at least this bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_severity: Option<Severity>,
}

/// How much of one resource was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceCoverage {
    /// The plural that kubectl uses; `pods/log` for container logs.
    pub resource: String,
    /// How much.
    pub state: State,
    /// How many objects were read, where anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// What a person should know of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether any lesson reads it.
    pub used: bool,
}

/// How much of a resource was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "as in rutter-cluster")]
pub enum State {
    Seen,
    Partial,
    Stale,
    Forbidden,
    Absent,
}

/// How bad, from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "as in rutter-lessons")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// How sure, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "as in rutter-lessons")]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}

/// How much a remedy may break, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in rutter-lessons")]
pub enum Risk {
    ReadOnly,
    Reversible,
    Disruptive,
    Destructive,
}

/// One thing that is wrong, with all that follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// The id of the root finding: the same from run to run.
    pub id: String,
    /// 1 is what to look at first.
    pub rank: usize,
    /// The worst of its findings.
    pub severity: Severity,
    /// How sure the root is; no more than `possible` where its own cause may lie in what was not seen.
    pub confidence: Confidence,
    /// When it began (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// When it ended (RFC 3339); in history only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The root's object and message.
    pub title: String,
    /// What all the rest follows from.
    pub root: Finding,
    /// What follows from it, each after its own cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explains: Vec<Explained>,
    /// Services, workloads and Ingresses that suffer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harms: Vec<ObjectRef>,
    /// The hosts of Ingresses whose requests go to Services that suffer; `*` for whatever no rule names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Disruption budgets of workloads that suffer, with fewer healthy pods than they demand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short_budgets: Vec<ShortBudget>,
    /// What to do, the first thing first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// What became different since an earlier state of what it is about, where one was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ObjectChange>,
}

/// A PodDisruptionBudget that allows no disruption, because too few pods are healthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShortBudget {
    /// The budget.
    pub budget: ObjectRef,
    /// How many pods are healthy, as its status says.
    pub healthy: i64,
    /// How many it demands.
    pub demanded: i64,
    /// The workloads of this incident of which it covers a pod that is not ready.
    pub workloads: Vec<ObjectRef>,
}

/// A finding and what explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The finding; its own `confidence` says how sure it is that it is so.
    #[serde(flatten)]
    pub finding: Finding,
    /// The id of the finding that explains it.
    pub by: String,
    /// Why, in words to stand after "because".
    pub why: String,
    /// How sure it is that it follows from the root.
    pub cause_confidence: Confidence,
    /// Ids of findings of other incidents that explain it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_explained_by: Vec<String>,
    /// What of it stays when the root is fixed, and what to do then; absent where it heals by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stays: Option<String>,
}

/// One lesson that holds for one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The same from run to run and from source to source.
    pub id: String,
    /// The lesson: `rutter explain` shows its text.
    pub lesson: String,
    /// Which form of the lesson it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it is about: for pods their topmost owner.
    pub object: ObjectRef,
    /// The container, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The very objects that show it, such as the pods of a Deployment; none where that is `object` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<ObjectRef>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// When it began (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// When it ended (RFC 3339); in history only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What proves it, the strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What was not seen and may hold its cause: where nothing explains it, it may be a symptom all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_by: Option<String>,
    /// The id of the incident that it is part of.
    pub incident: String,
}

/// What proves a finding: one of `path`, `event` and `log` says where it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The object that shows it.
    pub object: ObjectRef,
    /// A field, as a JSONPath without the leading dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The reason of an event about the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The container whose log it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// What stands there.
    pub value: String,
    /// When it was so (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Names an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// `v1`, `apps/v1`, …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// `Pod`, `Deployment`, …
    pub kind: String,
    /// None for cluster-scoped objects.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The object's name.
    pub name: String,
    /// Where known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub uid: String,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Remedy {
    /// What to do, and what must be true before.
    pub title: String,
    /// What it may break.
    pub risk: Risk,
    /// The command that does it as a guarded plan, where there is one: it shows the plan, and asks before anything is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Ready to copy; `<…>` stands for what only a person knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// What a lesson could not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Undecided {
    /// The lesson.
    pub lesson: String,
    /// Why.
    pub why: String,
}

impl Report {
    /// Whether nothing was given but files from which a kubelet runs pods by itself.
    pub(crate) fn shows_only_static_pods(&self) -> bool {
        let mut seen = self.coverage.iter().filter(|resource| resource.count.is_some_and(|count| count > 0));
        seen.next().is_some_and(|first| first.resource == "staticpods") && seen.next().is_none()
    }
}

impl std::fmt::Display for ObjectRef {
    /// `Pod shop/web-0`, `Node node-a`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let slash = if self.namespace.is_empty() { "" } else { "/" };
        write!(f, "{} {}{slash}{}", self.kind, self.namespace, self.name)
    }
}

impl Finding {
    /// The object and what is wrong with it, the object's name once.
    pub fn title(&self) -> String {
        let (object, message) = (self.object.to_string(), self.message.as_str());
        match message.strip_prefix(self.object.name.as_str()) {
            Some(rest) if rest.starts_with(' ') => format!("{object}{rest}"),
            _ if self.names_object_soon() => message.to_owned(),
            _ => format!("{object}: {message}"),
        }
    }

    /// Whether the message names the object so early that nobody needs to be told before: with its namespace, if it has
    /// one.
    fn names_object_soon(&self) -> bool {
        const SOON: usize = 40;
        let ObjectRef { namespace, name, .. } = &self.object;
        let name = if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") };
        let part_of_name = |character: char| character.is_alphanumeric() || "-._/".contains(character);
        !name.is_empty()
            && self.message.match_indices(&name).take_while(|(at, _)| *at < SOON).any(|(at, _)| {
                let (before, after) = (&self.message[..at], &self.message[at + name.len()..]);
                !before.ends_with(part_of_name) && !after.starts_with(part_of_name)
            })
    }
}

macro_rules! names {
    ($($type:ident { $($variant:ident $name:literal),* })*) => {$(
        impl $type {
            /// As written in reports.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }
        }
    )*};
}

names! {
    State { Seen "seen", Partial "partial", Stale "stale", Forbidden "forbidden", Absent "absent" }
    Severity { Info "info", Low "low", Medium "medium", High "high", Critical "critical" }
    Confidence { Possible "possible", Likely "likely", Certain "certain" }
    Risk { ReadOnly "read-only", Reversible "reversible", Disruptive "disruptive", Destructive "destructive" }
}
