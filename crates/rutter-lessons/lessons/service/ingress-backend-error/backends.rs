//! The Services that an Ingress sends to, and what is wrong with them.

use rutter_cluster::{
    Str,
    objects::{Backend, Ingress, IntOrString, Service},
};

use crate::{Context, Seen, near};

/// A backend that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) variant: &'static str,
    pub(super) service: Str,
    /// To stand behind a colon.
    pub(super) phrase: String,
    /// `shop.example.com/cart`; empty for the default backend.
    pub(super) route: String,
}

/// What an Ingress sends where: the route, and its backend.
fn routes(ingress: &Ingress) -> Vec<(String, &Backend)> {
    let mut all: Vec<(String, &Backend)> =
        ingress.spec.default_backend.iter().map(|backend| (String::new(), backend)).collect();
    for rule in &ingress.spec.rules {
        for path in rule.http.iter().flat_map(|http| &http.paths) {
            let host = if rule.host.is_empty() { "*" } else { rule.host.as_str() };
            all.push((format!("{host}{}", path.path), &path.backend));
        }
    }
    all
}

/// Whether its controller answers by itself, as annotations tell it: what stands as a backend then only fills a field.
fn answers_itself(ingress: &Ingress) -> bool {
    let answers = |key: &str| {
        (key.ends_with("-redirect") && !key.ends_with("ssl-redirect"))
            || key.ends_with("/server-snippet")
            || key.ends_with("/configuration-snippet")
    };
    ingress.meta.annotations.iter().any(|(key, _)| answers(key))
}

/// How many backends there are that name a Service, and those of them that lead nowhere.
pub(super) fn broken(context: &Context<'_>, ingress: &Ingress) -> Seen<(usize, Vec<Broken>)> {
    let mut number = 0;
    let mut broken = Vec::new();
    if answers_itself(ingress) {
        return Ok((number, broken));
    }
    for (route, backend) in routes(ingress) {
        let Some(name) = backend.service_name().filter(|name| !is_action(ingress, name, backend)) else {
            continue;
        };
        number += 1;
        let service = context.service(&ingress.meta.namespace, name)?;
        let found = match service {
            None => Some(("no-service", missing(context, ingress, name))),
            Some(service) => lacks_port(service, backend).map(|phrase| ("no-port", phrase)),
        };
        if let Some((variant, phrase)) = found {
            broken.push(Broken { variant, service: name.clone(), phrase, route });
        }
    }
    Ok((number, broken))
}

/// Load balancers of clouds take backends that are no Services, but actions in annotations.
fn is_action(ingress: &Ingress, name: &str, backend: &Backend) -> bool {
    let by_port = matches!(port(backend), Some(IntOrString::Name(port)) if port == "use-annotation");
    let end = format!("/actions.{name}");
    by_port || ingress.meta.annotations.iter().any(|(key, _)| key.ends_with(&end))
}

/// The port that a backend names, from whichever form.
fn port(backend: &Backend) -> Option<IntOrString> {
    let Some(service) = &backend.service else {
        return (backend.service_port != IntOrString::default()).then(|| backend.service_port.clone());
    };
    let port = &service.port;
    match (port.name.is_empty(), port.number) {
        (false, _) => Some(IntOrString::Name(port.name.clone())),
        (true, number @ 1..) => Some(IntOrString::Int(number)),
        _ => None,
    }
}

fn missing(context: &Context<'_>, ingress: &Ingress, name: &str) -> String {
    let there = context.services_in(&ingress.meta.namespace).ok();
    let names: Vec<&Str> =
        there.iter().flat_map(|all| all.iter()).map(|service| &service.meta.name).collect();
    let near = near::nearest(name, names.into_iter());
    let hint = near.map_or_else(String::new, |near| format!(" (there is {near})"));
    format!("Service {name} does not exist{hint}")
}

/// What a Service lacks of the port that a backend names.
fn lacks_port(service: &Service, backend: &Backend) -> Option<String> {
    let ports = &service.spec.ports;
    if service.spec.kind == "ExternalName" || ports.is_empty() {
        return None;
    }
    let wanted = port(backend)?;
    let has = match &wanted {
        IntOrString::Int(number) => ports.iter().any(|one| one.port == *number),
        IntOrString::Name(name) => ports.iter().any(|one| one.name == *name),
    };
    let there: Vec<String> =
        ports
            .iter()
            .map(|one| {
                if one.name.is_empty() {
                    one.port.to_string()
                } else {
                    format!("{} ({})", one.port, one.name)
                }
            })
            .collect();
    (!has).then(|| format!("Service {} has no port {wanted}, but {}", service.meta.name, there.join(", ")))
}
