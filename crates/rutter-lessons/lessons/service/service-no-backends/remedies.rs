//! What to do about a Service without backends.

use rutter_cluster::objects::{Service, ServicePort};

use super::makers::Makers;
use super::nearest::{Near, nearest};
use super::plan;
use crate::{Context, Evidence, Finding, Origin, Remedy, Risk, Severity};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let Ok(Some(service)) = context.service(namespace, name) else { return Vec::new() };
    let mut all = vec![look(context, service, finding)];
    match finding.variant {
        "no-match" => all.push(selector(context, service)),
        "no-pods" => all.push(read(
            "Find out why its workload has no pods: the events of the ReplicaSet or StatefulSet say what refuses them",
            [format!("kubectl -n {namespace} get events --field-selector reason=FailedCreate --sort-by=.lastTimestamp")],
        )),
        "not-ready" => all.push(pods(service, finding)),
        "port-missing" => all.push(port(service, finding)),
        _ => all.push(read(
            "See whether the controller-manager, which writes the endpoints, runs and renews its lease",
            [
                "kubectl -n kube-system get lease kube-controller-manager -o jsonpath='{.spec.holderIdentity} {.spec.renewTime}'"
                    .to_owned(),
                "kubectl -n kube-system logs -l component=kube-controller-manager --tail=50 | grep -i endpoint".to_owned(),
            ],
        )),
    }
    all
}

fn read(title: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn look(context: &Context<'_>, service: &Service, finding: &Finding) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let compare = "Compare what it selects with what is there";
    let title = match finding.severity {
        Severity::Low => compare.to_owned(),
        _ => format!("{compare}; meanwhile {}", symptom(context, service)),
    };
    let published = match minor_version(context) {
        Some(..19) => format!("kubectl -n {namespace} get endpoints {name}"),
        _ => {
            format!("kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={name} -o wide")
        }
    };
    let pods = format!("kubectl -n {namespace} get pods -l '{}' -o wide", service.spec.selector);
    read(&title, [published, pods, format!("kubectl -n {namespace} get pods --show-labels")])
}

fn pods(service: &Service, finding: &Finding) -> Remedy {
    let (namespace, selector) = (&service.meta.namespace, &service.spec.selector);
    let going = |evidence: &Evidence| matches!(&evidence.origin, Origin::Field(path) if path == "metadata.deletionTimestamp");
    if finding.evidence.iter().any(going) {
        return read(
            "See whether the node of the pod lives: only it can confirm that the pod has ended. Force its deletion only \
             once the machine is proven to be off, for until then two may write to one volume",
            [
                format!("kubectl -n {namespace} get pods -l '{selector}' -o wide"),
                "kubectl get nodes".to_owned(),
                format!(
                    "kubectl -n {namespace} get pods -l '{selector}' -o jsonpath='{{.items[*].metadata.finalizers}}'"
                ),
            ],
        );
    }
    read(
        "Mend the pods; the Service follows by itself. Taking the readiness probe away or publishing unready addresses \
         only sends users to pods that can't answer",
        [format!("kubectl -n {namespace} describe pods -l '{selector}'")],
    )
}

/// What clients see while there is no backend.
fn symptom(context: &Context<'_>, service: &Service) -> &'static str {
    match minor_version(context) {
        _ if service.is_headless() => "its name resolves to nothing",
        Some(..14) => {
            "clients in pods hang until their time-out and those on nodes are refused (IPVS refuses both at once)"
        }
        _ => "clients are refused at once, or hang where the network drops the refusal",
    }
}

/// Of the API server, or where the source doesn't tell, of a kubelet: those are no newer.
fn minor_version(context: &Context<'_>) -> Option<u32> {
    let of_node = || context.nodes().ok()?.first().map(|node| &node.status.node_info.kubelet_version);
    let version = Some(context.version()).filter(|version| !version.is_empty()).or_else(of_node)?;
    version.trim_start_matches("v1.").split(['.', '-', '+']).next()?.parse().ok()
}

/// The patch that makes the selector fit the nearest miss.
fn selector<'c>(context: &Context<'c>, service: &'c Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let near = nearest(context, service, &Makers::of(context, namespace));
    let plan = near.as_ref().and_then(|near| plan::plan(context, service, near));
    let (title, patch) = match near {
        Some(Near::Label { object, key, has, .. }) => {
            let drop = format!("\"{key}\":null");
            let patch = match has {
                Some((has_key, has)) if has_key == key => format!("\"{key}\":\"{has}\""),
                Some((has_key, has)) => format!("{drop},\"{has_key}\":\"{has}\""),
                None => drop,
            };
            let title = format!(
                "If the pods of {} {} are meant, correct the selector, in the source that the Service is applied from too",
                object.kind, object.name
            );
            (title, patch)
        }
        Some(Near::Namespaces { names, .. }) => {
            let there = names.first().map_or("<namespace>", String::as_str);
            let title = format!(
                "A Service reaches only pods of its own namespace: make it in {there}, and let clients ask {name}.{there}"
            );
            return Remedy::new(
                Risk::Reversible,
                title,
                [format!("kubectl -n {namespace} get service {name} -o yaml > {name}-service.yaml")],
            );
        }
        None => {
            let title = "If it is still needed, give it the labels of the pods that should answer; if nobody knows it, ask \
                         its owner before removing it"
                .to_owned();
            // A patch adds: what is there now must be taken away by name.
            let keys = service.spec.selector.iter().map(|(key, _)| format!("\"{key}\":null,"));
            (title, format!("{}\"<label>\":\"<value>\"", keys.collect::<String>()))
        }
    };
    let command =
        format!("kubectl -n {namespace} patch service {name} -p '{{\"spec\":{{\"selector\":{{{patch}}}}}}}'");
    Remedy::new(Risk::Reversible, title, [command]).perhaps_by(plan)
}

fn port(service: &Service, finding: &Finding) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let path = |port: &ServicePort| Origin::Field(format!("spec.ports[{}].targetPort", port.port));
    let lost = |port: &ServicePort| finding.evidence.iter().any(|evidence| evidence.origin == path(port));
    let index = service.spec.ports.iter().position(lost).unwrap_or(0);
    let patch = format!(
        "[{{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":\"<name or number that a container has>\"}}]"
    );
    Remedy::new(
        Risk::Reversible,
        "Name a port that a container declares, or its number, in targetPort; or give the container port that name in the \
         workload's template, which restarts its pods",
        [format!("kubectl -n {namespace} patch service {name} --type=json -p '{patch}'")],
    )
}
