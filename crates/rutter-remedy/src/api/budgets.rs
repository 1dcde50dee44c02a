//! Why an eviction is refused.

use rutter_cluster::objects::{Pod, PodDisruptionBudget};
use rutter_plan::{Need, Object, budgets};
use serde::Deserialize as _;
use serde_json::Value;

use super::{Api, path};

impl Api {
    /// Why budgets keep a pod from being evicted now, from the budgets themselves. `None` if they can't be read or don't.
    pub async fn refusal(&self, pod: &Object) -> Option<String> {
        let sight = self.see([Need::Object(pod.by_name())]).await.ok()?;
        let found = Pod::deserialize(sight.object(pod).ok()??).ok()?;
        let all = self.get(&path::of_all("policy/v1", &pod.namespace, "poddisruptionbudgets")).await.ok()?;
        let items = all.body.get("items").and_then(Value::as_array)?;
        let all: Vec<PodDisruptionBudget> =
            items.iter().filter_map(|item| PodDisruptionBudget::deserialize(item).ok()).collect();
        let covering: Vec<&PodDisruptionBudget> =
            all.iter().filter(|budget| budgets::covers(budget, &found)).collect();
        budgets::refusal(&covering, &found)
    }
}
