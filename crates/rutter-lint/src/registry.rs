//! The index of all checks: written by `cargo xtask codegen`, which finds them under `checks/`. Do not edit.

use crate::Check;

#[path = "../checks/api/api-deprecated/mod.rs"]
mod api_deprecated;
#[path = "../checks/api/api-removed/mod.rs"]
mod api_removed;
#[path = "../checks/pod/args-not-text/mod.rs"]
mod args_not_text;
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
#[path = "../checks/pod/bare-pod/mod.rs"]
mod bare_pod;
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
#[path = "../checks/storage/claim-class/mod.rs"]
mod claim_class;
#[path = "../checks/pod/container-twice/mod.rs"]
mod container_twice;
#[path = "../checks/workload/cronjob-deadline/mod.rs"]
mod cronjob_deadline;
#[path = "../checks/workload/cronjob-schedule/mod.rs"]
mod cronjob_schedule;
#[path = "../checks/pod/data-not-text/mod.rs"]
mod data_not_text;
#[path = "../checks/pod/dns-ndots/mod.rs"]
mod dns_ndots;
#[path = "../checks/resources/emptydir-memory/mod.rs"]
mod emptydir_memory;
#[path = "../checks/resources/emptydir-size-limit/mod.rs"]
mod emptydir_size_limit;
#[path = "../checks/pod/env-not-text/mod.rs"]
mod env_not_text;
#[path = "../checks/pod/env-order/mod.rs"]
mod env_order;
#[path = "../checks/pod/env-twice/mod.rs"]
mod env_twice;
#[path = "../checks/api/field-unknown/mod.rs"]
mod field_unknown;
#[path = "../checks/pod/host-path/mod.rs"]
mod host_path;
#[path = "../checks/pod/host-port/mod.rs"]
mod host_port;
#[path = "../checks/pod/hostname-subdomain/mod.rs"]
mod hostname_subdomain;
#[path = "../checks/image/image-alpine-old/mod.rs"]
mod image_alpine_old;
#[path = "../checks/image/image-digest/mod.rs"]
mod image_digest;
#[path = "../checks/image/image-gone/mod.rs"]
mod image_gone;
#[path = "../checks/image/image-name/mod.rs"]
mod image_name;
#[path = "../checks/image/image-pull-always/mod.rs"]
mod image_pull_always;
#[path = "../checks/image/image-pull-policy/mod.rs"]
mod image_pull_policy;
#[path = "../checks/image/image-registry-frozen/mod.rs"]
mod image_registry_frozen;
#[path = "../checks/image/image-registry-not-allowed/mod.rs"]
mod image_registry_not_allowed;
#[path = "../checks/image/image-tag/mod.rs"]
mod image_tag;
#[path = "../checks/network/ingress-backend/mod.rs"]
mod ingress_backend;
#[path = "../checks/network/ingress-tls-secret/mod.rs"]
mod ingress_tls_secret;
#[path = "../checks/api/key-twice/mod.rs"]
mod key_twice;
#[path = "../checks/cluster/kubelet-configuration/mod.rs"]
mod kubelet_configuration;
#[path = "../checks/pod/label-not-text/mod.rs"]
mod label_not_text;
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
#[path = "../checks/pod/mount-twice/mod.rs"]
mod mount_twice;
#[path = "../checks/network/networkpolicy-dns/mod.rs"]
mod networkpolicy_dns;
#[path = "../checks/pod/node-name-set/mod.rs"]
mod node_name_set;
#[path = "../checks/api/object-twice/mod.rs"]
mod object_twice;
#[path = "../checks/pod/port-twice/mod.rs"]
mod port_twice;
#[path = "../checks/pod/priority-class/mod.rs"]
mod priority_class;
#[path = "../checks/probe/probe-exec-frequent/mod.rs"]
mod probe_exec_frequent;
#[path = "../checks/probe/probe-identical/mod.rs"]
mod probe_identical;
#[path = "../checks/probe/probe-invalid/mod.rs"]
mod probe_invalid;
#[path = "../checks/probe/probe-liveness-dependency/mod.rs"]
mod probe_liveness_dependency;
#[path = "../checks/probe/probe-liveness-missing/mod.rs"]
mod probe_liveness_missing;
#[path = "../checks/probe/probe-liveness-slow-start/mod.rs"]
mod probe_liveness_slow_start;
#[path = "../checks/probe/probe-liveness-tight/mod.rs"]
mod probe_liveness_tight;
#[path = "../checks/probe/probe-on-init/mod.rs"]
mod probe_on_init;
#[path = "../checks/probe/probe-port/mod.rs"]
mod probe_port;
#[path = "../checks/probe/probe-port-undeclared/mod.rs"]
mod probe_port_undeclared;
#[path = "../checks/probe/probe-readiness-missing/mod.rs"]
mod probe_readiness_missing;
#[path = "../checks/probe/probe-timeout/mod.rs"]
mod probe_timeout;
#[path = "../checks/cluster/quota-without-defaults/mod.rs"]
mod quota_without_defaults;
#[path = "../checks/cluster/rbac-cluster-admin/mod.rs"]
mod rbac_cluster_admin;
#[path = "../checks/pod/reference-missing/mod.rs"]
mod reference_missing;
#[path = "../checks/workload/replicas-single/mod.rs"]
mod replicas_single;
#[path = "../checks/workload/replication-controller/mod.rs"]
mod replication_controller;
#[path = "../checks/resources/resources-cpu-limit/mod.rs"]
mod resources_cpu_limit;
#[path = "../checks/resources/resources-cpu-request/mod.rs"]
mod resources_cpu_request;
#[path = "../checks/resources/resources-ephemeral-storage/mod.rs"]
mod resources_ephemeral_storage;
#[path = "../checks/resources/resources-heap/mod.rs"]
mod resources_heap;
#[path = "../checks/resources/resources-invalid/mod.rs"]
mod resources_invalid;
#[path = "../checks/resources/resources-limit-below-request/mod.rs"]
mod resources_limit_below_request;
#[path = "../checks/resources/resources-memory-limit/mod.rs"]
mod resources_memory_limit;
#[path = "../checks/resources/resources-memory-request-below-limit/mod.rs"]
mod resources_memory_request_below_limit;
#[path = "../checks/resources/resources-missing/mod.rs"]
mod resources_missing;
#[path = "../checks/resources/resources-unit-slip/mod.rs"]
mod resources_unit_slip;
#[path = "../checks/pod/restart-policy/mod.rs"]
mod restart_policy;
#[path = "../checks/workload/rollout-history/mod.rs"]
mod rollout_history;
#[path = "../checks/workload/rollout-strategy/mod.rs"]
mod rollout_strategy;
#[path = "../checks/workload/rollout-volume/mod.rs"]
mod rollout_volume;
#[path = "../checks/security/security-capabilities/mod.rs"]
mod security_capabilities;
#[path = "../checks/security/security-capability-name/mod.rs"]
mod security_capability_name;
#[path = "../checks/security/security-contradiction/mod.rs"]
mod security_contradiction;
#[path = "../checks/security/security-default-account/mod.rs"]
mod security_default_account;
#[path = "../checks/security/security-docker-sock/mod.rs"]
mod security_docker_sock;
#[path = "../checks/security/security-drop-capabilities/mod.rs"]
mod security_drop_capabilities;
#[path = "../checks/security/security-escalation/mod.rs"]
mod security_escalation;
#[path = "../checks/security/security-host-mount/mod.rs"]
mod security_host_mount;
#[path = "../checks/security/security-host-namespaces/mod.rs"]
mod security_host_namespaces;
#[path = "../checks/security/security-privileged/mod.rs"]
mod security_privileged;
#[path = "../checks/security/security-read-only-root/mod.rs"]
mod security_read_only_root;
#[path = "../checks/security/security-root/mod.rs"]
mod security_root;
#[path = "../checks/security/security-seccomp/mod.rs"]
mod security_seccomp;
#[path = "../checks/security/security-secret-in-env/mod.rs"]
mod security_secret_in_env;
#[path = "../checks/security/security-ssh-port/mod.rs"]
mod security_ssh_port;
#[path = "../checks/security/security-sysctls/mod.rs"]
mod security_sysctls;
#[path = "../checks/security/security-token/mod.rs"]
mod security_token;
#[path = "../checks/workload/selector-mismatch/mod.rs"]
mod selector_mismatch;
#[path = "../checks/workload/selector-missing/mod.rs"]
mod selector_missing;
#[path = "../checks/workload/selector-shared/mod.rs"]
mod selector_shared;
#[path = "../checks/pod/service-links/mod.rs"]
mod service_links;
#[path = "../checks/network/service-load-balancer-shared-port/mod.rs"]
mod service_load_balancer_shared_port;
#[path = "../checks/network/service-ports-twice/mod.rs"]
mod service_ports_twice;
#[path = "../checks/network/service-selects-nothing/mod.rs"]
mod service_selects_nothing;
#[path = "../checks/network/service-target-port/mod.rs"]
mod service_target_port;
#[path = "../checks/network/service-target-port-undeclared/mod.rs"]
mod service_target_port_undeclared;
#[path = "../checks/workload/spread-missing/mod.rs"]
mod spread_missing;
#[path = "../checks/workload/spread-required-self/mod.rs"]
mod spread_required_self;
#[path = "../checks/workload/statefulset-service/mod.rs"]
mod statefulset_service;
#[path = "../checks/storage/storageclass-default-two/mod.rs"]
mod storageclass_default_two;
#[path = "../checks/pod/termination-grace/mod.rs"]
mod termination_grace;
#[path = "../checks/pod/termination-message/mod.rs"]
mod termination_message;
#[path = "../checks/pod/toleration-all/mod.rs"]
mod toleration_all;
#[path = "../checks/pod/volume-mount-unknown/mod.rs"]
mod volume_mount_unknown;
#[path = "../checks/pod/volume-twice/mod.rs"]
mod volume_twice;
#[path = "../checks/pod/volume-unused/mod.rs"]
mod volume_unused;
#[path = "../checks/cluster/webhook-scope/mod.rs"]
mod webhook_scope;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[
    &api_deprecated::CHECK,
    &api_removed::CHECK,
    &args_not_text::CHECK,
    &autoscaler_behaviour::CHECK,
    &autoscaler_range::CHECK,
    &autoscaler_replicas::CHECK,
    &autoscaler_requests::CHECK,
    &autoscaler_single::CHECK,
    &autoscaler_target::CHECK,
    &autoscaler_two::CHECK,
    &bare_pod::CHECK,
    &budget_below_autoscaler::CHECK,
    &budget_blocks::CHECK,
    &budget_missing::CHECK,
    &budget_policy::CHECK,
    &budget_selects_nothing::CHECK,
    &budget_two::CHECK,
    &budget_unhealthy_policy::CHECK,
    &claim_class::CHECK,
    &container_twice::CHECK,
    &cronjob_deadline::CHECK,
    &cronjob_schedule::CHECK,
    &data_not_text::CHECK,
    &dns_ndots::CHECK,
    &emptydir_memory::CHECK,
    &emptydir_size_limit::CHECK,
    &env_not_text::CHECK,
    &env_order::CHECK,
    &env_twice::CHECK,
    &field_unknown::CHECK,
    &host_path::CHECK,
    &host_port::CHECK,
    &hostname_subdomain::CHECK,
    &image_alpine_old::CHECK,
    &image_digest::CHECK,
    &image_gone::CHECK,
    &image_name::CHECK,
    &image_pull_always::CHECK,
    &image_pull_policy::CHECK,
    &image_registry_frozen::CHECK,
    &image_registry_not_allowed::CHECK,
    &image_tag::CHECK,
    &ingress_backend::CHECK,
    &ingress_tls_secret::CHECK,
    &key_twice::CHECK,
    &kubelet_configuration::CHECK,
    &label_not_text::CHECK,
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
    &mount_twice::CHECK,
    &networkpolicy_dns::CHECK,
    &node_name_set::CHECK,
    &object_twice::CHECK,
    &port_twice::CHECK,
    &priority_class::CHECK,
    &probe_exec_frequent::CHECK,
    &probe_identical::CHECK,
    &probe_invalid::CHECK,
    &probe_liveness_dependency::CHECK,
    &probe_liveness_missing::CHECK,
    &probe_liveness_slow_start::CHECK,
    &probe_liveness_tight::CHECK,
    &probe_on_init::CHECK,
    &probe_port::CHECK,
    &probe_port_undeclared::CHECK,
    &probe_readiness_missing::CHECK,
    &probe_timeout::CHECK,
    &quota_without_defaults::CHECK,
    &rbac_cluster_admin::CHECK,
    &reference_missing::CHECK,
    &replicas_single::CHECK,
    &replication_controller::CHECK,
    &resources_cpu_limit::CHECK,
    &resources_cpu_request::CHECK,
    &resources_ephemeral_storage::CHECK,
    &resources_heap::CHECK,
    &resources_invalid::CHECK,
    &resources_limit_below_request::CHECK,
    &resources_memory_limit::CHECK,
    &resources_memory_request_below_limit::CHECK,
    &resources_missing::CHECK,
    &resources_unit_slip::CHECK,
    &restart_policy::CHECK,
    &rollout_history::CHECK,
    &rollout_strategy::CHECK,
    &rollout_volume::CHECK,
    &security_capabilities::CHECK,
    &security_capability_name::CHECK,
    &security_contradiction::CHECK,
    &security_default_account::CHECK,
    &security_docker_sock::CHECK,
    &security_drop_capabilities::CHECK,
    &security_escalation::CHECK,
    &security_host_mount::CHECK,
    &security_host_namespaces::CHECK,
    &security_privileged::CHECK,
    &security_read_only_root::CHECK,
    &security_root::CHECK,
    &security_seccomp::CHECK,
    &security_secret_in_env::CHECK,
    &security_ssh_port::CHECK,
    &security_sysctls::CHECK,
    &security_token::CHECK,
    &selector_mismatch::CHECK,
    &selector_missing::CHECK,
    &selector_shared::CHECK,
    &service_links::CHECK,
    &service_load_balancer_shared_port::CHECK,
    &service_ports_twice::CHECK,
    &service_selects_nothing::CHECK,
    &service_target_port::CHECK,
    &service_target_port_undeclared::CHECK,
    &spread_missing::CHECK,
    &spread_required_self::CHECK,
    &statefulset_service::CHECK,
    &storageclass_default_two::CHECK,
    &termination_grace::CHECK,
    &termination_message::CHECK,
    &toleration_all::CHECK,
    &volume_mount_unknown::CHECK,
    &volume_twice::CHECK,
    &volume_unused::CHECK,
    &webhook_scope::CHECK,
];
