//! What stays on a node that is drained, and what takes its time to go.

use rutter_cluster::objects::Pod;

use super::{Remarks, counted, few};
use crate::node::{
    pods::{Departure, Turn},
    work::Work,
};

/// A pod that is to be gone for so many seconds is stuck.
const STUCK: i64 = 60;

pub(super) fn look(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    staying(departure, all);
    ending(work, departure, all);
}

fn names<'p>(pods: impl IntoIterator<Item = &'p Pod>) -> Vec<String> {
    pods.into_iter().map(|pod| format!("{}/{}", pod.meta.namespace, pod.meta.name)).collect()
}

fn staying(departure: &Departure<'_>, all: &mut Remarks) {
    let (object, stay) = (&departure.object, &departure.staying);
    let (daemons, statics) = (stay.of_daemon_sets.len(), stay.r#static.len());
    if daemons + statics > 0 {
        let text = format!(
            "{} of DaemonSets and {} stay on it, which would start them again",
            counted(daemons, "pod"),
            counted(statics, "static pod")
        );
        all.note(object.clone(), text);
    }
    if !stay.finished.is_empty() {
        // Evicting them would free nothing on the node, and take their logs and exit codes from whoever looks for them.
        let text = format!(
            "{} stay on it: what has finished uses nothing, and its logs and exit codes would go with it ({})",
            counted(stay.finished.len(), "finished pod"),
            few(&names(stay.finished.iter().copied()))
        );
        all.note(object.clone(), text);
    }
    if !stay.unselected.is_empty() {
        let text = format!(
            "{} not selected, so that it will not be empty ({})",
            counted(stay.unselected.len(), "pod"),
            few(&names(stay.unselected.iter().copied()))
        );
        all.risk(object.clone(), text, "");
    }
    let critical: Vec<String> = names(departure.going_in(Turn::Critical).map(|going| going.pod));
    if !critical.is_empty() {
        all.note(
            object.clone(),
            format!("{} to be evicted last ({})", counted(critical.len(), "critical pod"), few(&critical)),
        );
    }
}

fn ending(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    for pod in &departure.ending {
        let Some(by) = pod.meta.deleted else { continue };
        let late = work.cluster.time().since(by);
        if late <= STUCK {
            all.note(super::object(pod), "it is ending already, and is waited for");
        } else if pod.meta.finalizers.is_empty() {
            let text = format!(
                "it should have ended {late} s ago and has not: the plan waits for it, and holds if it does not end"
            );
            all.risk(super::object(pod), text, "");
        } else {
            let text = format!(
                "it should be gone for {late} s, and waits for its finalizers {}: the plan waits for it, and holds if it does not go",
                pod.meta.finalizers.join(", ")
            );
            all.risk(super::object(pod), text, "");
        }
    }
}
