//! The commands that probes of a node's pods start: each is a call to the container runtime, and a process or several.

use rutter_cluster::objects::{Container, Pod, Probe};

use crate::{Context, hosting};

/// From so many commands in 1000 seconds on, it is worth telling that probes start them.
const MANY: i64 = 1000;

/// The default of a probe's `periodSeconds`.
const PERIOD: i64 = 10;

/// How many commands the probes of a node's pods start.
pub(crate) struct Load {
    /// In 1000 seconds.
    rate: i64,
    /// Of which pod most of them are.
    most: String,
}

impl Load {
    /// To stand behind a semicolon.
    pub(crate) fn phrase(&self) -> String {
        format!("exec probes start {} commands a second there, most of them {}", tenths(self.rate), self.most)
    }
}

/// How many commands probes start on a node, if they are many, and for which pod the most.
pub(crate) fn load(context: &Context<'_>, node: &str) -> Option<Load> {
    let pods = context.pods_on(node).ok()?;
    let running = pods.into_iter().filter(|pod| !pod.is_finished());
    let rates: Vec<(i64, &Pod)> = running.map(|pod| (of(pod), pod)).filter(|(rate, _)| *rate > 0).collect();
    let rate = rates.iter().map(|(rate, _)| *rate).fold(0, i64::saturating_add);
    let (most, pod) = rates.iter().max_by_key(|(rate, _)| *rate)?;
    let most = format!("of {} ({} a second)", hosting::names(&[pod], 1), tenths(*most));
    (rate >= MANY).then_some(Load { rate, most })
}

fn of(pod: &Pod) -> i64 {
    let stay = pod.spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    let probes = |container: &'_ Container| -> i64 {
        let all = [&container.liveness_probe, &container.readiness_probe];
        all.into_iter().flatten().map(|probe| per_thousand(probe)).sum()
    };
    pod.spec.containers.iter().chain(stay).map(probes).sum()
}

fn per_thousand(probe: &Probe) -> i64 {
    let period = if probe.period_seconds > 0 { probe.period_seconds } else { PERIOD };
    if probe.exec.is_some() { 1000 / period } else { 0 }
}

/// Commands in 1000 seconds, as commands a second: `4.2`.
fn tenths(rate: i64) -> String {
    format!("{}.{}", rate / 1000, rate % 1000 / 100)
}
