//! The plan: after a person has listed the hosts that move and kept the old load balancer, the controller's pods begin anew, and the next
//! leader writes all addresses.

use rutter_cluster::Resource;
use rutter_plan::{Changes, Condition, Draft, Object, Step, pointer};
use serde_json::Value;

use crate::{Context, Finding, fixes};

/// What `kubectl rollout restart` writes into the template.
const RESTARTED: &str = "kubectl.kubernetes.io/restartedAt";

pub(super) fn plan(context: &Context<'_>, finding: &Finding, hosts: &[String]) -> Option<Draft> {
    let object = &finding.object;
    let (workload, generation, before, done) = if object.kind == "DaemonSet" {
        let set = context.daemon_set(&object.namespace, &object.name).ok().flatten()?;
        let workload = fixes::known(set)?;
        let all = set.status.desired_number_scheduled;
        let done = ["updatedNumberScheduled", "numberAvailable"].map(|field| (field, all));
        (workload, set.meta().generation, &set.spec.template, done)
    } else {
        let deployment = context.deployment(&object.namespace, &object.name).ok().flatten()?;
        let workload = fixes::known(deployment)?;
        let done = ["updatedReplicas", "availableReplicas"].map(|field| (field, deployment.wanted()));
        (workload, deployment.meta.generation, &deployment.spec.template, done)
    };
    let old = before.meta.annotations.get(RESTARTED).map_or(Value::Null, |at| Value::from(at.as_str()));
    let changes = Changes::new().set(
        pointer("/spec/template/metadata/annotations", RESTARTED),
        old,
        context.now().to_string(),
    );
    let title = format!("Start the pods of {workload} anew, a few at a time");
    let step = Step::change(&workload, title, &changes, fixes::SOON)
        .needing([Condition::field(&workload, "/metadata/generation", generation)])
        .for_good("Its Ingresses show the new address by then, and DNS may be made from them; starting pods anew is not taken back.");
    Some(remarks(&workload).then(list(hosts)).then(keep(&workload)).then(step).then(wait(&workload, done)))
}

fn remarks(workload: &Object) -> Draft {
    Draft::new(format!("Have {workload} write its present address into its Ingresses"))
        .about(workload)
        .risk(workload, "every host of its Ingresses moves to the present load balancer, and with external-dns its DNS does, too")
        .risk(workload, "long connections (WebSockets) end with the pods that go")
}

fn list(hosts: &[String]) -> Step {
    let ask = "List the hosts with the address that each shows now, and keep the list: all of them move";
    Step::look("list hosts", ask, hosts.to_vec())
}

/// Clients go on to use the old address until their resolvers forget it.
fn keep(workload: &Object) -> Step {
    let ask = format!(
        "See that the old and the new load balancer both lead to {workload}, that the old one stays for the longest TTL of these hosts, and \
         why the controller didn't write by itself (leader, rights, a second controller); say how that is known"
    );
    Step::proof("both lead here", ask, Vec::new())
}

fn wait(workload: &Object, done: [(&'static str, i64); 2]) -> Step {
    let counts = done.map(|(field, all)| Condition::at_least(workload, format!("/status/{field}"), all));
    let observed = Condition::Observed { object: workload.clone() };
    Step::wait(
        format!("{} ready", workload.name),
        format!("Wait until all pods of {workload} are new and ready"),
        [observed].into_iter().chain(counts),
        3 * fixes::READY,
    )
}
