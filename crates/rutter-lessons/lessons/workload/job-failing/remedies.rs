//! What to do about a Job that fails.

use super::job_name;
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, job) = (&finding.object.namespace, job_name(finding));
    let mut all = vec![look(namespace, &job)];
    match finding.variant {
        "cannot-create" => all.push(Remedy::new(
            Risk::Reversible,
            "See what the template asks for, then change it so that it passes what refuses it; don't weaken the policy or the \
             quota for it",
            [format!("kubectl -n {namespace} get job {job} -o jsonpath='{{.spec.template.spec}}'")],
        )),
        "retrying" => all.push(Remedy::new(
            Risk::Reversible,
            "If a further try would do harm, suspend the Job until the cause is mended: its running pods are stopped",
            [format!("kubectl -n {namespace} patch job {job} -p '{{\"spec\":{{\"suspend\":true}}}}'")],
        )),
        "contradictory" => {}
        _ => all.push(again(finding, namespace, &job)),
    }
    all
}

fn look(namespace: &str, job: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "Read how its pods ended and keep their logs: they go when the Job goes",
        [
            format!("kubectl -n {namespace} describe job {job}"),
            format!("kubectl -n {namespace} get pods -l job-name={job} -o wide"),
            format!("kubectl -n {namespace} logs -l job-name={job} --all-containers --prefix --tail=50"),
        ],
    )
}

fn again(finding: &Finding, namespace: &str, job: &str) -> Remedy {
    if finding.object.kind == "CronJob" {
        let cron_job = &finding.object.name;
        return Remedy::new(
            Risk::Reversible,
            "Run it again only after the cause is mended, and if the work may safely run twice",
            [format!("kubectl -n {namespace} create job {cron_job}-again --from=cronjob/{cron_job}")],
        );
    }
    Remedy::new(
        Risk::Destructive,
        "A failed Job is never tried again: after the cause is mended and the logs are kept, and only if the work may \
         safely run twice, save it, remove it and apply its manifest anew",
        [
            format!("kubectl -n {namespace} get job {job} -o yaml >{job}.yaml"),
            format!("kubectl -n {namespace} delete job {job}"),
            format!("kubectl -n {namespace} apply -f <manifest>"),
        ],
    )
}
