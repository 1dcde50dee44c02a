//! What keeps an autoscaler from scaling, by its conditions.

use rutter_cluster::objects::{
    ApiService, Condition, Event, HorizontalPodAutoscaler, Metric, Pod, condition,
};

use super::{
    detect::{lasting, shown, size},
    target, why,
};
use crate::{
    Confidence, Context, Evidence, Seen, Severity, containers,
    texts::autoscaling::{self, Api, Failure},
    verdict::Verdict,
    words,
};

/// A pod needs this long, in seconds, until there are measurements of it.
const MEASURED: i64 = 300;

/// An event this old, in seconds, is not from the last tries.
const RECENT: i64 = 600;

/// A failure that lasts: of the target's size first, of the metrics then.
pub(super) fn failure(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Seen<Option<Verdict>> {
    if let Some(told) = lasting(context, scaler, "AbleToScale").filter(|told| told.is_false()) {
        return Ok(Some(no_scale(context, scaler, told)));
    }
    let Some(told) = lasting(context, scaler, "ScalingActive").filter(|told| told.is_false()) else {
        return missing_target(context, scaler);
    };
    match told.reason.as_str() {
        // Scaled to 0 by somebody who meant it; and two over the same pods are looked at together.
        "ScalingDisabled" | "AmbiguousSelector" => Ok(None),
        "InvalidSelector" | "SelectorRequired" | "InvalidMetricSourceType" => Ok(Some(invalid(scaler, told))),
        _ => no_metrics(context, scaler, told),
    }
}

fn verdict(scaler: &HorizontalPodAutoscaler, told: &Condition, variant: &'static str, why: &str) -> Verdict {
    Verdict {
        variant,
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        message: format!("it does not scale {}: {why}", target::name(scaler)),
        since: told.last_transition_time,
        evidence: vec![shown(scaler, told), size(scaler)],
    }
}

fn no_scale(context: &Context<'_>, scaler: &HorizontalPodAutoscaler, told: &Condition) -> Verdict {
    let failure = autoscaling::parse(&told.message);
    let gone = matches!(target::of(context, scaler), Some(Ok(None)));
    match failure {
        Failure::TargetMissing if !matches!(target::of(context, scaler), Some(Ok(Some(_)))) => {
            let mut verdict = verdict(scaler, told, "target-missing", "there is no such object");
            verdict.severity = Severity::Low;
            verdict
        }
        Failure::KindUnknown { kind } => {
            let version = &scaler.spec.scale_target_ref.api_version;
            let why = format!("nobody serves {kind} as {version}, which its scaleTargetRef names");
            verdict(scaler, told, "target-missing", &why)
        }
        _ if gone => verdict(scaler, told, "target-missing", "there is no such object"),
        _ => {
            let does = if told.reason == "FailedUpdateScale" { "set" } else { "read" };
            let said = match failure {
                Failure::Other { detail } => containers::shortened(&containers::clean(detail), 140),
                _ => containers::shortened(&containers::clean(&told.message), 140),
            };
            verdict(scaler, told, "no-scale", &format!("its size cannot be {does}: {said}"))
        }
    }
}

/// A target that is not there, where the condition is not shown (`autoscaling/v1`).
fn missing_target(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Seen<Option<Verdict>> {
    let Some(Ok(None)) = target::of(context, scaler) else { return Ok(None) };
    if !scaler.status.conditions.is_empty() {
        return Ok(None);
    }
    let name = &scaler.spec.scale_target_ref.name;
    Ok(Some(Verdict {
        variant: "target-missing",
        severity: Severity::Low,
        confidence: Confidence::Certain,
        message: format!("it does not scale {}: there is no such object", target::name(scaler)),
        since: None,
        evidence: vec![Evidence::field(scaler, "spec.scaleTargetRef.name", name.as_str(), None)],
    }))
}

fn invalid(scaler: &HorizontalPodAutoscaler, told: &Condition) -> Verdict {
    let said = containers::shortened(&containers::clean(&told.message), 140);
    verdict(scaler, told, "invalid", &said)
}

fn no_metrics(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
    told: &Condition,
) -> Seen<Option<Verdict>> {
    let (variant, why, more) = match autoscaling::parse(&told.message) {
        Failure::RequestMissing { resource, container } => {
            ("missing-request", request(context, scaler, resource, container), None)
        }
        Failure::PodRequestMissing { resource } => {
            let why = format!("its pods state requests as a whole, but none of {resource}");
            ("missing-request", why, None)
        }
        Failure::ApiMissing { api, detail } => {
            let service = service(context, api);
            ("metrics-api", api_missing(api, detail, &service), service.ok().flatten().map(about))
        }
        Failure::NoneReturned { .. } | Failure::NoSamples | Failure::NoPods
            if pods_are_young(context, scaler)? =>
        {
            return Ok(None);
        }
        Failure::NoneReturned { api } => {
            ("no-samples", format!("{} knows none of its pods", api.group()), None)
        }
        Failure::NoSamples => ("no-samples", "none of its pods is ready and measured".to_owned(), None),
        Failure::NoPods => ("no-samples", "it has no pods".to_owned(), None),
        _ => ("no-metric", no_metric(told), None),
    };
    let mut verdict = verdict(scaler, told, variant, &why);
    verdict.evidence.extend(target::evidence(context, scaler));
    verdict.evidence.extend(more);
    Ok(Some(verdict))
}

fn no_metric(told: &Condition) -> String {
    let detail = match autoscaling::parse(&told.message) {
        Failure::Other { detail } => detail,
        _ => told.message.as_str(),
    };
    format!("a metric cannot be had: {}", containers::shortened(&containers::clean(detail), 140))
}

/// Which container states none, and whether the template has it at all.
fn request(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
    resource: &str,
    container: Option<&str>,
) -> String {
    let template = target::seen(context, scaler).map(|target| &target.template.spec);
    // Before about 1.2x the container is not named: those of the template that state none.
    let named = container.map(|name| vec![name]).or_else(|| {
        let silent = template?.containers.iter().filter(|one| one.resources.requests.get(resource).is_none());
        let silent: Vec<&str> = silent.map(|one| one.name.as_str()).collect();
        (!silent.is_empty()).then_some(silent)
    });
    let Some(named) = named else {
        return format!(
            "a container of its pods requests no {resource}, so that a utilisation can't be computed"
        );
    };
    let injected = template.is_some_and(|template| {
        let has = |name: &&str| {
            let all = template.containers.iter().chain(template.init_containers.iter());
            all.into_iter().any(|one| one.name == **name)
        };
        !named.iter().any(has)
    });
    let note = if injected { " (it is not in the template: something adds it to the pods)" } else { "" };
    let (noun, verb) = if named.len() == 1 { ("container", "requests") } else { ("containers", "request") };
    format!(
        "{noun} {} {verb} no {resource}{note}, so that a utilisation can't be computed",
        words::list(&named, 3)
    )
}

/// The registration of an API of metrics.
fn service<'c>(context: &Context<'c>, api: Api) -> Seen<Option<&'c ApiService>> {
    let suffix = format!(".{}", api.group());
    let all = context.api_services()?;
    let of = |service: &&ApiService| {
        service.meta.name.strip_suffix(suffix.as_str()).is_some_and(|version| !version.contains('.'))
    };
    Ok(all.iter().find(of))
}

fn api_missing(api: Api, detail: &str, service: &Seen<Option<&ApiService>>) -> String {
    let group = api.group();
    let who = match api {
        Api::Resource => "no metrics-server is installed",
        _ => "no adapter for such metrics is installed",
    };
    match service {
        Ok(None) => format!("nobody serves the API {group}: {who}"),
        Ok(Some(service)) => {
            let told = condition(&service.status.conditions, "Available");
            match told.filter(|told| !told.is_true()) {
                Some(told) => format!("the API {group} is not available ({})", told.reason),
                None => format!("the API {group} did not answer: {}", containers::shortened(detail, 100)),
            }
        }
        Err(_) => format!("the API {group} can't be had: {}", containers::shortened(detail, 100)),
    }
}

fn about(service: &ApiService) -> Evidence {
    let told = condition(&service.status.conditions, "Available");
    let value = told.map_or_else(
        || "nothing is said of it".to_owned(),
        |told| format!("{} ({}): {}", told.status, told.reason, containers::clean(&told.message)),
    );
    let time = told.and_then(|told| told.last_transition_time);
    Evidence::field(service, "status.conditions[Available]", value, time)
}

/// Whether all pods of the target are so new that there can be no measurements of them yet.
fn pods_are_young(context: &Context<'_>, scaler: &HorizontalPodAutoscaler) -> Seen<bool> {
    let Some(target) = target::seen(context, scaler) else { return Ok(false) };
    let old = |pod: &Pod| pod.status.start_time.is_none_or(|start| !context.may_be_younger(start, MEASURED));
    let any = context.any_pod_under(&target.object, |_| true)?;
    Ok(any && !context.any_pod_under(&target.object, old)?)
}

/// One of several metrics that can't be had, while the others can: then it goes up, and never down.
pub(super) fn partial(
    context: &Context<'_>,
    scaler: &HorizontalPodAutoscaler,
    events: &[&Event],
) -> Option<Verdict> {
    let active = lasting(context, scaler, "ScalingActive").filter(|told| told.is_true())?;
    let all = scaler.spec.metrics.len();
    let fails = |event: &&&Event| {
        event.reason.starts_with("FailedGet")
            && event.reason.ends_with("Metric")
            && event.last_seen().is_some_and(|last| context.is_younger(last, RECENT))
            && event.occurrences() > 1
    };
    let event = events.iter().rev().find(fails).filter(|_| all > 1)?;
    let which = failing(scaler).unwrap_or_else(|| "one of its metrics".to_owned());
    let failure = match autoscaling::parse(event.text()) {
        Failure::ApiMissing { api, .. } => format!("the API {} can't be had", api.group()),
        Failure::RequestMissing { container: Some(container), .. } => {
            format!("container {container} states no request")
        }
        Failure::Other { detail } => containers::shortened(&containers::clean(detail), 120),
        _ => containers::shortened(&containers::clean(event.text()), 120),
    };
    Some(Verdict {
        variant: "partial",
        severity: Severity::Low,
        confidence: Confidence::Likely,
        message: format!(
            "{which} can't be had ({failure}): by the other it scales {} up, but down only once it can be had again",
            target::name(scaler)
        ),
        since: event.first_seen(),
        evidence: vec![Evidence::event(event), shown(scaler, active), size(scaler)],
    })
}

/// The metric for which the status has nothing.
fn failing(scaler: &HorizontalPodAutoscaler) -> Option<String> {
    let found = &scaler.status.current_metrics;
    let lacks = |(n, _): &(usize, &Metric)| found.get(*n).is_none_or(|found| found.kind.is_empty());
    let (_, metric) = scaler.spec.metrics.iter().enumerate().find(lacks)?;
    Some(format!("metric {}", why::name(why::measure(metric)?)))
}
