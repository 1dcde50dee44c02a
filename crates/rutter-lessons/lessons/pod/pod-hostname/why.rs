//! Why a name cannot resolve, by the objects.

use rutter_cluster::objects::{Pod, Service};
use rutter_cluster::{Labels, Resource};

use super::names::{Asked, Member};
use crate::{Confidence, Context, Evidence, Seen, words};

/// Why, and what proves it.
pub(super) struct Why {
    pub(super) variant: &'static str,
    pub(super) confidence: Confidence,
    /// To stand behind a colon.
    pub(super) phrase: String,
    pub(super) evidence: Vec<Evidence>,
}

impl Why {
    fn new(variant: &'static str, phrase: String, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        let evidence = evidence.into_iter().collect();
        Self { variant, confidence: Confidence::Certain, phrase, evidence }
    }
}

/// Why a name that was asked for means a member but doesn't resolve; `None` if it should.
pub(super) fn of_name(context: &Context<'_>, asked: &Asked<'_>, member: Member<'_>) -> Seen<Option<Why>> {
    let subdomain = member.subdomain();
    if asked.service.is_empty() {
        // A Service of that name would answer.
        let service = context.service(asked.namespace, asked.member)?;
        let phrase = format!("the name of a pod alone is none{}", instead(&member));
        return Ok(service.is_none().then(|| Why::new("other-name", phrase, specified(&member))));
    }
    if subdomain.is_empty() {
        let phrase = format!("{} has no subdomain, so that it has no name of its own", asked.member);
        return Ok(Some(Why::new("no-name", phrase, specified(&member))));
    }
    if subdomain != asked.service {
        let phrase = format!("{} is not under {}{}", asked.member, asked.service, instead(&member));
        return Ok(Some(Why::new("other-name", phrase, specified(&member))));
    }
    if let Some(why) = of_service(context, asked.namespace, &member)? {
        return Ok(Some(why));
    }
    Ok(absent(asked, &member))
}

/// `; its name is web-0.web`.
fn instead(member: &Member<'_>) -> String {
    let hostname = member.full_hostname();
    match member.subdomain() {
        "" => String::new(),
        _ if hostname.is_empty() => String::new(),
        subdomain => format!("; its name is {hostname}.{subdomain}"),
    }
}

fn specified(member: &Member<'_>) -> Option<Evidence> {
    let by_pod = |pod: &Pod| {
        let (hostname, subdomain) = (shown(&pod.spec.hostname), shown(&pod.spec.subdomain));
        let value = format!("hostname {hostname}, subdomain {subdomain}");
        Evidence::field(pod, "spec.subdomain", value, None)
    };
    let by_set = || {
        member
            .set
            .map(|(set, _)| Evidence::field(set, "spec.serviceName", shown(&set.spec.service_name), None))
    };
    member.pod.map(by_pod).or_else(by_set)
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}

/// What is wrong with the Service that gives the names.
pub(super) fn of_service(context: &Context<'_>, namespace: &str, member: &Member<'_>) -> Seen<Option<Why>> {
    let name = member.subdomain();
    let field = if member.set.is_some() { "serviceName" } else { "subdomain" };
    let Some(service) = context.service(namespace, name)? else {
        let phrase = format!("there is no Service {name}, which its {field} names");
        return Ok(Some(Why::new("no-service", phrase, specified(member))));
    };
    let selector = &service.spec.selector;
    if service.spec.kind == "ExternalName" {
        let phrase =
            format!("Service {name}, which its {field} names, is an ExternalName, and gives pods no names");
        return Ok(Some(Why::new("not-selected", phrase, selected(service))));
    }
    if !selector.is_empty() && member.labels().is_some_and(|labels| !selects(selector, labels)) {
        let phrase = format!("Service {name}, which its {field} names, does not select it");
        return Ok(Some(Why::new("not-selected", phrase, selected(service))));
    }
    if !service.is_headless() && is_kube_dns(context) {
        let phrase = format!(
            "Service {name}, which its {field} names, is not headless, and kube-dns gives pods names under headless \
             Services only"
        );
        let address = Evidence::field(service, "spec.clusterIP", service.spec.cluster_ip.as_str(), None);
        let mut why = Why::new("not-headless", phrase, [address]);
        why.confidence = Confidence::Likely;
        return Ok(Some(why));
    }
    Ok(None)
}

fn selected(service: &Service) -> Option<Evidence> {
    Some(Evidence::field(service, "spec.selector", shown(&service.spec.selector.to_string()), None))
}

fn selects(selector: &Labels, labels: &Labels) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

/// CoreDNS answers for a member of any Service, kube-dns (still the default of some clouds) for those of headless ones.
fn is_kube_dns(context: &Context<'_>) -> bool {
    let pods = context.pods_in("kube-system").unwrap_or_default();
    let runs = |part: &str| {
        pods.iter().flat_map(|pod| &pod.spec.containers).any(|container| container.image.contains(part))
    };
    runs("k8s-dns-kube-dns") && !runs("coredns")
}

/// A member that isn't there.
fn absent(asked: &Asked<'_>, member: &Member<'_>) -> Option<Why> {
    let (set, number) = member.set.filter(|_| member.pod.is_none())?;
    let wanted = set.wanted();
    let replicas = Evidence::field(set, "spec.replicas", wanted.to_string(), None);
    if number >= wanted {
        let phrase = format!(
            "there is no {}: StatefulSet {} has {}",
            asked.member,
            set.meta.name,
            words::count(usize::try_from(wanted).unwrap_or_default(), "replica")
        );
        return Some(Why::new("no-pod", phrase, [replicas]));
    }
    if set.spec.pod_management_policy == "Parallel" {
        return None;
    }
    let phrase = format!(
        "there is no {} yet: StatefulSet {} makes a member only once those before it are ready",
        asked.member, set.meta.name
    );
    let policy = match set.spec.pod_management_policy.as_str() {
        "" => "OrderedReady",
        policy => policy,
    };
    let mut why =
        Why::new("no-pod", phrase, [Evidence::field(set, "spec.podManagementPolicy", policy, None)]);
    why.confidence = Confidence::Likely;
    Some(why)
}

/// A peer that is there and runs, but has no name because it isn't ready.
pub(super) fn unpublished(
    context: &Context<'_>,
    asker: &Pod,
    asked: &Asked<'_>,
    member: Member<'_>,
) -> Seen<Option<Why>> {
    let Some(peer) = member.pod.filter(|peer| !peer.is_ready() && peer.meta.deleted.is_none()) else {
        return Ok(None);
    };
    let peers = context.top_owner(peer).same(&context.top_owner(asker));
    let Some(service) = context.service(asked.namespace, member.subdomain())?.filter(|_| peers) else {
        return Ok(None);
    };
    if service.spec.publish_not_ready_addresses || service.spec.selector.is_empty() || old_form(service) {
        return Ok(None);
    }
    let phrase = format!(
        "{} is not ready, and Service {} gives names to ready pods only, so that members that need one another to become \
         ready never do",
        asked.member, service.meta.name
    );
    let published = Evidence::field(service, "spec.publishNotReadyAddresses", "false", None);
    let ready = Evidence::field(peer, "status.conditions[Ready].status", "not True", None);
    let mut why = Why::new("not-published", phrase, [published, ready]);
    // One that crashes may do so for a reason of its own, and this is what its peers see of it.
    let runs = peer.container_statuses().all(|(status, init)| init || status.state.running.is_some());
    why.confidence = if runs { Confidence::Likely } else { Confidence::Possible };
    Ok(Some(why))
}

/// The annotation of before 1.9, which later versions still heeded; where it stands, nothing is said.
fn old_form(service: &Service) -> bool {
    let key = "service.alpha.kubernetes.io/tolerate-unready-endpoints";
    service.meta().annotations.get(key).is_some_and(|value| value == "true")
}
