//! Ports of the nodes that another Service of the cluster has.

use rutter_cluster::{Kind, objects::ServicePort};
use rutter_lessons::Severity;

use rutter_lessons::balancers;

use crate::{
    Check, Context, Found, Look, Object, Topic,
    live::{self, typed},
};

pub(crate) static CHECK: Check = Check {
    id: "live-node-port",
    topic: Topic::Cluster,
    title: "the node port is taken",
    severity: Severity::High,
    default: true,
    prevents: &[],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("", "Service") {
        return;
    }
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, object) else { return };
    for port in object.root.items_at(&["spec", "ports"]) {
        let Some(node) = port.at(&["nodePort"]) else { continue };
        let Some(number) = node.integer().filter(|number| *number > 0) else { continue };
        let Some(typed) = typed::of::<ServicePort>(port) else { continue };
        let protocol = balancers::protocol(&typed);
        let other = live.on_node_port((number, protocol)).iter().find(|other| {
            let (theirs, name) = (&other.meta.namespace, &other.meta.name);
            (theirs.as_str(), name.as_str()) != (namespace, &object.name)
                && !live::is_rewritten(context, Kind::Service, theirs, name)
        });
        if let Some(other) = other {
            let message = format!(
                "node port {number}/{protocol} is that of Service {}/{}: the API server refuses this one",
                other.meta.namespace, other.meta.name
            );
            found
                .at(node, message)
                .advice("leave nodePort out, so that a free one is given, or take another");
        }
    }
}
