//! Two Services want one port of one load balancer.

use rutter_cluster::objects::Service;
use rutter_lessons::{Severity, balancers};

use crate::{Check, Context, Found, Look, Object, Topic, live::typed};

pub(crate) static CHECK: Check = Check {
    id: "service-load-balancer-shared-port",
    topic: Topic::Network,
    title: "two Services want one port of one load balancer",
    severity: Severity::High,
    default: true,
    prevents: &["slb-port-conflict"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    let Some((id, ports)) = wanted(object) else { return };
    // Said once, of the one that stands second.
    let before = context.of_kind("", "Service").take_while(|other| !std::ptr::eq(*other, object));
    for other in before {
        let Some((theirs, taken)) = wanted(other) else { continue };
        let is_same = context.together(other, object) && other.name == object.name;
        let Some((number, protocol)) =
            ports.iter().find(|port| theirs == id && !is_same && taken.contains(port))
        else {
            continue;
        };
        let message = format!(
            "port {number}/{protocol} of load balancer {id} is that of Service {}, too: only one of them gets it",
            other.name
        );
        found.at(object.head(), message).advice("take another port, or a load balancer of its own");
        return;
    }
}

/// The load balancer that a Service shares, and its ports there.
fn wanted(object: &Object) -> Option<(String, Vec<balancers::Port>)> {
    if !object.is("", "Service") || object.root.text_at(&["spec", "type"]) != Some("LoadBalancer") {
        return None;
    }
    // Few have annotations at all.
    object.at(&["metadata", "annotations"])?;
    let service = typed::of::<Service>(&object.root)?;
    let (_, id) = balancers::shared(&service)?;
    Some((id.to_string(), service.spec.ports.iter().map(balancers::port).collect()))
}
