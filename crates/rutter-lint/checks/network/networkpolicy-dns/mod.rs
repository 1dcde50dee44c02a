//! The policy lets its pods ask no DNS.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "networkpolicy-dns",
    topic: Topic::Network,
    title: "the policy lets its pods ask no DNS",
    severity: Severity::Medium,
    default: true,
    prevents: &["crash-loop", "dns-down"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("networking.k8s.io", "NetworkPolicy") {
        return;
    }
    let Some(rules) = object.at(&["spec", "egress"]) else { return };
    let types = object.root.items_at(&["spec", "policyTypes"]);
    let applies = types.is_empty() || types.iter().any(|one| one.text() == Some("Egress"));
    // A policy without rules forbids all, which is meant; others that allow are added to it.
    if !applies || rules.items().is_empty() || rules.items().iter().any(allows_dns) {
        return;
    }
    let others = context.beside(object, "networking.k8s.io", "NetworkPolicy");
    if others.flat_map(|other| other.root.items_at(&["spec", "egress"])).any(allows_dns) {
        return;
    }
    let message = "its pods may send to what it names, but not to port 53: no name resolves for them, and what it allows is not found";
    found.at(rules, message).advice("allow UDP and TCP to port 53 of kube-system's k8s-app: kube-dns");
}

/// Whether a rule lets through what asks for names: no ports, or 53 or the ports of node-local resolvers among them.
fn allows_dns(rule: &Node) -> bool {
    let ports = rule.items_at(&["ports"]);
    let is_dns = |port: &Node| {
        let Some(node) = port.at(&["port"]) else { return true };
        let Some(first) = node.integer() else { return node.text().is_some_and(|name| name.contains("dns")) };
        let last = port.at(&["endPort"]).and_then(Node::integer).unwrap_or(first);
        (first..=last).contains(&53) || (first..=last).contains(&5353)
    };
    if !ports.is_empty() {
        return ports.iter().any(is_dns);
    }
    // Without ports: to anybody, or to something that may be the DNS.
    let to = rule.items_at(&["to"]);
    to.is_empty() || to.iter().any(|peer| peer.at(&["namespaceSelector"]).is_some() || is_wide(peer))
}

fn is_wide(peer: &Node) -> bool {
    peer.text_at(&["ipBlock", "cidr"])
        .and_then(|cidr| cidr.rsplit_once('/')?.1.parse::<u8>().ok())
        .is_some_and(|bits| bits <= 16)
}
