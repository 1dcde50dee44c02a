//! What to do: find out whose cordon it is, see that the node is well, and put it back.

use crate::{Context, Finding, Remedy, Risk};

/// So many nodes are in the commands.
const SHOWN: usize = 5;

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let names: Vec<&str> = finding.instances.iter().take(SHOWN).map(|node| node.name.as_str()).collect();
    let (all, first) = (names.join(" "), finding.object.name.as_str());
    let it = if names.len() == 1 { first.to_owned() } else { "each of them".to_owned() };
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "find out who cordoned it and when (manager and time below the field; Kubernetes 1.18 and later), and ask in the \
             team's log: a cordon may be all that keeps pods off faulty hardware",
            [
                format!(
                    "kubectl get node {first} -o yaml --show-managed-fields | grep -A6 'f:unschedulable'"
                ),
                format!("kubectl describe node {first}"),
            ],
        ),
        Remedy::new(
            Risk::ReadOnly,
            format!("see that {it} is well: Ready for hours, no pressure, the pods of its DaemonSets ready"),
            [
                format!("kubectl get node {all} -o wide"),
                format!("kubectl get pods -A -o wide --field-selector spec.nodeName={first}"),
            ],
        ),
        Remedy::new(
            Risk::Reversible,
            format!(
                "only if nobody works on it and it is well, put {it} back into service, one node at a time; nothing moves there \
                 by itself, only new pods come"
            ),
            names.iter().map(|name| format!("kubectl uncordon {name}")),
        ),
    ]
}
