//! A second replica for Deployments of one, so that they don't go away with their pod.

use std::collections::BTreeMap;

use rutter_cluster::{
    Cluster, Kind, Resource as _,
    objects::{Deployment, Pod},
};
use serde_json::json;

use super::{
    pods::{Departure, Going},
    steps::{field, never, patch, step},
    work::Work,
};
use crate::{Condition, Object, Step, Undo};

/// Where the number of replicas is.
const REPLICAS: &str = "/spec/replicas";

/// The Deployments that get a second replica while these nodes are drained, each once, with the node that their pod leaves.
pub(super) fn candidates<'c>(work: &Work<'c>, batch: &[Departure<'c>]) -> Vec<(&'c Deployment, String)> {
    let mut all = BTreeMap::new();
    for departure in batch {
        for going in &departure.going {
            if let Some(deployment) = candidate(work.cluster, going) {
                let name = (&deployment.meta.namespace, &deployment.meta.name);
                all.entry(name).or_insert((deployment, departure.object.name.clone()));
            }
        }
    }
    all.into_values().collect()
}

/// The Deployment of a pod, if it can have a second replica for a while: it has one, nothing else sets their number, and two pods of
/// it can run side by side.
pub(super) fn candidate<'c>(cluster: &'c Cluster, going: &Going<'c>) -> Option<&'c Deployment> {
    if going.top.kind != "Deployment" {
        return None;
    }
    let deployment = cluster.deployments.get(&going.top.namespace, &going.top.name)?;
    let can = deployment.wanted() == 1
        && !deployment.spec.paused
        && deployment.meta.deleted.is_none()
        && deployment.spec.strategy.kind != "Recreate"
        && !is_scaled(cluster, deployment)
        && shares_volumes(cluster, going.pod);
    can.then_some(deployment)
}

/// Whether an autoscaler sets the replicas, or may do so where that can't be seen.
fn is_scaled(cluster: &Cluster, deployment: &Deployment) -> bool {
    let meta = &deployment.meta;
    let targets = |target: &rutter_cluster::objects::ScaleTarget| {
        target.kind == "Deployment" && target.name == meta.name
    };
    cluster.coverage().check(Kind::HorizontalPodAutoscaler, &meta.namespace).is_err()
        || cluster
            .autoscalers
            .in_namespace(&meta.namespace)
            .iter()
            .any(|one| targets(&one.spec.scale_target_ref))
}

/// Whether all claims of the pod may be used on several nodes.
fn shares_volumes(cluster: &Cluster, pod: &Pod) -> bool {
    let mut names = pod
        .spec
        .volumes
        .iter()
        .filter(|volume| !volume.ephemeral)
        .filter_map(|volume| pod.claim_name(volume));
    names.all(|name| {
        let claim = cluster.claims.get(&pod.meta.namespace, &name);
        let is_shared =
            |mode: &rutter_cluster::Str| matches!(mode.as_str(), "ReadWriteMany" | "ReadOnlyMany");
        claim.is_some_and(|claim| claim.spec.access_modes.iter().any(is_shared))
    })
}

fn object(deployment: &Deployment) -> Object {
    Object::from(&deployment.object_ref())
}

fn replicas(deployment: &Object, number: i64) -> crate::Action {
    patch(deployment, json!({"spec": {"replicas": number}}))
}

pub(super) fn up(work: &Work<'_>, (deployment, node): &(&Deployment, String)) -> Step {
    let (object, name) =
        (object(deployment), format!("{}/{}", deployment.meta.namespace, deployment.meta.name));
    Step {
        needs: vec![field(&object, REPLICAS, json!(1))],
        until: vec![
            field(&object, REPLICAS, json!(2)),
            Condition::Observed { object: object.clone() },
            Condition::AtLeast { object: object.clone(), path: "/status/availableReplicas".into(), least: 2 },
        ],
        undo: Undo::Act {
            title: format!("Scale {object} back to 1"),
            needs: vec![field(&object, REPLICAS, json!(2))],
            action: Box::new(replicas(&object, 1)),
            until: vec![field(&object, REPLICAS, json!(1))],
        },
        ..step(
            format!("scale up {name} before {node}"),
            format!("Scale {object} to 2 and wait for both"),
            replicas(&object, 2),
            work.options.patience(),
        )
    }
}

pub(super) fn down(work: &Work<'_>, (deployment, node): &(&Deployment, String)) -> Step {
    let (object, name) =
        (object(deployment), format!("{}/{}", deployment.meta.namespace, deployment.meta.name));
    Step {
        needs: vec![
            field(&object, REPLICAS, json!(2)),
            // The one that came for the evicted pod must be there before one of the two may go.
            Condition::AtLeast { object: object.clone(), path: "/status/availableReplicas".into(), least: 1 },
        ],
        until: vec![field(&object, REPLICAS, json!(1))],
        undo: never(format!("{object} has as many replicas as before")),
        ..step(
            format!("scale down {name} after {node}"),
            format!("Scale {object} back to 1"),
            replicas(&object, 1),
            work.options.patience(),
        )
    }
}
