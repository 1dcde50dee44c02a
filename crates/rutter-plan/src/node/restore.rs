//! Taking nodes back into service that Rutter has taken out.

use rutter_cluster::{Cluster, Str, objects::Node};
use serde_json::{Value, json};

use super::{
    RestoreOptions, preflight, steps,
    steps::{annotation, never, patch, step},
    work,
};
use crate::{CORDONED, ClusterIdentity, OPERATION, Object, Plan, Remark, RemarkKind, Step};

/// A plan that takes back what Rutter did to nodes: the cordon and its marks. What others have cordoned stays so, and is a
/// blocker. No storm keeps it from running: it gives nodes back.
///
/// # Errors
/// If no node is named, or one is not there.
pub fn restore(
    cluster: &Cluster,
    nodes: &[String],
    options: &RestoreOptions,
    operation: &str,
    identity: ClusterIdentity,
) -> Result<Plan, String> {
    let nodes = work::find(cluster, nodes)?;
    let mut plan = work::empty(cluster, &nodes, operation, "Restore", identity);
    let deadline = options.timeout_seconds.unwrap_or(600);
    let deadline = deadline.saturating_add(u64::try_from(options.ready_seconds).unwrap_or(0));
    let found: Vec<Marks<'_>> = nodes.iter().map(|node| Marks::of(node)).collect();
    plan.remarks = found.iter().flat_map(Marks::remarks).collect();
    let cordoned = found.iter().filter(|marks| marks.is_ours());
    plan.together(cordoned.filter_map(|marks| {
        let by = marks.cordoned_by?;
        let ready = Some(options.ready_seconds);
        Some(steps::uncordon(&marks.object, by, ready, deadline))
    }));
    // The uncordoning takes both marks off.
    let left = found.iter().filter(|marks| !marks.is_ours() && !marks.node.spec.unschedulable);
    plan.together(left.filter_map(|marks| forget(marks, deadline)));
    preflight::sort(&mut plan.remarks);
    Ok(plan)
}

/// What Rutter has left on a node.
struct Marks<'c> {
    node: &'c Node,
    object: Object,
    held_by: Option<&'c str>,
    cordoned_by: Option<&'c str>,
}

impl<'c> Marks<'c> {
    fn of(node: &'c Node) -> Self {
        // An empty mark is none, as it is for conditions on fields.
        let read = |key: &str| node.meta.annotations.get(key).map(Str::as_str).filter(|id| !id.is_empty());
        Self {
            node,
            object: Object::node(&node.meta.name, &node.meta.uid),
            held_by: read(OPERATION),
            cordoned_by: read(CORDONED),
        }
    }

    /// Whether it is cordoned, by Rutter, and no operation holds it but the one that did that.
    fn is_ours(&self) -> bool {
        let held_by_another = self.held_by.is_some() && self.held_by != self.cordoned_by;
        self.node.spec.unschedulable && self.cordoned_by.is_some() && !held_by_another
    }

    fn remarks(&self) -> Vec<Remark> {
        let node = &self.node.meta.name;
        let remark =
            |kind, text: String, unless: String| Remark { kind, about: self.object.clone(), text, unless };
        let mut all = Vec::new();
        match (self.node.spec.unschedulable, self.cordoned_by, self.held_by) {
            (true, None, _) => all.push(remark(
                RemarkKind::Blocker,
                "it was cordoned by somebody else, who may have a reason, so that Rutter does not take that back".into(),
                format!("kubectl uncordon {node}"),
            )),
            (false, None, None) => all.push(remark(
                RemarkKind::Blocker,
                "there is nothing to restore: it is not cordoned, and no operation of Rutter has left a mark on it".into(),
                String::new(),
            )),
            (true, Some(by), Some(holds)) if by != holds => all.push(remark(
                RemarkKind::Blocker,
                format!("operation {holds} is at work on it, or was left there"),
                format!("rutter journal undo {holds}"),
            )),
            (_, _, Some(holds)) => all.push(remark(
                RemarkKind::Risk,
                format!("operation {holds} is open on it: this plan takes back its cordon and nothing else that it did"),
                format!("rutter journal undo {holds}"),
            )),
            _ => {}
        }
        if !self.node.is_ready() {
            let text = "it is not Ready: the plan waits until it has been for a while before it uncordons it";
            all.push(remark(RemarkKind::Risk, text.into(), String::new()));
        }
        all
    }
}

/// Takes off marks that no cordon goes with any more: a person has uncordoned the node.
fn forget(marks: &Marks<'_>, deadline: u64) -> Option<Step> {
    let value = |id: Option<&str>| id.map_or(Value::Null, |id| json!(id));
    if marks.held_by.is_none() && marks.cordoned_by.is_none() {
        return None;
    }
    let node = &marks.object;
    let body = json!({"metadata": {"annotations": {OPERATION: null, CORDONED: null}}});
    Some(Step {
        needs: vec![
            annotation(node, OPERATION, value(marks.held_by)),
            annotation(node, CORDONED, value(marks.cordoned_by)),
        ],
        until: vec![annotation(node, OPERATION, Value::Null), annotation(node, CORDONED, Value::Null)],
        undo: never("The marks said that an operation is at work on the node, which it is not."),
        ..step(
            format!("forget {}", node.name),
            format!("Take the marks of Rutter off {node}, which is not cordoned any more"),
            patch(node, body),
            deadline,
        )
    })
}
