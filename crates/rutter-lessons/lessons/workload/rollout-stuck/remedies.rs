//! What to do, by what holds it up.

use crate::{Context, Finding, Remedy, Risk, revision};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let of = format!(
        "-n {} {}/{}",
        finding.object.namespace,
        finding.object.kind.to_lowercase(),
        finding.object.name
    );
    match finding.variant {
        "paused" => paused(finding, &of),
        "no-room" => no_room(context, finding, &of),
        _ => nodes_down(finding, &of),
    }
}

fn status(of: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see how far it is, and what the new template changes",
        [format!("kubectl rollout status {of} --timeout=5s"), format!("kubectl rollout history {of}")],
    )
}

fn paused(finding: &Finding, of: &str) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    vec![
        status(of),
        Remedy::new(
            Risk::ReadOnly,
            "ask who paused it, and why, before anything: it may wait for a decision (the manager of the last change, and its time, stand in \
             managedFields)",
            [format!(
                "kubectl get deployment {name} -n {namespace} --show-managed-fields -o jsonpath='{{range .metadata.managedFields[*]}}{{.time}} {{.manager}} {{.operation}}{{\"\\n\"}}{{end}}'"
            )],
        ),
        Remedy::new(
            Risk::Disruptive,
            "then go on with it; or first apply the manifest of before, so that there is nothing to roll out, and go on then (`kubectl rollout undo` is refused while \
             it is paused)",
            [format!("kubectl rollout resume {of}")],
        ),
    ]
}

fn no_room(context: &Context<'_>, finding: &Finding, of: &str) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let deployment = context.deployment(namespace, name).ok().flatten();
    vec![
        status(of),
        Remedy::new(
            Risk::Disruptive,
            "let one old pod go first, if the others bear its load (a single replica has no others: it is away until the new one is ready; a disruption budget does not count here); where the manifest lies in a \
             repository, change it there, too",
            [
                format!(
                    "kubectl get deployment {name} -n {namespace} -o jsonpath='{{.spec.strategy}}{{\"\\n\"}}'"
                ),
                format!(
                    "kubectl patch deployment {name} -n {namespace} -p '{{\"spec\":{{\"strategy\":{{\"rollingUpdate\":{{\"maxUnavailable\":1}}}}}}}}'"
                ),
                format!("kubectl rollout status {of}"),
            ],
        ),
        Remedy::new(
            Risk::Reversible,
            "or give it room for one more pod: a further node, or, where only what it asks for is too much, smaller requests",
            [],
        ),
        Remedy::new(
            Risk::Disruptive,
            "or leave it as it was: the old pods serve",
            [format!("kubectl rollout undo {of}")],
        )
        .perhaps_by(deployment.and_then(|deployment| revision::plan(context, deployment))),
    ]
}

fn nodes_down(finding: &Finding, of: &str) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "see which nodes hold it up; bring them back, or, if they are gone for good, delete them after their machines are off (a node that \
             is deleted counts no more)",
            [
                "kubectl get nodes".to_owned(),
                format!("kubectl get pods -n {namespace} -o wide | grep {name}-"),
            ],
        ),
        Remedy::new(
            Risk::Disruptive,
            "if the update can't wait for them, let as many more be unavailable as nodes are down, and take that back afterwards: then well \
             nodes are without the agent one at a time, as always",
            [
                format!(
                    "kubectl get daemonset {name} -n {namespace} -o jsonpath='{{.spec.updateStrategy}}{{\"\\n\"}}'"
                ),
                format!(
                    "kubectl patch daemonset {name} -n {namespace} -p '{{\"spec\":{{\"updateStrategy\":{{\"rollingUpdate\":{{\"maxUnavailable\":<nodes that are down + 1>}}}}}}}}'"
                ),
                format!("kubectl rollout status {of}"),
            ],
        ),
    ]
}
