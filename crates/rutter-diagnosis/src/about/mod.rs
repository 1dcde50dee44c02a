//! What is to say of one object: what is wrong with it, from which root that comes and what it harms, what was not seen,
//! and what happened.
//!
//! | module | answers |
//! | --- | --- |
//! | `kin` | who belongs to it: its owners, its node, its pods |
//! | `thread` | the way from its findings up to a root, and down to what they explain |
//! | `state` | how it is, whatever lessons say |
//! | `early` | what is not ready and need not be yet |
//! | `harm` | who suffers from a finding |
//! | `unsure` | which lessons could not decide about it |

mod early;
mod harm;
mod kin;
mod state;
mod thread;
mod unsure;

use std::collections::BTreeSet;

pub use harm::Harmed;
pub use kin::{Bond, Kin};
use rutter_cluster::{Cluster, Kind, ObjectRef, Str};
use rutter_lessons::{Context, Finding};
pub use state::State;
pub use thread::{Step, Thread};

use crate::{
    Diagnosis, Undecided,
    timeline::{Timeline, timeline},
};

/// All that there is to say of an object.
#[derive(Debug)]
pub struct About {
    /// The object.
    pub object: ObjectRef,
    /// What is the matter, in short.
    pub verdict: Verdict,
    /// How it is, as its own status tells.
    pub state: State,
    /// Who belongs to it, the nearest first.
    pub kin: Vec<Kin>,
    /// How many of its pods are not among them.
    pub more_pods: usize,
    /// What is wrong with it now, the worst first, with the way to the root of each.
    pub threads: Vec<Thread>,
    /// What was wrong with it and is over: positions of findings.
    pub over: Vec<usize>,
    /// What is wrong with those who belong to it, and on none of the threads: positions of findings.
    pub nearby: Vec<usize>,
    /// What could not be decided about it.
    pub undecided: Vec<Undecided>,
    /// What happened to it and to those on the way to the roots.
    pub timeline: Timeline,
}

/// What is the matter with an object, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What is to say of `object`, which the cluster holds.
pub fn about(cluster: &Cluster, diagnosis: &Diagnosis, object: &ObjectRef) -> About {
    let context = Context::new(cluster);
    let kinship = kin::of(cluster, object);
    let mine = Mine::of(object, &kinship, diagnosis);
    let threads = thread::threads(cluster, &context, diagnosis, &mine.now);
    let told: BTreeSet<usize> = threads.iter().flat_map(Thread::findings).collect();
    let state = state::of(cluster, object);
    let undecided = unsure::of(cluster, object, &kinship);
    let nearby: Vec<usize> = mine.nearby.iter().copied().filter(|finding| !told.contains(finding)).collect();
    let kin::Kinship { kin, more_pods, .. } = kinship;
    let verdict = match state.is_well {
        _ if !threads.is_empty() => Verdict::Wrong,
        Some(false) => Verdict::Unexplained,
        _ if !nearby.is_empty() => Verdict::Nearby,
        _ if !undecided.is_empty() => Verdict::Undecided,
        _ if !unsure::is_judged(object) => Verdict::NotJudged,
        _ => Verdict::NothingWrong,
    };
    About {
        verdict,
        state,
        nearby,
        timeline: history(cluster, diagnosis, object, &kin, &threads, &mine.over),
        object: object.clone(),
        over: mine.over,
        kin,
        more_pods,
        threads,
        undecided,
    }
}

/// The timeline of the object, of those who belong to it, and of those on the way to the roots.
fn history(
    cluster: &Cluster,
    diagnosis: &Diagnosis,
    object: &ObjectRef,
    kin: &[Kin],
    threads: &[Thread],
    over: &[usize],
) -> Timeline {
    let finding = |at: &usize| &diagnosis.findings[*at].finding;
    let steps: BTreeSet<usize> =
        threads.iter().flat_map(|thread| &thread.up).map(|step| step.finding).collect();
    let findings: Vec<&Finding> = steps.iter().chain(over).map(finding).collect();
    let on_the_way = steps.iter().map(finding).map(|finding| &finding.object);
    let near = kin.iter().filter(|kin| kin.has_part_in_its_history()).map(|kin| &kin.object);
    let mut objects: Vec<ObjectRef> = Vec::new();
    for other in [object].into_iter().chain(near).chain(on_the_way) {
        if !objects.iter().any(|known| known.same(other)) {
            objects.push(other.clone());
        }
    }
    timeline(cluster, &objects, &findings)
}

/// The findings that have to do with an object.
#[derive(Default)]
struct Mine {
    /// About it, now.
    now: Vec<usize>,
    /// About it, and over.
    over: Vec<usize>,
    /// About those who belong to it.
    nearby: Vec<usize>,
}

impl Mine {
    fn of(object: &ObjectRef, kinship: &kin::Kinship, diagnosis: &Diagnosis) -> Self {
        let kin::Kinship { kin, pods, bond, hosts, .. } = kinship;
        // By name: there can be thousands, and as many findings.
        let pods: BTreeSet<(&str, &str)> = pods.iter().map(place).collect();
        let is_pod = |other: &ObjectRef| other.kind == Kind::Pod.name() && pods.contains(&place(other));
        let mut mine = Self::default();
        for (at, identified) in diagnosis.findings.iter().enumerate() {
            let finding = &identified.finding;
            let is_part = |kin: &Kin| kin.is_part_of_it() && concerns(finding, &kin.object);
            let of_pods = is_pod(&finding.object) || finding.instances.iter().any(is_pod);
            if concerns(finding, object) || kin.iter().any(is_part) || of_pods && bond.is_part() {
                if finding.is_history() { mine.over.push(at) } else { mine.now.push(at) }
            } else if !finding.is_history()
                && (of_pods
                    || kin.iter().any(|kin| concerns(finding, &kin.object))
                    || is_on(finding, hosts)
                    || mentions(finding, object)
                    || is_in(finding, object))
            {
                mine.nearby.push(at);
            }
        }
        mine
    }
}

/// An object's namespace and name.
fn place(object: &ObjectRef) -> (&str, &str) {
    (&object.namespace, &object.name)
}

/// Whether a finding is about that object: an owner's finding about other pods of its is not about this pod.
fn concerns(finding: &Finding, object: &ObjectRef) -> bool {
    finding.object.same(object) || finding.instances.iter().any(|instance| instance.same(object))
}

/// Whether a finding is about one of these nodes: a pod there can count as ready long after its node stopped answering.
fn is_on(finding: &Finding, hosts: &BTreeSet<Str>) -> bool {
    let is_host = |object: &ObjectRef| object.kind == Kind::Node.name() && hosts.contains(&object.name);
    is_host(&finding.object) || finding.instances.iter().any(is_host)
}

/// Whether a finding is about something in that namespace: whoever asks for a namespace asks for what is in it.
fn is_in(finding: &Finding, object: &ObjectRef) -> bool {
    object.kind == Kind::Namespace.name() && finding.object.namespace == object.name
}

/// Whether a finding's evidence is about that object, whose kind no finding is about: a ConfigMap that is missing.
fn mentions(finding: &Finding, object: &ObjectRef) -> bool {
    let kind = Kind::of(&object.api_version, &object.kind);
    !matches!(kind, Some(Kind::Pod | Kind::Node))
        && finding.evidence.iter().any(|evidence| evidence.object.same(object))
}
