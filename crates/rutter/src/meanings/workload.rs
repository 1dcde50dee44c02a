//! Texts about workloads: pods that can't be created, autoscalers.

use super::{Said, sentence};
use rutter_lessons::texts::{
    autoscaling as scaling,
    job_end::{self as ends, JobEnd},
    workload_create::{self, Cause},
};

pub(super) fn create(text: &str) -> Option<Said> {
    let lessons: &[&str] = &["replicas-unavailable", "job-failing"];
    let cause = workload_create::parse(text);
    // These are said of much else that somebody asks of the API server.
    let is_common = matches!(
        cause,
        Cause::Timeout | Cause::AlreadyExists | Cause::RbacForbidden { .. } | Cause::InvalidSpec { .. }
    );
    let is_of_controller = text.starts_with("Error creating: ") || text.contains("cannot create resource");
    if matches!(cause, Cause::Unknown { .. }) || (is_common && !is_of_controller) {
        return None;
    }
    Said::new(
        format!("The API server refused a request, mostly to create a pod of a workload: {cause}"),
        "kubectl describe of the ReplicaSet, StatefulSet, DaemonSet or Job: its events FailedCreate",
        lessons,
    )
}

pub(super) fn autoscaling(text: &str) -> Option<Said> {
    use scaling::Failure;
    let failure = scaling::parse(text);
    if let Failure::KindUnknown { kind } = failure
        && text.contains("in version \"")
    {
        return unserved(kind);
    }
    let effect = match failure {
        Failure::TargetMissing | Failure::KindUnknown { .. } | Failure::Ambiguous => {
            "It leaves the number as it is"
        }
        _ => {
            "It leaves the number as it is if that is its only metric; by others it still scales up, but not down"
        }
    };
    let says = match failure {
        // Other texts say `not found` too.
        Failure::TargetMissing if !text.contains("scale") => return None,
        Failure::TargetMissing => "what it shall scale does not exist".to_owned(),
        Failure::KindUnknown { kind } => format!("the API server knows no kind {kind} to scale"),
        Failure::RequestMissing { resource, container } => format!(
            "{} states no request for {resource}, and the target is a percentage of that",
            container.map_or_else(|| "a container".to_owned(), |name| format!("container {name}"))
        ),
        Failure::PodRequestMissing { resource } => {
            format!("a pod states no request for {resource}, and the target is a percentage of that")
        }
        Failure::ApiMissing { detail, .. } => format!("the metrics API does not answer: {detail}"),
        Failure::NoneReturned { .. } => "the metrics API answers, and knows none of the pods".to_owned(),
        Failure::NoSamples => "there are no metrics of any ready pod".to_owned(),
        Failure::NoPods => "its selector matches no pod".to_owned(),
        Failure::Ambiguous => "several autoscalers are responsible for the same pods".to_owned(),
        Failure::Other { .. } => return None,
    };
    Said::new(
        format!("A HorizontalPodAutoscaler can't compute how many pods are wanted: {says}. {effect}"),
        "kubectl describe hpa NAME, kubectl get apiservice v1beta1.metrics.k8s.io, the pods' requests",
        &["hpa-behaviour", "apiservice-unavailable"],
    )
}

/// What kubectl and other clients say of a manifest; of an autoscaler's target the group is told, not the version.
fn unserved(kind: &str) -> Option<Said> {
    Said::new(
        format!(
            "The API server knows no {kind} of that API version: a newer Kubernetes serves it under another version only, or it is a \
             custom resource whose definition is not installed"
        ),
        "kubectl api-resources, kubectl api-versions, kubectl get crd; the version in the manifest",
        &["apiservice-unavailable"],
    )
}

pub(super) fn rescale(text: &str) -> Option<Said> {
    scaling::rescale(text)?;
    Said::new(
        sentence(&format!("an autoscaler changed the number of pods: {text}")),
        "kubectl describe hpa NAME",
        &["hpa-behaviour"],
    )
}

pub(super) fn job_end(text: &str) -> Option<Said> {
    let says = match ends::parse(text)? {
        JobEnd::BackoffLimit => {
            "A Job gave up: more of its pods failed than backoffLimit allows (6 by default). Its running pods were ended, no more are made, and it stays failed until it is made anew; why they failed, the pods tell"
        }
        JobEnd::Deadline => {
            "A Job ran longer than its activeDeadlineSeconds: its pods were ended, and it stays failed until it is made anew"
        }
        JobEnd::PodFailurePolicy => {
            "A rule of a Job's podFailurePolicy ended it at the first failure of that kind, without further tries"
        }
        JobEnd::FailedIndexes => {
            "Some indexes of a Job failed as often as backoffLimitPerIndex allows; the others ran to their end"
        }
        JobEnd::MaxFailedIndexes => {
            "More indexes of a Job failed than maxFailedIndexes allows, so all the others were ended"
        }
    };
    Said::new(
        says,
        "kubectl describe job NAME; kubectl logs job/NAME --all-containers, or of its pods the state: kubectl get pods -l job-name=NAME",
        &["job-failing", "crash-loop"],
    )
}
