//! What to do: see what runs where, then renew nodes one at a time.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    match finding.variant {
        "too-new" => vec![versions(), server_first()],
        "too-old" => vec![
            versions(),
            renew(
                name,
                "to a version that the API server supports, one minor version at a time where it is upgraded in place",
            ),
        ],
        "cgroup-v1" => vec![
            versions(),
            renew(
                name,
                "with an image or a boot option (systemd.unified_cgroup_hierarchy=1) for cgroup v2, after agents that read /sys/fs/cgroup were tried on it",
            ),
        ],
        "odd-one" => {
            vec![versions(), renew(name, "with what its neighbours run, unless somebody wants it so")]
        }
        _ => vec![versions(), renew(name, "with a release that is still mended")],
    }
}

fn versions() -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "see which node runs what, and what the API server is",
        ["kubectl version".to_owned(), "kubectl get nodes -o wide".to_owned()],
    )
}

fn server_first() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "upgrade the control plane to that version before any further node; kubelets are not to be newer even for a while. Until then keep \
         to one version of the node's image, and see whether an upgrade is under way or was broken off",
        ["kubectl -n kube-system get pods -l component=kube-apiserver -o custom-columns='NAME:.metadata.name,IMAGE:.spec.containers[0].image'".to_owned()],
    )
}

fn renew(name: &str, how: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        format!(
            "renew these nodes {how}; one at a time, each drained first, with room for its pods elsewhere and budgets that let them go; \
             uncordon it only when it is Ready"
        ),
        [
            format!("kubectl drain {name} --ignore-daemonsets --dry-run=client"),
            format!("kubectl drain {name} --ignore-daemonsets"),
        ],
    )
}
