//! Reading the API server's audit log.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A request that the API server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who made it.
    pub user: String,
    /// The verb, as RBAC has it: `get`, `list`, `watch`, `create`, …
    pub verb: String,
    /// Path and query.
    pub uri: String,
    /// The HTTP status of the answer.
    pub code: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    verb: String,
    user: User,
    #[serde(rename = "requestURI")]
    request_uri: String,
    #[serde(default)]
    response_status: Status,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Deserialize, Default)]
struct Status {
    #[serde(default)]
    code: u16,
}

/// The requests in the audit log at `path`. A watch is there twice: when it starts and when it ends.
pub(crate) fn read(path: &Path) -> Result<Vec<Request>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The API server may be in the middle of the last line.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(parse).collect()
}

fn parse(line: &str) -> Result<Request> {
    let line: Line =
        serde_json::from_str(line).with_context(|| format!("not a line of an audit log: {line}"))?;
    Ok(Request {
        user: line.user.username,
        verb: line.verb,
        uri: line.request_uri,
        code: line.response_status.code,
    })
}
