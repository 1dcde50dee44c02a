//! Workloads: how many, of what, and what scales or protects them.

use std::iter;

use rutter_cluster::{
    Str,
    objects::{
        ConfigRef, Container, CronJob, DaemonSet, Deployment, HorizontalPodAutoscaler, IntOrString,
        PodDisruptionBudget, PodSpec, PodTemplate, Probe, ReplicationController, StatefulSet, Volume,
    },
};

use super::{Fields, fields::Shown};

/// How many of a workload there are to be.
pub(super) const REPLICAS: &str = "replicas";

pub(super) fn deployment(deployment: &Deployment) -> Fields {
    let mut fields = template(&deployment.spec.template);
    fields.add(REPLICAS, deployment.wanted());
    fields.add("paused", if deployment.spec.paused { "yes" } else { "" });
    fields.add("strategy", &deployment.spec.strategy.kind);
    if let Some(update) = &deployment.spec.strategy.rolling_update {
        fields.add("maxUnavailable", &update.max_unavailable);
        fields.add("maxSurge", &update.max_surge);
    }
    fields
}

pub(super) fn stateful_set(set: &StatefulSet) -> Fields {
    let mut fields = template(&set.spec.template);
    fields.add(REPLICAS, set.wanted());
    fields.add("update strategy", &set.spec.update_strategy.kind);
    let partition = set.spec.update_strategy.rolling_update.as_ref().map_or(0, |update| update.partition);
    fields.add("partition", if partition == 0 { String::new() } else { partition.to_string() });
    fields
}

pub(super) fn daemon_set(set: &DaemonSet) -> Fields {
    template(&set.spec.template)
}

pub(super) fn replication_controller(controller: &ReplicationController) -> Fields {
    let mut fields = template(&controller.spec.template);
    fields.add(REPLICAS, controller.wanted());
    fields
}

pub(super) fn cron_job(job: &CronJob) -> Fields {
    let mut fields = Fields::default();
    fields.add("schedule", &job.spec.schedule);
    fields.add("suspended", if job.spec.suspend { "yes" } else { "" });
    fields.add("concurrency policy", &job.spec.concurrency_policy);
    fields
}

pub(super) fn autoscaler(autoscaler: &HorizontalPodAutoscaler) -> Fields {
    let mut fields = Fields::default();
    let spec = &autoscaler.spec;
    fields.add("target", format!("{} {}", spec.scale_target_ref.kind, spec.scale_target_ref.name));
    fields.add("minReplicas", spec.min_replicas.unwrap_or(1));
    fields.add("maxReplicas", spec.max_replicas);
    fields
}

pub(super) fn budget(budget: &PodDisruptionBudget) -> Fields {
    let mut fields = Fields::default();
    let amount = |amount: &Option<IntOrString>| amount.as_ref().map(ToString::to_string).unwrap_or_default();
    fields.add("minAvailable", amount(&budget.spec.min_available));
    fields.add("maxUnavailable", amount(&budget.spec.max_unavailable));
    fields
}

fn template(template: &PodTemplate) -> Fields {
    let mut fields = Fields::default();
    let spec = &template.spec;
    for container in spec.init_containers.iter().chain(&spec.containers) {
        fields.add_words(format!("command of {}", container.name), container.command.iter().map(Str::as_str));
        fields.add_words(format!("arguments of {}", container.name), container.args.iter().map(Str::as_str));
        self::container(&mut fields, container);
    }
    pod(&mut fields, spec);
    fields
}

/// What a pod has beside its containers.
pub(super) fn pod(fields: &mut Fields, spec: &PodSpec) {
    for volume in &spec.volumes {
        fields.add(format!("volume {}", volume.name), source(volume));
    }
    for (key, value) in spec.node_selector.iter() {
        fields.add(format!("node selector {key}"), value);
    }
    fields.add("service account", &spec.service_account_name);
    fields.add("priority class", &spec.priority_class_name);
    fields.add("host network", if spec.host_network { "yes" } else { "" });
}

/// What a container has beside its command.
pub(super) fn container(fields: &mut Fields, container: &Container) {
    let name = &container.name;
    fields.add(format!("image of {name}"), &container.image);
    let resources = &container.resources;
    for (what, quantities) in [("request", &resources.requests), ("limit", &resources.limits)] {
        for (resource, quantity) in quantities.iter() {
            fields.add(format!("{resource} {what} of {name}"), quantity);
        }
    }
    let probes = [
        ("liveness", &container.liveness_probe),
        ("readiness", &container.readiness_probe),
        ("startup", &container.startup_probe),
    ];
    for (what, probe) in probes {
        fields.add_shown(
            format!("{what} probe of {name}"),
            probe.as_deref().map(self::probe).unwrap_or_default(),
        );
    }
    let ports = container.ports.iter().map(|port| format!("{} {}", port.name, port.container_port));
    fields.add_all(format!("ports of {name}"), ports.map(|port| port.trim().to_owned()));
    let environment = container.env_refs.iter().chain(&container.env_from).map(reference);
    fields.add_all(format!("environment of {name} from"), environment);
}

fn reference(reference: &ConfigRef) -> String {
    let key = if reference.key.is_empty() { String::new() } else { format!("/{}", reference.key) };
    format!("{} {}{key}", reference.kind, reference.name)
}

/// `http 8080/healthz every 10s, 3 times, timeout 1s`.
fn probe(probe: &Probe) -> Shown {
    let plain = |text: String| Shown { shown: text.clone(), whole: text };
    let target = |kind: &str, port: &IntOrString, path: &str| plain(format!("{kind} {port}{path}"));
    let asks = match (&probe.http_get, &probe.tcp_socket, &probe.grpc, &probe.exec) {
        (Some(http), ..) => target("http", &http.port, &http.path),
        (_, Some(tcp), ..) => target("tcp", &tcp.port, ""),
        (_, _, Some(grpc), _) => target("grpc", &grpc.port, ""),
        (.., Some(exec)) => Shown::words(iter::once("exec").chain(exec.command.iter().map(Str::as_str))),
        _ => Shown::default(),
    };
    let Probe { initial_delay_seconds, period_seconds, failure_threshold, timeout_seconds, .. } = probe;
    let when = format!(
        " after {initial_delay_seconds}s, every {period_seconds}s, {failure_threshold} times, timeout {timeout_seconds}s"
    );
    Shown { whole: asks.whole + &when, shown: asks.shown + &when }
}

fn source(volume: &Volume) -> String {
    if let Some(claim) = &volume.persistent_volume_claim {
        return format!("PersistentVolumeClaim {}", claim.claim_name);
    }
    if let Some(map) = &volume.config_map {
        return format!("ConfigMap {}", map.name);
    }
    if let Some(secret) = &volume.secret {
        return format!("Secret {}", secret.secret_name);
    }
    if let Some(path) = &volume.host_path {
        return format!("hostPath {}", path.path);
    }
    if let Some(dir) = &volume.empty_dir {
        let limit = dir.size_limit.map(|limit| format!(" up to {limit}")).unwrap_or_default();
        return format!("emptyDir {}{limit}", dir.medium).replace("  ", " ").trim_end().to_owned();
    }
    if volume.ephemeral { "ephemeral".to_owned() } else { "other".to_owned() }
}
