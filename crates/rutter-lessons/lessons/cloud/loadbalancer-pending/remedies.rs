//! What to do: read what the cloud says, or bring back who asks it.

use rutter_cluster::objects::Service;

use super::{
    controllers,
    verdict::{self, Verdict},
};
use crate::{Context, Finding, Remedy, Risk, fixes, hosting, texts::cloud::Refusal};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let Ok(Some(service)) = context.service(namespace, name) else { return Vec::new() };
    let look = look(service);
    match verdict::judge(context, service) {
        Some(Verdict::Refused { answer, .. }) => vec![look, by_refusal(answer.refusal)],
        Some(Verdict::ControllerDown(pods, owner)) => {
            let namespace = pods.first().map_or("kube-system", |pod| pod.meta.namespace.as_str());
            let names = pods.first().map_or_else(String::new, |pod| pod.meta.name.to_string());
            let title = format!("mend {} {}: read why its pods are not ready", owner.kind, owner.name);
            let commands = [
                format!("kubectl -n {namespace} describe pod {names}"),
                format!("kubectl -n {namespace} logs {names} --all-containers --tail=50"),
            ];
            vec![look, Remedy::new(Risk::ReadOnly, title, commands)]
        }
        Some(Verdict::LeaderStale(record)) => vec![look, leader(context), restart(context, &record.holder)],
        Some(Verdict::Class) => vec![look, class(service)],
        Some(Verdict::NoController) => vec![look, install()],
        _ => vec![look, leader(context)],
    }
}

fn look(service: &Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        "read what was said about it, newest last; inside the cluster it works meanwhile, and from outside by a node's address \
         and the node port",
        [
            format!(
                "kubectl -n {namespace} get events --field-selector involvedObject.kind=Service,involvedObject.name={name} --sort-by=.lastTimestamp"
            ),
            format!("kubectl -n {namespace} get service {name} -o wide"),
        ],
    )
}

fn by_refusal(refusal: Refusal) -> Remedy {
    let title = match refusal {
        Refusal::Quota => {
            "ask the cloud for more load balancers, addresses or listeners, or remove Services that nobody needs: each of type \
             LoadBalancer costs one. It is tried again each 5 minutes at the latest, nothing needs a restart"
        }
        Refusal::Rights => {
            "renew the credentials of the controller, or give them the right that the message names; then it goes on by itself"
        }
        Refusal::Addresses => {
            "enlarge the pool of addresses, or ask for one that is free; Services of type LoadBalancer that nobody needs hold \
             theirs"
        }
        Refusal::NotFound => {
            "mend what the message names: mostly subnets without the tag that the controller looks for, or a load balancer \
             named in an annotation that was deleted"
        }
        Refusal::Throttled | Refusal::Unreachable => {
            "wait: it is tried again each 5 minutes at the latest. If it lasts, see whether the cloud's API can be reached"
        }
        Refusal::Other => "mend what the message names; it is tried again each 5 minutes at the latest",
    };
    Remedy::new(Risk::Reversible, title, [])
}

/// The first minor version whose cloud controllers elect their leader by a Lease and by nothing else.
const LEASES: u32 = 20;

fn leader(context: &Context<'_>) -> Remedy {
    let mut commands = vec![
        "kubectl -n kube-system get pods -o wide | grep cloud-controller".to_owned(),
        "kubectl -n kube-system get lease cloud-controller-manager -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}'"
            .to_owned(),
    ];
    let mut title = "see whether the cloud's controllers run, who leads them, and when that was last renewed (it is each 2 s)".to_owned();
    if hosting::minor(context.version()).is_none_or(|minor| minor < LEASES) {
        title.push_str("; clusters before 1.20 keep the record in an annotation");
        commands.push(
            "kubectl -n kube-system get endpoints cloud-controller-manager -o yaml | grep leader".to_owned(),
        );
    }
    Remedy::new(Risk::ReadOnly, title, commands)
}

/// Only the replica that holds the record without renewing it, and only while another is there to take over.
fn restart(context: &Context<'_>, holder: &str) -> Remedy {
    let pods = controllers::pods(context);
    let others = |name: &str| pods.iter().any(|pod| pod.meta.name != *name && pod.is_ready());
    // `NODE_UUID` or `POD_UUID`.
    let host = holder.rsplit_once('_').map_or(holder, |(host, _)| host);
    let held = pods.iter().find(|pod| pod.meta.name == *host || pod.spec.node_name == *host);
    let command = match held {
        Some(pod) if others(&pod.meta.name) => {
            format!("kubectl -n {} delete pod {}", pod.meta.namespace, pod.meta.name)
        }
        _ => "kubectl -n kube-system delete pod <the one that holds the record>".to_owned(),
    };
    let plan = held.filter(|pod| others(&pod.meta.name)).and_then(|pod| {
        let title =
            format!("Start {}/{} anew, which leads and does nothing", pod.meta.namespace, pod.meta.name);
        fixes::restart(context, pod, title)
    });
    Remedy::new(
        Risk::Disruptive,
        "delete just the replica that holds the record and doesn't renew it, once its log is saved and another replica is \
         Ready: that takes over within seconds. If none is Ready, mend one first",
        [command],
    )
    .perhaps_by(plan)
}

fn class(service: &Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        "see which controller answers for the class, and whether it runs: the cloud's own passes over Services with a class. A \
         class can't be changed later; without it the Service must be made anew, which gives it a new address",
        [
            format!("kubectl -n {namespace} get service {name} -o jsonpath='{{.spec.loadBalancerClass}}'"),
            "kubectl get deployments,daemonsets -A | grep -iE 'load-?balancer|metallb|kube-vip|cloud-controller'".to_owned(),
        ],
    )
}

fn install() -> Remedy {
    Remedy::new(
        Risk::Reversible,
        "if this cluster should have addresses to give, install what gives them (the cloud's controller manager, MetalLB, \
         kube-vip); else make the Service a NodePort or put an Ingress before it",
        [],
    )
}
