//! What to do: see why it does not run. Nothing that it left undone is done by hand meanwhile.

use super::plan;
use crate::{Context, Finding, Remedy, Risk, leaders};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let record = finding.object.kind.to_lowercase();
    let mut all = vec![look(name, &record), on_machine(name)];
    if name == leaders::MANAGER {
        all.push(Remedy::new(
            Risk::ReadOnly,
            "until it is back, delete nothing to have it made anew, and drain no node: no pod would be made in its place; nodes that \
             died meanwhile are still called Ready, and Services still send to pods that are gone",
            [],
        ));
    }
    if name != leaders::CLOUD {
        all.push(Remedy::new(
            Risk::Disruptive,
            "where it runs as a static pod and hangs, though its machine is well: move its manifest away on that machine until its \
             container is gone, and back; it works on what is left to do by itself once it leads",
            [
                format!("mv /etc/kubernetes/manifests/{name}.yaml /root/{name}.yaml"),
                format!("sleep 30; crictl ps --name {name}"),
                format!("mv /root/{name}.yaml /etc/kubernetes/manifests/{name}.yaml"),
            ],
        ));
    }
    if let Some(plan) = plan::plan(context, finding) {
        let pod = plan
            .about
            .first()
            .map_or_else(String::new, |pod| format!("-n {} delete pod {}", pod.namespace, pod.name));
        let again = Remedy::new(
            Risk::Disruptive,
            "once its log is kept: delete just the replica that holds the record and doesn't renew it; another takes over, or it does itself",
            [format!("kubectl {pod}")],
        );
        all.push(again.by(plan));
    }
    all
}

fn look(name: &str, record: &str) -> Remedy {
    let show = if record == "lease" {
        format!(
            "kubectl -n kube-system get lease {name} -o jsonpath='{{.spec.holderIdentity}} {{.spec.renewTime}}{{\"\\n\"}}'; date -u"
        )
    } else {
        format!("kubectl -n kube-system get endpoints {name} -o yaml; date -u")
    };
    Remedy::new(
        Risk::ReadOnly,
        "see whether it is still so, how its pods fare (a managed control plane shows none: ask its provider), and what the last one logged",
        [
            show,
            format!("kubectl -n kube-system get pods -o wide | grep -E 'NAME|{name}'"),
            format!("kubectl -n kube-system logs -l component={name} --tail=50 --prefix"),
        ],
    )
}

fn on_machine(name: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "on the machines of the control plane: whether its container runs, why it ended (a flag that is not known, a kubeconfig whose \
         certificate expired, an API server that it can't reach), and until when its certificate is valid",
        [
            format!("crictl ps -a --name {name}"),
            format!("crictl ps -a --name {name} -q | head -1 | xargs -r crictl logs --tail 50"),
            "journalctl -u kubelet --since -30min | grep -i -E 'static|manifest' | tail -20".to_owned(),
            "kubeadm certs check-expiration".to_owned(),
        ],
    )
}
