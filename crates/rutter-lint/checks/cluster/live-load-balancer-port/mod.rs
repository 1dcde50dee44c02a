//! Services that want a port of a load balancer, or an address, that another Service of the cluster has.

use rutter_cluster::{Kind, objects::Service};
use rutter_lessons::Severity;

use rutter_lessons::balancers;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    live::{self, typed},
};

pub(crate) static CHECK: Check = Check {
    id: "live-load-balancer-port",
    topic: Topic::Cluster,
    title: "the port of the load balancer is taken",
    severity: Severity::High,
    default: true,
    prevents: &["slb-port-conflict"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") || object.root.text_at(&["spec", "type"]) != Some("LoadBalancer") {
        return;
    }
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    let Some(service) = typed::of::<Service>(&object.root) else { return };
    let is_other = |other: &&Service| {
        let (theirs, name) = (&other.meta.namespace, &other.meta.name);
        (theirs.as_str(), name.as_str()) != (namespace, &object.name)
            && !live::is_rewritten(context, Kind::Service, theirs, name)
    };
    let mut sharing: Vec<(String, &Service)> = Vec::new();
    if let Some((_, id)) = balancers::shared(&service) {
        let others = live.on_balancer(id).iter().copied().filter(is_other);
        sharing.extend(others.map(|other| (format!("load balancer {id}"), other)));
    }
    for address in addresses(object) {
        let others = live.at_address(address).iter().copied().filter(is_other);
        sharing.extend(others.map(|other| (format!("address {address}"), other)));
    }
    // One port tells all.
    for (port, node) in service.spec.ports.iter().zip(object.root.items_at(&["spec", "ports"])) {
        let (number, protocol) = balancers::port(port);
        let wants =
            |other: &Service| other.spec.ports.iter().any(|one| balancers::port(one) == (number, protocol));
        let Some((what, other)) = sharing.iter().find(|(_, other)| wants(other)) else { continue };
        let (theirs, name) = (&other.meta.namespace, &other.meta.name);
        let end = if balancers::overrides(&service).is_some() {
            format!("this one takes it over, and clients of {theirs}/{name} reach other pods")
        } else if balancers::overrides(other).is_some() {
            "that one takes over what is there, and its pods answer clients of this one".to_owned()
        } else {
            "only one of them gets it".to_owned()
        };
        let message = format!("port {number}/{protocol} of {what} is that of Service {theirs}/{name}: {end}");
        found
            .at(node.at(&["port"]).unwrap_or(node), message)
            .advice("take another port, or a load balancer of its own");
        return;
    }
}

/// The addresses that the Service asks for by name: the field, and annotations of MetalLB, kube-vip and Cilium.
fn addresses(object: &Object) -> impl Iterator<Item = &str> {
    const KEYS: [&str; 4] = [
        "metallb.io/loadBalancerIPs",
        "metallb.universe.tf/loadBalancerIPs",
        "kube-vip.io/loadbalancerIPs",
        "lbipam.cilium.io/ips",
    ];
    let written = KEYS.iter().filter_map(|key| object.annotation(key));
    let all = written.chain(object.root.text_at(&["spec", "loadBalancerIP"]));
    all.flat_map(|list| list.split(',')).map(str::trim).filter(|one| !one.is_empty())
}
