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
