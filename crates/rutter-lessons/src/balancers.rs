//! Which load balancer a Service is told to use, and which ports of it.

use rutter_cluster::{
    Str,
    objects::{Service, ServicePort},
};

/// Annotations that name a load balancer that is there already. MetalLB's `allow-shared-ip` is none: Services with one key and one
/// port just get different addresses.
const SHARED: [&str; 4] = [
    // Alibaba Cloud: the present name and the old one.
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id",
    "service.beta.kubernetes.io/alicloud-loadbalancer-id",
    // Tencent Cloud, OpenStack.
    "service.kubernetes.io/tke-existed-lbid",
    "loadbalancer.openstack.org/load-balancer-id",
];

/// Annotations that let a Service take over listeners that are there.
const OVERRIDE: [&str; 2] = [
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-force-override-listeners",
    "service.beta.kubernetes.io/alicloud-loadbalancer-force-override-listeners",
];

/// The annotation and the load balancer that it names.
pub fn shared(service: &Service) -> Option<(&'static str, &Str)> {
    if service.spec.kind != "LoadBalancer" || service.meta.deleted.is_some() {
        return None;
    }
    let named = SHARED.iter().find_map(|key| Some((*key, service.meta.annotations.get(key)?)));
    named.filter(|(_, id)| !id.is_empty())
}

/// The annotation by which the Service takes over listeners, if it does.
pub fn overrides(service: &Service) -> Option<&'static str> {
    let is_set = |key: &&&str| service.meta.annotations.get(key).is_some_and(|value| *value == "true");
    OVERRIDE.iter().find(is_set).copied()
}

/// Port and protocol: TCP and UDP may share a number.
pub type Port = (i64, &'static str);

/// The port at which a Service is reached.
pub fn port(port: &ServicePort) -> Port {
    (port.port, protocol(port))
}

/// Its protocol; TCP where none is said.
pub fn protocol(port: &ServicePort) -> &'static str {
    match port.protocol.as_str() {
        "UDP" => "UDP",
        "SCTP" => "SCTP",
        _ => "TCP",
    }
}
