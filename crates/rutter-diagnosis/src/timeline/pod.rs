//! The timeline of a pod: when it was placed, when its conditions turned, and what each container did.

use rutter_cluster::{
    Cluster, ObjectRef, Time,
    objects::{ContainerStatus, Pod, Terminated},
};

use super::{Happening, Moment, others::conditions};

pub(super) fn tell(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    let Some(pod) = cluster.pods.get(&object.namespace, &object.name) else { return };
    if let Some(start) = pod.status.start_time {
        let text = format!("the kubelet of {} takes it on", node(pod));
        all.push(Moment::new(Some(start), Happening::Condition, object, text));
    }
    conditions(&pod.status.conditions, object, all);
    for (status, _) in pod.container_statuses() {
        container(object, status, all);
    }
    if pod.is_finished() {
        let reason =
            if pod.status.reason.is_empty() { String::new() } else { format!(": {}", pod.status.reason) };
        let last = last_end(pod);
        all.push(
            Moment::new(last, Happening::Condition, object, format!("{}{reason}", pod.status.phase))
                .present(),
        );
    }
}

fn node(pod: &Pod) -> &str {
    if pod.spec.node_name.is_empty() { "its node" } else { &pod.spec.node_name }
}

/// When the last container of a finished pod ended: a pod without any, as after an eviction, doesn't tell.
fn last_end(pod: &Pod) -> Option<Time> {
    let ends = pod.container_statuses().map(|(status, _)| status.state.terminated.as_ref()?.finished_at);
    ends.max().flatten()
}

fn container(object: &ObjectRef, status: &ContainerStatus, all: &mut Vec<Moment>) {
    let mut say = |moment: Moment| all.push(moment.of_container(&status.name));
    if let Some(before) = &status.last_state.terminated {
        started_and_ended(object, before, &mut |moment| say(moment));
    }
    if let Some(now) = &status.state.terminated {
        started_and_ended(object, now, &mut |moment| {
            say(if moment.what == Happening::Ended { moment.present() } else { moment });
        });
    }
    if let Some(running) = &status.state.running {
        let restarts = match status.restart_count {
            ..=0 => String::new(),
            1 => " (after 1 restart)".to_owned(),
            many => format!(" (after {many} restarts)"),
        };
        say(Moment::new(running.started_at, Happening::Started, object, format!("started{restarts}"))
            .present());
    }
    if let Some(waiting) = &status.state.waiting {
        let colon = if waiting.message.is_empty() { "" } else { ": " };
        let text = format!("waits: {}{colon}{}", waiting.reason, waiting.message);
        say(Moment::new(None, Happening::Waiting, object, text).present());
    }
}

fn started_and_ended(object: &ObjectRef, run: &Terminated, say: &mut dyn FnMut(Moment)) {
    if run.started_at.is_some() {
        say(Moment::new(run.started_at, Happening::Started, object, "started"));
    }
    say(Moment::new(run.finished_at, Happening::Ended, object, format!("ended: {}", how(run))));
}

/// `OOMKilled, exit code 137`.
pub(crate) fn how(run: &Terminated) -> String {
    let code = match (run.exit_code, run.signal) {
        (code, 1..) => format!("exit code {code}, signal {}", run.signal),
        (code, _) => format!("exit code {code}"),
    };
    if run.reason.is_empty() { code } else { format!("{}, {code}", run.reason) }
}
