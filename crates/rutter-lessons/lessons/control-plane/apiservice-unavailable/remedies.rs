//! What to do: bring back the server. Taking the registration away comes last.

use rutter_cluster::objects::ServiceReference;

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = &finding.object.name;
    let api = context.api_services().ok().and_then(|all| all.iter().find(|api| api.meta.name == *name));
    let Some(service) = api.and_then(|api| api.spec.service.as_ref()) else { return Vec::new() };
    let mut all = vec![look(name, service)];
    match finding.variant {
        "no-service" => all.extend([whose(name, service), drop(name)]),
        "no-port" => all.push(ports(name, service)),
        "no-endpoints" => all.push(behind(context, service, true)),
        _ => all.extend([behind(context, service, false), way(name, service)]),
    }
    all
}

fn look(name: &str, service: &ServiceReference) -> Remedy {
    let ServiceReference { namespace, name: of, .. } = service;
    let mut commands = vec![
        "kubectl get apiservices | grep -v ' True '".to_owned(),
        format!(
            "kubectl get apiservice {name} -o jsonpath='{{.spec.service}} {{.status.conditions}}{{\"\\n\"}}'"
        ),
    ];
    commands.push(format!("kubectl -n {namespace} get service {of} -o wide"));
    Remedy::new(
        Risk::ReadOnly,
        "see which APIs nobody answers for, and what the API server says of this one",
        commands,
    )
}

fn behind(context: &Context<'_>, service: &ServiceReference, is_down: bool) -> Remedy {
    let ServiceReference { namespace, name, .. } = service;
    let found = context.service(namespace, name).ok().flatten();
    let labels = found.map(|one| one.spec.selector.to_string()).filter(|labels| !labels.is_empty());
    let pods = labels
        .map_or_else(|| "get pods -o wide".to_owned(), |labels| format!("get pods -l '{labels}' -o wide"));
    let title = if is_down {
        "see how the pods behind it fare: the API is there again within 30 s of one being ready"
    } else {
        "see how the pods behind it fare, and what they log"
    };
    Remedy::new(
        Risk::ReadOnly,
        title,
        [
            format!("kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={name}"),
            format!("kubectl -n {namespace} {pods}"),
            format!("kubectl -n {namespace} get deployments -o wide"),
        ],
    )
}

fn ports(name: &str, service: &ServiceReference) -> Remedy {
    let ServiceReference { namespace, name: of, .. } = service;
    Remedy::new(
        Risk::Reversible,
        "compare the port in the registration with those of the Service, and have whoever installed it set the right one",
        [
            format!("kubectl get apiservice {name} -o jsonpath='{{.spec.service.port}}{{\"\\n\"}}'"),
            format!("kubectl -n {namespace} get service {of} -o jsonpath='{{.spec.ports}}{{\"\\n\"}}'"),
        ],
    )
}

/// The way from the API server to the pods, and whether the server trusts it.
fn way(name: &str, service: &ServiceReference) -> Remedy {
    let ServiceReference { namespace, .. } = service;
    let path = match name.split_once('.') {
        Some((version, group)) if !group.is_empty() => format!("/apis/{group}/{version}"),
        _ => "/apis".to_owned(),
    };
    Remedy::new(
        Risk::ReadOnly,
        "see what it answers, and the way to it: the API server comes from the control plane, so that firewalls must let it reach the \
         pods' port, a NetworkPolicy must let it in, and a pod with hostNetwork must not meet a port that is taken; after 401 or 403 \
         compare the requestheader-client-ca in kube-system/extension-apiserver-authentication with the API server's",
        [
            format!("kubectl get --raw {path}"),
            format!("kubectl -n {namespace} get networkpolicy"),
            "kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath='{.data.requestheader-client-ca-file}' | openssl x509 -noout -subject -dates".to_owned(),
        ],
    )
}

fn whose(name: &str, service: &ServiceReference) -> Remedy {
    let ServiceReference { namespace, .. } = service;
    Remedy::new(
        Risk::Reversible,
        "find out whose it is and whether that is still meant to run: if so, install it again, its Service comes with it",
        [
            format!(
                "kubectl get apiservice {name} -o jsonpath='{{.metadata.labels}} {{.metadata.annotations}}{{\"\\n\"}}'"
            ),
            format!("kubectl get namespace {namespace}"),
            format!("kubectl -n {namespace} get deployments,services"),
        ],
    )
}

fn drop(name: &str) -> Remedy {
    Remedy::new(
        Risk::Destructive,
        "only if that server was removed for good: keep a copy of its registration and delete it; objects of that API that it kept \
         elsewhere are not deleted by that, and autoscalers that use its metrics get none (they get none now)",
        [
            format!("kubectl get apiservice {name} -o yaml > {name}.backup.yaml"),
            format!("kubectl delete apiservice {name}"),
        ],
    )
}
