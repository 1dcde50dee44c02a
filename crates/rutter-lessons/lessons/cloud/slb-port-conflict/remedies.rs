//! What to do: list who uses the load balancer, then give one of them another port or a load balancer of its own.

use super::share;
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let Ok(Some(service)) = context.service(namespace, name) else { return Vec::new() };
    let Some((key, id)) = share::shared(service) else { return Vec::new() };
    let mut all = vec![Remedy::new(
        Risk::ReadOnly,
        format!(
            "list all that use {id}, in this cluster and, at the cloud, in others: a Service of another cluster that shares it is \
             not seen from here"
        ),
        [format!(
            "kubectl get services -A -o json | jq -r '.items[] | select(.metadata.annotations[\"{key}\"] == \"{id}\") | \
             \"\\(.metadata.namespace)/\\(.metadata.name) \\([.spec.ports[].port])\"'"
        )],
    )];
    if let Some(annotation) = share::overrides(service) {
        all.push(Remedy::new(
            Risk::Reversible,
            "let it no longer take over what is there, once its rightful owner is known; what it took must be written anew by that \
             one's controller",
            [format!("kubectl -n {namespace} annotate service {name} {annotation}-")],
        ));
    }
    all.push(Remedy::new(
        Risk::Disruptive,
        "give the Service that came last another port, or a load balancer of its own (without the annotation it gets a new \
         address: tell its clients first); never let a Service take over listeners before all of their users are known",
        [],
    ));
    all
}
