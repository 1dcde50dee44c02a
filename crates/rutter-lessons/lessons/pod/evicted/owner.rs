//! How the workload fares without the pod.

use rutter_cluster::{ObjectRef, Time, objects::Pod};

use crate::{Context, Severity};

/// How many pods of a workload are looked at, where nothing counts them.
const MOST: usize = 1000;

/// The state of a pod's workload.
pub(super) struct Owner {
    /// Nothing makes another pod in its place.
    bare: bool,
    /// A pod of it is ready.
    serves: bool,
    /// What was lost has been replaced.
    pub(super) replaced: bool,
}

/// The workload of a pod that ended at that time.
pub(super) fn owner(context: &Context<'_>, pod: &Pod, at: Option<Time>) -> Owner {
    let object = context.top_owner(pod);
    let bare = object.kind == "Pod";
    if bare {
        return Owner { bare, serves: false, replaced: false };
    }
    // A Deployment can leave thousands of evicted pods behind: its own count, or its ReplicaSet's, is enough.
    if let Some((ready, wanted)) = counted(context, &object) {
        return Owner { bare, serves: ready > 0 || wanted == 0, replaced: ready >= wanted };
    }
    let pods = context.pods_under(&object).unwrap_or_default();
    let works = |pod: &Pod| match pod.status.phase.as_str() {
        "Running" => pod.is_ready(),
        phase => phase == "Succeeded",
    };
    let later = |pod: &Pod| pod.meta.created.zip(at).is_some_and(|(created, at)| created >= at.plus(-5));
    let working = || pods.iter().take(MOST).filter(|pod| works(pod));
    let serves = working().next().is_some();
    Owner { bare, serves, replaced: serves && working().any(|pod| later(pod)) }
}

/// Ready and wanted pods, as the controller counts them.
fn counted(context: &Context<'_>, object: &ObjectRef) -> Option<(i64, i64)> {
    match object.kind.as_str() {
        "Deployment" => {
            let deployment = context.deployment(&object.namespace, &object.name).ok()??;
            Some((deployment.status.ready_replicas, deployment.wanted()))
        }
        "ReplicaSet" => {
            let set = context.replica_set(&object.namespace, &object.name).ok()??;
            Some((set.status.ready_replicas, set.wanted()))
        }
        _ => None,
    }
}

impl Owner {
    /// How bad the loss is now.
    pub(super) fn severity(&self, variant: &str) -> Severity {
        match self {
            Owner { bare: true, .. } => Severity::Medium,
            Owner { serves: false, .. } => Severity::High,
            // Replaced for now: its own limit will end the next one too.
            Owner { replaced: true, .. } if !variant.ends_with("-limit") => Severity::Low,
            Owner { .. } => Severity::Medium,
        }
    }
}
