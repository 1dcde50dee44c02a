//! What to do: let all come back before the load does, then have more of them.

use rutter_cluster::objects::{Deployment, StatefulSet};

use super::plan;
use crate::{Context, Finding, Remedy, Risk, hosting};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, kind, name) =
        (&finding.object.namespace, finding.object.kind.to_lowercase(), &finding.object.name);
    let wanted = wanted(context, finding);
    let more = wanted.saturating_add(wanted / 2).max(wanted.saturating_add(1));
    let members = if kind == "statefulset" { ", and new members join by themselves" } else { "" };
    vec![
        look(namespace, &kind, name),
        Remedy::new(
            Risk::Reversible,
            format!(
                "only if quota, nodes and what they all depend on (connections of the database) bear it{members}, let half as many again \
                 share the load; if an HPA sets the number, raise its minReplicas and maxReplicas instead, and a tool that applies the \
                 manifest sets it back"
            ),
            [format!("kubectl -n {namespace} scale {kind} {name} --replicas={more}")],
        )
        .perhaps_by(plan::plan(context, finding, (wanted, more))),
        Remedy::new(
            Risk::Reversible,
            "once it is calm, if it has no HPA, let one add replicas before the limit is near; it needs CPU requests and metrics-server, \
             and `replicas` taken out of the manifest with care: an applied manifest that drops it sets 1",
            [format!(
                "kubectl -n {namespace} autoscale {kind} {name} --min={wanted} --max={} {}",
                wanted.saturating_mul(3),
                use_of_cpu(context)
            )],
        ),
    ]
}

/// The flag came with kubectl 1.34, where `--cpu-percent` began to be deprecated (k/k#129373). A kubectl may be one version older
/// than its server; where no version is known, the old flag is understood by all.
fn use_of_cpu(context: &Context<'_>) -> &'static str {
    match hosting::minor(context.version()) {
        Some(34..) => "--cpu=60%   # before kubectl 1.34: --cpu-percent=60",
        _ => "--cpu-percent=60",
    }
}

fn wanted(context: &Context<'_>, finding: &Finding) -> i64 {
    let object = &finding.object;
    let of_set = || {
        let set = context.stateful_set(&object.namespace, &object.name).ok().flatten();
        set.map(StatefulSet::wanted)
    };
    let of_deployment = || {
        let deployment = context.deployment(&object.namespace, &object.name).ok().flatten();
        deployment.map(Deployment::wanted)
    };
    let known = if object.kind == "StatefulSet" { of_set() } else { of_deployment() };
    known.unwrap_or(3)
}

fn look(namespace: &str, kind: &str, name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see whether requests rose before the first fall (the ingress, the callers' retries), and what a replica uses against its limit; where the \
         ingress or the callers can be slowed down, do that until all are ready",
        [
            format!("kubectl -n {namespace} describe {kind} {name} | grep -A8 -e Limits -e Liveness"),
            format!("kubectl -n {namespace} top pods --containers | grep {name}   # needs metrics-server"),
            format!("kubectl -n {namespace} get pods,endpoints,hpa -o wide | grep {name}"),
        ],
    )
}
