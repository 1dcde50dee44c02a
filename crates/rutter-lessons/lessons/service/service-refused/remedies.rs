//! What to do: ask the pod itself where it listens, then correct the port.

use rutter_cluster::objects::{Pod, Service};

use super::ports::{self, Ports};
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let Ok(Some(service)) = context.service(namespace, name) else { return Vec::new() };
    let pods = context.pods_selected_by(service).unwrap_or_default();
    let Some(pod) = pods.into_iter().find(|pod| pod.is_ready()) else { return Vec::new() };
    match finding.variant {
        "local-only" => vec![places(service), cluster_wide(service)],
        "headless-port" => vec![listens(pod), own_port(service, pod), with_address(service)],
        _ => vec![listens(pod), target(service, pod)],
    }
}

/// `/proc/net/tcp` is there in every image with a shell; ports stand there as hexadecimal numbers.
fn listens(pod: &Pod) -> Remedy {
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        "ask the pod itself where it listens (state 0A; ports are hexadecimal: 1F90 is 8080): a container may listen where it \
         declares nothing",
        [format!("kubectl -n {namespace} exec {name} -- cat /proc/net/tcp /proc/net/tcp6")],
    )
}

fn target(service: &Service, pod: &Pod) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let known = Ports::of(pod);
    let wrong = ports::numbered(service).first().map(|(port, _)| port.port);
    let port = wrong.unwrap_or_default();
    let index = service.spec.ports.iter().position(|one| one.port == port).unwrap_or(0);
    let meant = known.probed.iter().find(|port| known.declared.contains(port)).or(known.declared.first());
    let meant = meant.map_or_else(|| "<port>".to_owned(), ToString::to_string);
    Remedy::new(
        Risk::Reversible,
        "if it listens there and not where the Service sends, correct targetPort, in the source that the Service is applied from \
         too; takes effect within seconds, no pod restarts",
        [format!(
            "kubectl -n {namespace} patch service {name} --type=json -p '[{{\"op\":\"test\",\"path\":\"/spec/ports/{index}/port\",\"value\":{port}}},\
             {{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":{meant}}}]'"
        )],
    )
}

fn own_port(service: &Service, pod: &Pod) -> Remedy {
    let known = Ports::of(pod);
    let wrong = ports::numbered(service)
        .into_iter()
        .find(|(port, target)| port.port != *target && known.knows(*target));
    let (port, target) = wrong.map_or((0, 0), |(port, target)| (port.port, target));
    Remedy::new(
        Risk::Reversible,
        format!(
            "let clients take port {target}: the number {port} in the Service changes nothing on the way to the pods, and is right only \
             in its SRV records, which name the target. Write {target} there too, so that nobody is misled"
        ),
        [],
    )
}

fn with_address(service: &Service) -> Remedy {
    Remedy::new(
        Risk::Reversible,
        format!(
            "if clients only want one of the pods, make a second Service with an address (without `clusterIP: None`) for {}: it \
             translates ports and spreads connections; the headless one stays for the members, as it can't be changed",
            service.meta.name
        ),
        [],
    )
}

fn places(service: &Service) -> Remedy {
    let (namespace, selector) = (&service.meta.namespace, &service.spec.selector);
    Remedy::new(
        Risk::ReadOnly,
        "see where its pods are, and whether clients run on other nodes",
        [format!("kubectl -n {namespace} get pods -l '{selector}' -o wide")],
    )
}

fn cluster_wide(service: &Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    Remedy::new(
        Risk::Reversible,
        "let it send to pods on all nodes, unless each node must use its own; then its pods belong into a DaemonSet",
        [format!(
            "kubectl -n {namespace} patch service {name} -p '{{\"spec\":{{\"internalTrafficPolicy\":\"Cluster\"}}}}'"
        )],
    )
}
