//! A Service that selects no pod: a wrong selector, or a workload without pods.

use rutter_cluster::objects::{Pod, Service};

use super::START;
use super::judge::{Verdict, is_spare, is_young};
use super::makers::{Maker, Makers};
use super::nearest::{Near, nearest};
use super::unready::became_unready;
use crate::{Confidence, Context, Evidence, Origin, Severity, words};

/// A Service older than this, in seconds, that nothing resembles is no deployment under way.
const HOURS: i64 = 6 * 3600;

pub(super) fn nothing_selected<'c>(
    context: &Context<'c>,
    service: &'c Service,
    ended: &[&Pod],
    sure: Confidence,
) -> Option<Verdict> {
    if is_knative(service) || is_scraped_control_plane(service) {
        return None;
    }
    let makers = Makers::of(context, &service.meta.namespace);
    let mine = makers.selected_by(service);
    if let Some(maker) = mine.iter().find(|maker| maker.wanted > 0) {
        let new = maker.created.is_some_and(|created| context.may_be_younger(created, START));
        return (!new && !is_young(context, service)).then(|| no_pods(service, maker, sure));
    }
    if !mine.is_empty() {
        return None; // scaled to 0 on purpose, or a Job that is done
    }
    // Its pods may come with what is applied next; a selector that fits nothing stays so where nothing tells the time.
    if service.meta.created.is_some_and(|created| context.is_younger(created, START)) {
        return None;
    }
    if !ended.is_empty() {
        return all_ended(ended, sure);
    }
    no_match(context, service, &makers, sure)
}

/// Knative sends traffic to its activator while a revision has no pod.
fn is_knative(service: &Service) -> bool {
    let labels = &service.meta.labels;
    ["serving.knative.dev/revision", "serving.knative.dev/service"].iter().any(|key| labels.contains_key(key))
}

/// Monitoring charts make such Services everywhere; where the control plane doesn't run as pods (managed clusters, k3s)
/// they stay empty.
fn is_scraped_control_plane(service: &Service) -> bool {
    const PARTS: &[&str] =
        &["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kube-etcd"];
    service.meta.namespace == "kube-system"
        && service.is_headless()
        && service.spec.selector.iter().any(|(_, value)| PARTS.contains(&value.as_str()))
}

fn no_pods(service: &Service, maker: &Maker, sure: Confidence) -> Verdict {
    let (object, wanted) = (&maker.object, maker.wanted);
    let message = format!("{} {}, which it selects, has no pod ({wanted} wanted)", object.kind, object.name);
    let origin = Origin::Field(maker.path.to_owned());
    let evidence = vec![Evidence { object: object.clone(), origin, value: wanted.to_string(), time: None }];
    Verdict { evidence, spare: is_spare(service), ..Verdict::new("no-pods", sure, message) }
}

/// Pods that succeeded are done; pods that failed and are replaced by nobody are missed.
fn all_ended(ended: &[&Pod], sure: Confidence) -> Option<Verdict> {
    let failed: Vec<&Pod> = ended.iter().copied().filter(|pod| pod.status.phase == "Failed").collect();
    let first = failed.first()?;
    let message = match failed.len() {
        1 => format!("its only pod {}", words::pod_state(first)),
        number => format!("all its {number} pods have ended: {}", words::pod_states(failed.iter().copied())),
    };
    let since = failed.iter().filter_map(|pod| became_unready(pod)).max();
    let evidence = vec![Evidence::field(*first, "status.phase", words::pod_state(first), since)];
    Some(Verdict { since, evidence, ..Verdict::new("not-ready", sure, message) })
}

fn no_match<'c>(
    context: &Context<'c>,
    service: &'c Service,
    makers: &Makers,
    sure: Confidence,
) -> Option<Verdict> {
    let near = nearest(context, service, makers);
    let standby = near.as_ref().is_some_and(Near::is_standby);
    if standby && near.as_ref().is_some_and(|near| near.pods() < 2) {
        return None; // a database with one member has no stand-by
    }
    let mut message = format!("its selector {} matches no pod", service.spec.selector);
    if let Some(near) = &near {
        message = format!("{message}; {}", near.phrase());
    }
    let sure = match near {
        _ if standby => Confidence::Possible,
        // What would make the pods, and perhaps wants none, may not have been seen.
        None => sure.min(makers.seen),
        Some(_) => sure,
    };
    let severity = if standby { Severity::Low } else { Severity::High };
    let recent = service.meta.created.is_some_and(|created| context.is_younger(created, HOURS));
    let forgotten = near.is_none() && !recent;
    Some(Verdict { severity, forgotten, spare: is_spare(service), ..Verdict::new("no-match", sure, message) })
}
