//! Label selectors as manifests have them.

use crate::yaml::Node;

/// A selector: what labels must be.
#[derive(Debug, Clone, Default)]
pub struct Selector<'o> {
    equal: Vec<(&'o str, &'o str)>,
    others: Vec<Requirement<'o>>,
}

#[derive(Debug, Clone)]
struct Requirement<'o> {
    key: &'o str,
    operator: &'o str,
    values: Vec<&'o str>,
}

impl<'o> Selector<'o> {
    /// A map of labels and values: a Service's, a ReplicationController's.
    pub fn of_labels(node: &'o Node) -> Self {
        let equal = node
            .entries()
            .iter()
            .filter_map(|(key, value)| Some((key.text()?, value.text().unwrap_or_default())));
        Self { equal: equal.collect(), others: Vec::new() }
    }

    /// `matchLabels` and `matchExpressions`: everybody else's.
    pub fn of(node: &'o Node) -> Self {
        let mut selector = node.at(&["matchLabels"]).map(Self::of_labels).unwrap_or_default();
        selector.others = node
            .items_at(&["matchExpressions"])
            .iter()
            .map(|one| Requirement {
                key: one.text_at(&["key"]).unwrap_or_default(),
                operator: one.text_at(&["operator"]).unwrap_or_default(),
                values: one.items_at(&["values"]).iter().filter_map(Node::text).collect(),
            })
            .collect();
        selector
    }

    /// Whether it asks for nothing: it finds all, or none, as the object that it is part of has it.
    pub fn is_empty(&self) -> bool {
        self.equal.is_empty() && self.others.is_empty()
    }

    /// The labels that must have exactly this value.
    pub fn equalities(&self) -> impl Iterator<Item = (&'o str, &'o str)> {
        self.equal.iter().copied()
    }

    /// Whether these labels are what it asks for.
    #[expect(clippy::needless_pass_by_value, reason = "an iterator")]
    pub fn matches<'l>(&self, labels: impl Iterator<Item = (&'l str, &'l str)> + Clone) -> bool {
        let value = |wanted: &str| labels.clone().find(|(key, _)| *key == wanted).map(|(_, value)| value);
        let mut equal = self.equal.iter();
        equal.all(|(key, wanted)| value(key) == Some(wanted))
            && self.others.iter().all(|one| match (one.operator, value(one.key)) {
                ("In", Some(value)) => one.values.contains(&value),
                ("NotIn", Some(value)) => !one.values.contains(&value),
                ("Exists", value) => value.is_some(),
                ("NotIn" | "DoesNotExist", None) => true,
                _ => false,
            })
    }
}

impl std::fmt::Display for Selector<'_> {
    /// As kubectl writes it: `app=web,tier in (a,b)`.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let equal = self.equal.iter().map(|(key, value)| format!("{key}={value}"));
        let others = self.others.iter().map(|one| match one.operator {
            "Exists" => one.key.to_owned(),
            "DoesNotExist" => format!("!{}", one.key),
            "NotIn" => format!("{} notin ({})", one.key, one.values.join(",")),
            _ => format!("{} in ({})", one.key, one.values.join(",")),
        });
        write!(to, "{}", equal.chain(others).collect::<Vec<_>>().join(","))
    }
}
