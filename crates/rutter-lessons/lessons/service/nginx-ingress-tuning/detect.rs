//! Finding the controller, its ConfigMap, and what is wrong with that.

use rutter_cluster::{
    Resource, Time,
    objects::{ConfigMap, DaemonSet, Deployment},
};

use super::{
    ID,
    judge::{self, Ignored},
};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, ingress_nginx::Controller, words,
};

const NAMED: usize = 3;
const SHOWN: usize = 6;

/// The end of all maintenance: the Kubernetes project's announcement of November 2025 says March 2026.
const RETIRED: &str = "2026-04-01T00:00:00Z";

pub(super) fn deployment(context: &Context<'_>, subject: &Deployment, findings: &mut Findings) -> Outcome {
    Controller::of_deployment(subject).map_or(Ok(()), |of| evaluate(context, subject, of, findings))
}

pub(super) fn daemon_set(context: &Context<'_>, subject: &DaemonSet, findings: &mut Findings) -> Outcome {
    Controller::of_daemon_set(subject).map_or(Ok(()), |of| evaluate(context, subject, of, findings))
}

fn evaluate(
    context: &Context<'_>,
    subject: &impl Resource,
    controller: Controller<'_>,
    findings: &mut Findings,
) -> Outcome {
    findings.extend(retired(context, subject, controller));
    let Some((namespace, name)) = controller.names("configmap", &subject.meta().namespace) else {
        return Ok(());
    };
    let mut maps = context.config_maps(&namespace)?.iter();
    match maps.find(|map| map.meta.name == name.as_str()) {
        Some(map) => findings.extend(of_map(subject, map, controller)),
        None => findings.push(missing(subject, &namespace, &name)),
    }
    Ok(())
}

fn of_map(subject: &impl Resource, map: &ConfigMap, controller: Controller<'_>) -> Vec<Finding> {
    if let Some(key) = judge::file(&map.data) {
        return vec![file(subject, map, key)];
    }
    let ignored = judge::ignored(&map.data);
    let ignored = (!ignored.is_empty()).then(|| self::ignored(subject, map, &ignored));
    ignored.into_iter().chain(workers(subject, map, controller)).collect()
}

fn reads(subject: &impl Resource, map: &ConfigMap) -> Evidence {
    let value = format!("--configmap of {}", subject.object_ref());
    Evidence::field(map, "metadata.name", value, None)
}

fn file(subject: &impl Resource, map: &ConfigMap, key: &str) -> Finding {
    let mut finding = Finding::about(ID, map);
    finding.variant = "file";
    finding.severity = Severity::Medium;
    finding.message = format!(
        "its only content is a file ({key}), of which ingress-nginx reads nothing: each setting is a key of its own, so that all defaults hold"
    );
    finding.evidence = vec![Evidence::field(map, "data", key, None), reads(subject, map)];
    finding
}

fn ignored(subject: &impl Resource, map: &ConfigMap, ignored: &[Ignored]) -> Finding {
    let mut finding = Finding::about(ID, map);
    finding.variant = "ignored";
    finding.severity = Severity::Low;
    let phrases: Vec<String> = ignored.iter().map(Ignored::phrase).collect();
    let do_nothing =
        if ignored.len() == 1 { "a setting that does nothing" } else { "settings that do nothing" };
    finding.message = format!("it has {do_nothing}: {}", words::list(&phrases, NAMED));
    let keys = ignored
        .iter()
        .take(SHOWN)
        .map(|ignored| Evidence::field(map, format!("data[{}]", ignored.key()), ignored.phrase(), None));
    finding.evidence = keys.chain([reads(subject, map)]).collect();
    finding
}

/// More worker processes than CPUs that the container may use only wait for each other, and each takes memory.
fn workers(subject: &impl Resource, map: &ConfigMap, controller: Controller<'_>) -> Option<Finding> {
    const KEY: &str = "worker-processes";
    let workers: i64 = map.data.value(KEY)?.parse().ok()?;
    let limit = controller.container.resources.limits.get("cpu")?;
    // A limit of half a CPU still needs one.
    let cpus = limit.milli().checked_add(999)? / 1000;
    if cpus <= 0 || workers <= cpus {
        return None;
    }
    let mut finding = Finding::about(ID, map);
    finding.variant = "workers";
    finding.severity = Severity::Low;
    finding.confidence = Confidence::Likely;
    finding.message = format!(
        "it asks for {workers} worker processes, and the controller may use {} ({}): they wait for each other, and each takes its own memory",
        words::count(usize::try_from(cpus).unwrap_or_default(), "CPU"),
        subject.object_ref(),
    );
    let path = format!("spec.template.spec.containers[{}].resources.limits.cpu", controller.container.name);
    finding.evidence = vec![
        Evidence::field(map, format!("data[{KEY}]"), workers.to_string(), None),
        Evidence::field(subject, path, limit.to_string(), None),
    ];
    Some(finding)
}

fn missing(subject: &impl Resource, namespace: &str, name: &str) -> Finding {
    let mut finding = Finding::about(ID, subject);
    finding.variant = "missing";
    finding.severity = Severity::Low;
    finding.message = format!(
        "the ConfigMap with its settings does not exist ({namespace}/{name}), so that the defaults hold"
    );
    finding.evidence = vec![Evidence::field(
        subject,
        "spec.template.spec.containers[*].args",
        format!("--configmap={namespace}/{name}"),
        None,
    )];
    finding
}

fn retired(context: &Context<'_>, subject: &impl Resource, controller: Controller<'_>) -> Option<Finding> {
    let retired = Time::parse(RETIRED)?;
    if !context.is_past(retired) {
        return None;
    }
    let mut finding = Finding::about(ID, subject);
    finding.variant = "retired";
    finding.severity = Severity::Info;
    finding.confidence = Confidence::Likely;
    finding.message.push_str(
        "it runs ingress-nginx, which the Kubernetes project retired in March 2026: no more releases, nor mends of \
                       security holes, unless your vendor maintains its own",
    );
    let path = format!("spec.template.spec.containers[{}].image", controller.container.name);
    finding.evidence = vec![Evidence::field(subject, path, controller.container.image.as_str(), None)];
    Some(finding)
}
