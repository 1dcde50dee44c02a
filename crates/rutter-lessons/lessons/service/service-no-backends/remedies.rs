//! What to do about a Service without backends.

use rutter_cluster::objects::Service;

use super::makers::makers;
use super::nearest::{Near, nearest};
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let Ok(Some(service)) = context.service(namespace, name) else { return Vec::new() };
    let mut all = vec![look(context, service)];
    match finding.variant {
        "no-match" => all.push(selector(context, service)),
        "no-pods" => all.push(read(
            "Find out why its workload has no pods: the events of the ReplicaSet or StatefulSet say what refuses them",
            [format!("kubectl -n {namespace} get events --field-selector reason=FailedCreate")],
        )),
        "not-ready" => all.push(read(
            "Mend the pods; the Service follows by itself. Taking the readiness probe away or publishing unready addresses \
             only sends users to pods that can't answer",
            [format!("kubectl -n {namespace} describe pods -l '{}'", service.spec.selector)],
        )),
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

fn look(context: &Context<'_>, service: &Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    read(
        &format!("Compare what it selects with what is there; meanwhile {}", symptom(context.version(), service)),
        [
            format!("kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={name} -o wide"),
            format!("kubectl -n {namespace} get pods -l '{}' -o wide", service.spec.selector),
            format!("kubectl -n {namespace} get pods --show-labels"),
        ],
    )
}

/// What clients see while there is no backend.
fn symptom(version: &str, service: &Service) -> &'static str {
    let minor = version.trim_start_matches("v1.").split(['.', '-', '+']).next().and_then(|minor| minor.parse::<u32>().ok());
    match minor {
        _ if service.is_headless() => "its name resolves to nothing",
        _ if service.spec.external_traffic_policy == "Local" => {
            "clients inside are refused and those outside may hang until their time-out"
        }
        Some(..14) => "clients may hang until their time-out (before 1.14 only IPVS refuses at once)",
        _ => "clients are refused at once, or hang where the network drops the refusal",
    }
}

/// The patch that makes the selector fit the nearest miss.
fn selector(context: &Context<'_>, service: &Service) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let near = nearest(context, service, &makers(context, namespace));
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
            return read(&title, [format!("kubectl -n {namespace} get service {name} -o yaml > {name}-service.yaml")]);
        }
        None => {
            let title = "If it is still needed, give it the labels of the pods that should answer; if nobody knows it, ask \
                         its owner before removing it"
                .to_owned();
            (title, "\"<label>\":\"<value>\"".to_owned())
        }
    };
    let command = format!("kubectl -n {namespace} patch service {name} -p '{{\"spec\":{{\"selector\":{{{patch}}}}}}}'");
    Remedy::new(Risk::Reversible, title, [command])
}

fn port(service: &Service, finding: &Finding) -> Remedy {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let lost = |port: &rutter_cluster::objects::ServicePort| finding.message.starts_with(&format!("port {} ", port.port));
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
