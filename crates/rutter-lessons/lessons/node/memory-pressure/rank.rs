//! Which pods the kubelet would evict next: those that use more than they request, of these the ones of the lowest priority,
//! of these the one furthest above its request. What they use stands in no object: where the kubelet wasn't asked for it, this
//! ranks by what does.

use rutter_cluster::{
    PodStats,
    objects::{Node, Pod},
};

use crate::{Context, memory};

/// How near a pod is to its end, as far as requests and limits tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// It requests nothing, so whatever it uses is more.
    Above,
    /// It may use more than it requests.
    MayBeAbove,
    /// Its limit is its request: it is killed before it could use more.
    Within,
}

fn standing(pod: &Pod) -> Standing {
    match (memory::requested(pod), memory::limit(pod)) {
        (..=0, _) => Standing::Above,
        (request, Some(limit)) if limit <= request => Standing::Within,
        _ => Standing::MayBeAbove,
    }
}

/// The pods that go next, as the kubelet itself ranks them, with what they use. `None` if it wasn't asked.
pub(super) fn by_use<'c>(
    context: &Context<'c>,
    node: &Node,
    pods: &[&'c Pod],
) -> Option<Vec<(&'c Pod, u64)>> {
    let stats = context.kubelet(&node.meta.name)?.stats.as_ref()?;
    let used = |pod: &Pod| {
        let mine =
            |stats: &&PodStats| stats.pod.name == pod.meta.name && stats.pod.namespace == pod.meta.namespace;
        stats.pods.iter().find(mine)?.memory.working_set_bytes
    };
    let known = pods.iter().filter(|pod| may_go(pod)).filter_map(|pod| Some((*pod, used(pod)?)));
    let mut ranked: Vec<(bool, i64, i64, &Pod, u64)> = known
        .map(|(pod, used)| {
            let above = i64::try_from(used).unwrap_or(i64::MAX).saturating_sub(memory::requested(pod));
            (above <= 0, pod.spec.priority.unwrap_or(0), above.saturating_neg(), pod, used)
        })
        .collect();
    ranked.sort_by_key(|(within, priority, below, pod, _)| {
        (*within, *priority, *below, &pod.meta.namespace, &pod.meta.name)
    });
    let ranked: Vec<(&Pod, u64)> = ranked.into_iter().map(|(.., pod, used)| (pod, used)).collect();
    (!ranked.is_empty()).then_some(ranked)
}

/// Whether the kubelet would evict a pod at all.
fn may_go(pod: &Pod) -> bool {
    !pod.is_finished() && pod.meta.deleted.is_none() && !memory::is_critical(pod)
}

/// The pods that go next, as far as that can be told: none whose limit is its request, for others go first.
pub(super) fn next<'c>(pods: &[&'c Pod]) -> Vec<&'c Pod> {
    let mut ranked: Vec<(Standing, i64, i64, &Pod)> = pods
        .iter()
        .filter(|pod| may_go(pod))
        .map(|pod| (standing(pod), pod.spec.priority.unwrap_or(0), memory::requested(pod), *pod))
        .filter(|(standing, ..)| *standing != Standing::Within)
        .collect();
    ranked.sort_by_key(|(standing, priority, request, pod)| {
        (*standing, *priority, *request, &pod.meta.namespace, &pod.meta.name)
    });
    ranked.into_iter().map(|(.., pod)| pod).collect()
}
