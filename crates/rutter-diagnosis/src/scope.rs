//! What of a diagnosis was asked for.

use std::collections::BTreeSet;

use rutter_cluster::{Cluster, LabelSelector, ObjectRef, Str};
use rutter_lessons::{Finding, Severity};

use crate::{Diagnosis, Incident};

/// What of a diagnosis was asked for. The default is all of it.
///
/// Lessons always see the whole cluster: a pod's trouble may have its cause in another namespace or on a node. So an
/// incident is in scope as a whole if any finding of it is.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only findings about objects in these namespaces.
    pub namespaces: Option<BTreeSet<Str>>,
    /// Only findings about objects with these labels, or about pods with them.
    pub selector: Option<LabelSelector>,
    /// Only incidents at least this bad.
    pub min_severity: Option<Severity>,
}

impl Scope {
    /// Leaves out of `diagnosis` what was not asked for.
    pub(crate) fn apply(&self, cluster: &Cluster, mut diagnosis: Diagnosis) -> Diagnosis {
        if self.namespaces.is_none() && self.selector.is_none() && self.min_severity.is_none() {
            return diagnosis;
        }
        let findings = &diagnosis.findings;
        let wanted = |incident: &Incident| {
            let mut members =
                incident.explains.iter().map(|explained| explained.finding).chain([incident.root]);
            self.min_severity.is_none_or(|least| incident.severity >= least)
                && members.any(|finding| self.holds(cluster, &findings[finding].finding))
        };
        diagnosis.incidents.retain(wanted);
        diagnosis.history.retain(wanted);
        keep_referred(&mut diagnosis);
        diagnosis
    }

    fn holds(&self, cluster: &Cluster, finding: &Finding) -> bool {
        let objects = || finding.instances.iter().chain([&finding.object]);
        let in_namespace = |namespaces: &BTreeSet<Str>| namespaces.contains(&finding.object.namespace);
        let selected =
            |selector: &LabelSelector| objects().any(|object| labels_match(cluster, object, selector));
        self.namespaces.as_ref().is_none_or(in_namespace) && self.selector.as_ref().is_none_or(selected)
    }
}

fn labels_match(cluster: &Cluster, object: &ObjectRef, selector: &LabelSelector) -> bool {
    cluster.meta_of(object).is_some_and(|meta| selector.matches(&meta.labels))
}

/// Drops the findings that no incident refers to any more, and renumbers the rest.
fn keep_referred(diagnosis: &mut Diagnosis) {
    let all = || diagnosis.incidents.iter().chain(&diagnosis.history);
    let referred: BTreeSet<usize> = all()
        .flat_map(|incident| {
            incident.explains.iter().map(|explained| explained.finding).chain([incident.root])
        })
        .collect();
    let place: Vec<Option<usize>> = {
        let mut next = 0..;
        (0..diagnosis.findings.len())
            .map(|old| referred.contains(&old).then(|| next.next()).flatten())
            .collect()
    };
    let new = |old: usize| place[old].unwrap_or_default();
    for incident in diagnosis.incidents.iter_mut().chain(&mut diagnosis.history) {
        incident.root = new(incident.root);
        for explained in &mut incident.explains {
            explained.finding = new(explained.finding);
            explained.by = new(explained.by);
            explained.also = explained.also.iter().filter_map(|also| place[*also]).collect();
        }
    }
    let mut old = 0..;
    diagnosis.findings.retain(|_| old.next().is_some_and(|old| referred.contains(&old)));
}
