//! What to do: find out what still answers, and prove that a machine is off before anything is forced.

use crate::{
    Context, Finding, Remedy, Risk,
    hosting::{self, Guests},
    words,
};

/// Names that are told one by one.
const NAMED: usize = 4;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    match finding.variant {
        "many-at-once" => vec![control_plane(), controllers(), on_node(name), hands_off()],
        "stale-lease" => vec![controllers(), what_answers(name), on_node(name)],
        "recovered" => vec![look_back(name)],
        "never-reported" => vec![on_node(name), what_answers(name)],
        _ => {
            let guests = hosting::node_of(context, finding).and_then(|node| Guests::of(context, node));
            vec![what_answers(name), on_node(name), its_pods(name, guests.as_ref()), fence(name)]
        }
    }
}

fn read(title: impl Into<String>, commands: &[String]) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands.iter().cloned())
}

fn what_answers(name: &str) -> Remedy {
    read(
        format!(
            "see what of {name} still answers: its lease, its address, its kubelet's port, and the machine in the cloud or by its BMC"
        ),
        &[
            format!("kubectl get node {name} -o wide"),
            format!(
                "kubectl -n kube-node-lease get lease {name} -o jsonpath='{{.spec.renewTime}}{{\"\\n\"}}'; date -u"
            ),
            format!(
                "nc -vz -w 3 $(kubectl get node {name} -o jsonpath='{{.status.addresses[?(@.type==\"InternalIP\")].address}}') 10250"
            ),
        ],
    )
}

fn on_node(name: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        format!(
            "if {name} can be reached: see as root why its kubelet is silent (stopped, certificate expired, disk full, clock \
             off, no way to the API server), repair that, then start it; its containers ran on all the while"
        ),
        [
            "systemctl status kubelet --no-pager; journalctl -u kubelet --since -30min | grep -i -e x509 -e 'no space' -e 'not found' -e refused -e timeout | tail -20".to_owned(),
            "df -h / /var/lib/kubelet; timedatectl | grep -i -e synchronized -e 'UTC'".to_owned(),
            "openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem".to_owned(),
            "systemctl start kubelet   # restart, if it runs and hangs".to_owned(),
        ],
    )
}

/// Which pods come back by themselves, and which don't.
fn its_pods(name: &str, guests: Option<&Guests<'_>>) -> Remedy {
    let stuck: Vec<_> = guests
        .map(|guests| &*guests.pods)
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|pod| pod.meta.controller().is_none_or(|owner| owner.kind == "StatefulSet"))
        .collect();
    let which = if stuck.is_empty() {
        "once they are deleted, all of them are replaced elsewhere".to_owned()
    } else {
        format!(
            "once they are deleted, those of Deployments and Jobs are replaced elsewhere, but not {} ({}): StatefulSets wait \
             until the node confirms, bare pods have nobody who makes them anew",
            words::count(stuck.len(), "pod"),
            hosting::names(&stuck, NAMED),
        )
    };
    let title = format!(
        "list the pods of {name}, and force-delete none while the machine may still run: two would write; {which}"
    );
    read(title, &[format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}")])
}

fn fence(name: &str) -> Remedy {
    Remedy::new(
        Risk::Destructive,
        format!(
            "only after the machine of {name} is proven off (power state seen in the cloud or by its BMC, not merely no \
             answer) and stays off: declare it out of service, which deletes its pods and detaches its volumes \
             (Kubernetes 1.26 and newer); take the taint off when it is back"
        ),
        [
            format!("kubectl taint nodes {name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"),
            format!(
                "kubectl taint nodes {name} node.kubernetes.io/out-of-service-   # when it is back and empty"
            ),
        ],
    )
}

fn control_plane() -> Remedy {
    read(
        "look at what the nodes share first: the API server as nodes reach it (load balancer, DNS name, certificate), then \
         the network between",
        &[
            "kubectl get --raw='/readyz?verbose' | grep -v '\\[+\\]'".to_owned(),
            "kubectl cluster-info; kubectl get nodes -o wide".to_owned(),
            "openssl s_client -connect <the API server as kubelets know it>:6443 </dev/null 2>/dev/null | openssl x509 -noout -enddate"
                .to_owned(),
        ],
    )
}

fn controllers() -> Remedy {
    read(
        "see whether the controller-manager works, which marks nodes by their leases: who leads, since when, and what it logs",
        &[
            "kubectl -n kube-system get lease kube-controller-manager -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}{\"\\n\"}'; date -u"
                .to_owned(),
            "kubectl -n kube-system get pods -l component=kube-controller-manager -o wide".to_owned(),
            "kubectl -n kube-system logs -l component=kube-controller-manager --tail=50".to_owned(),
        ],
    )
}

fn hands_off() -> Remedy {
    read(
        "until that is known, delete no node, force no pod and taint nothing out of service: most of these machines may be \
         at work; while all nodes are silent, Kubernetes itself evicts nothing",
        &["kubectl get nodes -o custom-columns='NODE:.metadata.name,READY:.status.conditions[?(@.type==\"Ready\")].status,SINCE:.status.conditions[?(@.type==\"Ready\")].lastTransitionTime'".to_owned()],
    )
}

fn look_back(name: &str) -> Remedy {
    read(
        format!("see on {name} why its kubelet was silent, before it happens again"),
        &[
            "journalctl -u kubelet --since -3h | grep -i -e x509 -e timeout -e refused -e 'Starting Kubernetes Kubelet' | tail -30".to_owned(),
            "last -x reboot shutdown | head -5; journalctl -k --since -3h | grep -i -e 'out of memory' -e 'link is' | tail".to_owned(),
        ],
    )
}
