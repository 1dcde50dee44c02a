//! Why an autoscaler wants as many replicas as it does: its own formula, with the figures of its status.

use rutter_cluster::{
    Quantity,
    objects::{HorizontalPodAutoscaler, Measure, Metric},
};

/// By how much a metric may miss its target, in thousandths, unless the autoscaler says otherwise.
const TOLERANCE: i64 = 100;

/// What one metric asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    /// `cpu is at 85% of a target of 50%`.
    pub(super) reading: String,
    /// Current over target, in thousandths.
    pub(super) ratio: i64,
    /// How many replicas it asks for.
    pub(super) replicas: i64,
    /// Whether it is what the pods themselves use: of a backlog nobody knows whether it matters.
    pub(super) is_resource: bool,
}

/// The metric that asks for the most: that one decides.
pub(super) fn wish(scaler: &HorizontalPodAutoscaler) -> Option<Wish> {
    let replicas = scaler.status.current_replicas;
    let readings = pairs(scaler).into_iter().filter_map(|(wanted, found)| reading(wanted, found));
    let v1 = scaler.spec.target_cpu.zip(scaler.status.current_cpu).map(|(target, current)| Reading {
        what: "cpu".to_owned(),
        current,
        target,
        is_percent: true,
        is_resource: true,
    });
    readings.chain(v1).filter_map(|reading| reading.wish(scaler, replicas)).max_by_key(|wish| wish.replicas)
}

/// The status lists metrics in the order of the spec; one that could not be had is empty there.
fn pairs(scaler: &HorizontalPodAutoscaler) -> Vec<(&Metric, &Metric)> {
    let (wanted, found) = (&scaler.spec.metrics, &scaler.status.current_metrics);
    wanted.iter().zip(found.iter()).filter(|(wanted, found)| wanted.kind == found.kind).collect()
}

/// The one measure of a metric.
pub(super) fn measure(metric: &Metric) -> Option<&Measure> {
    let all = [&metric.resource, &metric.container_resource, &metric.pods, &metric.object, &metric.external];
    all.into_iter().flatten().next()
}

/// Its name: `cpu`, `requests-per-second`.
pub(super) fn name(measure: &Measure) -> &str {
    if measure.name.is_empty() { &measure.metric.name } else { &measure.name }
}

struct Reading {
    what: String,
    current: i64,
    target: i64,
    is_percent: bool,
    is_resource: bool,
}

fn reading(wanted: &Metric, found: &Metric) -> Option<Reading> {
    let is_resource = matches!(wanted.kind.as_str(), "Resource" | "ContainerResource");
    let (wanted, found) = (measure(wanted)?, measure(found)?);
    let what = match wanted.container.as_str() {
        "" => name(wanted).to_owned(),
        container => format!("{} of container {container}", name(wanted)),
    };
    let percent = wanted.target.average_utilization.or(wanted.target_average_utilization);
    if let Some(target) = percent {
        let current = found.current.average_utilization.or(found.current_average_utilization)?;
        return Some(Reading { what, current, target, is_percent: true, is_resource });
    }
    let values = wanted.target.average_value.zip(found.current.average_value);
    let (target, current) = values.or(wanted.target.value.zip(found.current.value))?;
    Some(Reading { what, current: current.milli(), target: target.milli(), is_percent: false, is_resource })
}

impl Reading {
    fn wish(&self, scaler: &HorizontalPodAutoscaler, replicas: i64) -> Option<Wish> {
        if self.target <= 0 || replicas <= 0 || self.current < 0 {
            return None;
        }
        let ratio = i64::try_from(i128::from(self.current) * 1000 / i128::from(self.target)).ok()?;
        let missed = (ratio - 1000).abs();
        let wanted = if missed <= tolerance(scaler, ratio > 1000) {
            replicas
        } else {
            let all = i128::from(self.current) * i128::from(replicas);
            i64::try_from((all + i128::from(self.target) - 1) / i128::from(self.target)).ok()?
        };
        let reading = if self.is_percent {
            format!("{} is at {}% of a target of {}%", self.what, self.current, self.target)
        } else {
            format!("{} is at {} of a target of {}", self.what, plain(self.current), plain(self.target))
        };
        Some(Wish { reading, ratio, replicas: wanted, is_resource: self.is_resource })
    }
}

/// Thousandths as a plain number: `1500` → `1.5`.
fn plain(milli: i64) -> String {
    match milli % 1000 {
        0 => (milli / 1000).to_string(),
        rest => format!("{}.{:03}", milli / 1000, rest).trim_end_matches('0').to_owned(),
    }
}

fn tolerance(scaler: &HorizontalPodAutoscaler, up: bool) -> i64 {
    let rules = scaler.spec.behavior.as_ref().map(|all| if up { &all.scale_up } else { &all.scale_down });
    rules.and_then(|rules| rules.tolerance).map_or(TOLERANCE, Quantity::milli)
}
