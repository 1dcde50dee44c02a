//! What pods ask of their node's memory: what the lessons about a node that lacks it share.

use rutter_cluster::{
    Quantity, Time,
    objects::{Container, Event, Node, Pod, Resources},
};

use crate::{
    Context, Remedy, Risk,
    texts::{node_disk, oom},
    words,
};

const MEMORY: &str = "memory";

/// From this priority on the kubelet never evicts a pod, nor refuses it.
const CRITICAL: i64 = 2_000_000_000;

/// A kubelet that starts reads the kernel's log from the boot on, and within this time, in seconds, tells of each kill in it anew.
const READS: i64 = 10;

/// Whether a kubelet tells of a kill only because it has started, one of the events about its node: then the kill may be much
/// older. Its own end may be why it started.
pub(crate) fn is_retold(event: &Event, events: &[&Event]) -> bool {
    let own = || {
        let victim = node_disk::system_oom(&event.message).and_then(|said| said.process);
        victim.is_some_and(oom::is_kubelet)
    };
    if event.reason != "SystemOOM" || own() {
        return false;
    }
    let starts = events.iter().filter(|event| event.reason == "Starting" && event.component() == "kubelet");
    let starts: Vec<Time> =
        starts.flat_map(|event| [event.first_seen(), event.last_seen()]).flatten().collect();
    let at_start = |time: Option<Time>| {
        time.is_some_and(|time| starts.iter().any(|start| (-2..=READS).contains(&time.since(*start))))
    };
    at_start(event.first_seen()) && at_start(event.last_seen())
}

/// The memory that a pod requests, in bytes. What init containers need while they run is left out.
pub(crate) fn requested(pod: &Pod) -> i64 {
    let of = |resources: &Resources| resources.requests.get(MEMORY).map(Quantity::units);
    // A request of the whole pod stands for those of its containers.
    of(&pod.spec.resources).unwrap_or_else(|| {
        running(pod)
            .map(|container| of(&container.resources).unwrap_or(0).max(0))
            .fold(0, i64::saturating_add)
    })
}

/// The memory that a pod may use at most, in bytes; `None` if nothing but its node bounds it.
pub(crate) fn limit(pod: &Pod) -> Option<i64> {
    let of = |resources: &Resources| resources.limits.get(MEMORY).map(Quantity::units);
    let all =
        || running(pod).try_fold(0_i64, |sum, container| Some(sum.saturating_add(of(&container.resources)?)));
    of(&pod.spec.resources).or_else(all)
}

/// The containers that run beside each other: those of the pod, and sidecars.
fn running(pod: &Pod) -> impl Iterator<Item = &Container> {
    let sidecars = pod.spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    pod.spec.containers.iter().chain(sidecars)
}

/// Whether the kubelet keeps a pod whatever the node lacks: static ones, and those that the system can't do without.
pub(crate) fn is_critical(pod: &Pod) -> bool {
    crate::hosting::is_mirror(pod) || pod.spec.priority.is_some_and(|priority| priority >= CRITICAL)
}

/// What the pods of a node ask of its memory.
pub(crate) struct Demand<'c> {
    /// The pods that run there.
    pub(crate) pods: Vec<&'c Pod>,
    /// What pods may request there in all, in bytes.
    room: Option<u64>,
    requested: u64,
    unlimited: usize,
}

impl<'c> Demand<'c> {
    /// As far as pods were seen; `None` if they weren't, or there are none.
    pub(crate) fn of(context: &Context<'c>, node: &Node) -> Option<Self> {
        let pods = context.pods_on(&node.meta.name).ok()?;
        let pods: Vec<&Pod> = pods.into_iter().filter(|pod| !pod.is_finished()).collect();
        let sum = pods.iter().map(|pod| requested(pod)).fold(0, i64::saturating_add);
        let room = node.status.allocatable.get(MEMORY).map(Quantity::units);
        (!pods.is_empty()).then(|| Self {
            room: room.and_then(|room| u64::try_from(room).ok()),
            requested: u64::try_from(sum).unwrap_or(0),
            unlimited: pods.iter().filter(|pod| limit(pod).is_none()).count(),
            pods,
        })
    }

    /// `its pods request 2.1Gi of 15.6Gi, and 7 of 9 have no memory limit`.
    pub(crate) fn phrase(&self) -> Option<String> {
        let room = self.room?;
        let requested = match self.requested {
            0 => "nothing".to_owned(),
            requested => words::bytes(requested),
        };
        let promised = format!("its pods request {requested} of {}", words::bytes(room));
        let all = self.pods.len();
        Some(match (self.unlimited, all) {
            (0, _) => promised,
            (1, 1) => format!("{promised}, without a memory limit"),
            (unlimited, all) if unlimited == all => format!("{promised}, and none has a memory limit"),
            (1, all) => format!("{promised}, and 1 of {all} has no memory limit"),
            (unlimited, all) => format!("{promised}, and {unlimited} of {all} have no memory limit"),
        })
    }

    /// The pod that has more than half of the node for itself: it leaves little for all others.
    pub(crate) fn largest(&self) -> Option<(&'c Pod, u64)> {
        let room = self.room?;
        let sized = self.pods.iter().filter_map(|pod| Some((*pod, u64::try_from(requested(pod)).ok()?)));
        sized.max_by_key(|(_, request)| *request).filter(|(_, request)| *request > room / 2)
    }
}

/// Who uses a node's memory.
pub(crate) fn look_at_use(node: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see who uses the memory of {node} now, and against what request: who had to go need not be who grew"
        ),
        [
            format!(
                "kubectl get --raw /api/v1/nodes/{node}/proxy/stats/summary | jq -r '.pods[] | [.memory.workingSetBytes, \
                 .podRef.namespace, .podRef.name] | @tsv' | sort -rn | head -20"
            ),
            format!("kubectl describe node {node} | grep -A40 -e 'Non-terminated Pods'"),
            "kubectl top pods -A --containers --sort-by=memory | head -20   # needs metrics-server"
                .to_owned(),
        ],
    )
}

/// How one pod's memory stops being all others' trouble.
pub(crate) fn bound() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "keep it from coming back: for who grew, a request near its measured peak, so that the scheduler knows of it, and a limit \
         equal to it, so that it is killed alone instead of its neighbours (this replaces its pods, and belongs into the manifest)",
        [
            "kubectl -n <namespace> set resources deployment/<name> -c <container> --requests=memory=<peak> --limits=memory=<peak>"
                .to_owned(),
        ],
    )
}
