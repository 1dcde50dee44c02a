//! The shape of what `rutter explain KIND/NAME` says: `-o json` prints it. Fields may be added under one `apiVersion`, never
//! renamed or removed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::*;

/// What there is to say of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Always `rutter.dev/v1alpha1`.
    pub api_version: String,
    /// Always `Explanation`.
    pub kind: String,
    /// What was looked at.
    pub cluster: ClusterSummary,
    /// What was asked for.
    pub scope: ScopeSummary,
    /// The object.
    pub object: ObjectRef,
    /// What is the matter, in short.
    pub verdict: Verdict,
    /// The same in a sentence.
    pub summary: String,
    /// How the object is, as its own status tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// Who belongs to it: its owners, its node, its pods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kin: Vec<Kin>,
    /// How many of its pods are not named there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_pods: usize,
    /// What is wrong with it now, the worst first, with the way to the root of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<Thread>,
    /// What was wrong with it and is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<Finding>,
    /// What is wrong with those who belong to it, and on none of the threads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearby: Vec<Finding>,
    /// Which lessons could not decide about it, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<Undecided>,
    /// What happened to it and to those on the way to the roots.
    pub timeline: Timeline,
    /// Input that could not be used: which, why, and what of it still was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What is the matter with an object, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A lesson says what is wrong.
    Wrong,
    /// By its status it is not well, and no lesson says why.
    Unexplained,
    /// Nothing was found about it, but about its owner, its node or whatever else it belongs to.
    Nearby,
    /// No lesson found anything, but some could not decide.
    Undecided,
    /// No lesson is about objects of its kind.
    NotJudged,
    /// All lessons about it could decide, and found nothing.
    NothingWrong,
}

/// Somebody who belongs to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kin {
    /// How.
    pub bond: Bond,
    /// Who.
    pub object: ObjectRef,
}

/// How somebody belongs to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bond {
    /// It controls the object, directly or not.
    Owner,
    /// The object runs there.
    Node,
    /// The object mounts it.
    Claim,
    /// A ReplicaSet or Job of the object.
    Part,
    /// A pod of the object.
    Pod,
    /// A pod that uses the object.
    User,
}

/// A finding about the object, with what it hangs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// The id of the incident that it is part of.
    pub incident: String,
    /// The place of that among the incidents; 1 is what to look at first.
    pub rank: usize,
    /// The worst of that incident's findings.
    pub severity: Severity,
    /// The finding, then what explains it, up to the root.
    pub up: Vec<Step>,
    /// What the finding explains, each after its own cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub down: Vec<Explained>,
    /// Who suffers from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harms: Vec<Harm>,
    /// What to do about the root, the first thing first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
}

/// A finding on the way to a root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The finding; its own `confidence` says how sure it is that it is so.
    #[serde(flatten)]
    pub finding: Finding,
    /// Why the next step explains it, in words to stand after "because"; none for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How sure it is that it follows from the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause_confidence: Option<Confidence>,
    /// Findings of other incidents that explain it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_explained_by: Vec<Also>,
}

/// A finding of another incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Also {
    /// Its id.
    pub id: String,
    /// The id of its incident.
    pub incident: String,
    /// Its object and message.
    pub title: String,
}

/// Somebody who suffers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Harm {
    /// Who.
    pub object: ObjectRef,
    /// What of it: the hosts of an Ingress, the pods that a budget lacks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
}

/// What happened to some objects, as far as the source tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// What has a time, the oldest first.
    pub moments: Vec<Moment>,
    /// What is so, and nothing says since when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undated: Vec<Moment>,
    /// How many moments before these are left out, because they are too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub earlier: usize,
    /// What of it could not be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<String>,
}

/// Something that happened to an object, or to several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// When (RFC 3339): for what came several times, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// When it came first, where it came several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// How often it came.
    pub count: i64,
    /// What sort of thing it is.
    pub what: Happening,
    /// Whom it happened to.
    pub objects: Vec<ObjectRef>,
    /// The container, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What happened.
    pub text: String,
    /// Whether the source shows it as the present state: it has been so since.
    pub present: bool,
}

/// What sort of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Happening {
    /// The API server stored the object.
    Created,
    /// An event about it.
    Event,
    /// A condition or phase turned.
    Condition,
    /// A container ended.
    Ended,
    /// A container started.
    Started,
    /// A container waits.
    Waiting,
    /// A finding about it began or ended.
    Finding,
    /// Its deletion was asked for.
    Deletion,
}
