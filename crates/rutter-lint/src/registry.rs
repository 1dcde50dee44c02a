//! The index of all checks: written by `cargo xtask codegen`, which finds them under `checks/`. Do not edit.

use crate::Check;

#[path = "../checks/workload/autoscaler-behaviour/mod.rs"]
mod autoscaler_behaviour;
#[path = "../checks/workload/autoscaler-range/mod.rs"]
mod autoscaler_range;
#[path = "../checks/workload/autoscaler-replicas/mod.rs"]
mod autoscaler_replicas;
#[path = "../checks/workload/autoscaler-requests/mod.rs"]
mod autoscaler_requests;
#[path = "../checks/workload/autoscaler-single/mod.rs"]
mod autoscaler_single;
#[path = "../checks/workload/autoscaler-target/mod.rs"]
mod autoscaler_target;
#[path = "../checks/workload/autoscaler-two/mod.rs"]
mod autoscaler_two;
#[path = "../checks/workload/budget-below-autoscaler/mod.rs"]
mod budget_below_autoscaler;
#[path = "../checks/workload/budget-blocks/mod.rs"]
mod budget_blocks;
#[path = "../checks/workload/budget-missing/mod.rs"]
mod budget_missing;
#[path = "../checks/workload/budget-policy/mod.rs"]
mod budget_policy;
#[path = "../checks/workload/budget-selects-nothing/mod.rs"]
mod budget_selects_nothing;
#[path = "../checks/workload/budget-two/mod.rs"]
mod budget_two;
#[path = "../checks/workload/budget-unhealthy-policy/mod.rs"]
mod budget_unhealthy_policy;
#[path = "../checks/pod/env-twice/mod.rs"]
mod env_twice;
#[path = "../checks/image/image-tag/mod.rs"]
mod image_tag;
#[path = "../checks/workload/replicas-single/mod.rs"]
mod replicas_single;
#[path = "../checks/workload/selector-mismatch/mod.rs"]
mod selector_mismatch;
#[path = "../checks/workload/selector-missing/mod.rs"]
mod selector_missing;
#[path = "../checks/workload/selector-shared/mod.rs"]
mod selector_shared;
#[path = "../checks/workload/spread-missing/mod.rs"]
mod spread_missing;
#[path = "../checks/workload/spread-required-self/mod.rs"]
mod spread_required_self;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[
    &autoscaler_behaviour::CHECK,
    &autoscaler_range::CHECK,
    &autoscaler_replicas::CHECK,
    &autoscaler_requests::CHECK,
    &autoscaler_single::CHECK,
    &autoscaler_target::CHECK,
    &autoscaler_two::CHECK,
    &budget_below_autoscaler::CHECK,
    &budget_blocks::CHECK,
    &budget_missing::CHECK,
    &budget_policy::CHECK,
    &budget_selects_nothing::CHECK,
    &budget_two::CHECK,
    &budget_unhealthy_policy::CHECK,
    &env_twice::CHECK,
    &image_tag::CHECK,
    &replicas_single::CHECK,
    &selector_mismatch::CHECK,
    &selector_missing::CHECK,
    &selector_shared::CHECK,
    &spread_missing::CHECK,
    &spread_required_self::CHECK,
];
