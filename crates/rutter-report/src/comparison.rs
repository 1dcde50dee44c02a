//! The report beside one of an earlier state: what became another, and under which incidents.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, Str};
use rutter_diagnosis::{Difference, Differences, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Incident, ObjectRef, Report,
    changes::{self, Change},
    redact::redact,
};

/// What became different since an earlier state of the same cluster.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Where the earlier state was read from.
    pub sources: Vec<String>,
    /// The time of the earlier state (RFC 3339), if it tells any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What people or upgrades changed, by kind.
    pub differences: Vec<ObjectChange>,
    /// Incidents that opened, changed and closed.
    pub incidents: Vec<Change>,
    /// Resources of which one of the two doesn't show all: what appeared or went there is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partly: Vec<String>,
}

/// What became of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Became {
    /// Was not there before.
    New,
    /// Is no more.
    Gone,
    /// Was deleted, and another of its name was made.
    Replaced,
    /// Has another value in a field.
    Changed,
}

/// The same thing that became of one or more objects of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// Which objects.
    pub objects: Vec<ObjectRef>,
    /// What became of them.
    pub became: Became,
    /// Which field, in words, where one changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// What it was; empty if it wasn't there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// What it is; empty if it isn't there any more.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
}

impl Report {
    /// Adds to each incident what became different of what it is about.
    pub fn note_changes(&mut self, cluster: &Cluster, differences: &Differences) {
        let mut by_object = FxHashMap::<Name, Vec<(usize, usize)>>::default();
        for (n, difference) in differences.all.iter().enumerate() {
            for (at, object) in difference.objects.iter().enumerate() {
                by_object.entry(name(object)).or_default().push((n, at));
            }
        }
        for incident in &mut self.incidents {
            let mut found = BTreeMap::<usize, Vec<ObjectRef>>::new();
            for object in concerned(cluster, incident) {
                for (n, at) in by_object.get(&object).into_iter().flatten() {
                    found.entry(*n).or_default().push((&differences.all[*n].objects[*at]).into());
                }
            }
            let change = |(n, objects): (usize, Vec<ObjectRef>)| ObjectChange {
                objects,
                ..ObjectChange::of(&differences.all[n].what)
            };
            incident.changes = found.into_iter().map(change).collect();
        }
    }

    /// Adds what became different since `before` was reported.
    pub fn compare(&mut self, before: &Report, differences: &Differences) {
        self.since = Some(Comparison {
            sources: before.scope.sources.clone(),
            time: before.cluster.time.clone(),
            differences: differences.all.iter().map(whole).collect(),
            incidents: changes::changes(before, self),
            partly: differences.partly.iter().map(|kind| kind.plural().to_owned()).collect(),
        });
    }
}

/// A difference with all its objects.
fn whole(of: &Difference) -> ObjectChange {
    ObjectChange { objects: of.objects.iter().map(Into::into).collect(), ..ObjectChange::of(&of.what) }
}

impl ObjectChange {
    /// What became of objects that are still to be named.
    fn of(what: &What) -> Self {
        let (became, field, before, after) = match what {
            What::Appeared => (Became::New, "", "", ""),
            What::Gone => (Became::Gone, "", "", ""),
            What::Replaced => (Became::Replaced, "", "", ""),
            What::Changed { field, before, after } => {
                (Became::Changed, field.as_str(), before.as_str(), after.as_str())
            }
        };
        Self {
            objects: Vec::new(),
            became,
            field: redact(field).into_owned(),
            before: redact(before).into_owned(),
            after: redact(after).into_owned(),
        }
    }
}

/// Kind, namespace and name.
type Name = (Str, Str, Str);

fn name(object: &rutter_cluster::ObjectRef) -> Name {
    (object.kind.clone(), object.namespace.clone(), object.name.clone())
}

/// What an incident may come from: the objects of its findings, the nodes of their pods, and the configuration that they use.
fn concerned(cluster: &Cluster, incident: &Incident) -> BTreeSet<Name> {
    let findings = incident.explains.iter().map(|explained| &explained.finding).chain([&incident.root]);
    let named = findings.flat_map(|finding| finding.instances.iter().chain([&finding.object]));
    named.flat_map(|object| rutter_diagnosis::bears_on(cluster, &object.into())).map(|of| name(&of)).collect()
}
