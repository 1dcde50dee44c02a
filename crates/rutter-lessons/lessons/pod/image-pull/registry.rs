//! A registry that fails for several workloads at once: one trouble, not one for each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rutter_cluster::{ObjectRef, Str, objects::Pod};

use super::{failure, told};
use crate::{Context, Evidence, Finding, Origin, texts::image_ref, words};

/// How many failing pods are looked at: enough to tell that it is not one workload's trouble.
const MOST: usize = 1000;

/// Workloads whose pulls fail in the same way at the same registry, and the nodes on which they do. The first stands
/// for all.
#[derive(Debug, Default, PartialEq)]
struct Failing {
    workloads: BTreeSet<ObjectRef>,
    nodes: BTreeSet<Str>,
}

/// Whether a failure of that form is the registry's or the way's to it.
fn is_of_registry(variant: &str) -> bool {
    matches!(variant, "host-unresolved" | "host-unreachable" | "timeout" | "tls" | "registry-error")
}

/// The registries and forms of failure of a pod's containers.
fn failures<'c>(context: &Context<'c>, pod: &'c Pod) -> BTreeSet<(&'c str, &'static str)> {
    let waiting =
        pod.container_statuses().filter_map(|(status, _)| Some((status, status.state.waiting.as_ref()?)));
    let failing = waiting.filter(|(_, waiting)| told::is_about_image(&waiting.reason));
    let told = failing.filter_map(|(status, waiting)| {
        let host = image_ref::host(&pod.container(&status.name)?.image);
        Some((host, failure::variant(told::told(context, pod, status, waiting).cause)))
    });
    told.filter(|(_, variant)| is_of_registry(variant)).collect()
}

/// By registry and form of failure; gathered once.
type ByRegistry = BTreeMap<(String, &'static str), Failing>;

fn gather(context: &Context<'_>) -> ByRegistry {
    let waits = |pod: &&Pod| {
        let mut waiting = pod.container_statuses().filter_map(|(status, _)| status.state.waiting.as_ref());
        let active = !pod.is_finished() && pod.meta.deleted.is_none();
        active && waiting.any(|waiting| told::is_about_image(&waiting.reason))
    };
    let mut all = ByRegistry::new();
    for pod in context.pods_waiting().filter(waits).take(MOST) {
        for (host, variant) in failures(context, pod) {
            let failing = all.entry((host.to_owned(), variant)).or_default();
            failing.workloads.insert(context.top_owner(pod));
            failing.nodes.insert(pod.spec.node_name.clone());
        }
    }
    all
}

/// Those that fail like this finding, at the registry of its image.
fn alike<T>(
    context: &Context<'_>,
    variant: &'static str,
    image: &str,
    of: impl Fn(&Failing) -> Option<T>,
) -> Option<T> {
    if !is_of_registry(variant) {
        return None;
    }
    let all: Arc<ByRegistry> =
        context.kept("workloads that registries fail", &ObjectRef::default(), |context, _| gather(context));
    all.get(&(image_ref::host(image).to_owned(), variant)).and_then(of)
}

/// Whether the registry fails so on several nodes: then it isn't the fault of one.
pub(super) fn is_wide(context: &Context<'_>, variant: &'static str, image: &str) -> bool {
    alike(context, variant, image, |failing| (failing.nodes.len() > 1).then_some(())).is_some()
}

/// Says of a failure that others fail alike; evidence of the first of them joins all.
pub(super) fn add(context: &Context<'_>, finding: &mut Finding, image: &str) {
    let host = image_ref::host(image);
    let counts = |failing: &Failing| {
        let first = failing.workloads.first().cloned();
        Some((first?, failing.workloads.len(), failing.nodes.len()))
    };
    let Some((first, workloads, nodes)) = alike(context, finding.variant, image, counts) else { return };
    let on = words::count(nodes, "node");
    if workloads > 1 {
        let fail = format!("{workloads} workloads that pull from {host} fail so on {on}");
        finding.message = format!("{}; {fail}", finding.message);
        let origin = Origin::Field(origin(host));
        finding.evidence.push(Evidence { object: first, origin, value: fail, time: None });
    } else if nodes > 1 {
        finding.message = format!("{}; pulls from {host} fail so on {on}", finding.message);
    }
}

fn origin(host: &str) -> String {
    format!("(pulls from {host})")
}

/// Whether both are of the same registry's failure, and the first stands for all.
pub(super) fn is_same(cause: &Finding, effect: &Finding) -> bool {
    let shared = |evidence: &&Evidence| {
        evidence.object.same(&cause.object)
            && matches!(&evidence.origin, Origin::Field(path) if path.starts_with("(pulls from "))
    };
    let of = |finding: &Finding| finding.evidence.iter().find(shared).map(|shared| shared.origin.clone());
    let joined = of(cause);
    cause.variant == effect.variant && joined.is_some() && joined == of(effect)
}
