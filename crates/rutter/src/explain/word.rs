//! `rutter explain WORD`, of a word that kubectl shows as the status of an object: what it means, and which lessons have to do with it.

use rutter_lessons::Lesson;

use crate::{
    exit::{DONE, Failure},
    output,
};

/// A word, what it means in whole sentences without a full stop at the end, what to look at, and the lessons that tell more.
type Status = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// So many lessons are named of a word that is no status.
const NAMED: usize = 5;

const POD: &str = "kubectl describe pod NAME: its conditions, its containers' states and its events";
const NODE: &str = "kubectl describe node NAME: its conditions, taints and events";

const STATUSES: &[Status] = &[
    (
        "Pending",
        "Of a pod: the API server has it, and not all of its containers have been started. Either no node has been chosen (PodScheduled is False and says why), or the node still waits for volumes, a sandbox or images. Of a claim: no volume is bound to it. Of a Service's EXTERNAL-IP: nobody has made a load balancer",
        POD,
        &["pod-unschedulable", "volume-stuck", "loadbalancer-pending", "controller-silent"],
    ),
    (
        "CrashLoopBackOff",
        "A container ended again and again, and the kubelet waits before it starts it once more: 10 seconds at first, twice as long each time, up to 5 minutes; after 10 minutes without an end it begins anew. This is the waiting, not the cause: why it ended tells its last state",
        "kubectl logs POD --previous, and lastState in kubectl describe pod: exit code and reason",
        &["crash-loop", "limit-reached", "container-config-error"],
    ),
    (
        "ContainerCreating",
        "The pod has its node, and a container has not been made: the kubelet waits for volumes, for the pod's sandbox and network, for a ConfigMap or Secret, or for the image",
        POD,
        &["sandbox-failed", "volume-stuck", "image-pull", "container-config-error"],
    ),
    (
        "PodInitializing",
        "The pod's init containers have not all ended well, and its own containers wait for that",
        "kubectl logs POD -c INIT-CONTAINER, and kubectl describe pod NAME",
        &["crash-loop", "image-pull", "container-config-error"],
    ),
    (
        "Terminating",
        "The object was told to go and is still there: a pod until its containers have ended and its node says so, anything until its finalizers are gone, a namespace until all in it are",
        "metadata.deletionTimestamp and metadata.finalizers; of a pod whether its node answers",
        &["stuck-terminating", "node-unknown", "statefulset-unknown-pod"],
    ),
    (
        "Error",
        "A container ended with another exit code than 0; under restartPolicy Always or OnFailure it is started again",
        "kubectl logs POD --previous, and kubectl describe pod: exit code and reason",
        &["crash-loop", "job-failing"],
    ),
    (
        "Completed",
        "The container's process ended with exit code 0: right for a Job; under restartPolicy Always it is started again, and if that repeats, the pod comes into CrashLoopBackOff",
        "the container's command: whether it is to end at all",
        &["crash-loop"],
    ),
    (
        "Failed",
        "Of a pod: all its containers have ended, one of them not well, and none is started again; or its node ended or refused it (then status.reason says why). Of a Job: it gave up",
        POD,
        &["evicted", "job-failing"],
    ),
    (
        "Unknown",
        "Of a pod: its node has not said for long how it is. Of a condition: nobody has said lately whether it holds; of a node's, the kubelet has not reported for 40 seconds (50 since 1.32)",
        NODE,
        &["node-unknown", "statefulset-unknown-pod"],
    ),
    (
        "NotReady",
        "Of a node: its kubelet says that it can't run pods (the condition Ready is False and says why), or has not reported (Unknown). It gets no new pods, and after 5 minutes those on it are deleted, to be made elsewhere. Of a pod: a container is not ready",
        NODE,
        &["node-unknown", "node-not-ready-pleg", "node-network-not-ready"],
    ),
    (
        "SchedulingDisabled",
        "The node is cordoned: it keeps its pods and gets no new ones until somebody runs kubectl uncordon",
        NODE,
        &["node-cordoned"],
    ),
    (
        "CreateContainerConfigError",
        "The kubelet can't put together what a container needs to start: mostly a ConfigMap, a Secret or a key of one is not there; it tries again by itself",
        POD,
        &["container-config-error"],
    ),
    (
        "CreateContainerError",
        "The container runtime refused to make a container: a command that the image lacks, a mount that can't be, or a name that an earlier attempt still holds",
        POD,
        &["container-config-error", "runtime-stuck"],
    ),
    (
        "RunContainerError",
        "The container was made, and its process could not be started: mostly its command is not in the image, or may not be executed",
        "command and args in the pod's spec, and kubectl describe pod NAME",
        &["container-config-error", "crash-loop"],
    ),
    (
        "FailedScheduling",
        "The scheduler found no node for a pod; the event's message says, node by node, why not. It tries again when something changes",
        "kubectl describe pod NAME, and the nodes' free room and taints: kubectl describe nodes",
        &["pod-unschedulable", "autoscaler-cannot-add"],
    ),
    (
        "FailedMount",
        "A volume of a pod could not be mounted on its node, so its containers wait; the kubelet goes on trying",
        POD,
        &["volume-stuck", "node-agent-missing"],
    ),
    (
        "Unhealthy",
        "A probe of a container failed: a liveness or startup probe restarts it in the end, a readiness probe takes the pod out of its Services",
        "kubectl describe pod NAME: the event's message; kubectl logs POD",
        &["probe-refused", "restarts-by-node-load"],
    ),
    (
        "BackOff",
        "The kubelet waits before it tries again what failed before: to start a container, or to pull an image. The event's message says which; why it failed stands in the events before it",
        POD,
        &["crash-loop", "image-pull"],
    ),
];

/// Says what a word means, if it is a status or a sign of lessons.
pub(super) fn run(word: &str, signs: &[&Lesson]) -> Option<Result<u8, Failure>> {
    let printed = match STATUSES.iter().find(|(status, ..)| status.eq_ignore_ascii_case(word)) {
        Some((status, says, look, lessons)) => output::told(&format!("{status}: {says}"), look, lessons),
        None if signs.is_empty() => return None,
        None => {
            let says =
                format!("{word} is a sign of {} lessons, which tell by what stands beside it", signs.len());
            let lessons: Vec<&str> = signs.iter().take(NAMED).map(|lesson| lesson.id).collect();
            output::told(&says, "the object that shows it: rutter explain KIND/NAME", &lessons)
        }
    };
    Some(printed.map(|()| DONE).map_err(Failure::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_leads_to_lessons() {
        for (word, says, look, lessons) in STATUSES {
            assert!(!says.ends_with('.') && !look.is_empty() && !lessons.is_empty(), "{word}");
            for lesson in *lessons {
                assert!(rutter_lessons::find(lesson).is_some_and(|found| found.id == *lesson), "{lesson}");
            }
        }
    }

    #[test]
    fn words_of_several_lessons_are_told_and_others_are_not() {
        let told = |word: &str| run(word, &super::super::signs(word)).is_some_and(|told| told.is_ok());
        assert!(told("CrashLoopBackOff") && told("pending") && told("FailedMount"));
        assert!(!told("something-else-entirely"));
    }
}
