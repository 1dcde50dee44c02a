//! The sentences.

use rutter_cluster::Resource;

use super::{ID, detect::Row};
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// So many falls are shown.
const SHOWN: usize = 4;

pub(super) fn finding(context: &Context<'_>, subject: &impl Resource, row: &Row<'_>) -> Finding {
    let mut finding = Finding::about(ID, subject);
    let memory = row.falls.iter().filter(|fall| fall.by_memory).count();
    finding.variant = match memory {
        0 => "probe",
        all if all == row.falls.len() => "memory",
        _ => "both",
    };
    let serving = row.falls.iter().any(|fall| fall.pod.is_ready()) || row.falls.len() < row.all;
    finding.severity = if serving { Severity::Medium } else { Severity::High };
    // No object tells the requests: the order of the falls does.
    finding.confidence = if row.falls.len() == row.all { Confidence::Likely } else { Confidence::Possible };
    finding.since = row.falls.first().map(|fall| fall.ended);
    finding.instances = row.falls.iter().map(|fall| fall.pod.object_ref()).collect();
    finding.instances.sort();
    finding.message = message(context, subject, row, finding.variant);
    finding.evidence = row.falls.iter().take(SHOWN).filter_map(super::fall::Fall::evidence).collect();
    let selector = row.service.spec.selector.to_string();
    finding.evidence.push(Evidence::field(row.service, "spec.selector", selector, None));
    finding
}

fn message(context: &Context<'_>, subject: &impl Resource, row: &Row<'_>, variant: &str) -> String {
    let meta = subject.meta();
    let (first, last) = (row.falls.first(), row.falls.last());
    let span = first.zip(last).map_or(0, |(first, last)| last.ended.since(first.ended));
    let at = first.map_or_else(String::new, |fall| hosting::clock(context, fall.ended));
    let how = match variant {
        "memory" => "each killed at its memory limit",
        "probe" => "each stopped because its liveness probe got no answer in time",
        _ => "killed at the memory limit, or stopped for a liveness probe without an answer",
    };
    let number = match (row.falls.len(), row.all) {
        (fallen, all) if fallen == all => format!("all {all}"),
        (fallen, all) => format!("{fallen} of {all}"),
    };
    format!(
        "{number} replicas of {} fell one after another within {} from {at} on, {how}, while those before were out, so the load that moved on to \
         the rest through Service {} is suspected; each that comes back alone meets the load of all",
        meta.name,
        words::duration(span.max(1)),
        row.service.meta.name,
    )
}
