//! Label selectors, with the semantics of apimachinery's `metav1.LabelSelector`.

use serde::Deserialize;

use crate::{Labels, List, Str};

/// Selects objects by label. An absent selector selects nothing, an empty one everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must all be there with these values.
    pub match_labels: Labels,
    /// Further requirements, all of which must hold.
    pub match_expressions: List<Requirement>,
}

/// One requirement of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Requirement {
    pub key: Str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`; anything else matches nothing.
    pub operator: Str,
    pub values: List<Str>,
}

impl LabelSelector {
    /// Whether objects with these labels are selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| requirement.matches(labels))
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }
}

impl Requirement {
    /// Whether objects with these labels meet the requirement.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match self.operator.as_str() {
            "In" => value.is_some_and(|value| self.values.contains(value)),
            "NotIn" => !value.is_some_and(|value| self.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_follow_apimachinery() {
        let labels: Labels = [("app", "web"), ("tier", "front")].into_iter().collect();
        let requirement = |key: &str, operator: &str, values: &[&str]| Requirement {
            key: key.into(),
            operator: operator.into(),
            values: values.iter().map(|v| Str::from(*v)).collect(),
        };
        assert!(requirement("app", "In", &["web"]).matches(&labels));
        assert!(requirement("gone", "NotIn", &["web"]).matches(&labels));
        assert!(requirement("gone", "DoesNotExist", &[]).matches(&labels));
        assert!(!requirement("app", "Bogus", &[]).matches(&labels));
        assert!(LabelSelector::default().matches(&labels));
    }
}
