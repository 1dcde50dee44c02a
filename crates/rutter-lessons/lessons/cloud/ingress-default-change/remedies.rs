//! What to do: list the hosts that move, keep the old load balancer, then let the controller write.

use super::plan;
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let kind = finding.object.kind.to_lowercase();
    let hosts = Remedy::new(
        Risk::ReadOnly,
        "list the hosts with the address that each shows now: all of them move when the controller writes, and with external-dns their DNS does, too",
        [
            "kubectl get ingresses -A -o custom-columns='NS:.metadata.namespace,NAME:.metadata.name,CLASS:.spec.ingressClassName,HOSTS:.spec.rules[*].host,ADDRESS:.status.loadBalancer.ingress[*]'".to_owned(),
            format!("kubectl get services -n {namespace} -o wide"),
        ],
    );
    let keep = Remedy::new(
        Risk::Reversible,
        "keep the old load balancer and its Service for at least the longest TTL of these hosts after the move: clients go on using the old address; see \
         that both lead to the controller before",
        [],
    );
    match finding.variant {
        "service-missing" => vec![
            Remedy::new(
                Risk::ReadOnly,
                "see what the controller says, and which Services there are",
                [
                    format!("kubectl logs -n {namespace} {kind}/{name} --tail=20"),
                    format!("kubectl get services -n {namespace}"),
                ],
            ),
            if finding.severity < crate::Severity::High {
                Remedy::new(
                    Risk::Reversible,
                    "if it was deleted, make it again with the same name, selector and ports, before any of the pods starts anew (undoing a rollout would \
                     start them); of a cloud's load balancer that may bring another address",
                    [],
                )
            } else {
                Remedy::new(
                    Risk::Disruptive,
                    "correct the name in the argument; or, if the revision before named another, go back to that",
                    [format!("kubectl rollout history {kind}/{name} -n {namespace}")],
                )
            },
            hosts,
        ],
        _ => vec![
            hosts.clone(),
            Remedy::new(
                Risk::ReadOnly,
                "see why it does not write: who leads, whether it may (ingresses/status), and whether another controller writes the same Ingresses",
                [
                    format!("kubectl get leases -n {namespace}"),
                    format!(
                        "kubectl logs -n {namespace} {kind}/{name} --tail=500 | grep -i -e status -e leader | tail -20"
                    ),
                    "kubectl get ingressclasses".to_owned(),
                ],
            ),
            keep,
            Remedy::new(
                Risk::Disruptive,
                "then let its pods begin anew, one at a time: the next leader writes all addresses within a minute. This moves every host listed above",
                [format!("kubectl rollout restart {kind}/{name} -n {namespace}")],
            )
            .perhaps_by(plan::plan(context, finding, &hosts.commands)),
        ],
    }
}
