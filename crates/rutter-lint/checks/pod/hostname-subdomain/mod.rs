//! A subdomain for which there is no headless Service.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Presence, Template, Topic};

pub(crate) static CHECK: Check = Check {
    id: "hostname-subdomain",
    topic: Topic::Pod,
    title: "the pod's own name doesn't resolve",
    severity: Severity::Medium,
    default: true,
    prevents: &["pod-hostname"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some(node) = template.spec.at(&["subdomain"]) else { return };
    let Some(name) = node.text().filter(|name| !crate::image::is_unfilled(name)) else { return };
    let headless = |service: &crate::Object| {
        service
            .root
            .text_at(&["spec", "clusterIP"])
            .is_some_and(|address| address.eq_ignore_ascii_case("none"))
    };
    let services = context.all_named(template.object, "Service", name);
    let (message, advice) = if !services.is_empty() {
        if services.iter().any(|service| headless(service)) {
            return;
        }
        (
            format!("Service {name} has an address of its own: names of single pods below it don't resolve"),
            "give that Service clusterIP: None, or make another one for this".to_owned(),
        )
    } else if let Presence::Absent { nearest } = context.presence(template.object, Kind::Service, name) {
        let advice = match nearest {
            Some(near) => format!("write {near}, if that is meant; it must be headless"),
            None => format!("add a Service {name} with clusterIP: None that selects these pods"),
        };
        (format!("there is no Service {name}: names of single pods below it don't resolve"), advice)
    } else {
        return;
    };
    found.at(node, message).advice(advice);
}
