//! Labels of a template by which a Service of the cluster doesn't find its pods any more.

use rutter_cluster::{Cluster, Kind, Labels, objects::Service};
use rutter_lessons::Severity;

use crate::{
    Check, Context, Found, Look, Template, Topic,
    live::{
        self,
        workloads::{self, Workload},
    },
    selector::Selector,
};

pub(crate) static CHECK: Check = Check {
    id: "live-selector-loses",
    topic: Topic::Cluster,
    title: "a Service of the cluster loses the pods",
    severity: Severity::Critical,
    default: true,
    prevents: &["service-no-backends"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let object = template.object;
    let Some(namespace) = live::namespace(context, object) else { return };
    let Some(now) = workloads::of_manifest(context, live.cluster, object) else { return };
    let new: Labels = template.labels().collect();
    if new == *now.labels || !live::saw(live.cluster, &[Kind::Pod], namespace) {
        return;
    }
    for service in live.cluster.services.in_namespace(namespace) {
        let selector = &service.spec.selector;
        let finds = |labels: &Labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value));
        if selector.is_empty()
            || !finds(now.labels)
            || finds(&new)
            || live::is_rewritten(context, Kind::Service, namespace, &service.meta.name)
            || keeps(context, live.cluster, service, &now, template)
            || goes(context, service, &now, template)
        {
            continue;
        }
        let Some((key, value)) = selector.iter().find(|(key, value)| new.get(key) != Some(value)) else {
            continue;
        };
        let written = template.metadata.and_then(|metadata| metadata.at(&["labels", key]));
        let is = written.and_then(|node| node.text()).map_or("gone".to_owned(), |is| format!("`{is}`"));
        let message = format!(
            "Service {} of the cluster selects {key}={value}, and this label is {is}: as the pods are replaced it loses all of its \
             backends",
            service.meta.name
        );
        let node = written.or_else(|| template.metadata.and_then(|metadata| metadata.at(&["labels"])));
        found
            .at(node.unwrap_or_else(|| object.head()), message)
            .advice("keep the label, or change the Service in the same release");
        return;
    }
}

/// Whether the Service has, or gets, other pods than those of this workload.
fn keeps(
    context: &Context<'_>,
    cluster: &Cluster,
    service: &Service,
    now: &Workload<'_>,
    template: &Template<'_>,
) -> bool {
    let others = cluster.pods_selected_by(service).any(|pod| !cluster.top_owner(pod).same(&now.object));
    let finds = |other: &Template<'_>| {
        let labels: Labels = other.labels().collect();
        service.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    };
    others || context.templates_beside(template.object).any(finds)
}

/// Whether the Service goes with this release: Helm takes away what the chart doesn't have any more, and another Service of the
/// chart finds the pods.
fn goes(context: &Context<'_>, service: &Service, now: &Workload<'_>, template: &Template<'_>) -> bool {
    const RELEASE: &str = "meta.helm.sh/release-name";
    let release = service.meta.annotations.get(RELEASE);
    release.is_some()
        && release == now.meta.annotations.get(RELEASE)
        && context.beside(template.object, "", "Service").any(|other| {
            let selector = other.at(&["spec", "selector"]).map(Selector::of_labels);
            selector.is_some_and(|selector| !selector.is_empty() && selector.matches(template.labels()))
        })
}
