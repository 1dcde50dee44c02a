//! What the kernel says when it kills for want of memory, as node agents pass it on in events: `OOMKilling` of the node problem
//! detector (the matched lines of the kernel's log), and what its forks make of it. For the kubelet's `SystemOOM` see
//! [`super::node_disk::system_oom`].
//!
//! Linux `mm/oom_kill.c`, 3.10–6.18. Up to 5.0 two lines (`Kill process n (c) score s or sacrifice child`, `Killed process …`),
//! since then one; the line that names cgroups has been of one form since 5.0 (`oom-kill:constraint=…`), and another before
//! (`Task in A killed as a result of limit of B`).

use super::scan::{after, after_any, between, has, non_empty, number, strip_combined, until, word};

/// Whose memory ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The node's.
    Node,
    /// That of all pods together: what the node has without its reservations.
    AllPods,
    /// That of one pod.
    Pod,
    /// That of one container.
    Container,
    /// That of another cgroup, such as `/system.slice`: what is reserved for the system.
    System,
    /// That of some cgroup which isn't named.
    Cgroup,
    /// Not told.
    Untold,
}

/// One kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill<'a> {
    /// Whose memory ran out.
    pub scope: Scope,
    /// The process that was killed.
    pub process: Option<&'a str>,
    /// Its process id.
    pub pid: Option<u64>,
    /// What it held that no file backs, in bytes.
    pub held: Option<u64>,
    /// Its `oom_score_adj`, by which the kubelet tells the kernel the class of its pod.
    pub adj: Option<i64>,
    /// The uid of the pod that it belonged to, as the cgroup's name writes it: `_` may stand for `-`.
    pub pod_uid: Option<&'a str>,
}

/// Reads the message of an `OOMKilling` event; `None` if nothing was killed by it.
pub fn kill(message: &str) -> Option<Kill<'_>> {
    let text = strip_combined(message);
    if !has(text, &["Killed process ", "Kill process ", "killed as a result of limit of ", "oom-kill:"]) {
        return None;
    }
    let told = after_any(text, &["Killed process ", "Kill process "]);
    let task = after_any(text, &["task_memcg=", "Task in "]);
    Some(Kill {
        scope: scope(text),
        process: told.and_then(|rest| between(rest, "(", ")")).and_then(non_empty),
        pid: told.and_then(|rest| number(word(rest))),
        held: after(text, "anon-rss:").and_then(number).and_then(|kib| kib.checked_mul(1024)),
        adj: after(text, "oom_score_adj:").and_then(|rest| word(rest).parse().ok()),
        pod_uid: task.and_then(|rest| pod_uid(word(rest))),
    })
}

fn scope(text: &str) -> Scope {
    match after_any(text, &["oom_memcg=", "killed as a result of limit of "]) {
        Some(rest) => of_cgroup(word(rest)),
        None if has(text, &["Memory cgroup out of memory", "CONSTRAINT_MEMCG"]) => Scope::Cgroup,
        None if has(text, &["Out of memory", "global_oom"]) => Scope::Node,
        None => Scope::Untold,
    }
}

/// By the depth of the cgroup that ran out: `/kubepods/burstable/pod<uid>/<container>`, with systemd
/// `/kubepods.slice/…/kubepods-burstable-pod<uid>.slice/cri-containerd-<container>.scope`.
fn of_cgroup(path: &str) -> Scope {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Scope::Node;
    }
    if !path.contains("kubepods") {
        return Scope::System;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    match (pod_uid(path).is_some(), is_pod(last)) {
        (true, true) => Scope::Pod,
        (true, false) => Scope::Container,
        // `/kubepods/burstable` has no limit of its own, but what is configured so has.
        (false, _) => Scope::AllPods,
    }
}

fn is_pod(part: &str) -> bool {
    part.starts_with("pod") || (part.starts_with("kubepods") && part.contains("-pod"))
}

fn pod_uid(path: &str) -> Option<&str> {
    let part = path.split('/').find(|part| is_pod(part))?;
    let uid = part.strip_prefix("pod").or_else(|| after(part, "-pod"))?;
    non_empty(until(uid, ".slice"))
}

/// Whether a process is one that runs containers or tells of them: the node suffers when it is killed.
pub fn runs_the_node(process: &str) -> bool {
    const NAMES: [&str; 9] =
        ["kubelet", "containerd", "dockerd", "docker", "crio", "k3s", "k3s-agent", "k3s-server", "rke2"];
    NAMES.contains(&process)
}

/// Whether a process of that name is a kubelet, or has one in it.
pub fn is_kubelet(process: &str) -> bool {
    ["kubelet", "k3s", "k3s-agent", "k3s-server", "rke2"].contains(&process)
}

#[cfg(test)]
#[path = "tests/oom.rs"]
mod tests;
