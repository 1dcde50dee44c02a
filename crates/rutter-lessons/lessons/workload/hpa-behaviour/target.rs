//! What an autoscaler scales.

use rutter_cluster::{
    ObjectRef, Resource,
    objects::{HorizontalPodAutoscaler, PodTemplate},
};

use crate::{Context, Evidence, Seen};

/// What an autoscaler scales, as far as the model knows such things.
pub(super) struct Target<'c> {
    pub(super) object: ObjectRef,
    pub(super) template: &'c PodTemplate,
    /// Its size as it is set.
    pub(super) replicas: i64,
}

/// `Ok(None)`: there is no such object. Of kinds that the model lacks nothing is known.
pub(super) fn of<'c>(
    context: &Context<'c>,
    scaler: &HorizontalPodAutoscaler,
) -> Option<Seen<Option<Target<'c>>>> {
    let target = &scaler.spec.scale_target_ref;
    let (namespace, name) = (&scaler.meta.namespace, &target.name);
    macro_rules! found {
        ($question:ident) => {
            context.$question(namespace, name).map(|found| {
                found.map(|found| Target {
                    object: found.object_ref(),
                    template: &found.spec.template,
                    replicas: found.wanted(),
                })
            })
        };
    }
    Some(match target.kind.as_str() {
        "Deployment" => found!(deployment),
        "StatefulSet" => found!(stateful_set),
        "ReplicaSet" => found!(replica_set),
        "ReplicationController" => found!(replication_controller),
        _ => return None,
    })
}

/// The target that is there.
pub(super) fn seen<'c>(context: &Context<'c>, scaler: &HorizontalPodAutoscaler) -> Option<Target<'c>> {
    of(context, scaler)?.ok().flatten()
}

/// `Deployment web`.
pub(super) fn name(scaler: &HorizontalPodAutoscaler) -> String {
    let target = &scaler.spec.scale_target_ref;
    format!("{} {}", target.kind, target.name)
}

/// The target in the evidence, so that what is wrong with it can be found to explain this.
pub(super) fn evidence(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Option<Evidence> {
    let target = seen(context, scaler)?;
    Some(Evidence {
        object: target.object,
        origin: crate::Origin::Field("spec.replicas".to_owned()),
        value: target.replicas.to_string(),
        time: None,
    })
}
