//! Reports: what was looked at, what was found, and what to do, for programs and for people.
//!
//! | module | does |
//! | --- | --- |
//! | `model` | the report's shape: a published, versioned schema |
//! | `explanation` | the shape of what is said of one object, with a schema of its own |
//! | `build` | makes a report of a cluster and its diagnosis, and the explanation of one object |
//! | [`changes`] | what became different between two reports |
//! | `comparison` | a report beside that of an earlier state |
//! | `commands` | lets no command through that the cluster could have meddled with |
//! | `redact` | takes out what looks like a credential, once, for all outputs |
//! | [`json`], [`yaml`], [`name`], [`graph`], [`text`], [`html`] | write a report |
//! | [`lesson`] | writes a lesson's text to a terminal |
//! | `page` | lays out lines of a width, and lets no control character through |
//!
//! Writers are given a [`Report`] or an [`Explanation`] and nothing else, so a report that was stored and read again prints the same.

mod build;
pub mod changes;
mod commands;
mod comparison;
mod explanation;
pub mod graph;
pub mod html;
pub mod json;
pub mod lesson;
pub mod lint;
mod model;
pub mod name;
mod page;
mod redact;
mod schema;
pub mod text;
pub mod yaml;

pub use build::Asked;
pub use commands::harmless;
pub use comparison::{Became, Comparison, ObjectChange};
pub use explanation::*;
pub use model::*;
pub use page::plain;
pub use redact::redact;
pub use schema::{change_schema, explanation_schema, lint_schema, schema};
