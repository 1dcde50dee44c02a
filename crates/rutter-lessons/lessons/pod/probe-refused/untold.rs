//! A container that must be failing its readiness probe, though no event says so: what its definition alone tells.

use rutter_cluster::{
    Unseen,
    objects::{Container, ContainerStatus, Pod},
};

use super::{
    ID, failing,
    port::{self, Wrong},
    say,
    siblings::Siblings,
};
use crate::{Confidence, Context, Evidence, Finding};

/// What the container's definition tells of the failure.
struct Told {
    variant: &'static str,
    confidence: Confidence,
    /// To stand behind a colon.
    phrase: String,
    evidence: Evidence,
}

pub(super) fn finding(
    context: &Context<'_>,
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    unseen: Option<&Unseen>,
) -> Finding {
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.container = Some(container.name.clone());
    let siblings = Siblings::of(context, pod);
    finding.severity = siblings.severity(false);
    finding.since = failing::unready_since(pod);
    finding.evidence = vec![say::ready(pod, status), say::restarts(pod, status)];
    let runs = format!("container {} runs but is not ready", container.name);
    if let Some(told) = told(pod, container, status, &siblings) {
        (finding.variant, finding.confidence) = (told.variant, told.confidence);
        finding.message = format!("{runs}: its readiness probe {}", told.phrase);
        finding.evidence.push(told.evidence);
        return finding;
    }
    let why = unseen.map_or_else(|| "no event tells why".to_owned(), ToString::to_string);
    (finding.variant, finding.confidence) = ("unknown", Confidence::Possible);
    finding.message = format!("{runs}: its readiness probe must be failing, and how is undecided: {why}");
    // Whether it is the node that is slow, or the probe that is wrong, stands in what was not seen.
    finding.hidden_by = unseen.cloned();
    if let Some(standby) = siblings.untold_standby(context, status) {
        finding.severity = crate::Severity::Low;
        finding.message = format!("{runs}; {}", standby.phrase);
        finding.evidence.extend(standby.evidence);
    }
    finding
}

/// A port by a name that the container does not declare is never asked; on a number that nobody in the pod declares hardly
/// anything listens, unless another replica is ready by the same probe.
fn told(pod: &Pod, container: &Container, status: &ContainerStatus, siblings: &Siblings<'_>) -> Option<Told> {
    let probe = container.readiness_probe.as_deref()?;
    let asked = probe.port()?;
    let declared = port::declared(container);
    let ports = declared.as_ref().map_or_else(|| "no port".to_owned(), |ports| format!("port {ports}"));
    let path = format!("spec.containers[{}].readinessProbe", container.name);
    let evidence = Evidence::field(pod, path, format!("port {asked}; the container declares {ports}"), None);
    match port::wrong(pod, container, asked)? {
        Wrong::Name(name) => Some(Told {
            variant: "named-port",
            confidence: Confidence::Certain,
            phrase: format!(
                "cannot be carried out, so it can never become ready: it asks for a port named {name}, the container declares {ports}"
            ),
            evidence,
        }),
        Wrong::Number(number) if !siblings.ready_by_port(container, status, asked) => Some(Told {
            variant: "refused",
            confidence: Confidence::Likely,
            phrase: format!(
                "must be failing: it asks port {number}, and the container declares {ports}, so the probe's port is probably wrong"
            ),
            evidence,
        }),
        Wrong::Number(_) => None,
    }
}
