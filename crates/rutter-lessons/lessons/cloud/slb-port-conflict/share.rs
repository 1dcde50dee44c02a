//! Which Services share a load balancer.

use std::{collections::BTreeMap, sync::Arc};

use rutter_cluster::{ObjectRef, Str};

pub(super) use crate::balancers::{Port, overrides, port, shared};

use crate::Context;

/// The namespaces and names of the Services on each load balancer that several share.
pub(super) type Sharing = BTreeMap<Str, Vec<(Str, Str)>>;

/// All load balancers that several Services name.
pub(super) fn sharing(context: &Context<'_>) -> Arc<Sharing> {
    context.kept("Services that share a load balancer", &ObjectRef::default(), |context, _| {
        let mut all = Sharing::new();
        for service in context.seen_services() {
            if let Some((_, id)) = shared(service) {
                let name = (service.meta.namespace.clone(), service.meta.name.clone());
                all.entry(id.clone()).or_default().push(name);
            }
        }
        all.retain(|_, services| services.len() > 1);
        all
    })
}
