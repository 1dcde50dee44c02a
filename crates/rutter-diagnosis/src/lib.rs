//! From a cluster to incidents: evaluates the lessons, folds their findings, checks which explains which.
//!
//! | module | does |
//! | --- | --- |
//! | `evaluate` | asks every lesson about every subject, on all cores |
//! | `fold` | makes one finding of many replicas' |
//! | `related` | which objects, pods and nodes a finding is about |
//! | `causes` | checks the causes that lessons declare, and picks one parent for each effect |
//! | `incidents` | a root with all that it explains and what to do; ranked |
//! | `harm` | whom an incident harms |
//! | `identity` | ids that stay the same from run to run |
//! | `scope` | what of it was asked for |
//! | `engine` | all of that again, a change at a time |
//! | `differences` | what became another since an earlier state of the cluster |
//! | `about` | what of all that has to do with one object |
//! | `timeline` | what happened to some objects, in order of time |
//!
//! All of it is a function of the cluster: the same cluster gives the same [`Diagnosis`], on any number of cores.

mod about;
mod causes;
mod differences;
mod engine;
mod evaluate;
mod fold;
mod harm;
mod identity;
mod incidents;
mod related;
mod scope;
mod timeline;

pub use about::{About, Bond, Harmed, Kin, State, Step, Thread, Verdict, about};
pub use causes::Edge;
pub use differences::{Difference, Differences, What, bears_on, differences, is_same_cluster};
pub use engine::Engine;
pub use evaluate::{Evaluation, Undecided, evaluate};
pub use harm::{Harm, ShortBudget};
pub use incidents::{Explained, Incident};
pub use scope::Scope;
pub use timeline::{Happening, Moment, Timeline, timeline};

use rutter_cluster::Cluster;
use rutter_lessons::{Finding, LESSONS, Lesson};

/// All that is wrong with a cluster, as far as it was seen.
#[derive(Debug, Default)]
pub struct Diagnosis {
    /// All findings, the worst first; [`Incident`]s refer to them by position.
    pub findings: Vec<Identified>,
    /// What is wrong now, by rank.
    pub incidents: Vec<Incident>,
    /// What is over and only worth knowing, the newest first.
    pub history: Vec<Incident>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
}

/// A finding with its place in the diagnosis.
#[derive(Debug)]
pub struct Identified {
    /// The same from run to run and from source to source.
    pub id: String,
    /// The id of the incident that it is part of.
    pub incident: String,
    /// The finding.
    pub finding: Finding,
}

/// Diagnoses a cluster with all lessons.
pub fn diagnose(cluster: &Cluster, scope: &Scope) -> Diagnosis {
    diagnose_with(LESSONS, cluster, scope)
}

/// Diagnoses a cluster with these lessons only.
pub fn diagnose_with(lessons: &[&'static Lesson], cluster: &Cluster, scope: &Scope) -> Diagnosis {
    let evaluation = evaluate(lessons, cluster);
    let findings = fold::fold(evaluation.findings);
    let edges = causes::edges(lessons, cluster, &findings);
    let diagnosis = incidents::build(lessons, cluster, findings, &edges, evaluation.undecided);
    scope.apply(cluster, diagnosis)
}
