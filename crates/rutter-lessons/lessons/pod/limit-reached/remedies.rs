//! What to do: measure first, then size by what was measured.

use rutter_cluster::objects::Pod;

use super::facts;
use crate::{
    Confidence, Context, Finding, Remedy, Risk,
    containers::{Role, rolled_workload},
    words,
};

/// How many pods of a workload are looked at for one that runs.
const MOST: usize = 1000;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let container = finding.container.as_deref().unwrap_or("<container>");
    let at = At { context, finding, pod, namespace: &pod.meta.namespace, container };
    match finding.variant {
        "node-memory" => vec![at.node(), at.last_words(), at.bound()],
        "too-low" => vec![at.headroom(), at.raise()],
        "child" => vec![at.measure(), at.headroom(), at.raise()],
        // The node may have run out instead.
        _ if finding.confidence == Confidence::Possible => {
            vec![at.node(), at.measure(), at.last_words(), at.headroom(), at.raise()]
        }
        _ => vec![at.measure(), at.last_words(), at.jvm(), at.volume(), at.headroom(), at.raise()],
    }
    .into_iter()
    .flatten()
    .collect()
}

/// What commands need.
struct At<'a> {
    context: &'a Context<'a>,
    finding: &'a Finding,
    pod: &'a Pod,
    namespace: &'a str,
    container: &'a str,
}

impl At<'_> {
    fn look(title: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Option<Remedy> {
        Some(Remedy::new(Risk::ReadOnly, title, commands))
    }

    /// The object whose template holds the limit, as `kubectl set resources` takes it.
    fn workload(&self) -> Option<String> {
        // It changes containers only: not init containers, not what bounds the pod as a whole.
        let own = self.finding.variant != "pod-limit" && Role::of(self.pod, self.container) == Role::Main;
        rolled_workload(&self.finding.object).filter(|_| own)
    }

    /// A pod of the workload whose container runs: the pod at hand, else one that is ready.
    fn running(&self) -> Option<&str> {
        let runs = |pod: &&Pod| {
            pod.container_statuses()
                .any(|(status, _)| status.name == self.container && status.state.running.is_some())
        };
        if runs(&self.pod) {
            return Some(&self.pod.meta.name);
        }
        let others = self.context.pods_under(&self.finding.object).unwrap_or_default();
        others.into_iter().take(MOST).find(runs).map(|pod| pod.meta.name.as_str())
    }

    fn measure(&self) -> Option<Remedy> {
        let title = "measure before anything is raised: does its use grow without end (a leak: more memory only delays it), or \
                     come with load? Best from monitoring over days, else in a replica that runs (top needs metrics-server)";
        let top = format!("kubectl -n {} top pod --containers", self.namespace);
        let inside = self.running().map(|pod| {
            format!(
                "kubectl -n {} exec {pod} -c {} -- sh -c 'cat /sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory.stat || cat \
                 /sys/fs/cgroup/memory/memory.max_usage_in_bytes'",
                self.namespace, self.container
            )
        });
        Self::look(title, [top].into_iter().chain(inside))
    }

    fn last_words(&self) -> Option<Remedy> {
        let title =
            "see what it was doing when it was killed (SIGKILL leaves no last word, the lines before may)";
        let previous = if self.pod.is_finished() { "" } else { " --previous" };
        let command = format!(
            "kubectl -n {} logs {} -c {}{previous} --tail=50",
            self.namespace, self.pod.meta.name, self.container
        );
        Self::look(title, [command])
    }

    fn jvm(&self) -> Option<Remedy> {
        facts::jvm(self.pod, self.container)?;
        let title = "it is a Java program: bound its heap by the limit (-XX:MaxRAMPercentage=75.0, or -Xmx at about that share), \
                     for the JVM needs a quarter and more beside the heap; before Java 8u191 it takes the node's memory for its own";
        Some(Remedy::new(Risk::Disruptive, title, []))
    }

    fn volume(&self) -> Option<Remedy> {
        let volume = facts::memory_volume(self.pod)?;
        let title = format!(
            "see how full volume {} is, and give it a sizeLimit well below the memory limit, or put it on disk",
            volume.name
        );
        let command = self
            .running()
            .map(|pod| format!("kubectl -n {} exec {pod} -c {} -- df -h", self.namespace, self.container));
        Some(Remedy::new(Risk::Reversible, title, command))
    }

    fn headroom(&self) -> Option<Remedy> {
        let node = &self.pod.spec.node_name;
        let room = facts::unrequested(self.context, self.pod).map_or_else(String::new, |room| {
            format!(" ({node} has {} that no pod requests, as far as this source shows)", words::bytes(room))
        });
        let title =
            format!("see whether nodes have room for more{room}, and what the namespace's quota allows");
        let commands = [
            "kubectl describe nodes | grep -A9 'Allocated resources'".to_owned(),
            format!("kubectl -n {} get resourcequota,limitrange", self.namespace),
        ];
        Self::look(title, commands)
    }

    fn raise(&self) -> Option<Remedy> {
        let to = match self.finding.variant {
            "too-low" => "what it needs (was a unit such as Mi forgotten?)",
            _ => "the measured peak and about a quarter more",
        };
        let how = match self.finding.object.kind.as_str() {
            "Job" => "a Job has to be made anew for that",
            "Pod" => "a pod without an owner has to be made anew from its manifest for that",
            _ => {
                "it replaces the pods, and belongs into the manifest too, or a GitOps tool puts the old value back"
            }
        };
        let whose = match self.finding.variant {
            "pod-limit" => "the pod as a whole (spec.resources)".to_owned(),
            _ => format!("{} {}", Role::of(self.pod, self.container), self.container),
        };
        let title = format!(
            "then set the limit of {whose} to {to}, and request as much, so that the node keeps it free ({how})"
        );
        Some(Remedy::new(Risk::Disruptive, title, self.set()))
    }

    fn set(&self) -> Option<String> {
        let workload = self.workload()?;
        Some(format!(
            "kubectl -n {} set resources {workload} -c {} --requests=memory=<limit> --limits=memory=<limit>",
            self.namespace, self.container
        ))
    }

    fn node(&self) -> Option<Remedy> {
        let node = &self.pod.spec.node_name;
        let title = format!(
            "find who takes the memory of {node}: this container may only be the victim that the kernel chose"
        );
        let commands = [
            format!("kubectl describe node {node}"),
            "kubectl top pods -A --containers --sort-by=memory | head -20".to_owned(),
            "journalctl -k --since -2h | grep -i -e 'out of memory' -e oom-kill   # on the node, as root"
                .to_owned(),
        ];
        Self::look(title, commands)
    }

    fn bound(&self) -> Option<Remedy> {
        let title = format!(
            "give container {} a memory request that matches what it was measured to use: without one the kernel chooses it \
             first; and a limit, so that it cannot take the node down (this replaces the pods)",
            self.container
        );
        Some(Remedy::new(Risk::Disruptive, title, self.set()))
    }
}
