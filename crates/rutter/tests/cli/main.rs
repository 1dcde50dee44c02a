//! The binary, as its user runs it.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod bad_input;
mod diagnose;
mod explain;
mod lint;
mod others;
mod sources;

use std::{
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// What a run of the binary gave.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    fn json(&self) -> Value {
        assert!(self.out.starts_with('{') || self.out.starts_with('['), "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs rutter on a machine without any cluster.
fn rutter<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Run {
    rutter_reading(arguments, b"")
}

fn rutter_reading<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>, input: &[u8]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rutter"));
    command.args(arguments);
    run(command, input)
}

/// Nothing of the environment that the tests run in counts.
fn run(mut command: Command, input: &[u8]) -> Run {
    for name in ["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "NO_COLOR", "COLUMNS"] {
        // What a test itself sets stays.
        if !command.get_envs().any(|(set, _)| set == name) {
            command.env_remove(name);
        }
    }
    command.env("HOME", "/nonexistent").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that doesn't read its input closes it.
    drop(child.stdin.take().unwrap().write_all(input));
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The recording of the demo, as a file.
fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/cluster.json")
}
