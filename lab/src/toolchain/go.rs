//! The compiler.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{Module, Program};

/// What of Go's complaints is not about the program, and what to do then.
const REASONS: [(&[&str], &str); 3] = [
    (
        &["dial tcp", "no such host", "proxyconnect", "disabled by GOPROXY", "TLS handshake"],
        "The first build downloads Go modules, which failed: it needs the network, or GOPROXY set to a module proxy that \
         can be reached",
    ),
    (
        &["no space left on device"],
        "The disk of Go's cache (`go env GOCACHE GOMODCACHE`) or of the lab's cache is full",
    ),
    (
        &["requires go >=", "invalid go version", "download go1"],
        "The Go that is installed is too old, and did not get a newer one by itself: install one",
    ),
];

/// The `go` in the PATH.
pub(super) struct Go {
    /// Where it keeps what it compiled.
    pub(super) cache: PathBuf,
    /// Where it keeps modules.
    pub(super) modules: PathBuf,
}

impl Go {
    /// Finds it, and makes sure that it is not too old for `module`.
    pub(super) fn find(module: Module) -> Result<Self> {
        let needed = needed(module)?;
        let output = match command(module).args(["env", "GOVERSION", "GOCACHE", "GOMODCACHE"]).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => bail!(
                "the lab builds Kubernetes from source and needs Go {needed} or newer, and there is no `go` in the PATH: \
                 install it, https://go.dev/doc/install tells how"
            ),
            other => other.context("cannot run go")?,
        };
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("`go env` failed: {}{}", said.trim(), hint(&said));
        }
        let answer = String::from_utf8_lossy(&output.stdout);
        let mut lines = answer.lines().map(str::trim);
        let mut next = || lines.next().unwrap_or_default();
        let found = next().trim_start_matches("go");
        if number(found) < number(&needed) {
            bail!(
                "the lab needs Go {needed} or newer, and the `go` in the PATH is {found}: install a newer one, \
                 https://go.dev/doc/install tells how, and put it first in the PATH"
            );
        }
        Ok(Self { cache: next().into(), modules: next().into() })
    }
}

/// Builds `program` as the file `output`; what `go` writes meanwhile is in the folder `scratch`.
pub(super) fn build(program: Program, output: &Path, scratch: &Path) -> Result<()> {
    // With setpriv, so that a compiler does not go on for minutes when the lab is killed.
    let mut command = Command::new("setpriv");
    command
        .current_dir(program.module().folder())
        .args(["--pdeathsig", "TERM", "go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false"])
        .args(["-ldflags", &program.ldflags(), "-o"])
        .arg(output)
        .arg(program.package())
        .envs([("CGO_ENABLED", "0"), ("GOWORK", "off")])
        .env("GOTMPDIR", scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut go = command.spawn().context("cannot run setpriv, of util-linux")?;
    let mut said = String::new();
    for line in BufReader::new(go.stderr.take().context("go has no output")?).lines() {
        let line = line.unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "{line}");
        said.push_str(&line);
        said.push('\n');
    }
    let status = go.wait()?;
    if !status.success() {
        bail!("go could not build {} ({status}); what it said is above{}", program.package(), hint(&said));
    }
    Ok(())
}

fn command(module: Module) -> Command {
    let mut command = Command::new("go");
    command.current_dir(module.folder()).env("GOWORK", "off").stdin(Stdio::null());
    command
}

fn hint(said: &str) -> String {
    let reason = REASONS.iter().find(|(words, _)| words.iter().any(|word| said.contains(word)));
    reason.map(|(_, advice)| format!(". {advice}")).unwrap_or_default()
}

/// The version of Go that `module` asks for.
fn needed(module: Module) -> Result<String> {
    let path = module.folder().join("go.mod");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("go "));
    Ok(line.with_context(|| format!("{} asks for no Go", path.display()))?.trim().to_owned())
}

/// `1.24rc1` counts as 1.24, and what is no version (`devel …`) as the newest.
fn number(version: &str) -> Vec<u32> {
    let number = |part: &str| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse().unwrap_or(u32::MAX)
    };
    version.split('.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        assert!(number("1.9") < number("1.24.0"));
        assert!(number("1.24") < number("1.24.4"));
        assert!(number("1.26.8") > number("1.24.4"));
        assert!(number("1.25rc1") > number("1.24.4"));
        assert!(number("devel go1.27-abc") > number("1.24.4"));
    }

    #[test]
    fn each_module_asks_for_a_version() {
        assert!(needed(Module::Kubernetes).unwrap().starts_with("1."));
        assert!(needed(Module::Lab).unwrap().starts_with("1."));
    }
}
