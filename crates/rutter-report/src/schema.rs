//! The JSON Schemas of what is written for programs.

use crate::{Explanation, Report, changes::Change, lint::LintReport};

/// The schema that every `-o json` report of this version holds to; published as `docs/schema/report-v1alpha1.json`.
pub fn schema() -> serde_json::Value {
    named(schemars::schema_for!(Report), "report")
}

/// The schema of each line of `-w -o json`; published as `docs/schema/change-v1alpha1.json`.
pub fn change_schema() -> serde_json::Value {
    named(schemars::schema_for!(Change), "change")
}

/// The schema of `rutter explain KIND/NAME -o json`; published as `docs/schema/explanation-v1alpha1.json`.
pub fn explanation_schema() -> serde_json::Value {
    named(schemars::schema_for!(Explanation), "explanation")
}

/// The schema of `rutter lint -o json`; published as `docs/schema/lint-v1alpha1.json`.
pub fn lint_schema() -> serde_json::Value {
    named(schemars::schema_for!(LintReport), "lint")
}

fn named(mut schema: schemars::Schema, what: &str) -> serde_json::Value {
    schema.insert("$id".to_owned(), format!("https://rutter.dev/schema/{what}-v1alpha1.json").into());
    schema.insert("title".to_owned(), format!("Rutter {what} v1alpha1").into());
    schema.to_value()
}
