//! What a node without memory explains: containers that were killed, and an agent of the node that falls silent.

use rutter_cluster::objects::{ContainerStatus, Pod};

use super::kills::is_during;
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on},
    texts::oom,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "limit-reached", relation: Relation::Hosts, check: kills },
    Cause { explains: "crash-loop", relation: Relation::Hosts, check: crashes },
    Cause { explains: "node-unknown", relation: Relation::Same, check: silences },
    Cause { explains: "node-not-ready-pleg", relation: Relation::Same, check: silences },
];

/// A node without memory may crawl for so long, in seconds, before it falls silent.
const CRAWLS: i64 = 600;

fn why(context: &Context<'_>, cause: &Finding) -> String {
    format!("{} ran out of memory{}", cause.node, hosting::when(context, cause, "at"))
}

/// A container without a limit of its own is killed for nothing else.
fn kills(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "node-memory"
        && (!cause.is_history() || effect.is_history())
        && all_on(context, effect, cause)
        && ended_then(context, effect, |status| {
            let ends = [&status.last_state, &status.state].map(|state| state.terminated.as_deref());
            ends.into_iter().flatten().any(|end| end.reason == "OOMKilled" && during(cause, end.finished_at))
        });
    fits.then(|| Because::new(Confidence::Certain.min(cause.confidence), why(context, cause)))
}

/// A container that ended by SIGKILL in that minute, without a word of the runtime why.
fn crashes(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "crash"
        && !cause.is_history()
        && all_on(context, effect, cause)
        && ended_then(context, effect, |status| {
            let end = status.last_state.terminated.as_deref().or(status.state.terminated.as_deref());
            end.is_some_and(|end| end.exit_code == 137 && during(cause, end.finished_at))
        });
    fits.then(|| Because::new(Confidence::Possible, why(context, cause)))
}

fn during(cause: &Finding, time: Option<rutter_cluster::Time>) -> bool {
    time.is_some_and(|time| is_during(cause, time))
}

fn ended_then(context: &Context<'_>, effect: &Finding, ended: impl Fn(&ContainerStatus) -> bool) -> bool {
    let pods: Vec<&Pod> = effect.instances.iter().filter_map(|instance| context.pod(instance)).collect();
    let about = |status: &ContainerStatus| effect.container.as_ref().is_none_or(|name| *name == status.name);
    pods.iter().any(|pod| pod.container_statuses().any(|(status, _)| about(status) && ended(status)))
}

/// A kubelet or a runtime that was killed, or a machine that crawls.
fn silences(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let (from, began) = cause.since.zip(effect.since)?;
    if cause.is_history() || !(-60..=CRAWLS).contains(&began.since(from)) {
        return None;
    }
    let agent = |text: &str| text.split([' ', ',']).any(oom::runs_the_node);
    let killed = cause.evidence.iter().any(|evidence| agent(&evidence.value));
    let confidence = if killed { Confidence::Likely } else { Confidence::Possible };
    Some(Because::new(confidence.min(cause.confidence), why(context, cause)))
}
