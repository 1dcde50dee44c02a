use serde::Deserialize;

use super::Condition;
use crate::{List, Meta, Quantity, Str, Time, quantity, time};

/// `autoscaling/v1` and `v2` (and its betas); `v1` keeps its conditions in an annotation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HorizontalPodAutoscaler {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: AutoscalerSpec,
    pub status: AutoscalerStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerSpec {
    pub scale_target_ref: ScaleTarget,
    #[serde(deserialize_with = "super::optional_int")]
    pub min_replicas: Option<i64>,
    #[serde(deserialize_with = "super::int")]
    pub max_replicas: i64,
    pub metrics: List<Metric>,
    pub behavior: Option<Behavior>,
    /// `v1` only.
    #[serde(rename = "targetCPUUtilizationPercentage", deserialize_with = "super::optional_int")]
    pub target_cpu: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleTarget {
    pub api_version: Str,
    pub kind: Str,
    pub name: Str,
}

/// What is measured, as wished for in the spec or as found in the status.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metric {
    /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    #[serde(rename = "type")]
    pub kind: Str,
    pub resource: Option<Measure>,
    pub container_resource: Option<Measure>,
    pub pods: Option<Measure>,
    pub object: Option<Measure>,
    pub external: Option<Measure>,
}

/// One thing that is measured. Resources have a name, other metrics a name and labels.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Measure {
    pub name: Str,
    pub container: Str,
    pub metric: MetricName,
    /// In the spec.
    pub target: MetricValue,
    /// In the status.
    pub current: MetricValue,
    /// `v2beta1` only, in the spec.
    #[serde(deserialize_with = "super::optional_int")]
    pub target_average_utilization: Option<i64>,
    /// `v2beta1` only, in the status.
    #[serde(deserialize_with = "super::optional_int")]
    pub current_average_utilization: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MetricName {
    pub name: Str,
}

/// A value in one of its forms.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricValue {
    #[serde(deserialize_with = "super::optional_int")]
    pub average_utilization: Option<i64>,
    #[serde(deserialize_with = "quantity::lenient")]
    pub average_value: Option<Quantity>,
    #[serde(deserialize_with = "quantity::lenient")]
    pub value: Option<Quantity>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Behavior {
    pub scale_up: ScalingRules,
    pub scale_down: ScalingRules,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScalingRules {
    /// `Max`, `Min` or `Disabled`.
    pub select_policy: Str,
    #[serde(deserialize_with = "super::optional_int")]
    pub stabilization_window_seconds: Option<i64>,
    pub policies: List<ScalingPolicy>,
    /// By how much a metric may miss its target (1.33+; by default 0.1).
    #[serde(deserialize_with = "quantity::lenient")]
    pub tolerance: Option<Quantity>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScalingPolicy {
    /// `Pods` or `Percent`.
    #[serde(rename = "type")]
    pub kind: Str,
    #[serde(deserialize_with = "super::int")]
    pub value: i64,
    #[serde(deserialize_with = "super::int")]
    pub period_seconds: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoscalerStatus {
    #[serde(deserialize_with = "super::int")]
    pub current_replicas: i64,
    #[serde(deserialize_with = "super::int")]
    pub desired_replicas: i64,
    pub conditions: List<Condition>,
    pub current_metrics: List<Metric>,
    #[serde(deserialize_with = "time::lenient")]
    pub last_scale_time: Option<Time>,
    /// `v1` only.
    #[serde(rename = "currentCPUUtilizationPercentage", deserialize_with = "super::optional_int")]
    pub current_cpu: Option<i64>,
}
