//! What to do: find out which part of the way does not answer, then take load from it.

use rutter_cluster::objects::Deployment;

use super::{
    detect,
    server::{Complaint, Server},
    sufferer::Sufferer,
};
use crate::{Context, Finding, Remedy, Risk, containers};

/// So many workloads' names are changed by a command that is shown.
const SHOWN: usize = 3;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some((server, all)) = detect::again(context) else { return Vec::new() };
    let mut steps = vec![look(&server), ask(context, &server, &all)];
    match finding.variant {
        "upstream" => {
            let name = outside(context, &all).unwrap_or("<name>");
            let asked = match server.complaint(context) {
                Some((Complaint::Upstream(asked), _)) => Some(asked),
                _ => None,
            };
            steps.push(upstream(&server, asked, name));
            steps.push(forward(&server, name));
        }
        _ => steps.extend(scale(context, &server)),
    }
    steps.extend(fewer_dots(context, &all));
    steps
}

fn look(server: &Server<'_>) -> Remedy {
    let (namespace, selector) = (&server.service.meta.namespace, &server.service.spec.selector);
    Remedy::new(
        Risk::ReadOnly,
        "see how the pods of the DNS are: their nodes, restarts, use against their limits, and what they complain of",
        [
            format!("kubectl -n {namespace} get pods -l '{selector}' -o wide"),
            format!("kubectl -n {namespace} top pods -l '{selector}' --containers   # needs metrics-server"),
            format!(
                "kubectl -n {namespace} logs -l '{selector}' --all-containers --tail=100 --timestamps --prefix | grep -v HINFO"
            ),
        ],
    )
}

/// Asks each server by its address, and the Service: what differs is where it breaks.
fn ask(context: &Context<'_>, server: &Server<'_>, all: &[Sufferer<'_>]) -> Remedy {
    let known = |address: &&str| {
        !address.is_empty() && address.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'))
    };
    let pods = server.ready.iter().map(|pod| pod.status.pod_ip.as_str());
    let addresses: Vec<&str> =
        pods.take(SHOWN).chain([server.service.spec.cluster_ip.as_str()]).filter(known).collect();
    let outside = outside(context, all).map_or_else(String::new, |host| format!(" {host}."));
    let first = all.first();
    let namespace = first.map_or("default", |one| one.pod.meta.namespace.as_str());
    Remedy::new(
        Risk::Reversible,
        "from a pod beside one that suffers, ask each pod of the DNS, then its Service (the last): if none answers for the name inside, the network \
         or a network policy is the cause; if only the name outside fails, the servers that it is handed on to; if all answer, it is load",
        [format!(
            "kubectl -n {namespace} run dns-look --image=busybox:1.36 --restart=Never --rm -i -- sh -c 'for s in {}; do echo \"== $s\"; for n in \
             kubernetes.default.svc.cluster.local.{outside}; do time timeout 5 nslookup $n $s; done; done'",
            addresses.join(" ")
        )],
    )
}

fn outside<'s>(context: &Context<'_>, all: &'s [Sufferer<'_>]) -> Option<&'s str> {
    all.iter().find_map(|one| one.outside(context))
}

fn upstream(server: &Server<'_>, asked: Option<&str>, host: &str) -> Remedy {
    // Where the DNS names no server, those of the node are what it usually asks.
    let ask = match asked.map(|asked| asked.rsplit_once(':').unwrap_or((asked, "53"))) {
        Some((address, port)) => {
            let port = if port == "53" { String::new() } else { format!(" -p {port}") };
            format!(
                "timeout 10 dig +tries=1{port} @{address} {host}   # no answer: that server, or the way to it, is what to repair"
            )
        }
        None => format!(
            "cat /etc/resolv.conf; for s in $(awk '/^nameserver/ {{print $2}}' /etc/resolv.conf); do timeout 5 dig +tries=1 @$s {host}; done"
        ),
    };
    let node = server.ready.first().map_or("", |pod| pod.spec.node_name.as_str());
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see whom the DNS asks for names outside, and whether that server answers from {node}, where one of its pods runs (as root on it)"
        ),
        [
            format!(
                "kubectl -n {} get configmap coredns -o jsonpath='{{.data.Corefile}}'",
                server.service.meta.namespace
            ),
            ask,
        ],
    )
}

/// What ends it, where the server itself can't be repaired.
fn forward(server: &Server<'_>, host: &str) -> Remedy {
    let namespace = &server.service.meta.namespace;
    Remedy::new(
        Risk::Reversible,
        "if it can't be repaired soon: keep the Corefile, and let `forward` name a server that answers from that node (a managed DNS has a \
         place of its own for that, or puts it back); CoreDNS reads it anew within two minutes if it has `reload`, else when its pods are replaced",
        [
            format!("kubectl -n {namespace} get configmap coredns -o yaml > coredns-before.yaml"),
            format!("timeout 10 dig +tries=1 @<server> {host}   # on the node, before anything is changed"),
            format!("kubectl -n {namespace} edit configmap coredns   # forward . <server>"),
        ],
    )
}

fn scale(context: &Context<'_>, server: &Server<'_>) -> Option<Remedy> {
    let deployment = maker(context, server)?;
    let meta = &deployment.meta;
    let more = deployment.wanted().max(1).saturating_add(1);
    Some(Remedy::new(
        Risk::Reversible,
        "if they are at their CPU limit, or only one runs, let one more answer (an autoscaler of the DNS, or the cloud's add-on, sets the number \
         itself: change it there)",
        [
            format!("kubectl -n {} get deployments,configmaps | grep -i dns-autoscaler", meta.namespace),
            format!("kubectl -n {} scale deployment {} --replicas={more}", meta.namespace, meta.name),
        ],
    ))
}

fn maker<'c>(context: &Context<'c>, server: &Server<'c>) -> Option<&'c Deployment> {
    let owner = context.top_owner(server.ready.first()?);
    let is_it = owner.kind == "Deployment";
    context.deployment(&owner.namespace, &owner.name).ok()?.filter(|_| is_it)
}

/// Fewer questions for names outside, for workloads whose template can be changed.
fn fewer_dots(context: &Context<'_>, all: &[Sufferer<'_>]) -> Option<Remedy> {
    let searching =
        all.iter().filter(|one| one.outside(context).is_some_and(|host| one.searches_first(host)));
    let commands: Vec<String> = searching
        .filter_map(|one| {
            let workload = containers::rolled_workload(&one.owner)?;
            let (kind, name) = workload.split_once('/').filter(|(kind, _)| *kind != "cronjob")?;
            Some(format!(
                "kubectl -n {} patch {kind} {name} -p '{{\"spec\":{{\"template\":{{\"spec\":{{\"dnsConfig\":{{\"options\":[{{\"name\":\"ndots\",\"value\":\"2\"}}]}}}}}}}}}}'",
                one.owner.namespace
            ))
        })
        .take(SHOWN)
        .collect();
    (!commands.is_empty()).then(|| {
        Remedy::new(
            Risk::Disruptive,
            "afterwards, let those who ask for names outside ask once instead of with every search domain (this replaces their pods, and belongs into \
             the manifest; names like db.shop still resolve, but on Alpine db.shop.svc does not: write it in full; it takes the place of all options that \
             dnsConfig has: name those as well)",
            commands,
        )
    })
}
