//! What to do: find who should approve or sign, and see until when certificates are valid where they lie.

use super::requests;
use crate::{Confidence, Context, Finding, Remedy, Risk, words};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = &finding.object.name;
    let asked = context.signing_requests().ok().and_then(|all| all.iter().find(|one| one.meta.name == *name));
    let silent = finding.instances.iter().filter(|one| one.kind == "Node").map(|node| node.name.as_str());
    let silent: Vec<&str> = silent.collect();
    let mut steps = Vec::new();
    if !silent.is_empty() && matches!(finding.variant, "client-pending" | "not-issued") {
        steps.push(on_silent(&silent));
    }
    steps.extend(by_variant(finding, name, asked));
    steps
}

fn by_variant(
    finding: &Finding,
    name: &str,
    asked: Option<&rutter_cluster::objects::CertificateSigningRequest>,
) -> Vec<Remedy> {
    match finding.variant {
        // Whoever gets such a certificate may act as a node: who is none should not.
        "client-pending" | "serving-pending" if !asked.is_some_and(requests::is_of_node) => vec![look(name)],
        "client-pending" => vec![look(name), approver(), approve(name)],
        "serving-pending" => vec![look(name), serving(), approve(name)],
        "not-issued" | "failed" => vec![look(name), signer()],
        _ if finding.confidence == Confidence::Possible => vec![expiry()],
        _ => vec![expiry(), renew()],
    }
}

/// What decides whether the certificate is why these nodes fell silent: only they know.
fn on_silent(nodes: &[&str]) -> Remedy {
    let title = format!(
        "on {}, which fell silent, as root: see whether its certificate has ended. If not, something else keeps it silent (`rutter explain \
         node-unknown`); if so, an approval comes too late, and its kubelet needs a fresh bootstrap kubeconfig",
        words::list(nodes, 3)
    );
    let end = "openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem; date -u";
    read(&title, [end.to_owned()])
}

fn read(title: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn look(name: &str) -> Remedy {
    read(
        "see who asks for what, and what for",
        [
            "kubectl get csr --sort-by=.metadata.creationTimestamp".to_owned(),
            format!("kubectl describe csr {name}"),
            format!(
                "kubectl get csr {name} -o jsonpath='{{.spec.request}}' | base64 -d | openssl req -noout -subject -text | grep -E 'Subject:|DNS:|IP'"
            ),
        ],
    )
}

fn approver() -> Remedy {
    read(
        "see whether kube-controller-manager, which approves these, is at work, and whether nodes have the right to it: a cluster of \
         kubeadm has these bindings",
        [
            "kubectl -n kube-system get lease kube-controller-manager -o jsonpath='{.spec.renewTime}{\"\\n\"}'; date -u".to_owned(),
            "kubectl get clusterrolebindings -o wide | grep -E 'certificatesigningrequests:(nodeclient|selfnodeclient)'".to_owned(),
        ],
    )
}

fn serving() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "kubelets with serverTLSBootstrap need somebody who approves (an approver for kubelets, the cloud's controller, a person): see \
         whether one is installed and runs; else take serverTLSBootstrap from the kubelets' configuration",
        ["kubectl get deployments -A | grep -i -E 'csr|approver|cloud-controller'".to_owned()],
    )
}

fn approve(name: &str) -> Remedy {
    Remedy::new(
        Risk::Destructive,
        "only if the request is known to come from that machine (its name and addresses are the node's, and the machine is yours): \
         approve it; whoever gets a kubelet's certificate may read that node's Secrets, and an issued one can't be taken back",
        [format!("kubectl certificate approve {name}")],
    )
}

fn signer() -> Remedy {
    read(
        "see what kube-controller-manager says of it, and whether it has the cluster's certificate and key (--cluster-signing-cert-file, \
         --cluster-signing-key-file)",
        [
            "kubectl -n kube-system logs -l component=kube-controller-manager --tail=500 | grep -i -E 'csr|signing' | tail -20".to_owned(),
            "kubectl -n kube-system get pods -l component=kube-controller-manager -o yaml | grep -E 'cluster-signing'".to_owned(),
        ],
    )
}

fn expiry() -> Remedy {
    read(
        "on each machine of the control plane, and on nodes that are not Ready: until when are the certificates valid, and is the clock \
         right",
        [
            "date -u".to_owned(),
            "kubeadm certs check-expiration".to_owned(),
            "find /etc/kubernetes/pki -name '*.crt' -exec openssl x509 -noout -enddate -in {} \\; -print"
                .to_owned(),
            "openssl x509 -noout -dates -in /var/lib/kubelet/pki/kubelet-client-current.pem".to_owned(),
        ],
    )
}

fn renew() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "on a cluster of kubeadm: keep a copy, renew what expired, and restart the static pods one machine at a time, so that they read \
         it; a kubelet whose certificate expired must ask for a new one with a fresh bootstrap kubeconfig",
        ["cp -a /etc/kubernetes /root/kubernetes.backup".to_owned(), "kubeadm certs renew all".to_owned()],
    )
}
