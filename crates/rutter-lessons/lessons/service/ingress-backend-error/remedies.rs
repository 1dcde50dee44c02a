//! What to do: name what is meant, or bring it back. Nothing is made up in its place.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let look = |title: &str, commands: Vec<String>| Remedy::new(Risk::ReadOnly, title, commands);
    let mut all = vec![look(
        "see what it refers to, and what its controller says of it",
        vec![
            format!("kubectl -n {namespace} get ingress {name} -o yaml"),
            format!("kubectl -n {namespace} describe ingress {name}"),
        ],
    )];
    all.push(match finding.variant {
        "no-class" => Remedy::new(
            Risk::Disruptive,
            "see which classes there are and whose; name one of them in its source, or install the controller that is missing: a change of \
             class hands its hosts to another controller, with another address",
            vec![
                "kubectl get ingressclass".to_owned(),
                "kubectl get deployments,daemonsets -A | grep -i -E 'ingress|gateway|traefik'".to_owned(),
            ],
        ),
        "no-secret" if finding.message.contains("cert-manager") => look(
            "see where cert-manager stands with it: a challenge that fails, an issuer that isn't there, a limit of the authority; what \
             Secrets hold need not be looked at",
            vec![
                format!("kubectl -n {namespace} get certificates.cert-manager.io,orders.acme.cert-manager.io,challenges.acme.cert-manager.io"),
                format!("kubectl -n {namespace} get secrets"),
            ],
        ),
        "no-secret" => Remedy::new(
            Risk::Reversible,
            "see whether the Secret has another name or is in another namespace (an Ingress takes it from its own only); then name it, or \
             have it made where certificates are kept",
            vec![
                format!("kubectl -n {namespace} get secrets --field-selector type=kubernetes.io/tls"),
                "kubectl get secrets -A --field-selector type=kubernetes.io/tls".to_owned(),
            ],
        ),
        _ => Remedy::new(
            Risk::Reversible,
            "compare with the Services of its namespace (an Ingress can't send elsewhere), and set the right name or port in its source; \
             if the Service was deleted by mistake, apply it again",
            vec![format!("kubectl -n {namespace} get services -o wide")],
        ),
    });
    all
}
