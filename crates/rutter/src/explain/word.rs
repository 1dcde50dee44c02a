//! `rutter explain WORD`, of a word that kubectl shows as the status of an object: what it means, and which lessons have to do with it.

use rutter_lessons::Lesson;

use crate::{
    exit::{DONE, Failure},
    output,
};

/// A word, what it means in whole sentences without a full stop at the end, and what to look at.
type Status = (&'static str, &'static str, &'static str);

const POD: &str = "kubectl describe pod NAME: its conditions, its containers' states and its events";
const NODE: &str = "kubectl describe node NAME: its conditions, taints and events";

const STATUSES: &[Status] = &[
    (
        "Pending",
        "Of a pod: the API server has it, and not all of its containers have been started. Either no node has been chosen (PodScheduled is False and says why), or the node still waits for volumes, a sandbox or images. Of a claim: no volume is bound to it. Of a Service's EXTERNAL-IP: nobody has made a load balancer",
        POD,
    ),
    (
        "CrashLoopBackOff",
        "A container ended again and again, and the kubelet waits before it starts it once more: 10 seconds at first, twice as long each time, up to 5 minutes; after 10 minutes without an end it begins anew. This is the waiting, not the cause: why it ended tells its last state",
        "kubectl logs POD --previous, and lastState in kubectl describe pod: exit code and reason",
    ),
    (
        "ContainerCreating",
        "The pod has its node, and a container has not been made: the kubelet waits for volumes, for the pod's sandbox and network, for a ConfigMap or Secret, or for the image",
        POD,
    ),
    (
        "PodInitializing",
        "The pod's init containers have not all ended well, and its own containers wait for that",
        "kubectl logs POD -c INIT-CONTAINER, and kubectl describe pod NAME",
    ),
    (
        "Terminating",
        "The object was told to go and is still there: a pod until its containers have ended and its node says so, anything until its finalizers are gone, a namespace until all in it are",
        "metadata.deletionTimestamp and metadata.finalizers; of a pod whether its node answers",
    ),
    (
        "Error",
        "A container ended with another exit code than 0; under restartPolicy Always or OnFailure it is started again",
        "kubectl logs POD --previous, and kubectl describe pod: exit code and reason",
    ),
    (
        "Completed",
        "The container's process ended with exit code 0: right for a Job; under restartPolicy Always it is started again, and if that repeats, the pod comes into CrashLoopBackOff",
        "the container's command: whether it is to end at all",
    ),
    (
        "Failed",
        "Of a pod: all its containers have ended, one of them not well, and none is started again; or its node ended or refused it (then status.reason says why). Of a Job: it gave up",
        POD,
    ),
    (
        "Unknown",
        "Of a pod: its node has not said for long how it is. Of a condition: nobody has said lately whether it holds; of a node's, the kubelet has not reported for 40 seconds (50 since 1.32)",
        NODE,
    ),
    (
        "NotReady",
        "Of a node: its kubelet says that it can't run pods (the condition Ready is False and says why), or has not reported (Unknown). It gets no new pods, and after 5 minutes those on it are deleted, to be made elsewhere. Of a pod: a container is not ready",
        NODE,
    ),
    (
        "SchedulingDisabled",
        "The node is cordoned: it keeps its pods and gets no new ones until somebody runs kubectl uncordon",
        NODE,
    ),
    (
        "CreateContainerConfigError",
        "The kubelet can't put together what a container needs to start: mostly a ConfigMap, a Secret or a key of one is not there; it tries again by itself",
        POD,
    ),
    (
        "CreateContainerError",
        "The container runtime refused to make a container: a command that the image lacks, a mount that can't be, or a name that an earlier attempt still holds",
        POD,
    ),
    (
        "RunContainerError",
        "The container was made, and its process could not be started: mostly its command is not in the image, or may not be executed",
        "command and args in the pod's spec, and kubectl describe pod NAME",
    ),
    (
        "FailedScheduling",
        "The scheduler found no node for a pod; the event's message says, node by node, why not. It tries again when something changes",
        "kubectl describe pod NAME, and the nodes' free room and taints: kubectl describe nodes",
    ),
    (
        "FailedMount",
        "A volume of a pod could not be mounted on its node, so its containers wait; the kubelet goes on trying",
        POD,
    ),
    (
        "Unhealthy",
        "A probe of a container failed: a liveness or startup probe restarts it in the end, a readiness probe takes the pod out of its Services",
        "kubectl describe pod NAME: the event's message; kubectl logs POD",
    ),
    (
        "BackOff",
        "The kubelet waits before it tries again what failed before: to start a container, or to pull an image. The event's message says which; why it failed stands in the events before it",
        POD,
    ),
];

/// Says what a word means, if it is a status or a sign of lessons.
pub(super) fn run(word: &str, signs: &[&Lesson]) -> Option<Result<u8, Failure>> {
    let status = STATUSES.iter().find(|(status, ..)| status.eq_ignore_ascii_case(word));
    let told = match (status, signs) {
        (None, []) => return None,
        (Some((status, says, look)), _) => (format!("{status}: {says}"), *look),
        (None, signs) => (
            format!(
                "{word} stands among the signs of {} lessons, which tell it apart by what stands beside it",
                signs.len()
            ),
            "the object that shows it: rutter explain KIND/NAME",
        ),
    };
    let lessons: Vec<&str> = signs.iter().map(|lesson| lesson.id).collect();
    Some(output::told(&told.0, told.1, &lessons).map(|()| DONE).map_err(Failure::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_a_sign_of_a_lesson() {
        for (word, says, look) in STATUSES {
            assert!(!super::super::signs(word).is_empty(), "{word}");
            assert!(!says.ends_with('.') && !look.is_empty(), "{word}");
        }
    }

    #[test]
    fn words_of_several_lessons_are_told_and_others_are_not() {
        let told = |word: &str| run(word, &super::super::signs(word)).is_some_and(|told| told.is_ok());
        assert!(told("CrashLoopBackOff") && told("pending") && told("FailedMount"));
        assert!(!told("something-else-entirely"));
    }
}
