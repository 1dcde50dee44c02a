//! The index of all checks: written by `cargo xtask codegen`, which finds them under `checks/`. Do not edit.

use crate::Check;

#[path = "../checks/pod/env-twice/mod.rs"]
mod env_twice;
#[path = "../checks/image/image-tag/mod.rs"]
mod image_tag;
#[path = "../checks/cluster/live-autoscaler-replicas/mod.rs"]
mod live_autoscaler_replicas;
#[path = "../checks/cluster/live-budget/mod.rs"]
mod live_budget;
#[path = "../checks/cluster/live-capacity/mod.rs"]
mod live_capacity;
#[path = "../checks/cluster/live-default-class/mod.rs"]
mod live_default_class;
#[path = "../checks/cluster/live-host-twice/mod.rs"]
mod live_host_twice;
#[path = "../checks/cluster/live-immutable/mod.rs"]
mod live_immutable;
#[path = "../checks/cluster/live-load-balancer-port/mod.rs"]
mod live_load_balancer_port;
#[path = "../checks/cluster/live-namespace/mod.rs"]
mod live_namespace;
#[path = "../checks/cluster/live-node-port/mod.rs"]
mod live_node_port;
#[path = "../checks/cluster/live-pod-security/mod.rs"]
mod live_pod_security;
#[path = "../checks/cluster/live-quota/mod.rs"]
mod live_quota;
#[path = "../checks/cluster/live-selector-loses/mod.rs"]
mod live_selector_loses;
#[path = "../checks/cluster/live-service-selects-nothing/mod.rs"]
mod live_service_selects_nothing;
#[path = "../checks/api/manifest-unreadable/mod.rs"]
mod manifest_unreadable;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[
    &env_twice::CHECK,
    &image_tag::CHECK,
    &live_autoscaler_replicas::CHECK,
    &live_budget::CHECK,
    &live_capacity::CHECK,
    &live_default_class::CHECK,
    &live_host_twice::CHECK,
    &live_immutable::CHECK,
    &live_load_balancer_port::CHECK,
    &live_namespace::CHECK,
    &live_node_port::CHECK,
    &live_pod_security::CHECK,
    &live_quota::CHECK,
    &live_selector_loses::CHECK,
    &live_service_selects_nothing::CHECK,
    &manifest_unreadable::CHECK,
];
