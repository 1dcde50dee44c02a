//! The port that a probe asks, against those that its container declares.

use rutter_cluster::objects::{Container, IntOrString, Pod};

use super::{failing::Failing, failing::definition, siblings::Siblings};
use crate::{texts::probe::Outcome, words};

/// The name of a port that the kubelet found in none of the container's ports. It then takes it for a number, in vain:
/// `strconv.Atoi: parsing "http": invalid syntax`.
pub(super) fn unknown_name(outcome: Outcome<'_>) -> Option<&str> {
    let (Outcome::CommandFailed { output: text } | Outcome::Unknown { detail: text }) = outcome else {
        return None;
    };
    text.strip_prefix("strconv.Atoi: parsing \"")?.split_once("\": invalid syntax").map(|(name, _)| name)
}

/// The number of the port that was asked: as the message has it, else as the probe defines it.
pub(super) fn asked(failing: &Failing<'_>) -> Option<i64> {
    let told = match failing.failure.outcome {
        Outcome::ConnectionRefused { at: Some((_, port)) } => Some(i64::from(port)),
        _ => failing.failure.target.map(|(_, port)| i64::from(port)),
    };
    told.or_else(|| {
        let probe = failing.kinds.iter().find_map(|kind| definition(failing.container, *kind))?;
        number(failing.container, probe.port()?)
    })
}

/// A port's number, through the container's names.
pub(super) fn number(container: &Container, port: &IntOrString) -> Option<i64> {
    match port {
        IntOrString::Int(number) => Some(*number),
        IntOrString::Name(name) => container
            .ports
            .iter()
            .find(|port| port.name == *name)
            .map(|port| port.container_port)
            .or_else(|| name.parse().ok()),
    }
}

/// `8080 (http), 9090`; `None` if the container declares no port.
pub(super) fn declared(container: &Container) -> Option<String> {
    let ports: Vec<String> = container
        .ports
        .iter()
        .map(|port| match port.name.as_str() {
            "" => port.container_port.to_string(),
            name => format!("{} ({name})", port.container_port),
        })
        .collect();
    (!ports.is_empty()).then(|| words::list(&ports, 4))
}

/// Why nothing listens on the port that the probe asks, as far as the spec and the replicas tell.
pub(super) fn why_refused(pod: &Pod, failing: &Failing<'_>, siblings: &Siblings<'_>) -> Option<String> {
    if siblings.same_port_ready(failing) {
        return Some("other replicas answer on that port, so this one's application is at fault".to_owned());
    }
    let asked = asked(failing)?;
    if is_declared(pod, asked) {
        return None;
    }
    let declared = declared(failing.container)?;
    Some(format!("it declares port {declared}, so the probe's port is probably wrong"))
}

/// A port that a probe asks in vain, by what the pod declares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong<'a> {
    /// No port of the container has this name.
    Name(&'a str),
    /// The container declares others, and no container of the pod this one.
    Number(i64),
}

pub(super) fn wrong<'a>(pod: &Pod, container: &Container, port: &'a IntOrString) -> Option<Wrong<'a>> {
    let Some(asked) = number(container, port) else {
        let IntOrString::Name(name) = port else { return None };
        return Some(Wrong::Name(name));
    };
    (!container.ports.is_empty() && !is_declared(pod, asked)).then_some(Wrong::Number(asked))
}

fn is_declared(pod: &Pod, asked: i64) -> bool {
    let known = |container: &Container| container.ports.iter().any(|port| port.container_port == asked);
    pod.spec.containers.iter().chain(&pod.spec.init_containers).any(known)
}

/// The only port that the container declares: what a wrong port was meant to be.
pub(super) fn only(container: &Container) -> Option<i64> {
    match &*container.ports {
        [port] => Some(port.container_port),
        _ => None,
    }
}
