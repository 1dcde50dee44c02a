//! Whether it was an autoscaler that set the number of replicas.

use rutter_cluster::{
    Resource, Time,
    objects::{HorizontalPodAutoscaler, ScaleTarget},
};

/// Whether it scales the object of that name. Of the version, which it needs not be served in any more, only the group counts.
pub(super) fn is_of<T: Resource>(target: &ScaleTarget, name: &str) -> bool {
    let group = target.api_version.rsplit_once('/').map_or("", |(group, _)| group);
    // Old ones name the group that workloads were in before 1.16.
    let is_group = group == T::KIND.group() || (group == "extensions" && T::KIND.group() == "apps");
    is_group && target.kind == T::KIND.name() && target.name == name
}

/// Whether it can have set that number since then, where that is known: it did scale, and is not turned off. What lies outside of its bounds is a
/// person's: 0, above all, which turns it off.
pub(super) fn has_set(scaler: &HorizontalPodAutoscaler, number: i64, since: Time) -> bool {
    let (spec, status) = (&scaler.spec, &scaler.status);
    let bounds = spec.min_replicas.unwrap_or(1).max(1)..=spec.max_replicas;
    let is_off = status.conditions.iter().any(|told| told.kind == "ScalingActive" && told.status == "False");
    let has_scaled = since != Time::EPOCH && status.last_scale_time.is_some_and(|time| time > since);
    bounds.contains(&number) && !is_off && has_scaled
}
