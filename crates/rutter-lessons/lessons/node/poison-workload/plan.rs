//! The plan: no pod of it any more, until somebody knows why nodes fail.

use rutter_cluster::ObjectRef;
use rutter_plan::{Changes, Condition, Draft, Object, Step};
use serde_json::Value;

use crate::{Context, fixes};

/// Nothing where it isn't known how many pods it has now: that is the way back.
pub(super) fn stop(context: &Context<'_>, object: &ObjectRef) -> Option<Draft> {
    let wanted = match object.kind.as_str() {
        "Deployment" => context.deployment(&object.namespace, &object.name).ok().flatten()?.wanted(),
        "StatefulSet" => context.stateful_set(&object.namespace, &object.name).ok().flatten()?.wanted(),
        _ => return None,
    };
    let workload = uid(object).filter(|_| wanted > 0)?;
    let step = Step::scale(&workload, wanted, 0, fixes::SOON)
        .needing([Condition::Observed { object: workload.clone() }]);
    let wait = Step::wait(
        format!("{} observed", object.name),
        format!("Wait until the controller of {workload} has seen it"),
        [Condition::Observed { object: workload.clone() }],
        fixes::SOON,
    );
    Some(remarks(&workload).then(step).then(wait))
}

pub(super) fn suspend(object: &ObjectRef) -> Option<Draft> {
    let workload = uid(object)?;
    let changes = Changes::new().set("/spec/suspend", Value::Null, true);
    let title = format!("Suspend {workload}, so that it makes no further pod");
    Some(remarks(&workload).then(Step::change(&workload, title, &changes, fixes::SOON)))
}

fn uid(object: &ObjectRef) -> Option<Object> {
    Some(Object::from(object)).filter(|object| !object.uid.is_empty())
}

fn remarks(workload: &Object) -> Draft {
    Draft::new(format!("Stop {workload}, after whose pods node after node failed"))
        .about(workload)
        .risk(workload, "what it does is not done until it runs again")
        .note(workload, "an HPA leaves it at 0; a tool that applies the manifest (GitOps) puts the number back: pause it first")
        .note(workload, "a pod on a node that has failed ends when that is back, or is declared out of service")
}
