//! SARIF 2.1.0, the form that code scanning takes.

use std::io::{self, Write};

use rutter_lint::{Check, check};
use serde_json::{Value, json};

use super::{LintFinding, LintReport};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report: open findings, and accepted and known ones as suppressed and unchanged results.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &LintReport, baseline: bool) -> io::Result<()> {
    let mut ids: Vec<&str> = report.findings.iter().map(|finding| finding.check).collect();
    ids.sort_unstable();
    ids.dedup();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, ids.binary_search(&finding.check).unwrap_or(0), baseline))
        .collect();
    let notes: Vec<Value> =
        report.notes.iter().map(|note| json!({ "level": "note", "message": { "text": note } })).collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "rutter",
                "semanticVersion": report.rutter_version,
                "rules": ids.iter().filter_map(|id| check(id)).map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notes }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    writeln!(out)
}

fn rule(check: &'static Check) -> Value {
    json!({
        "id": check.id,
        "shortDescription": { "text": check.title },
        "help": { "text": check.text, "markdown": check.text },
        "defaultConfiguration": { "level": level(check.severity.name()) },
        "properties": { "tags": [check.topic.name()], "prevents": check.prevents },
    })
}

fn level(severity: &str) -> &'static str {
    match severity {
        "critical" | "high" => "error",
        "medium" => "warning",
        _ => "note",
    }
}

fn result(finding: &LintFinding, rule: usize, baseline: bool) -> Value {
    let advice = finding.advice.as_ref().map(|advice| format!(". Write: {advice}")).unwrap_or_default();
    let mut region = json!({ "startLine": finding.line, "startColumn": finding.column });
    if finding.length > 0 {
        region["endColumn"] = json!(finding.column as usize + finding.length);
    }
    if !finding.excerpt.is_empty() {
        region["snippet"] = json!({ "text": finding.excerpt });
    }
    let mut result = json!({
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": format!("{}{advice}", finding.message) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&finding.file) }, "region": region },
            "logicalLocations": [{ "fullyQualifiedName": name(finding), "kind": "resource" }],
        }],
        "partialFingerprints": { "rutter/v1": finding.fingerprint },
        "properties": { "severity": finding.severity },
    });
    if let Some(accepted) = &finding.accepted {
        let kind = if accepted.by == "annotation" { "inSource" } else { "external" };
        result["suppressions"] = json!([{ "kind": kind, "justification": accepted.reason }]);
    }
    if baseline {
        result["baselineState"] = json!(if finding.state == "known" { "unchanged" } else { "new" });
    }
    result
}

fn name(finding: &LintFinding) -> String {
    let object = &finding.object;
    let namespace =
        if object.namespace.is_empty() { String::new() } else { format!("{}/", object.namespace) };
    format!("{namespace}{}/{}#{}", object.kind, object.name, finding.path)
}

/// A path as a relative reference: what isn't unreserved is written as `%XX`.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let uri: String = path
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    if path.starts_with('/') { format!("file://{uri}") } else { uri }
}
