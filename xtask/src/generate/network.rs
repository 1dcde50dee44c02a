//! Services and what they lead to: EndpointSlices and Endpoints.

use super::json::{Json, arr, obj};
use super::meta::{Meta, last_applied, owned_by};
use super::output::Emit;
use super::plan::{Access, Kind, Namespace, Plan, Workload};
use super::pods::pod_uid;
use super::rng::{name_suffix, time};
use super::template;

/// The controller begins a new slice after this many endpoints.
const SLICE_SIZE: usize = 100;
/// The controller puts no more addresses than this into an Endpoints object.
const ENDPOINTS_SIZE: usize = 1000;
const API_SERVERS: [&str; 3] = ["172.31.0.10", "172.31.1.10", "172.31.2.10"];

fn with_service<'a>(plan: &'a Plan, namespace: &'a Namespace) -> impl Iterator<Item = usize> + use<'a> {
    namespace.workloads.clone().filter(|&index| plan.workloads[index].access != Access::None)
}

pub(super) fn emit_services(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    if namespace.name == "default" {
        emit(api_service(plan, namespace))?;
    }
    with_service(plan, namespace).try_for_each(|index| emit(service(plan, index)))
}

pub(super) fn emit_slices(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    if namespace.name == "default" {
        emit(api_slice(plan, namespace))?;
    }
    for index in with_service(plan, namespace) {
        let pods = endpoints_of(plan, index);
        let slices: Vec<&[usize]> =
            if pods.is_empty() { vec![&[]] } else { pods.chunks(SLICE_SIZE).collect() };
        for (number, pods) in slices.into_iter().enumerate() {
            emit(slice(plan, index, number, pods))?;
        }
    }
    Ok(())
}

pub(super) fn emit_endpoints(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    if namespace.name == "default" {
        emit(api_endpoints(plan, namespace))?;
    }
    with_service(plan, namespace).try_for_each(|index| emit(endpoints(plan, index)))
}

/// The pods that a workload's Service selects. One that has failed is no endpoint.
fn endpoints_of(plan: &Plan, index: usize) -> Vec<usize> {
    match plan.workloads[index].access {
        Access::None | Access::Mismatched => Vec::new(),
        Access::ClusterIp | Access::Headless => plan.replicas_of(&plan.workloads[index]).collect(),
    }
}

fn service_name(workload: &Workload) -> String {
    if workload.name == "coredns" { "kube-dns".to_owned() } else { workload.name.clone() }
}

fn service_uid(plan: &Plan, index: usize) -> String {
    plan.uid("service", index)
}

fn port_name(workload: &Workload) -> &'static str {
    if workload.kind == Kind::StatefulSet { "tcp-data" } else { "http" }
}

fn service(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let namespace = plan.namespace_of(workload);
    let selector = match workload.access {
        Access::Mismatched => Json::map([("app.kubernetes.io/name", format!("{}-v2", workload.name))]),
        _ => Json::map(template::selector_labels(workload)),
    };
    let port = obj! { "name": port_name(workload), "protocol": "TCP", "port": 80, "targetPort": "http" };
    let name = service_name(workload);
    let applied = last_applied(&obj! {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": obj! { "annotations": obj! {}, "name": name.clone(), "namespace": namespace.to_owned() },
        "spec": obj! { "ports": arr![port.clone()], "selector": selector.clone() },
    });
    let meta = Meta {
        labels: Json::map(template::labels(plan, workload, None)),
        annotations: Json::map([applied]),
        ..Meta::new(namespace, name, service_uid(plan, index), workload.created)
    };
    let address = match workload.access {
        Access::Headless => "None".to_owned(),
        _ => Plan::cluster_ip(index),
    };
    service_json(meta.json(), port, selector, address)
}

fn service_json(metadata: Json, port: Json, selector: Json, address: String) -> Json {
    obj! {
        "metadata": metadata,
        "spec": obj! {
            "ports": arr![port],
            "selector": selector,
            "clusterIP": address.clone(),
            "clusterIPs": arr![address],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": arr!["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": obj! { "loadBalancer": obj! {} },
    }
}

fn target(plan: &Plan, pod: usize) -> Json {
    obj! {
        "kind": "Pod",
        "namespace": plan.namespace_of(plan.workload_of(pod)).to_owned(),
        "name": plan.pod_name(pod),
        "uid": pod_uid(plan, pod),
    }
}

/// Pods of a StatefulSet are found by their host name.
fn hostname(plan: &Plan, pod: usize) -> Json {
    Json::when(plan.workload_of(pod).kind == Kind::StatefulSet, || plan.pod_name(pod).into())
}

fn headless_label(workload: &Workload) -> Option<(&'static str, String)> {
    (workload.access == Access::Headless).then(|| ("service.kubernetes.io/headless", String::new()))
}

fn trigger(workload: &Workload) -> Json {
    Json::map([("endpoints.kubernetes.io/last-change-trigger-time", time(workload.rolled_out + 9))])
}

fn slice(plan: &Plan, index: usize, number: usize, pods: &[usize]) -> Json {
    let workload = &plan.workloads[index];
    let service = service_name(workload);
    let suffix = name_suffix(plan.rng("slice", index * 16 + number).next(), 5);
    let labels = [
        ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io".to_owned()),
        ("kubernetes.io/service-name", service.clone()),
    ];
    let meta = Meta {
        generate_name: Some(format!("{service}-")),
        generation: 3,
        labels: Json::map(labels.into_iter().chain(headless_label(workload))),
        annotations: trigger(workload),
        owner: owned_by("v1", "Service", service.clone(), service_uid(plan, index)),
        ..Meta::new(
            plan.namespace_of(workload),
            format!("{service}-{suffix}"),
            plan.uid("slice", index * 16 + number),
            workload.created,
        )
    };
    let endpoints = pods.iter().map(|&pod| endpoint(plan, pod)).collect::<Vec<_>>();
    let ports = arr![obj! { "name": port_name(workload), "protocol": "TCP", "port": 8080 }];
    obj! {
        "metadata": meta.json(),
        "addressType": "IPv4",
        "endpoints": if endpoints.is_empty() { Json::Null } else { endpoints.into() },
        "ports": if pods.is_empty() { Json::Null } else { ports },
    }
}

fn endpoint(plan: &Plan, pod: usize) -> Json {
    let ready = plan.pod_ready(pod);
    obj! {
        "addresses": arr![plan.pod_ip(pod)],
        "conditions": obj! { "ready": ready, "serving": ready, "terminating": false },
        "hostname": hostname(plan, pod),
        "targetRef": target(plan, pod),
        "nodeName": &plan.node_of(pod).name,
    }
}

fn endpoints(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let managed = ("endpoints.kubernetes.io/managed-by", "endpoint-controller".to_owned());
    let meta = Meta {
        labels: Json::map(std::iter::once(managed).chain(headless_label(workload))),
        annotations: trigger(workload),
        ..Meta::new(
            plan.namespace_of(workload),
            service_name(workload),
            plan.uid("endpoints", index),
            workload.created,
        )
    };
    let pods = endpoints_of(plan, index);
    let (ready, rest): (Vec<usize>, Vec<usize>) =
        pods.into_iter().take(ENDPOINTS_SIZE).partition(|&pod| plan.pod_ready(pod));
    let addresses = |pods: &[usize]| {
        let address = |&pod: &usize| {
            obj! {
                "ip": plan.pod_ip(pod),
                "hostname": hostname(plan, pod),
                "nodeName": &plan.node_of(pod).name,
                "targetRef": target(plan, pod),
            }
        };
        Json::when(!pods.is_empty(), || pods.iter().map(address).collect())
    };
    let subset = || {
        arr![obj! {
            "addresses": addresses(&ready),
            "notReadyAddresses": addresses(&rest),
            "ports": arr![obj! { "name": port_name(workload), "port": 8080, "protocol": "TCP" }],
        }]
    };
    obj! {
        "metadata": meta.json(),
        "subsets": Json::when(!ready.is_empty() || !rest.is_empty(), subset),
    }
}

fn api_meta<'a>(plan: &Plan, namespace: &'a Namespace, what: &str, labels: Json) -> Meta<'a> {
    Meta { labels, ..Meta::new(&namespace.name, "kubernetes", plan.uid(what, usize::MAX), namespace.created) }
}

fn api_service(plan: &Plan, namespace: &Namespace) -> Json {
    let labels = Json::map([("component", "apiserver"), ("provider", "kubernetes")]);
    let port = obj! { "name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443 };
    let metadata = api_meta(plan, namespace, "service", labels).json();
    service_json(metadata, port, Json::Absent, "100.64.0.1".to_owned())
}

fn api_slice(plan: &Plan, namespace: &Namespace) -> Json {
    let labels = Json::map([("kubernetes.io/service-name", "kubernetes")]);
    let endpoints =
        API_SERVERS.map(|ip| obj! { "addresses": arr![ip], "conditions": obj! { "ready": true } });
    obj! {
        "metadata": api_meta(plan, namespace, "slice", labels).json(),
        "addressType": "IPv4",
        "endpoints": Vec::from(endpoints),
        "ports": arr![obj! { "name": "https", "protocol": "TCP", "port": 6443 }],
    }
}

fn api_endpoints(plan: &Plan, namespace: &Namespace) -> Json {
    let labels = Json::map([("endpointslice.kubernetes.io/skip-mirror", "true")]);
    let addresses = API_SERVERS.map(|ip| obj! { "ip": ip });
    obj! {
        "metadata": api_meta(plan, namespace, "endpoints", labels).json(),
        "subsets": arr![obj! {
            "addresses": Vec::from(addresses),
            "ports": arr![obj! { "name": "https", "port": 6443, "protocol": "TCP" }],
        }],
    }
}
