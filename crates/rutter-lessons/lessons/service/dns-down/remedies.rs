//! What to do, by why nobody answers.

use super::plan;
use crate::{Context, Evidence, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let namespace = &finding.object.namespace;
    let look = look(context, finding);
    let more = match finding.variant {
        "scaled-to-zero" => scale(finding),
        "loop" => in_a_loop(namespace),
        "corefile" => corefile(namespace),
        _ => vec![pods(namespace)],
    };
    [look].into_iter().chain(more).collect()
}

fn look(context: &Context<'_>, finding: &Finding) -> Remedy {
    let namespace = &finding.object.namespace;
    let service = context.service(namespace, &finding.object.name).ok().flatten();
    let selector = service.map_or_else(|| "k8s-app=kube-dns".to_owned(), |one| one.spec.selector.to_string());
    let title = "see what should answer, and what it said last";
    Remedy::new(
        Risk::ReadOnly,
        title,
        [
            format!(
                "kubectl -n {namespace} get deployments,daemonsets,pods,endpoints -l '{selector}' -o wide"
            ),
            format!("kubectl -n {namespace} logs -l '{selector}' --tail=30 --prefix"),
        ],
    )
}

fn pods(namespace: &str) -> Remedy {
    let title = "bring its pods up: what the events of a pod say is the cause (image, node, quota, configuration); they need no \
                 name to resolve for their own start";
    Remedy::new(
        Risk::Reversible,
        title,
        [format!("kubectl -n {namespace} get events --sort-by=.lastTimestamp | grep -i dns | tail -20")],
    )
}

fn scale(finding: &Finding) -> Vec<Remedy> {
    let makes = |evidence: &&Evidence| matches!(evidence.object.kind.as_str(), "Deployment" | "DaemonSet");
    let maker = finding.evidence.iter().find(makes).map(|evidence| &evidence.object);
    let Some(maker) = maker.filter(|maker| maker.kind == "Deployment") else { return Vec::new() };
    let why = Remedy::new(
        Risk::ReadOnly,
        "see who scaled it: a person, a DNS autoscaler with a minimum of 0, or a tool that will do it again",
        [
            format!(
                "kubectl -n {} get deployment {} -o yaml --show-managed-fields | grep -B2 -A12 'subresource: scale'",
                maker.namespace, maker.name
            ),
            format!("kubectl -n {} get deployments,configmaps | grep -i dns-autoscaler", maker.namespace),
        ],
    );
    let scale = Remedy::new(
        Risk::Reversible,
        "scale it up again, to two at least, on different nodes; what crashed for want of names follows within 5 minutes",
        [format!("kubectl -n {} scale deployment {} --replicas=2", maker.namespace, maker.name)],
    )
    .perhaps_by(plan::plan(maker));
    vec![why, scale]
}

fn in_a_loop(namespace: &str) -> Vec<Remedy> {
    let node = Remedy::new(
        Risk::ReadOnly,
        "on the node of the pod, see what CoreDNS inherits: a nameserver 127.0.0.53 (systemd-resolved) or the address of the \
         cluster's DNS itself in the kubelet's resolvConf makes the loop",
        [
            "cat /etc/resolv.conf /run/systemd/resolve/resolv.conf".to_owned(),
            "grep -i resolvConf /var/lib/kubelet/config.yaml".to_owned(),
            format!("kubectl -n {namespace} get configmap coredns -o jsonpath='{{.data.Corefile}}'"),
        ],
    );
    let kubelet = Remedy::new(
        Risk::Disruptive,
        "give the kubelet the file with the real servers (resolvConf: /run/systemd/resolve/resolv.conf), restart it, and let \
         CoreDNS start anew; the plugin loop is not to be removed: the loop would go on, and take the node's memory and CPU",
        [
            "systemctl restart kubelet".to_owned(),
            format!("kubectl -n {namespace} delete pods -l k8s-app=kube-dns"),
        ],
    );
    vec![node, kubelet]
}

fn corefile(namespace: &str) -> Vec<Remedy> {
    let look = Remedy::new(
        Risk::ReadOnly,
        "compare the Corefile with what the version of CoreDNS knows (proxy went with 1.5, upstream with 1.7; a key of \
         coredns-custom is read, too)",
        [
            format!("kubectl -n {namespace} get configmap coredns coredns-custom --ignore-not-found -o yaml"),
            format!(
                "kubectl -n {namespace} get pods -l k8s-app=kube-dns -o jsonpath='{{.items[*].spec.containers[*].image}}{{\"\\n\"}}'"
            ),
        ],
    );
    let mend = Remedy::new(
        Risk::Reversible,
        "save the ConfigMap, correct the line, and wait for the next start (5 minutes at most); a tool or the cloud's add-on \
         manager may write it back",
        [
            format!("kubectl -n {namespace} get configmap coredns -o yaml > coredns-before.yaml"),
            format!("kubectl -n {namespace} edit configmap coredns"),
        ],
    );
    vec![look, mend]
}
