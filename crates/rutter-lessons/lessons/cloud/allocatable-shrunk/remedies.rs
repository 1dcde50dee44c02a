//! What to do: see who reserves what, then make the pods or the nodes fit.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let mut all = vec![look(name), sums()];
    if finding.severity > crate::Severity::Info {
        all.push(fit());
    }
    all.push(Remedy::new(
        Risk::Disruptive,
        "where more room is needed, take larger nodes or one more: do not set reservations back to what they were, for the kubelet, the \
         runtime and the system use that memory whether it is reserved or not (before: by the eviction or the killing of pods)",
        [],
    ));
    all
}

fn look(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see what the kubelet reserves (the second command needs the right to get nodes/proxy)",
        [
            format!(
                "kubectl get node {name} -o jsonpath='{{.status.capacity.memory}} {{.status.allocatable.memory}}{{\"\\n\"}}'"
            ),
            format!(
                "kubectl get --raw /api/v1/nodes/{name}/proxy/configz | jq '.kubeletconfig | {{kubeReserved, systemReserved, evictionHard}}'"
            ),
        ],
    )
}

fn sums() -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see which nodes have promised more than they offer, or little less",
        ["kubectl describe nodes | grep -E '^Name:|^  memory '".to_owned()],
    )
}

fn fit() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "before any of these nodes starts anew, lower requests to what the pods use (measured over a busy week), or move the largest pods: drain \
         one node at a time, so that the scheduler, not the kubelet, decides what fits",
        ["kubectl top pods -A --sort-by=memory | head -20".to_owned()],
    )
}
