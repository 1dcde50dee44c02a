//! The steps that the plans of nodes are made of.

use serde_json::{Value, json};

use super::{
    pods::{Departure, Going, Keeper},
    work::Work,
};
use crate::{Action, CORDONED, Condition, OPERATION, Object, PatchKind, Step, Undo};

/// Seconds for a pod to end where it says nothing (`terminationGracePeriodSeconds`).
const GRACE: i64 = 30;
/// Seconds for volumes to be detached: 6 minutes pass before Kubernetes gives up on a node that doesn't answer.
pub(super) const DETACH: u64 = 600;

/// A step that waits for nothing and undoes nothing; its stage is given when it is added to a plan.
pub(super) fn step(
    id: impl Into<String>,
    title: impl Into<String>,
    action: Action,
    deadline_seconds: u64,
) -> Step {
    Step::new(id, title, action, deadline_seconds)
}

pub(super) fn never(why: impl Into<String>) -> Undo {
    Undo::Never { why: why.into() }
}

pub(super) fn field(object: &Object, path: &str, equals: Value) -> Condition {
    Condition::Field { object: object.clone(), path: path.into(), equals }
}

/// What an annotation is; `null` for none.
pub(super) fn annotation(object: &Object, key: &str, equals: Value) -> Condition {
    field(object, &format!("/metadata/annotations/{}", key.replace('~', "~0").replace('/', "~1")), equals)
}

pub(super) fn cordoned(node: &Object, equals: bool) -> Condition {
    field(node, "/spec/unschedulable", if equals { json!(true) } else { Value::Null })
}

pub(super) fn patch(object: &Object, body: Value) -> Action {
    Action::Patch { object: object.clone(), kind: PatchKind::Merge, body }
}

fn unclaimed(node: &Object, operation: &str) -> Condition {
    Condition::Unclaimed { node: node.clone(), operation: operation.into() }
}

/// Takes a node out of service, or, where it is cordoned already, says who is at work on it: whose cordon it is stays so.
pub(super) fn cordon(work: &Work<'_>, departure: &Departure<'_>, batch: &[Departure<'_>]) -> Step {
    let (node, operation) = (&departure.object, work.operation);
    let is_cordoned = departure.node.spec.unschedulable;
    let mut needs = vec![unclaimed(node, operation), cordoned(node, is_cordoned)];
    needs.extend(work.guards(departure, batch));
    let made = if is_cordoned {
        let body = json!({"metadata": {"annotations": {OPERATION: operation}}});
        step(
            format!("claim {}", node.name),
            format!("Claim {node}, which is cordoned already"),
            patch(node, body),
            0,
        )
    } else {
        let annotations = json!({OPERATION: operation, CORDONED: operation});
        let body = json!({"metadata": {"annotations": annotations}, "spec": {"unschedulable": true}});
        step(format!("cordon {}", node.name), format!("Cordon {node}"), patch(node, body), 0)
    };
    let mut until = vec![cordoned(node, true), annotation(node, OPERATION, json!(operation))];
    if !is_cordoned {
        until.push(annotation(node, CORDONED, json!(operation)));
    }
    let undo = if is_cordoned { unclaim(node, operation) } else { uncordon_again(node, operation) };
    Step { needs, until, undo, deadline_seconds: work.options.patience(), ..made }
}

fn unclaim(node: &Object, operation: &str) -> Undo {
    Undo::Act {
        title: format!("Release {node}"),
        needs: vec![annotation(node, OPERATION, json!(operation))],
        action: Box::new(patch(node, json!({"metadata": {"annotations": {OPERATION: null}}}))),
        until: vec![Condition::Released { node: node.clone(), operation: operation.into() }],
    }
}

/// Takes back a cordon that is still this operation's, while nobody else is at work on the node. No guard against storms: undoing
/// gives nodes back.
fn uncordon_again(node: &Object, operation: &str) -> Undo {
    Undo::Act {
        title: format!("Uncordon {node}"),
        needs: vec![annotation(node, CORDONED, json!(operation)), unclaimed(node, operation)],
        action: Box::new(patch(node, uncordoned())),
        until: vec![cordoned(node, false), annotation(node, CORDONED, Value::Null)],
    }
}

fn uncordoned() -> Value {
    json!({"metadata": {"annotations": {OPERATION: null, CORDONED: null}}, "spec": {"unschedulable": null}})
}

/// Gives a node back that `cordoned_by` has taken out.
pub(super) fn uncordon(node: &Object, cordoned_by: &str, ready: Option<i64>, deadline: u64) -> Step {
    let needs = [annotation(node, CORDONED, json!(cordoned_by)), unclaimed(node, cordoned_by)];
    let ready = ready.map(|seconds| Condition::Ready { node: node.clone(), seconds });
    Step {
        needs: needs.into_iter().chain(ready).collect(),
        until: vec![cordoned(node, false), annotation(node, CORDONED, Value::Null)],
        undo: never(format!("{node} is in service again: to take it out is another plan")),
        ..step(
            format!("uncordon {}", node.name),
            format!("Uncordon {node}"),
            patch(node, uncordoned()),
            deadline,
        )
    }
}

/// Says that the operation is no longer at work on the node.
pub(super) fn release(node: &Object, operation: &str, deadline: u64) -> Step {
    let body = json!({"metadata": {"annotations": {OPERATION: null}}});
    Step {
        needs: vec![annotation(node, OPERATION, json!(operation))],
        until: vec![Condition::Released { node: node.clone(), operation: operation.into() }],
        undo: never(format!(
            "{node} is nobody's then: what this operation did is taken back by its other steps"
        )),
        ..step(format!("release {}", node.name), format!("Release {node}"), patch(node, body), deadline)
    }
}

/// Evicts a pod, or deletes it if a person said that its budget is not to be heeded. A person who uncordons the node meanwhile
/// stops it.
pub(super) fn evict(
    work: &Work<'_>,
    departure: &Departure<'_>,
    going: &Going<'_>,
    batch: &[Departure<'_>],
) -> Step {
    let meta = &going.pod.meta;
    let pod = Object::pod(&meta.namespace, &meta.name, &meta.uid);
    let grace_seconds = work.options.grace_seconds;
    let own = going.pod.spec.termination_grace_period_seconds.unwrap_or(GRACE);
    let grace = u64::try_from(grace_seconds.filter(|seconds| *seconds >= 0).unwrap_or(own)).unwrap_or(0);
    let (verb, action) = if going.bypasses {
        ("Delete", Action::Delete { object: pod.clone(), grace_seconds, propagation: String::new() })
    } else {
        ("Evict", Action::Evict { pod: pod.clone(), grace_seconds })
    };
    let id =
        format!("{} {}/{} from {}", verb.to_lowercase(), meta.namespace, meta.name, departure.object.name);
    let node = &departure.object;
    Step {
        needs: vec![
            cordoned(node, true),
            annotation(node, OPERATION, json!(work.operation)),
            Condition::Calm { besides: names(batch) },
        ],
        until: vec![Condition::Gone { object: pod.clone() }],
        undo: never(comes_back(going)),
        ..step(id, format!("{verb} {pod}"), action, work.options.patience().saturating_add(grace))
    }
}

/// The names of nodes.
pub(super) fn names(batch: &[Departure<'_>]) -> Vec<String> {
    batch.iter().map(|one| one.object.name.clone()).collect()
}

/// Why a pod that has gone can't be brought back, and what comes in its place.
fn comes_back(going: &Going<'_>) -> String {
    let top = format!("{} {}/{}", going.top.kind, going.top.namespace, going.top.name);
    match &going.keeper {
        Keeper::Nobody => "Nothing makes the pod again: it is gone for good.".into(),
        Keeper::Gone(owner) => {
            format!(
                "Its {} {} no longer exists, so nothing makes the pod again: it is gone for good.",
                owner.kind, owner.name
            )
        }
        Keeper::Unseen(owner, _) => {
            format!(
                "The pod does not come back; if its {} {} is there, that makes another.",
                owner.kind, owner.name
            )
        }
        Keeper::Foreign(owner) => {
            format!(
                "The pod does not come back; whether another one is made is up to {} {}.",
                owner.kind, owner.name
            )
        }
        Keeper::Known(owner) if owner.kind == "Job" => {
            format!("The pod does not come back: its {top} starts another one, from the beginning.")
        }
        Keeper::Known(owner) if owner.kind == "StatefulSet" => {
            format!("Its {top} makes the pod again under the same name, on another node.")
        }
        Keeper::Known(_) => {
            format!("The pod does not come back: its {top} makes another one on another node.")
        }
    }
}

/// Waits until no pod that should have gone is left on the node.
pub(super) fn drained(work: &Work<'_>, departure: &Departure<'_>) -> Step {
    let node = &departure.object;
    let but = departure.staying.unselected.iter().map(|pod| pod.meta.uid.to_string());
    let but = but.filter(|uid| !uid.is_empty()).collect();
    Step {
        until: vec![Condition::Drained { node: node.clone(), but }],
        ..step(
            format!("drained {}", node.name),
            format!("Wait until {node} is drained"),
            Action::Wait,
            work.options.patience(),
        )
    }
}

/// Waits until the volumes of the pods that went are detached; nothing if there were none.
pub(super) fn detached(work: &Work<'_>, departure: &Departure<'_>, deadline: u64) -> Option<Step> {
    let node = &departure.object;
    let but = work.attached_for_good(departure)?;
    Some(Step {
        until: vec![Condition::Detached { node: node.clone(), but }],
        ..step(
            format!("volumes of {} detached", node.name),
            format!("Wait until the volumes of {node} are detached"),
            Action::Wait,
            deadline,
        )
    })
}
