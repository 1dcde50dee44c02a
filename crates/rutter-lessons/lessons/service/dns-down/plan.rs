//! The plan: as many pods as names need, for a Deployment that has none.

use rutter_cluster::ObjectRef;
use rutter_plan::{Condition, Draft, Object, Step};

use crate::fixes;

/// Two, so that one can go.
pub(super) const REPLICAS: i64 = 2;

pub(super) fn plan(maker: &ObjectRef) -> Option<Draft> {
    let workload = Object::from(maker);
    if workload.uid.is_empty() {
        return None;
    }
    let wait = Step::wait(
        format!("{} ready", workload.name),
        format!("Wait until {workload} has a pod that is ready"),
        [Condition::at_least(&workload, "/status/readyReplicas", 1)],
        fixes::READY,
    );
    let by_tool = "if a DNS autoscaler or another tool scaled it to 0, that does so again: see who did";
    Some(
        Draft::new(format!("Scale {workload} up again, which answers for all names"))
            .about(&workload)
            .risk(&workload, by_tool)
            .then(Step::scale(&workload, 0, REPLICAS, fixes::SOON))
            .then(wait),
    )
}
