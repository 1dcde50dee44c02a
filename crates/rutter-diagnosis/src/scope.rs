//! What of a diagnosis was asked for.

use std::collections::BTreeSet;

use rutter_cluster::{Cluster, LabelSelector, Meta, ObjectRef, Str};
use rutter_lessons::{Finding, Severity};

use crate::{Diagnosis, Incident};

/// What of a diagnosis was asked for. The default is all of it.
///
/// Lessons always see the whole cluster: a pod's trouble may have its cause in another namespace or on a node. So an
/// incident is in scope as a whole if any finding of it is.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only findings about objects in these namespaces, or about nodes with pods of theirs.
    pub namespaces: Option<BTreeSet<Str>>,
    /// Only findings about objects with these labels, or about pods with them.
    pub selector: Option<LabelSelector>,
}

impl Scope {
    /// Leaves out of `diagnosis` what was not asked for.
    pub(crate) fn apply(&self, cluster: &Cluster, mut diagnosis: Diagnosis) -> Diagnosis {
        if self.namespaces.is_none() && self.selector.is_none() {
            return diagnosis;
        }
        let findings = &diagnosis.findings;
        let wanted = |incident: &Incident| {
            let mut members =
                incident.explains.iter().map(|explained| explained.finding).chain([incident.root]);
            members.any(|finding| self.holds(cluster, &findings[finding].finding))
        };
        diagnosis.incidents.retain(wanted);
        diagnosis.history.retain(wanted);
        keep_referred(&mut diagnosis);
        diagnosis
    }

    fn holds(&self, cluster: &Cluster, finding: &Finding) -> bool {
        let objects = || finding.instances.iter().chain([&finding.object]);
        // The trouble of a node is that of the pods on it, too.
        let nodes = objects().filter(|object| object.kind == "Node");
        let guests: Vec<&Meta> =
            nodes.flat_map(|node| cluster.pods_on(&node.name)).map(|pod| &pod.meta).collect();
        let in_namespace = |wanted: &BTreeSet<Str>| {
            let own = namespace_of(cluster, &finding.object);
            let mut all = guests.iter().map(|meta| &meta.namespace).chain([own]);
            all.any(|namespace| wanted.contains(namespace))
        };
        let selected = |selector: &LabelSelector| {
            let mut all =
                objects().filter_map(|object| cluster.meta_of(object)).chain(guests.iter().copied());
            all.any(|meta| selector.matches(&meta.labels))
        };
        self.namespaces.as_ref().is_none_or(in_namespace) && self.selector.as_ref().is_none_or(selected)
    }
}

/// The namespace that an object concerns: of a namespace it is itself, of a volume that of its claim.
fn namespace_of<'a>(cluster: &'a Cluster, object: &'a ObjectRef) -> &'a Str {
    let of_claim = || Some(&cluster.volumes.get("", &object.name)?.spec.claim_ref.as_ref()?.namespace);
    match &*object.kind {
        "Namespace" => &object.name,
        "PersistentVolume" => of_claim().unwrap_or(&object.namespace),
        _ => &object.namespace,
    }
}

impl Diagnosis {
    /// Leaves out incidents that are less bad than `least`.
    pub fn keep_at_least(&mut self, least: Severity) {
        self.incidents.retain(|incident| incident.severity >= least);
        self.history.retain(|incident| incident.severity >= least);
        keep_referred(self);
    }
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

#[cfg(test)]
mod tests {
    use rutter_cluster::{
        ClusterInfo, Coverage, Logs, Tables,
        objects::{InvolvedObject, Namespace, PersistentVolume},
    };

    use super::*;
    use crate::incidents;

    #[test]
    fn a_namespace_and_the_volume_of_a_claim_are_of_that_namespace() {
        let mut namespace = Namespace::default();
        namespace.meta.name = "shop".into();
        let mut volume = PersistentVolume::default();
        volume.meta.name = "disk".into();
        volume.spec.claim_ref = Some(InvolvedObject { namespace: "shop".into(), ..<_>::default() });
        let mut other = PersistentVolume::default();
        other.meta.name = "shop".into();
        let findings = || {
            let namespace = Finding::about("stuck-terminating", &namespace);
            let volumes = [&volume, &other].map(|volume| Finding::about("pvc-cleanup", volume));
            [namespace].into_iter().chain(volumes).collect()
        };
        let tables = Tables { volumes: vec![volume.clone(), other.clone()], ..Tables::default() };
        let cluster = Cluster::new(ClusterInfo::default(), tables, Coverage::default(), Logs::default());
        let shown = |namespace: &str| {
            let scope = Scope { namespaces: Some([namespace.into()].into()), selector: None };
            let all = incidents::build(&[], &cluster, findings(), &[], Vec::new());
            scope.apply(&cluster, all).incidents.len()
        };
        assert_eq!((shown("shop"), shown("disk")), (2, 0));
    }
}
