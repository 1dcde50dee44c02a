//! The index of all lessons: written by `cargo xtask codegen`, which finds them under `lessons/`. Do not edit.

use crate::Lesson;

#[path = "../lessons/cloud/allocatable-shrunk/mod.rs"]
mod allocatable_shrunk;
#[path = "../lessons/cloud/ingress-default-change/mod.rs"]
mod ingress_default_change;
#[path = "../lessons/cloud/loadbalancer-pending/mod.rs"]
mod loadbalancer_pending;
#[path = "../lessons/cloud/memory-usage-misread/mod.rs"]
mod memory_usage_misread;
#[path = "../lessons/cloud/network-unavailable/mod.rs"]
mod network_unavailable;
#[path = "../lessons/cloud/pvc-cleanup/mod.rs"]
mod pvc_cleanup;
#[path = "../lessons/cloud/slb-port-conflict/mod.rs"]
mod slb_port_conflict;

#[path = "../lessons/control-plane/apiservice-unavailable/mod.rs"]
mod apiservice_unavailable;
#[path = "../lessons/control-plane/certificate-expired/mod.rs"]
mod certificate_expired;
#[path = "../lessons/control-plane/controller-silent/mod.rs"]
mod controller_silent;
#[path = "../lessons/control-plane/static-pod-edit/mod.rs"]
mod static_pod_edit;
#[path = "../lessons/control-plane/stuck-terminating/mod.rs"]
mod stuck_terminating;
#[path = "../lessons/control-plane/webhook-blocks/mod.rs"]
mod webhook_blocks;

#[path = "../lessons/node/disk-pressure/mod.rs"]
mod disk_pressure;
#[path = "../lessons/node/image-gc-failed/mod.rs"]
mod image_gc_failed;
#[path = "../lessons/node/memory-pressure/mod.rs"]
mod memory_pressure;
#[path = "../lessons/node/node-agent-missing/mod.rs"]
mod node_agent_missing;
#[path = "../lessons/node/node-cordoned/mod.rs"]
mod node_cordoned;
#[path = "../lessons/node/node-leftovers/mod.rs"]
mod node_leftovers;
#[path = "../lessons/node/node-network-not-ready/mod.rs"]
mod node_network_not_ready;
#[path = "../lessons/node/node-not-ready-pleg/mod.rs"]
mod node_not_ready_pleg;
#[path = "../lessons/node/node-unknown/mod.rs"]
mod node_unknown;
#[path = "../lessons/node/node-versions/mod.rs"]
mod node_versions;
#[path = "../lessons/node/poison-workload/mod.rs"]
mod poison_workload;
#[path = "../lessons/node/reservations-missing/mod.rs"]
mod reservations_missing;
#[path = "../lessons/node/restarts-by-node-load/mod.rs"]
mod restarts_by_node_load;
#[path = "../lessons/node/runtime-stuck/mod.rs"]
mod runtime_stuck;
#[path = "../lessons/node/system-oom/mod.rs"]
mod system_oom;

#[path = "../lessons/pod/container-config-error/mod.rs"]
mod container_config_error;
#[path = "../lessons/pod/crash-loop/mod.rs"]
mod crash_loop;
#[path = "../lessons/pod/evicted/mod.rs"]
mod evicted;
#[path = "../lessons/pod/image-pull/mod.rs"]
mod image_pull;
#[path = "../lessons/pod/limit-reached/mod.rs"]
mod limit_reached;
#[path = "../lessons/pod/pid-cgroup/mod.rs"]
mod pid_cgroup;
#[path = "../lessons/pod/pod-hostname/mod.rs"]
mod pod_hostname;
#[path = "../lessons/pod/pod-unschedulable/mod.rs"]
mod pod_unschedulable;
#[path = "../lessons/pod/probe-refused/mod.rs"]
mod probe_refused;
#[path = "../lessons/pod/running-but-dead/mod.rs"]
mod running_but_dead;
#[path = "../lessons/pod/sandbox-failed/mod.rs"]
mod sandbox_failed;

#[path = "../lessons/service/dns-down/mod.rs"]
mod dns_down;
#[path = "../lessons/service/dns-inefficient/mod.rs"]
mod dns_inefficient;
#[path = "../lessons/service/ingress-backend-error/mod.rs"]
mod ingress_backend_error;
#[path = "../lessons/service/nginx-ingress-tuning/mod.rs"]
mod nginx_ingress_tuning;
#[path = "../lessons/service/service-no-backends/mod.rs"]
mod service_no_backends;
#[path = "../lessons/service/service-refused/mod.rs"]
mod service_refused;

#[path = "../lessons/storage/volume-stuck/mod.rs"]
mod volume_stuck;

#[path = "../lessons/workload/autoscaler-cannot-add/mod.rs"]
mod autoscaler_cannot_add;
#[path = "../lessons/workload/hpa-behaviour/mod.rs"]
mod hpa_behaviour;
#[path = "../lessons/workload/job-failing/mod.rs"]
mod job_failing;
#[path = "../lessons/workload/pdb-blocks/mod.rs"]
mod pdb_blocks;
#[path = "../lessons/workload/replicas-unavailable/mod.rs"]
mod replicas_unavailable;
#[path = "../lessons/workload/replication-controller-stale/mod.rs"]
mod replication_controller_stale;
#[path = "../lessons/workload/rollout-stuck/mod.rs"]
mod rollout_stuck;
#[path = "../lessons/workload/statefulset-stuck/mod.rs"]
mod statefulset_stuck;
#[path = "../lessons/workload/statefulset-unknown-pod/mod.rs"]
mod statefulset_unknown_pod;
#[path = "../lessons/workload/traffic-avalanche/mod.rs"]
mod traffic_avalanche;

/// Every lesson, by group and id.
pub const LESSONS: &[&Lesson] = &[
    &allocatable_shrunk::LESSON,
    &ingress_default_change::LESSON,
    &loadbalancer_pending::LESSON,
    &memory_usage_misread::LESSON,
    &network_unavailable::LESSON,
    &pvc_cleanup::LESSON,
    &slb_port_conflict::LESSON,
    &apiservice_unavailable::LESSON,
    &certificate_expired::LESSON,
    &controller_silent::LESSON,
    &static_pod_edit::LESSON,
    &stuck_terminating::LESSON,
    &webhook_blocks::LESSON,
    &disk_pressure::LESSON,
    &image_gc_failed::LESSON,
    &memory_pressure::LESSON,
    &node_agent_missing::LESSON,
    &node_cordoned::LESSON,
    &node_leftovers::LESSON,
    &node_network_not_ready::LESSON,
    &node_not_ready_pleg::LESSON,
    &node_unknown::LESSON,
    &node_versions::LESSON,
    &poison_workload::LESSON,
    &reservations_missing::LESSON,
    &restarts_by_node_load::LESSON,
    &runtime_stuck::LESSON,
    &system_oom::LESSON,
    &container_config_error::LESSON,
    &crash_loop::LESSON,
    &evicted::LESSON,
    &image_pull::LESSON,
    &limit_reached::LESSON,
    &pid_cgroup::LESSON,
    &pod_hostname::LESSON,
    &pod_unschedulable::LESSON,
    &probe_refused::LESSON,
    &running_but_dead::LESSON,
    &sandbox_failed::LESSON,
    &dns_down::LESSON,
    &dns_inefficient::LESSON,
    &ingress_backend_error::LESSON,
    &nginx_ingress_tuning::LESSON,
    &service_no_backends::LESSON,
    &service_refused::LESSON,
    &volume_stuck::LESSON,
    &autoscaler_cannot_add::LESSON,
    &hpa_behaviour::LESSON,
    &job_failing::LESSON,
    &pdb_blocks::LESSON,
    &replicas_unavailable::LESSON,
    &replication_controller_stale::LESSON,
    &rollout_stuck::LESSON,
    &statefulset_stuck::LESSON,
    &statefulset_unknown_pod::LESSON,
    &traffic_avalanche::LESSON,
];

/// Which scenario of the lab proves which lesson on a real cluster, by lesson.
pub const SCENARIOS: &[(&str, &str)] = &[
    ("allocatable-shrunk", "allocatable-shrunk"),
    ("apiservice-unavailable", "apiservice-unavailable"),
    ("autoscaler-cannot-add", "autoscaler-cannot-add"),
    ("certificate-expired", "certificate-expired"),
    ("container-config-error", "container-config-error"),
    ("container-config-error", "runtime-stuck"),
    ("controller-silent", "controller-silent"),
    ("crash-loop", "bad-revision"),
    ("crash-loop", "crash-loop"),
    ("crash-loop", "dns-inefficient"),
    ("crash-loop", "pod-hostname"),
    ("crash-loop", "two-faults"),
    ("disk-pressure", "disk-pressure"),
    ("disk-pressure", "inodes-exhausted"),
    ("dns-down", "dns-down"),
    ("dns-inefficient", "dns-inefficient"),
    ("evicted", "disk-pressure"),
    ("evicted", "evicted"),
    ("evicted", "evicted-left"),
    ("evicted", "inodes-exhausted"),
    ("evicted", "memory-pressure"),
    ("hpa-behaviour", "hpa-behaviour"),
    ("image-gc-failed", "image-gc-failed"),
    ("image-pull", "image-pull"),
    ("image-pull", "registry-down"),
    ("image-pull", "two-faults"),
    ("ingress-backend-error", "ingress-backend-error"),
    ("ingress-default-change", "ingress-default-change"),
    ("job-failing", "job-failing"),
    ("limit-reached", "limit-reached"),
    ("loadbalancer-pending", "cloud-refuses"),
    ("memory-pressure", "memory-pressure"),
    ("memory-usage-misread", "allocatable-shrunk"),
    ("network-unavailable", "cloud-refuses"),
    ("nginx-ingress-tuning", "ingress-default-change"),
    ("nginx-ingress-tuning", "mistaken-settings"),
    ("nginx-ingress-tuning", "nginx-ingress-tuning"),
    ("node-agent-missing", "node-agent-missing"),
    ("node-cordoned", "nodes-left-behind"),
    ("node-leftovers", "node-leftovers"),
    ("node-network-not-ready", "node-network-not-ready"),
    ("node-not-ready-pleg", "runtime-hung"),
    ("node-unknown", "kubelet-certificate"),
    ("node-unknown", "kubelet-frozen"),
    ("node-unknown", "node-unknown"),
    ("node-unknown", "poison-workload"),
    ("node-unknown", "statefulset-unknown-pod"),
    ("node-versions", "nodes-left-behind"),
    ("pdb-blocks", "pdb-blocks"),
    ("pid-cgroup", "pid-cgroup"),
    ("pod-hostname", "pod-hostname"),
    ("pod-unschedulable", "autoscaler-cannot-add"),
    ("pod-unschedulable", "controller-silent"),
    ("pod-unschedulable", "node-leftovers"),
    ("pod-unschedulable", "pod-unschedulable"),
    ("pod-unschedulable", "rollout-stuck"),
    ("poison-workload", "poison-workload"),
    ("probe-refused", "probe-refused"),
    ("probe-refused", "restarts-by-node-load"),
    ("pvc-cleanup", "pvc-cleanup"),
    ("replicas-unavailable", "controller-silent"),
    ("replicas-unavailable", "replicas-unavailable"),
    ("replicas-unavailable", "webhook-blocks"),
    ("replication-controller-stale", "replication-controller-stale"),
    ("reservations-missing", "node-out-of-memory"),
    ("restarts-by-node-load", "restarts-by-node-load"),
    ("rollout-stuck", "rollout-stuck"),
    ("running-but-dead", "running-but-dead"),
    ("runtime-stuck", "runtime-stuck"),
    ("sandbox-failed", "sandbox-failed"),
    ("service-no-backends", "mistyped-selector"),
    ("service-no-backends", "probe-refused"),
    ("service-no-backends", "service-no-backends"),
    ("service-no-backends", "traffic-avalanche"),
    ("service-refused", "service-refused"),
    ("slb-port-conflict", "cloud-refuses"),
    ("statefulset-stuck", "statefulset-stuck"),
    ("statefulset-unknown-pod", "statefulset-unknown-pod"),
    ("static-pod-edit", "static-pod-edit"),
    ("stuck-terminating", "apiservice-unavailable"),
    ("stuck-terminating", "runtime-stuck"),
    ("stuck-terminating", "stuck-terminating"),
    ("system-oom", "node-out-of-memory"),
    ("traffic-avalanche", "traffic-avalanche"),
    ("volume-stuck", "provisioner-down"),
    ("volume-stuck", "volume-stuck"),
    ("webhook-blocks", "webhook-blocks"),
];
