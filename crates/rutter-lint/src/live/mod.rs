//! What checks against a cluster share: what of it was seen, what of it is indexed, and manifests in the model's own form.

mod index;
pub mod nodes;
pub mod quota;
pub mod typed;
pub mod workloads;

use rutter_cluster::{Cluster, Kind};

pub use self::index::{Live, Place, Scaler, place};
use crate::{context::Context, manifest::Object};

/// Whether all objects of these kinds in a namespace were seen, and of those without namespaces all.
pub fn saw(cluster: &Cluster, kinds: &[Kind], namespace: &str) -> bool {
    kinds.iter().all(|kind| {
        let namespace = if kind.is_namespaced() { namespace } else { "" };
        cluster.coverage().check(*kind, namespace).is_ok()
    })
}

/// The namespace that a manifest is applied to, if it goes into one and that is known.
pub fn namespace<'a: 'o, 'o>(context: &Context<'a>, object: &'o Object) -> Option<&'o str> {
    let goes_there = match Kind::of(&object.api_version, &object.kind) {
        Some(kind) => kind.is_namespaced(),
        None => !object.namespace.is_empty(),
    };
    let namespace = context.namespace(object);
    (goes_there && !namespace.is_empty()).then_some(namespace)
}

/// Whether this very object of the cluster is among the manifests, which then say what it will be.
pub fn is_rewritten(context: &Context<'_>, kind: Kind, namespace: &str, name: &str) -> bool {
    context.manifest(kind.name(), namespace, name).is_some()
}
