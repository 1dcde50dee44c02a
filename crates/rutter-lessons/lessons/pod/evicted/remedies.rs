//! What to do, by who ended the pod and why.

use rutter_cluster::objects::Pod;

use super::{detect, leaving, phrase, plan};
use crate::{
    Context, Finding, Remedy, Risk,
    containers::rolled_workload,
    texts::{
        eviction::{Eviction, Resource},
        pod_end::PodEnd,
    },
};

/// More pods than this are not named one by one.
const MANY: usize = 12;

/// Only pods of this age, in seconds, are cleaned up: younger ones are evidence.
const OLD: i64 = 3600;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let end = detect::end(pod);
    let (container, resource) = match &end {
        Some(PodEnd::Evicted(eviction @ Eviction::NodeLow { resource, .. })) => {
            (phrase::blamed(eviction), *resource)
        }
        Some(PodEnd::Evicted(eviction)) => (phrase::blamed(eviction), Resource::EphemeralStorage),
        _ => (None, Resource::EphemeralStorage),
    };
    let container = container.unwrap_or("<container>");
    let at =
        At { context, finding, pod, namespace: &pod.meta.namespace, node: &pod.spec.node_name, container };
    if finding.is_history() {
        return [at.save(), at.clean_up()].into_iter().flatten().collect();
    }
    match finding.variant {
        "node-low" => match resource {
            Resource::Memory => vec![at.node(), at.memory(), at.request("memory")],
            Resource::Pids => vec![at.node(), at.processes()],
            Resource::Inodes | Resource::NodeFsInodes | Resource::ImageFsInodes => {
                vec![at.node(), at.inodes()]
            }
            _ => vec![at.node(), at.disk(), at.request("ephemeral-storage")],
        },
        "rejected" => vec![at.node(), at.lesson()],
        "emptydir-limit" | "container-limit" | "pod-limit" => {
            vec![at.what_grows(), At::write_elsewhere(), at.raise()]
        }
        "no-room" => vec![at.who_took()],
        "refused" => vec![at.refusal()],
        "taint" if leaving::node_is_ready(context, pod) => vec![at.node(), at.holds()],
        "taint" | "node-lost" => vec![at.node(), at.fence()],
        _ => vec![at.node()],
    }
    .into_iter()
    .chain([at.bare()])
    .chain([at.clean_up()])
    .flatten()
    .collect()
}

/// The names that commands need.
struct At<'a> {
    context: &'a Context<'a>,
    finding: &'a Finding,
    pod: &'a Pod,
    namespace: &'a str,
    node: &'a str,
    /// The container that is to blame, if one is.
    container: &'a str,
}

impl At<'_> {
    fn look(title: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Option<Remedy> {
        Some(Remedy::new(Risk::ReadOnly, title, commands))
    }

    fn node(&self) -> Option<Remedy> {
        let title = format!("look at {}: its conditions, taints, events and what runs there", self.node);
        let commands = [
            format!("kubectl describe node {}", self.node),
            format!(
                "kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name={}",
                self.node
            ),
        ];
        Self::look(title, commands)
    }

    fn memory(&self) -> Option<Remedy> {
        let title = "see who uses the memory, against what they request (needs metrics-server)";
        let commands = [
            "kubectl top pods -A --containers --sort-by=memory | head -20".to_owned(),
            format!("kubectl top node {}", self.node),
        ];
        Self::look(title, commands)
    }

    fn disk(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, see who uses the disk: what the kubelet counts for pods, and what it does not (hostPath)",
            self.node
        );
        let commands = [
            "df -h /var/lib/kubelet /var/lib/containerd /var/log; df -i /var/lib/kubelet /var/lib/containerd".to_owned(),
            "du -xsh /var/log/pods/* /var/lib/kubelet/pods/*/volumes/kubernetes.io~empty-dir/* | sort -h | tail -20".to_owned(),
            "crictl stats --all | sort -k4 -h | tail -20".to_owned(),
        ];
        Self::look(title, commands)
    }

    fn inodes(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, see who made so many files: they cannot be requested or limited, only made fewer, or the file \
             system be made with more inodes",
            self.node
        );
        let commands = [
            "df -i".to_owned(),
            "du -x --inodes -d3 /var/lib/kubelet/pods /var/lib/containerd /var/log | sort -n | tail -20"
                .to_owned(),
        ];
        Self::look(title, commands)
    }

    fn processes(&self) -> Option<Remedy> {
        let title = format!(
            "on {} as root, see which pod has so many processes; podPidsLimit bounds each",
            self.node
        );
        let commands = [
            "ps -eLo cgroup= | sort | uniq -c | sort -n | tail".to_owned(),
            "cat /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max".to_owned(),
        ];
        Self::look(title, commands)
    }

    /// A request is what the kubelet ranks by and what the scheduler keeps free.
    fn request(&self, resource: &str) -> Option<Remedy> {
        let title = format!(
            "request as much {resource} as the pod was measured to need: the kubelet evicts first who uses more than its \
             request, and the scheduler keeps that much free (this replaces the pods)"
        );
        let command = rolled_workload(&self.finding.object).map(|workload| {
            format!(
                "kubectl -n {} set resources {workload} -c {} --requests={resource}=<measured>",
                self.namespace, self.container
            )
        });
        Some(Remedy::new(Risk::Disruptive, title, command))
    }

    fn lesson(&self) -> Option<Remedy> {
        let title = format!(
            "relieve {} as lesson disk-pressure says; the condition stays for 5 minutes after that, so pods are still \
             refused meanwhile",
            self.node
        );
        Some(Remedy::new(Risk::Destructive, title, ["rutter explain disk-pressure".to_owned()]))
    }

    fn what_grows(&self) -> Option<Remedy> {
        let title =
            "see what grows in a pod of this workload that still runs: its log, its volumes, its own layer";
        let commands = [
            format!(
                "kubectl -n {} exec <pod> -c {} -- du -xsh /tmp /var/log /var/cache",
                self.namespace, self.container
            ),
            format!("kubectl -n {} logs <pod> --tail=-1 | wc -c", self.namespace),
        ];
        Self::look(title, commands)
    }

    fn write_elsewhere() -> Option<Remedy> {
        let title = "let it write less or elsewhere: rotate its own files, a sized emptyDir for scratch data, a volume claim \
                     for what must stay; readOnlyRootFilesystem shows what writes into the layer";
        Some(Remedy::new(Risk::Disruptive, title, []))
    }

    fn raise(&self) -> Option<Remedy> {
        if self.finding.variant == "emptydir-limit" {
            let title = "or raise the volume's sizeLimit in the template, only if the nodes have the room (in memory it \
                         counts against the memory limit)";
            return Some(Remedy::new(Risk::Disruptive, title, []));
        }
        let title = "or raise the limit, only to what was measured and only if the nodes have the room; request as much";
        let command = rolled_workload(&self.finding.object).map(|workload| {
            format!(
                "kubectl -n {} set resources {workload} -c {} --requests=ephemeral-storage=<measured> \
                 --limits=ephemeral-storage=<more>",
                self.namespace, self.container
            )
        });
        Some(Remedy::new(Risk::Disruptive, title, command))
    }

    fn who_took(&self) -> Option<Remedy> {
        let title = format!(
            "see why {} had less room than the scheduler believed: static pods, a second scheduler, pods with nodeName \
             set, or allocatable that shrank when the kubelet restarted",
            self.node
        );
        let commands = [
            format!(
                "kubectl describe node {} | grep -A12 -e Allocatable: -e 'Allocated resources'",
                self.node
            ),
            format!(
                "kubectl get pods -A --field-selector spec.nodeName={},status.phase=Running -o wide",
                self.node
            ),
        ];
        Self::look(title, commands)
    }

    fn refusal(&self) -> Option<Remedy> {
        let title = format!(
            "compare what the pod asks for with what {} offers now: labels may have changed while it ran, and a kubelet \
             that restarts checks again",
            self.node
        );
        let commands = [
            format!("kubectl get node {} --show-labels", self.node),
            format!(
                "kubectl -n {} get pod {} -o jsonpath='{{.status.message}}{{\"\\n\"}}{{.spec.nodeSelector}}{{\"\\n\"}}{{.spec.affinity}}'",
                self.namespace, self.pod.meta.name
            ),
        ];
        Self::look(title, commands)
    }

    fn holds(&self) -> Option<Remedy> {
        let (namespace, name) = (self.namespace, &self.pod.meta.name);
        let title = format!(
            "{} is Ready, so see what keeps the pod there: a finalizer, a container that does not end, a volume that cannot \
             be unmounted",
            self.node
        );
        let commands = [
            format!("kubectl -n {namespace} get pod {name} -o jsonpath='{{.metadata.finalizers}}'"),
            format!("kubectl -n {namespace} describe pod {name}"),
        ];
        Self::look(title, commands)
    }

    fn fence(&self) -> Option<Remedy> {
        let title = format!(
            "wait for {}: only when its machine is proven to be off or fenced may its pods be released (taint out-of-service), \
             because until then a second copy may write to the same data; never delete them by force",
            self.node
        );
        Self::look(
            title,
            [format!("kubectl get pods -A -o wide --field-selector spec.nodeName={}", self.node)],
        )
    }

    /// A pod that nothing owns stays away.
    fn bare(&self) -> Option<Remedy> {
        let gone = !matches!(self.finding.variant, "taint" | "node-lost");
        if self.finding.object.kind != "Pod" || !gone {
            return None;
        }
        let title = "save the pod: nothing replaces it, and it has to be started again from its manifest, better as a \
                     Deployment or Job; keep the old object until its data and message are no longer needed";
        let name = &self.pod.meta.name;
        let command = format!("kubectl -n {} get pod {name} -o yaml > {name}.yaml", self.namespace);
        Self::look(title, [command])
    }

    fn save(&self) -> Option<Remedy> {
        let title = "save what the evicted pods tell, before anything removes them";
        let command = format!(
            "kubectl -n {} get pods --field-selector=status.phase=Failed -o yaml > failed-pods.yaml",
            self.namespace
        );
        Self::look(title, [command])
    }

    /// Only those of ReplicaSets pile up: other controllers remove their own, a Job counts them, bare pods are somebody's.
    fn clean_up(&self) -> Option<Remedy> {
        let by_replica_set = self.pod.meta.controller().is_some_and(|owner| owner.kind == "ReplicaSet");
        if !by_replica_set {
            return None;
        }
        let title = "clean up, only after the cause is known and the evidence saved: failed pods of ReplicaSets, an hour old \
                     or more, which nothing needs any more (Kubernetes itself begins above 12,500 in the cluster)";
        let pods = self.finding.instances.iter().filter_map(|instance| self.context.pod(instance));
        let pods: Vec<&Pod> = pods.filter(|pod| pod.status.phase == "Failed").collect();
        let plan = plan::plan(self.context, &pods);
        let old = |pod: &&Pod| pod.meta.created.is_some_and(|created| !self.context.is_younger(created, OLD));
        let names: Vec<&str> = pods.into_iter().filter(old).map(|pod| pod.meta.name.as_str()).collect();
        if names.is_empty() {
            let title = "clean up, only after the cause is known: failed pods of ReplicaSets, which nothing needs any more; the plan \
                         keeps in its journal what they tell, which is all that is left then";
            return plan.map(|plan| Remedy::new(Risk::Destructive, title, []).by(plan));
        }
        let command = if names.len() <= MANY {
            format!("kubectl -n {} delete pod {}", self.namespace, names.join(" "))
        } else {
            format!(
                "kubectl -n {namespace} get pods --field-selector=status.phase=Failed -o json | jq -r '.items[] | \
                 select(.status.reason == \"{reason}\" and .metadata.ownerReferences[0].kind == \"ReplicaSet\" and \
                 (.metadata.creationTimestamp | fromdate) < now - 3600) | .metadata.name' | xargs -r kubectl -n {namespace} \
                 delete pod",
                namespace = self.namespace,
                reason = self.pod.status.reason,
            )
        };
        Some(Remedy::new(Risk::Destructive, title, [command]).perhaps_by(plan))
    }
}
