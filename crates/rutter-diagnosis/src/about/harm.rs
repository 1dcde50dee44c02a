//! Who suffers from a finding, and how.

use rutter_cluster::{Cluster, ObjectRef, objects::Ingress};
use rutter_lessons::Context;

use crate::{Diagnosis, Explained, harm};

/// Somebody who suffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harmed {
    /// Who.
    pub object: ObjectRef,
    /// What of it, in a few words; may be empty.
    pub what: String,
}

/// The workloads and Services among the finding and its effects, the Ingresses that lead to those, and the budgets that are short
/// of pods for it.
pub(super) fn harmed(
    cluster: &Cluster,
    context: &Context<'_>,
    diagnosis: &Diagnosis,
    head: usize,
    down: &[Explained],
) -> Vec<Harmed> {
    let members = [head].into_iter().chain(down.iter().map(|effect| effect.finding));
    let harm = harm::of(cluster, context, members.map(|member| &diagnosis.findings[member].finding));
    let objects = harm.objects.into_iter().map(|object| told(cluster, object));
    let budgets = harm.budgets.into_iter().map(|short| Harmed {
        object: short.budget,
        what: format!("{} healthy of {} wanted", short.healthy, short.demanded),
    });
    objects.chain(budgets).collect()
}

fn told(cluster: &Cluster, object: ObjectRef) -> Harmed {
    let ingress =
        if object.kind == "Ingress" { cluster.ingresses.get(&object.namespace, &object.name) } else { None };
    Harmed { what: ingress.map(hosts).unwrap_or_default(), object }
}

/// The hosts of an Ingress.
fn hosts(ingress: &Ingress) -> String {
    let mut hosts: Vec<&str> = ingress.spec.rules.iter().map(|rule| rule.host.as_str()).collect();
    hosts.retain(|host| !host.is_empty());
    hosts.dedup();
    rutter_lessons::words::list(&hosts, 3)
}
