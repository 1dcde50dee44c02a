//! The report's JSON Schema.

use crate::Report;

/// The schema that every `-o json` report of this version holds to; published as `docs/schema/report-v1alpha1.json`.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Report);
    schema.insert("$id".to_owned(), "https://rutter.dev/schema/report-v1alpha1.json".into());
    schema.insert("title".to_owned(), "Rutter report v1alpha1".into());
    schema.to_value()
}
