//! A number of replicas in the manifest of what an autoscaler of the cluster scales.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    live::{self, workloads},
};

pub(crate) static CHECK: Check = Check {
    id: "live-autoscaler-replicas",
    topic: Topic::Cluster,
    title: "replicas are set for what an autoscaler scales",
    severity: Severity::Medium,
    default: true,
    prevents: &["hpa-behaviour"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(node) = object.at(&["spec", "replicas"]) else { return };
    // No replicas is how an autoscaler is told to rest.
    let Some(replicas) = node.integer().filter(|replicas| *replicas > 0) else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    let Some(scaler) = live.scaler(namespace, &object.kind, &object.name).filter(|one| !one.is_written)
    else {
        return;
    };
    let now = Kind::of(&object.api_version, &object.kind)
        .and_then(|kind| workloads::named(live.cluster, kind, namespace, &object.name))
        .map(|there| format!(" from {} now", there.replicas));
    let message = format!(
        "HorizontalPodAutoscaler {} scales this to {} to {} replicas: every apply sets it back to {replicas}{}",
        scaler.name,
        scaler.least,
        scaler.most,
        now.unwrap_or_default()
    );
    // No fix: an apply without the field sets one replica where an earlier apply had it.
    found
        .at(node, message)
        .advice("leave replicas out; before the first apply without them, take them out of the last-applied annotation too");
}
