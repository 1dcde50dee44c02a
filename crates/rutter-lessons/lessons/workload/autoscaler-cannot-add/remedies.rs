//! What to do: see what the autoscaler sees, then let it grow, or have the pod fit.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let by_karpenter = finding.message.starts_with("Karpenter");
    let look = if by_karpenter {
        Remedy::new(
            Risk::ReadOnly,
            "see the pools, their limits and what they use, and the claims for nodes that failed",
            ["kubectl get nodepools,nodeclaims -o wide".to_owned(), "kubectl describe nodepools".to_owned()],
        )
    } else {
        Remedy::new(
            Risk::ReadOnly,
            "see the groups, their sizes and limits, and why the last attempt failed, in the autoscaler's own words",
            [
                "kubectl -n kube-system get configmap cluster-autoscaler-status -o jsonpath='{.data.status}'".to_owned(),
                "kubectl -n kube-system get events --field-selector involvedObject.name=cluster-autoscaler-status".to_owned(),
            ],
        )
    };
    let title = match finding.variant {
        "max-size" if by_karpenter => {
            "if the cost and the cloud's quota allow it, raise the pool's spec.limits where it is applied from; a limit mostly has a reason"
        }
        "max-size" => {
            "if the cost and the cloud's quota allow it, raise the maximum of the group at the cloud, or the autoscaler's --max-nodes-total, \
             --cores-total, --memory-total; a limit mostly has a reason"
        }
        "failed" => {
            "take away what the cloud refuses for (quota, no such machines in that zone, rights), or add a group of another type or zone; the \
             autoscaler tries again by itself, after half an hour at the latest"
        }
        "not-ready" => {
            "see why nodes of the group do not get ready: it grows no group whose nodes are unwell"
        }
        _ => {
            "compare what the pod asks for (requests, selector, tolerations, zone of its volume) with the nodes of each group: a smaller \
             request, or a group that fits"
        }
    };
    let risk = if finding.variant == "not-ready" { Risk::ReadOnly } else { Risk::Reversible };
    vec![look, Remedy::new(risk, title, Vec::new())]
}
