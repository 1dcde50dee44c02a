//! The part of `xtask bench` about the engine: what a change costs in clusters of several sizes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// Measures the engine on each of the folders, and prints all in one table. The processor's time is measured, so that a
/// busy machine disturbs little.
pub(crate) fn measure(inputs: &[(&str, &Path)]) -> anyhow::Result<Vec<Value>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let example = ["--release", "--package", "rutter-diagnosis", "--example", "measure-engine"];
    let built = Command::new(&cargo).arg("build").args(example).status()?;
    ensure!(built.success(), "measure-engine doesn't build");
    let mut all = Vec::new();
    for (name, folder) in inputs {
        let output =
            Command::new(&cargo).arg("run").arg("--quiet").args(example).arg("--").arg(folder).output()?;
        ensure!(
            output.status.success(),
            "measure-engine failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout)?;
        let mut measured: Value =
            serde_json::from_str(text.lines().last().context("measure-engine said nothing")?)?;
        measured["input"] = Value::from(*name);
        all.push(measured);
    }
    print(&all);
    Ok(all)
}

fn print(all: &[Value]) {
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    for measured in all {
        let objects = number(&measured["objects"]).max(1.0);
        println!(
            "engine, {} pods, {objects} objects, {} findings: {:.0} changes/s; {:.0} bytes an object, {:.0} of them the engine's",
            measured["pods"],
            measured["findings"],
            number(&measured["per_second"]),
            (number(&measured["cluster_bytes"]) + number(&measured["engine_bytes"])) / objects,
            number(&measured["engine_bytes"]) / objects,
        );
    }
    let Some(first) = all.first() else { return };
    println!(
        "{:<24} {:>8} {:>10} {:>10} {:>10} {:>12}",
        "microseconds", "input", "p50", "p99", "max", "p99 growth"
    );
    let changes = first["changes"].as_object().into_iter().flat_map(|changes| changes.keys());
    let rows = changes.map(|change| (change.as_str(), format!("/changes/{change}")));
    let of_all = [("all changes", "/all"), ("a second passes", "/second"), ("snapshot", "/snapshot")];
    for (name, path) in rows.chain(of_all.map(|(name, path)| (name, path.to_owned()))) {
        let at = |measured: &Value, part: &str| {
            measured.pointer(&format!("{path}/{part}")).and_then(Value::as_f64).unwrap_or_default()
        };
        for measured in all {
            let p99 = at(measured, "p99");
            println!(
                "{name:<24} {:>8} {:>10.0} {p99:>10.0} {:>10.0} {:>12.2}",
                measured["input"].as_str().unwrap_or_default(),
                at(measured, "p50"),
                at(measured, "max"),
                p99 / at(first, "p99"),
            );
        }
    }
}
