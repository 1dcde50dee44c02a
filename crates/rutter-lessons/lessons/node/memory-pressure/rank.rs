//! Which pods the kubelet would evict next: those that use more than they request, of these the ones of the lowest priority,
//! of these the one furthest above its request. What they use stands in no object, so this ranks by what does.

use rutter_cluster::objects::Pod;

use crate::memory;

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

/// The pods that go next, as far as that can be told: none whose limit is its request, for others go first.
pub(super) fn next<'c>(pods: &[&'c Pod]) -> Vec<&'c Pod> {
    let mut ranked: Vec<(Standing, i64, i64, &Pod)> = pods
        .iter()
        .filter(|pod| !pod.is_finished() && pod.meta.deleted.is_none() && !memory::is_critical(pod))
        .map(|pod| (standing(pod), pod.spec.priority.unwrap_or(0), memory::requested(pod), *pod))
        .filter(|(standing, ..)| *standing != Standing::Within)
        .collect();
    ranked.sort_by_key(|(standing, priority, request, pod)| {
        (*standing, *priority, *request, &pod.meta.namespace, &pod.meta.name)
    });
    ranked.into_iter().map(|(.., pod)| pod).collect()
}
