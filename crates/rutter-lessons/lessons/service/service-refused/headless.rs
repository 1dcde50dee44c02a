//! A Service without an address of its own: its name resolves to the pods, and nothing translates ports.

use rutter_cluster::objects::{Pod, Service};

use super::ports::{self, Ports};
use crate::{Confidence, Context, Evidence, Severity, verdict::Verdict, words};

/// A headless Service whose own port its pods declare nowhere, while they declare the one that it would send to. Who asks for
/// `SRV` records is told the right port; who takes the Service's port is refused.
pub(super) fn wrong_port<'c>(context: &Context<'c>, service: &Service, ready: &[&'c Pod]) -> Option<Verdict> {
    let pod = *ready.first()?;
    let all = ports::numbered(service);
    let (port, target) = all.iter().find(|(port, target)| port.port != *target)?;
    let fits = |pod: &&Pod| {
        let known = Ports::of(pod);
        known.knows(*target) && !known.knows(port.port)
    };
    // Clients then use the one with an address, and this one is for the members.
    let has_address = context
        .services_selecting(pod)
        .unwrap_or_default()
        .into_iter()
        .any(|other| other.meta.name != service.meta.name && !other.is_headless());
    if has_address || !ready.iter().all(fits) {
        return None;
    }
    Some(Verdict {
        variant: "headless-port",
        severity: Severity::Low,
        confidence: Confidence::Likely,
        message: format!(
            "it is headless, so nothing translates its port {} to {target}: its name resolves to {}, where clients that take \
             port {} are refused",
            port.port,
            match ready.len() {
                1 => "the address of its pod".to_owned(),
                number => format!("the addresses of its {}", words::count(number, "pod")),
            },
            port.port
        ),
        since: None,
        evidence: vec![
            Evidence::field(service, "spec.clusterIP", "None", None),
            Evidence::field(
                service,
                format!("spec.ports[{}].targetPort", port.port),
                target.to_string(),
                None,
            ),
        ],
    })
}
