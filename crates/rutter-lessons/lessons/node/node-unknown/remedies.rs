//! What to do: find out what still answers, and prove that a machine is off before anything is forced.

use rutter_cluster::{Time, objects::Pod};

use crate::{
    Context, Finding, Remedy, Risk,
    fencing::{OUT_OF_SERVICE, fence, what_answers},
    hosting::{self, Guests},
    words,
};

/// Names that are told one by one.
const NAMED: usize = 4;

/// The journal is read from this long before the silence, in seconds.
const BEFORE: i64 = 300;

const WAIT: &str = "StatefulSets wait until the node confirms, and nobody makes bare pods anew";

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    match finding.variant {
        "many-at-once" => vec![control_plane(), hands_off(), controllers()],
        "stale-lease" => vec![controllers(), what_answers(name), on_node(finding), start(finding)],
        "recovered" => vec![look_back(name)],
        "never-reported" => vec![what_answers(name), on_node(finding), start(finding)],
        _ => {
            let mut all = vec![what_answers(name), on_node(finding), start(finding)];
            if let Some(node) = hosting::node_of(context, finding) {
                let guests = Guests::of(context, node);
                let empty = guests.as_ref().is_some_and(|guests| guests.count() == 0);
                let declared = node.taint(OUT_OF_SERVICE).is_some();
                let pods = || if declared { left(name) } else { its_pods(name, guests.as_ref()) };
                all.extend((!empty).then(pods));
                if !empty || holds_volume(context, name) {
                    all.extend(fence(context, node));
                }
            }
            all
        }
    }
}

fn read(title: impl Into<String>, commands: &[String]) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands.iter().cloned())
}

fn on_node(finding: &Finding) -> Remedy {
    let name = finding.object.name.as_str();
    let since = finding.since.map_or_else(|| "-30min".to_owned(), |since| journal(since.plus(-BEFORE)));
    read(
        format!(
            "if {name} can be reached, see as root why its kubelet is silent: stopped, certificate expired, disk full, clock \
             off, no way to the API server"
        ),
        &[
            format!(
                "systemctl status kubelet --no-pager; journalctl -u kubelet --since '{since}' | \
                 grep -i -e x509 -e 'no space' -e 'not found' -e refused -e timeout | tail -20"
            ),
            "df -h / /var/lib/kubelet; timedatectl | grep -i -e synchronized -e 'UTC'".to_owned(),
            "openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem".to_owned(),
        ],
    )
}

fn start(finding: &Finding) -> Remedy {
    let name = finding.object.name.as_str();
    let run = if finding.variant == "never-reported" {
        ""
    } else {
        "; its containers may have run on all the while"
    };
    Remedy::new(
        Risk::Disruptive,
        format!("on {name} as root, only once that is repaired: start its kubelet{run}"),
        ["systemctl start kubelet   # restart, if it runs and hangs".to_owned()],
    )
}

/// Whether a volume is attached to the node, so that nobody else gets it.
fn holds_volume(context: &Context<'_>, node: &str) -> bool {
    context.volume_attachments().is_ok_and(|all| all.iter().any(|one| one.spec.node_name == node))
}

/// A time as journalctl takes it.
fn journal(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// Which pods come back by themselves, and which don't.
fn its_pods(name: &str, guests: Option<&Guests<'_>>) -> Remedy {
    let stays = |pod: &&&Pod| pod.meta.controller().is_none_or(|owner| owner.kind == "StatefulSet");
    let stuck: Option<Vec<&Pod>> = guests.map(|guests| guests.pods.iter().filter(stays).copied().collect());
    let which = match stuck.as_deref() {
        Some([]) => "once they are deleted, all of them are replaced elsewhere".to_owned(),
        Some(stuck) => format!(
            "once they are deleted, those of Deployments and Jobs are replaced elsewhere, but not {} ({}): {WAIT}",
            words::count(stuck.len(), "pod"),
            hosting::names(stuck, NAMED),
        ),
        None => WAIT.to_owned(),
    };
    let title = format!(
        "list the pods of {name}, and force-delete none while the machine may still run: two would write; {which}"
    );
    read(title, &[format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}")])
}

/// Those that a node that was declared out of service still has.
fn left(name: &str) -> Remedy {
    let title = format!(
        "see which pods of {name} are left, and since when: the controller-manager strikes them off, but not what tolerates the \
         taint, nor what a finalizer holds"
    );
    let pods = format!(
        "kubectl get pods -A --field-selector spec.nodeName={name} -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,DELETED:.metadata.deletionTimestamp,FINALIZERS:.metadata.finalizers"
    );
    read(title, &[pods])
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
