//! The sentences.

use rutter_cluster::{
    Quantity, Time,
    objects::{Node, Pod},
};

use super::kills::Kills;
use crate::{Context, hosting, memory, texts::oom::Scope, words};

pub(super) fn message(
    context: &Context<'_>,
    node: &Node,
    kills: &Kills<'_>,
    (first, last): (Time, Time),
) -> String {
    let name = &node.meta.name;
    let what = match kills.scope() {
        Scope::AllPods => format!("the pods of {name} used up what it has for pods"),
        Scope::System => format!("{name} used up the memory that is reserved for its system"),
        _ => format!("{name} ran out of memory"),
    };
    let number = kills.count();
    if kills.retold {
        let last = if number > 1 { format!(", the last of {number},") } else { String::new() };
        return format!(
            "{what}, and the kernel killed {}{last} at a time that is not known: the kubelet, which started at {}, read it in the \
             kernel's log since boot",
            victim(node, kills),
            hosting::clock(context, first)
        );
    }
    let often = match number {
        1 => format!("at {}", hosting::clock(context, last)),
        _ => format!(
            "{number} times in {}, last at {}",
            words::duration(last.since(first).max(1)),
            hosting::clock(context, last)
        ),
    };
    let mut parts = vec![format!("{what}, and the kernel killed {} {often}", victim(node, kills))];
    parts.extend(
        kills
            .agent()
            .map(|agent| format!("{agent} was among the victims, without which the node does not work")),
    );
    parts.extend(hit(kills));
    if kills.only_limited {
        parts
            .push("those killed at that time have limits of their own, so it may have been these".to_owned());
    }
    parts.extend(kills.demand.as_ref().and_then(crate::memory::Demand::phrase));
    parts.extend(unbounded(kills));
    parts.join("; ")
}

/// `java (pid 4242), which held 13.7Gi of its 15.6Gi`.
fn victim(node: &Node, kills: &Kills<'_>) -> String {
    let Some(told) = kills.victim() else { return "a process".to_owned() };
    let Some(process) = told.kill.process else { return "a process".to_owned() };
    let process = words::short(process, 40);
    let pid = told.kill.pid.map_or_else(String::new, |pid| format!(" (pid {pid})"));
    let has = node.status.capacity.get("memory").map(Quantity::units).and_then(|all| u64::try_from(all).ok());
    let held = told.kill.held.map_or_else(String::new, |held| {
        let of = has.map_or_else(String::new, |all| format!(" of {}", words::bytes(all)));
        format!(", which held {}{of},", words::bytes(held))
    });
    let class = class(told.kill.adj).filter(|_| kills.hit.is_empty() && kills.agent().is_none());
    let class = class.map_or_else(String::new, |class| format!(" of {class}"));
    format!("{process}{pid}{class}{held}")
}

/// What the kubelet says by the score that it gives a process. Pods whose limits are their requests had that of the sandboxes before
/// k/k#71269 (in 1.12 still); critical pods share theirs since k/k#73758.
fn class(adj: Option<i64>) -> Option<&'static str> {
    match adj? {
        1000 => Some("a pod without requests"),
        2..=999 => Some("a pod with a request below its use"),
        -999 => Some("the node itself"),
        -998 => Some("a pod whose limits are its requests, or of a pod's sandbox"),
        -997 => Some("a critical pod, or one whose limits are its requests"),
        _ => None,
    }
}

/// The pods that were hit.
fn hit(kills: &Kills<'_>) -> Option<String> {
    (!kills.hit.is_empty()).then(|| format!("it hit {}", hosting::names(&kills.hit, 2)))
}

/// Who can take all of the node's memory: who may have grown, for the victim is only who the kernel chose.
fn unbounded(kills: &Kills<'_>) -> Option<String> {
    let pods = &kills.demand.as_ref()?.pods;
    let others = pods.iter().copied().filter(|pod| {
        memory::limit(pod).is_none()
            && !memory::is_critical(pod)
            && !kills.hit.iter().any(|hit| std::ptr::eq(*hit, *pod))
    });
    let others: Vec<&Pod> = others.collect();
    (!others.is_empty()).then(|| format!("nothing bounds {}", hosting::names(&others, 2)))
}
