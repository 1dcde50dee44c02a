//! A document that isn't YAML. The reader says so; what is looked for is in `yaml/parse.rs`.

use rutter_lessons::Severity;

use crate::{Check, Look, Topic, UNREADABLE};

pub(crate) static CHECK: Check = Check {
    id: UNREADABLE,
    topic: Topic::Api,
    title: "the document can't be read",
    severity: Severity::Critical,
    default: true,
    prevents: &[],
    look: Look::Text,
    text: include_str!("check.md"),
};
