//! How the other replicas of the workload fare, and whether one is meant not to be ready.

use rutter_cluster::objects::{Container, ContainerStatus, IntOrString, Pod};

use super::failing::{Failing, definition, unready_since};
use crate::{Context, Evidence, Severity, containers, texts::probe::ProbeKind};

/// How many pods of a workload are looked at: enough to tell, few enough for the largest workloads.
const MOST: usize = 1000;

/// The other replicas of a pod's workload.
pub(super) struct Siblings<'c> {
    pods: Vec<&'c Pod>,
}

impl<'c> Siblings<'c> {
    /// Those that are there; none if pods were not seen.
    pub(super) fn of(context: &Context<'c>, pod: &Pod) -> Self {
        let pods = context.pods_under(&context.top_owner(pod)).unwrap_or_default();
        let other = |other: &&Pod| other.meta.name != pod.meta.name && !other.is_finished();
        Self { pods: pods.into_iter().filter(other).take(MOST).collect() }
    }

    /// How bad it is: whether anyone serves in the meantime.
    pub(super) fn severity(&self, ready: bool) -> Severity {
        match (ready, self.pods.iter().any(|pod| pod.is_ready())) {
            (true, _) => Severity::Low,
            (false, true) => Severity::Medium,
            (false, false) => Severity::High,
        }
    }

    /// Whether the same container is ready in another replica, by the same probe on the same port.
    pub(super) fn same_port_ready(&self, failing: &Failing<'_>) -> bool {
        let port = |container| {
            failing
                .kinds
                .iter()
                .find_map(|kind| definition(container, *kind)?.port().map(ToString::to_string))
        };
        let wanted = port(failing.container);
        wanted.is_some()
            && self.pods.iter().any(|pod| {
                is_ready(pod, failing.status)
                    && pod.container(&failing.container.name).and_then(port) == wanted
            })
    }

    /// Whether the same container is ready in another replica by a readiness probe on that port.
    pub(super) fn ready_by_port(
        &self,
        container: &Container,
        status: &ContainerStatus,
        port: &IntOrString,
    ) -> bool {
        let asks = |pod: &Pod| {
            let probe = pod.container(&container.name).and_then(|one| one.readiness_probe.as_deref());
            probe.and_then(|probe| probe.port()).is_some_and(|asked| asked.to_string() == port.to_string())
        };
        self.pods.iter().any(|pod| is_ready(pod, status) && asks(pod))
    }

    /// Whether this replica may be meant to wait: it answers, and says no, while another that leads says yes.
    pub(super) fn standby(&self, context: &Context<'c>, pod: &Pod, failing: &Failing<'_>) -> Option<Standby> {
        let says_no = matches!(failing.variant, "http-status" | "command-failed" | "grpc");
        if !says_no || failing.kinds != [ProbeKind::Readiness] || failing.status.restart_count > 0 {
            return None;
        }
        let ready: Vec<&Pod> =
            self.pods.iter().copied().filter(|pod| is_ready(pod, failing.status)).collect();
        by_lease(context, &ready).or_else(|| self.only_one(&ready).filter(|_| never_ready(pod, failing)))
    }

    /// The same where no event tells how its probe fails: then only a lease counts.
    pub(super) fn untold_standby(&self, context: &Context<'c>, status: &ContainerStatus) -> Option<Standby> {
        let ready: Vec<&Pod> = self.pods.iter().copied().filter(|pod| is_ready(pod, status)).collect();
        (status.restart_count == 0).then(|| by_lease(context, &ready)).flatten()
    }

    /// One of several is ready and none of the others ever failed otherwise.
    fn only_one(&self, ready: &[&Pod]) -> Option<Standby> {
        let quiet = |pod: &&Pod| pod.container_statuses().all(|(status, _)| status.restart_count == 0);
        (ready.len() == 1 && self.pods.len() > 1 && self.pods.iter().all(quiet)).then(|| Standby {
            phrase: "perhaps by design: exactly one replica is ready, as where only the leader serves"
                .to_owned(),
            evidence: None,
        })
    }
}

/// A lease of the namespace that a ready replica holds: the application elects a leader.
fn by_lease(context: &Context<'_>, ready: &[&Pod]) -> Option<Standby> {
    let namespace = ready.first()?.meta.namespace.as_str();
    let lease = containers::leads(context, namespace, ready)?;
    let holder = &lease.spec.holder_identity;
    Some(Standby {
        phrase: format!("probably by design: lease {} shows that another replica leads", lease.meta.name),
        evidence: Some(Evidence::field(lease, "spec.holderIdentity", holder.as_str(), lease.spec.renew_time)),
    })
}

/// Whether the container has not been ready since its start: one that was has lost something.
fn never_ready(pod: &Pod, failing: &Failing<'_>) -> bool {
    let started = failing.status.state.running.and_then(|running| running.started_at);
    started.zip(unready_since(pod)).is_some_and(|(started, unready)| unready.since(started) <= 60)
}

/// A replica that may be meant not to be ready.
pub(super) struct Standby {
    pub(super) phrase: String,
    pub(super) evidence: Option<Evidence>,
}

fn is_ready(pod: &Pod, like: &ContainerStatus) -> bool {
    pod.status.container_statuses.iter().any(|status| status.name == like.name && status.ready)
}
