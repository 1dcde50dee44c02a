//! What a lesson is.

use rutter_cluster::{KindSet, Unseen, objects::*};

use crate::{Confidence, Context, Finding, Remedy, rancher, windows};

/// What a lesson says of one subject: nothing to add, or that it could not decide because something was not seen.
pub type Outcome = Result<(), Unseen>;

/// Collects findings.
pub type Findings = Vec<Finding>;

/// How a lesson is asked: about every object of one kind.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the kinds of subjects")]
pub enum Evaluate {
    Node(fn(&Context<'_>, &Node, &mut Findings) -> Outcome),
    Pod(fn(&Context<'_>, &Pod, &mut Findings) -> Outcome),
    Service(fn(&Context<'_>, &Service, &mut Findings) -> Outcome),
    Deployment(fn(&Context<'_>, &Deployment, &mut Findings) -> Outcome),
    ReplicaSet(fn(&Context<'_>, &ReplicaSet, &mut Findings) -> Outcome),
    ReplicationController(fn(&Context<'_>, &ReplicationController, &mut Findings) -> Outcome),
    StatefulSet(fn(&Context<'_>, &StatefulSet, &mut Findings) -> Outcome),
    DaemonSet(fn(&Context<'_>, &DaemonSet, &mut Findings) -> Outcome),
    Job(fn(&Context<'_>, &Job, &mut Findings) -> Outcome),
    Claim(fn(&Context<'_>, &PersistentVolumeClaim, &mut Findings) -> Outcome),
    Volume(fn(&Context<'_>, &PersistentVolume, &mut Findings) -> Outcome),
    Namespace(fn(&Context<'_>, &Namespace, &mut Findings) -> Outcome),
    ValidatingWebhook(fn(&Context<'_>, &ValidatingWebhookConfiguration, &mut Findings) -> Outcome),
    MutatingWebhook(fn(&Context<'_>, &MutatingWebhookConfiguration, &mut Findings) -> Outcome),
    ApiService(fn(&Context<'_>, &ApiService, &mut Findings) -> Outcome),
    Lease(fn(&Context<'_>, &Lease, &mut Findings) -> Outcome),
    Endpoints(fn(&Context<'_>, &Endpoints, &mut Findings) -> Outcome),
    Budget(fn(&Context<'_>, &PodDisruptionBudget, &mut Findings) -> Outcome),
    SigningRequest(fn(&Context<'_>, &CertificateSigningRequest, &mut Findings) -> Outcome),
    Ingress(fn(&Context<'_>, &Ingress, &mut Findings) -> Outcome),
    Autoscaler(fn(&Context<'_>, &HorizontalPodAutoscaler, &mut Findings) -> Outcome),
    StaticPod(fn(&Context<'_>, &StaticPod, &mut Findings) -> Outcome),
}

/// How two findings must be related for one to explain the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Both are about the same object: the same node, or the same pod and, where both name one, the same container.
    Same,
    /// The cause is about a node or several, the effect about pods that run there: a pod on one, or a workload or a
    /// Service with pods on one.
    Hosts,
    /// The cause is about a pod, the effect about the workload that owns it.
    PodToOwner,
    /// The cause is about a pod or a workload, the effect about a Service that selects its pods.
    PodToService,
    /// The cause is about a claim, the effect about a pod that mounts it.
    ClaimToPod,
    /// The effect's evidence is about the object of the cause: a Service behind the webhook that refuses its pods.
    Mentions,
    /// The effect's evidence is about a pod of the cause: the agent on a node whose pods lack what it does.
    MentionsPod,
}

/// A cause that a lesson declares: its findings can explain those of another lesson.
#[derive(Clone, Copy)]
pub struct Cause {
    /// The id of the lesson that is explained.
    pub explains: &'static str,
    /// How the two findings must be related.
    pub relation: Relation,
    /// Whether the first finding does explain the second: time order, message, no other sufficient cause.
    pub check: fn(&Context<'_>, &Finding, &Finding) -> Option<Because>,
}

/// Why one finding explains another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// How sure.
    pub confidence: Confidence,
    /// In plain words, to stand after "because": `the probe began to time out when node-a's runtime stopped answering`.
    pub why: String,
}

impl Because {
    /// A reason of that confidence.
    pub fn new(confidence: Confidence, why: impl Into<String>) -> Self {
        Self { confidence, why: why.into() }
    }
}

/// Nothing stays: controllers, the scheduler and kubelets try again until it works, with pauses of up to a quarter of an hour.
pub fn heals(_: &Finding) -> Option<&'static str> {
    None
}

/// What a lesson is about: the folder it lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    Node,
    Pod,
    Workload,
    Service,
    Storage,
    ControlPlane,
    Cloud,
}

impl Group {
    /// The folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Group::Node => "node",
            Group::Pod => "pod",
            Group::Workload => "workload",
            Group::Service => "service",
            Group::Storage => "storage",
            Group::ControlPlane => "control-plane",
            Group::Cloud => "cloud",
        }
    }
}

/// One piece of experience, as the engine sees it. Each lives in a directory of its own under `lessons/`.
pub struct Lesson {
    /// Permanent: users filter, suppress and link by it.
    pub id: &'static str,
    /// Ids that it had before.
    pub aliases: &'static [&'static str],
    /// What it is about.
    pub group: Group,
    /// The problem in a few words, for lists.
    pub title: &'static str,
    /// The version of Rutter that brought it.
    pub since: &'static str,
    /// Where its subjects live, if that is known: in one of these namespaces. Where none of them was seen, nothing of it is decided,
    /// whatever was seen elsewhere.
    pub lives_in: &'static [&'static str],
    /// Kinds without which nothing can be decided.
    pub requires: KindSet,
    /// Kinds that sharpen the answer: without them a finding may be missed in part or be less sure.
    pub uses: KindSet,
    /// How it is asked.
    pub evaluate: &'static [Evaluate],
    /// What its findings can explain.
    pub causes: &'static [Cause],
    /// What to do about a finding of this lesson, the first thing first, as for a node that runs Linux.
    pub remedies: fn(&Context<'_>, &Finding) -> Vec<Remedy>,
    /// What of a finding of this lesson stays when that is gone which explains it, and what to do then, to stand behind the
    /// object's name; nothing where it heals by itself ([`heals`]). What scenarios of the lab mend at its root, and see
    /// close, is the proof.
    pub stays: fn(&Finding) -> Option<&'static str>,
    /// The text for a person: `lesson.md`.
    pub text: &'static str,
}

impl Lesson {
    /// What to do about a finding of this lesson, in the commands of the node's distribution and system.
    pub fn steps(&self, context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
        let steps = rancher::for_distribution(context, finding, (self.remedies)(context, finding));
        windows::for_system(context, finding, steps)
    }

    /// Every kind that the lesson may read.
    pub const fn inputs(&self) -> KindSet {
        self.requires.union(self.uses)
    }
}
