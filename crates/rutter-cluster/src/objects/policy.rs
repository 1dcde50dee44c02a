use serde::Deserialize;

use super::{Condition, IntOrString, Quantities};
use crate::{LabelSelector, List, Meta, Str};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PodDisruptionBudget {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: BudgetSpec,
    pub status: BudgetStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetSpec {
    pub min_available: Option<IntOrString>,
    pub max_unavailable: Option<IntOrString>,
    /// In `policy/v1` an empty selector selects all pods of the namespace, in `v1beta1` none.
    pub selector: Option<LabelSelector>,
    /// `IfHealthyBudget` (the default) or `AlwaysAllow`: whether a pod that isn't ready may go although the budget is short
    /// (1.26+).
    pub unhealthy_pod_eviction_policy: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BudgetStatus {
    #[serde(deserialize_with = "super::int")]
    pub current_healthy: i64,
    #[serde(deserialize_with = "super::int")]
    pub desired_healthy: i64,
    #[serde(deserialize_with = "super::int")]
    pub disruptions_allowed: i64,
    #[serde(deserialize_with = "super::int")]
    pub expected_pods: i64,
    #[serde(deserialize_with = "super::int")]
    pub observed_generation: i64,
    /// `DisruptionAllowed` (1.20+).
    pub conditions: List<Condition>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ResourceQuota {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: QuotaSpec,
    pub status: QuotaStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaSpec {
    pub hard: Quantities,
    /// It counts only pods of which all of these hold: `BestEffort`, `NotTerminating`, ….
    pub scopes: List<Str>,
    /// Whether it counts only pods that a selector finds: those of a priority, as a rule.
    #[serde(deserialize_with = "super::pod_fields::is_there")]
    pub scope_selector: bool,
}

impl QuotaSpec {
    /// Whether it counts some pods only.
    pub fn is_scoped(&self) -> bool {
        self.scope_selector || !self.scopes.is_empty()
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct QuotaStatus {
    pub hard: Quantities,
    pub used: Quantities,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LimitRange {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: LimitRangeSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LimitRangeSpec {
    pub limits: List<LimitRangeItem>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRangeItem {
    #[serde(rename = "type")]
    pub kind: Str,
    pub max: Quantities,
    pub min: Quantities,
    pub default: Quantities,
    pub default_request: Quantities,
}
