//! Pods that get traffic, none of whose containers says when it can take it.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Template, Topic, setting,
    template::{Container, Role},
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "probe-readiness-missing",
    topic: Topic::Probe,
    title: "traffic comes before the pod is ready",
    severity: Severity::Medium,
    default: true,
    prevents: &["service-refused", "replicas-unavailable", "rollout-stuck"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let exempt = !template.controller.serves()
        || template.replicas() == Some(0)
        || template.spec.at(&["readinessGates"]).is_some()
        || says_when_ready(template)
        || setting::is_patch(template)
        || setting::is_injected(template)
        || setting::is_hook(template);
    if exempt {
        return;
    }
    let services = context.services_of(template);
    let service = services.iter().find(|service| awaits_readiness(service));
    let main = || template.containers().filter(|container| container.role == Role::Main);
    let serving = main().find(serves);
    let (container, why) = match (service, serving) {
        (Some(service), serving) => {
            let Some(container) = serving.or_else(|| main().next()) else { return };
            (container, format!("Service {} sends it traffic as soon as it has started", service.name))
        }
        // Where Services are among the manifests, and none finds these pods, nobody sends them anything.
        (None, Some(container))
            if services.is_empty() && context.beside(template.object, "", "Service").next().is_none() =>
        {
            (container, "whatever Service finds it sends traffic as soon as it has started".to_owned())
        }
        _ => return,
    };
    found
        .at(
            container.head(),
            format!("no container has a readinessProbe: {why}, and a rollout goes on without waiting"),
        )
        .container(container.name)
        .advice("add a readinessProbe that asks for what clients ask, by httpGet, tcpSocket or grpc");
}

/// A startup probe holds traffic back as well, until it has succeeded once.
fn says_when_ready(template: &Template<'_>) -> bool {
    let probe = |container: Container<'_>| {
        container.at(&["readinessProbe"]).is_some() || container.at(&["startupProbe"]).is_some()
    };
    template.containers().any(probe)
}

/// Whether clients are sent to ready pods by it: not one that only finds members or metrics.
fn awaits_readiness(service: &crate::Object) -> bool {
    let at = |path: &[&str]| service.at(path);
    let ports = service.root.items_at(&["spec", "ports"]);
    let mut names = ports.iter().map(|port| {
        [port.text_at(&["name"]).unwrap_or_default(), port.text_at(&["targetPort"]).unwrap_or_default()]
    });
    if is_aside(&service.name) || !ports.is_empty() && names.all(|names| names.into_iter().any(is_aside)) {
        return false;
    }
    at(&["spec", "publishNotReadyAddresses"]).and_then(Node::bool) != Some(true)
        && at(&["metadata", "annotations", "service.alpha.kubernetes.io/tolerate-unready-endpoints"])
            .is_none()
}

/// Whether it has a port for clients: not one for metrics, debugging or an administrator alone.
fn serves(container: &Container<'_>) -> bool {
    container.node.items_at(&["ports"]).iter().any(|port| {
        let name = port.text_at(&["name"]).unwrap_or_default();
        port.at(&["containerPort"]).is_some() && !is_aside(name)
    })
}

/// What is for those who watch, not for clients.
fn is_aside(name: &str) -> bool {
    const ASIDE: [&str; 9] =
        ["metric", "health", "probe", "debug", "admin", "pprof", "jmx", "monitor", "stats"];
    ASIDE.iter().any(|aside| name.contains(aside))
        || name == "prometheus"
        || name == "prom"
        || name.ends_with("-prom")
}
