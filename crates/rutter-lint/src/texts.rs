//! Scalars that must be texts and are something else for Kubernetes' reader.

use crate::{
    finding::Edit,
    yaml::{Node, Value},
};

/// What a value that is no text is: `the number 8080`, `the switch true`, `a list`, `a map`.
pub(crate) fn is(node: &Node) -> String {
    match &node.value {
        Value::Scalar(text, _) if node.bool().is_some() => format!("the switch {text}"),
        Value::Scalar(text, _) => format!("the number {text}"),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
    }
}

/// The same in quotes; nothing for lists and maps.
pub(crate) fn quote(node: &Node) -> Option<Edit> {
    node.text().map(|text| Edit::replace(node, format!("\"{text}\"")))
}

/// Whether it is what a template has before it is rendered: `{{ .Values.port }}` is, for YAML, a map whose only key is a map.
pub(crate) fn is_template(node: &Node) -> bool {
    node.flow && matches!(node.entries(), [(key, _)] if matches!(key.value, Value::Map(_)))
}

/// Whether Kubernetes' reader takes it for a text, or may do so once it is rendered.
pub(crate) fn may_be(node: &Node) -> bool {
    node.string().is_some() || node.is_null() || is_template(node)
}
