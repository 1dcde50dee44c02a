//! The plan: a pod whose node is gone is struck off, after a person has said how it is known that its machine is off.

use rutter_cluster::ObjectRef;
use rutter_plan::{Action, Condition, Draft, Object, Step};

use crate::fixes;

pub(super) fn strike_off(pod: &ObjectRef, node: &str) -> Option<Draft> {
    let object = Object::from(pod);
    if object.uid.is_empty() || node.is_empty() {
        return None;
    }
    let proof = Step::proof(
        format!("fence {node}"),
        format!(
            "Make sure that the machine of node {node} is off or deleted (seen in the cloud or by its BMC, not merely no answer), and \
             say how that is known"
        ),
        Vec::new(),
    );
    let why = "Its record is gone; what makes its kind of pod makes another one.";
    let delete = Step::delete(&object, why, fixes::SOON);
    let force = Action::Delete { object: object.clone(), grace_seconds: Some(0), propagation: String::new() };
    // The node is still not there: a kubelet that came back ends the pod itself.
    let gone = Condition::Gone { object: Object::node(node, "") };
    let risk = "if the machine still runs, its containers go on, and the next pod of that name writes to the same data";
    Some(
        Draft::new(format!("Strike {object} off, whose node {node} is gone"))
            .about(&object)
            .risk(&object, risk)
            .then(proof)
            .then(Step { action: force, title: format!("Strike {object} off"), ..delete }.needing([gone])),
    )
}
