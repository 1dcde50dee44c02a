//! What surrounds the workloads: namespaces, configuration, accounts, budgets, autoscalers, quotas.

use super::json::{Json, arr, obj};
use super::meta::Meta;
use super::output::Emit;
use super::plan::{NOW, Namespace, Plan, WorkloadFault};
use super::rng::time;
use super::template;

pub(super) fn emit_namespaces(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    plan.namespaces.iter().enumerate().try_for_each(|(index, namespace)| {
        let meta = Meta {
            labels: Json::map([("kubernetes.io/metadata.name", &namespace.name)]),
            ..Meta::new("", &namespace.name, plan.uid("namespace", index), namespace.created)
        };
        emit(obj! {
            "metadata": meta.json(),
            "spec": obj! { "finalizers": arr!["kubernetes"] },
            "status": obj! { "phase": "Active" },
        })
    })
}

pub(super) fn emit_config_maps(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    let authority =
        "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIYwRutterBench0\n-----END CERTIFICATE-----\n";
    let uid = plan.uid(&format!("ca-{}", namespace.name), 0);
    let meta = Meta::new(&namespace.name, "kube-root-ca.crt", uid, namespace.created);
    emit(obj! { "metadata": meta.json(), "data": obj! { "ca.crt": authority } })?;
    for index in namespace.workloads.clone() {
        let workload = &plan.workloads[index];
        if !workload.config_map {
            continue;
        }
        let name = template::config_map_name(workload);
        let meta = Meta {
            labels: Json::map(template::labels(plan, workload, None)),
            ..Meta::new(&namespace.name, name, plan.uid("configmap", index), workload.created)
        };
        let text =
            format!("service: {}\nlog:\n  level: info\nworkers: 8\ntimeouts:\n  read: 5s\n", workload.name);
        emit(obj! { "metadata": meta.json(), "data": obj! { "config.yaml": text } })?;
    }
    Ok(())
}

pub(super) fn emit_accounts(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let uid = plan.uid(&format!("account-{}", namespace.name), 0);
    emit(obj! { "metadata": Meta::new(&namespace.name, "default", uid, namespace.created).json() })?;
    for index in namespace.workloads.clone() {
        let workload = &plan.workloads[index];
        let name = template::service_account(workload);
        if name != "default" {
            let meta = Meta::new(&namespace.name, name, plan.uid("account", index), workload.created);
            emit(obj! { "metadata": meta.json() })?;
        }
    }
    Ok(())
}

pub(super) fn emit_budgets(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let wanted = |&index: &usize| plan.workloads[index].disruption_budget;
    namespace.workloads.clone().filter(wanted).try_for_each(|index| emit(budget(plan, index)))
}

fn budget(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let meta = Meta {
        generation: 1,
        labels: Json::map(template::labels(plan, workload, None)),
        ..Meta::new(plan.namespace_of(workload), &workload.name, plan.uid("budget", index), workload.created)
    };
    // Evicted pods match the selector and count as expected as little as they count as replicas.
    let (expected, healthy) = (workload.replicas, plan.ready_replicas(workload));
    let desired = expected.saturating_sub(1);
    let allowed = healthy.saturating_sub(desired);
    obj! {
        "metadata": meta.json(),
        "spec": obj! {
            "selector": obj! { "matchLabels": Json::map(template::selector_labels(workload)) },
            "maxUnavailable": 1,
        },
        "status": obj! {
            "observedGeneration": 1,
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": expected,
            "conditions": arr![obj! {
                "type": "DisruptionAllowed",
                "status": if allowed > 0 { "True" } else { "False" },
                "observedGeneration": 1,
                "lastTransitionTime": time(workload.rolled_out + 30),
                "reason": if allowed > 0 { "SufficientPods" } else { "InsufficientPods" },
                "message": "",
            }],
        },
    }
}

pub(super) fn emit_autoscalers(
    plan: &Plan,
    namespace: &Namespace,
    emit: &mut Emit<'_>,
) -> anyhow::Result<()> {
    let wanted = |&index: &usize| plan.workloads[index].autoscaled;
    namespace.workloads.clone().filter(wanted).try_for_each(|index| emit(autoscaler(plan, index)))
}

fn autoscaler(plan: &Plan, index: usize) -> Json {
    let workload = &plan.workloads[index];
    let usage = 40 + plan.rng("usage", index).seconds(0, 25);
    let metric = |field: &'static str, target: Json| {
        let resource = Json::Object(vec![("name".into(), "cpu".into()), (field.into(), target)]);
        arr![obj! { "type": "Resource", "resource": resource }]
    };
    let condition =
        |kind: &'static str, status: &'static str, reason: &'static str, message: &'static str| {
            obj! {
                "type": kind,
                "status": status,
                "lastTransitionTime": time(workload.created + 30),
                "reason": reason,
                "message": message,
            }
        };
    let current = obj! {
        "averageUtilization": usage,
        "averageValue": format!("{}m", i64::from(workload.cpu_millis) * usage / 100),
    };
    let valid = "the HPA was able to successfully calculate a replica count from cpu resource utilization \
        (percentage of request)";
    obj! {
        "metadata": Meta::new(
            plan.namespace_of(workload),
            &workload.name,
            plan.uid("autoscaler", index),
            workload.created,
        ).json(),
        "spec": obj! {
            "scaleTargetRef": obj! { "kind": "Deployment", "name": &workload.name, "apiVersion": "apps/v1" },
            "minReplicas": (workload.replicas / 2).max(1),
            "maxReplicas": workload.replicas * 2,
            "metrics": metric("target", obj! { "type": "Utilization", "averageUtilization": 70 }),
        },
        "status": obj! {
            "lastScaleTime": time((NOW - 5400).min(workload.rolled_out)),
            "currentReplicas": workload.replicas,
            "desiredReplicas": workload.replicas,
            "currentMetrics": metric("current", current),
            "conditions": arr![
                condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
                condition("ScalingActive", "True", "ValidMetricFound", valid),
                condition(
                    "ScalingLimited",
                    "False",
                    "DesiredWithinRange",
                    "the desired count is within the acceptable range",
                ),
            ],
        },
    }
}

/// The quota of the one namespace that is full: as many pods as it has.
pub(super) fn emit_quotas(plan: &Plan, namespace: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let full = plan.full_namespace.map(|index| &plan.namespaces[index]);
    if full.is_none_or(|full| full.name != namespace.name) {
        return Ok(());
    }
    let pods = plan.pods_in(namespace).len();
    debug_assert!(
        plan.workloads[namespace.workloads.clone()].iter().any(|one| one.fault == WorkloadFault::Quota)
    );
    let hard = || obj! { "pods": pods.to_string() };
    let meta = Meta::new(&namespace.name, "team-quota", plan.uid("quota", 0), namespace.created);
    emit(obj! {
        "metadata": meta.json(),
        "spec": obj! { "hard": hard() },
        "status": obj! { "hard": hard(), "used": hard() },
    })
}

pub(super) fn emit_priority_classes(plan: &Plan, _: &Namespace, emit: &mut Emit<'_>) -> anyhow::Result<()> {
    let classes = [
        (
            "system-cluster-critical",
            2_000_000_000_i64,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if \
             necessary.",
        ),
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node.",
        ),
    ];
    classes.into_iter().enumerate().try_for_each(|(index, (name, value, description))| {
        let mut meta = Meta::new("", name, plan.uid("priority", index), plan.namespaces[0].created);
        meta.generation = 1;
        emit(obj! {
            "metadata": meta.json(),
            "value": value,
            "description": description,
            "preemptionPolicy": "PreemptLowerPriority",
        })
    })
}
