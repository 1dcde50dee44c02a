//! Who makes the pods again.

use rutter_cluster::objects::Job;

use super::{Remarks, object};
use crate::node::{
    pods::{Departure, Going, Keeper},
    work::Work,
};

pub(super) fn look(work: &Work<'_>, departure: &Departure<'_>, all: &mut Remarks) {
    for going in &departure.going {
        match &going.keeper {
            Keeper::Nobody => {
                let text = "nothing controls it: evicted, it is gone for good";
                all.unless(work.options.force, "--force", object(going.pod), text);
            }
            Keeper::Gone(owner) => {
                let text = format!(
                    "its {} {} no longer exists: evicted, it is gone for good",
                    owner.kind, owner.name
                );
                all.unless(work.options.force, "--force", object(going.pod), text);
            }
            Keeper::Foreign(owner) => {
                let text = format!(
                    "it is controlled by {} {} ({}), and whether that makes another one is up to its controller",
                    owner.kind, owner.name, owner.api_version
                );
                all.risk(object(going.pod), text, "");
            }
            Keeper::Known(owner) if owner.kind == "Job" => {
                if let Some(job) = work.cluster.jobs.get(&going.pod.meta.namespace, &owner.name) {
                    of_job(job, going, all);
                }
            }
            Keeper::Known(_) | Keeper::Unseen(..) => {}
        }
    }
}

fn of_job(job: &Job, going: &Going<'_>, all: &mut Remarks) {
    let name = &job.meta.name;
    if job.spec.backoff_limit == Some(0) {
        let text = format!(
            "Job {name} allows no failure (backoffLimit: 0), and a pod that is evicted counts as one unless its podFailurePolicy ignores disruptions"
        );
        all.risk(object(going.pod), text, "wait until it has finished");
    } else {
        all.note(object(going.pod), format!("Job {name} starts it again, from the beginning"));
    }
}
