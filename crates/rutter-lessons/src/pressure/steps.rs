//! Steps that are the same whatever lacks.

use super::Pressure;
use crate::{Remedy, Risk};

pub(crate) fn wait(pressure: &Pressure, name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "wait 5 minutes and look again before anything is deleted or stopped: {name} may have what it needs"
        ),
        [format!(
            "kubectl get node {name} -o jsonpath='{{.status.conditions[?(@.type==\"{}\")]}}{{\"\\n\"}}'",
            pressure.condition
        )],
    )
}

pub(crate) fn controllers(pressure: &Pressure, name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see whether the controller-manager works: it makes taints of conditions, and takes them off again",
        [
            format!("kubectl describe node {name} | grep -A3 -e Taints -e {}", pressure.condition),
            "kubectl -n kube-system get lease kube-controller-manager -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}{\"\\n\"}'; date -u"
                .to_owned(),
        ],
    )
}

pub(crate) fn untaint(pressure: &Pressure, name: &str) -> Remedy {
    Remedy::new(
        Risk::Reversible,
        format!(
            "only if the controller-manager works, so that nobody will take it off, and nobody set it on purpose: take the taint off {name}"
        ),
        [format!("kubectl taint nodes {name} {}-", pressure.taint)],
    )
}
