//! A control-plane node that lacks what all others run.

use std::collections::BTreeMap;

use rutter_cluster::objects::Node;

use super::ID;
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Seen, Severity, hosting, words};

const ROLES: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/// A node that joins has all its static pods within this time, in seconds.
const START: i64 = 900;

/// Not etcd: three members beside four or more API servers are nothing odd, and nothing tells them from a member that is gone.
const COMPONENTS: [&str; 3] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    let is_young = node.meta.created.is_none_or(|created| context.is_younger(created, START));
    if !is_control_plane(node) || !node.is_ready() || is_young {
        return Ok(());
    }
    let mut others = BTreeMap::<&str, usize>::new();
    let mut number = 0;
    for other in context.nodes()?.iter().filter(|other| is_control_plane(other) && other.is_ready()) {
        if other.meta.name != node.meta.name {
            number += 1;
            for component in components(context, other)? {
                *others.entry(component).or_default() += 1;
            }
        }
    }
    // What all others run; of one other, which of the two is right can't be told.
    let own = components(context, node)?;
    let gone: Vec<&str> = others
        .into_iter()
        .filter(|(name, count)| *count == number && !own.contains(name))
        .map(|(name, _)| name)
        .collect();
    if number < 2 || gone.is_empty() || own.is_empty() {
        return Ok(());
    }
    let mut finding = Finding::about(ID, node);
    finding.variant = "gone";
    finding.severity = Severity::High;
    finding.confidence = Confidence::Likely;
    finding.message = format!(
        "it runs no {}, which the other {number} control-plane nodes run: its file is gone, or the kubelet can't read it",
        words::list(&gone, COMPONENTS.len())
    );
    finding.evidence = vec![Evidence::field(node, "mirror pods", format!("only {}", own.join(", ")), None)];
    findings.push(finding);
    Ok(())
}

fn is_control_plane(node: &Node) -> bool {
    ROLES.iter().any(|role| node.meta.labels.contains_key(role))
}

/// Which components have a mirror pod on a node, well or not.
fn components(context: &Context<'_>, node: &Node) -> Seen<Vec<&'static str>> {
    let pods = context.pods_on(&node.meta.name)?;
    let of = |name: &&&str| {
        let prefix = format!("{name}-");
        pods.iter()
            .filter(|pod| hosting::is_mirror(pod))
            .any(|pod| pod.meta.name.starts_with(&prefix) && pod.meta.namespace == "kube-system")
    };
    Ok(COMPONENTS.iter().filter(of).copied().collect())
}
