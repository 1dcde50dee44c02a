//! Helm and Kustomize, run as a person would run them.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::settings::Settled;
use crate::arguments::Lint;

/// A kustomization may fetch from elsewhere, and elsewhere may not answer.
const LONGEST: Duration = Duration::from_mins(2);

/// Why something was not rendered.
pub(super) enum Unrendered {
    /// The program that does it isn't there.
    NotInstalled(&'static str),
    /// What it said.
    Failed(String),
}

/// `helm template`, for the Kubernetes and the namespace that are meant.
pub(super) fn helm(chart: &Path, arguments: &Lint, settled: &Settled) -> Result<String, Unrendered> {
    let name =
        chart.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let mut command = Command::new("helm");
    command.arg("template").arg(name.unwrap_or_else(|| "release".to_owned())).arg(chart);
    for values in &arguments.checks.values {
        command.arg("--values").arg(values);
    }
    if !settled.settings.namespace.is_empty() {
        command.args(["--namespace", &settled.settings.namespace]);
    }
    command.args(["--kube-version", &settled.settings.version.to_string()]);
    output(command, "helm")
}

/// `kustomize build`, or what kubectl has of it.
pub(super) fn kustomize(folder: &Path) -> Result<String, Unrendered> {
    let mut command = Command::new("kustomize");
    command.arg("build").arg(folder);
    match output(command, "kustomize") {
        Err(Unrendered::NotInstalled(_)) => {
            let mut command = Command::new("kubectl");
            command.arg("kustomize").arg(folder);
            output(command, "kubectl")
        }
        done => done,
    }
}

fn output(mut command: Command, program: &'static str) -> Result<String, Unrendered> {
    let failed = |error: io::Error| Unrendered::Failed(format!("{program}: {error}"));
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Unrendered::NotInstalled(program));
        }
        Err(error) => return Err(failed(error)),
    };
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let status = wait(&mut child).map_err(failed)?;
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    match status {
        Some(true) => Ok(out),
        Some(false) => Err(Unrendered::Failed(format!("{program} says: {}", last_words(&err)))),
        None => Err(Unrendered::Failed(format!("{program} took longer than {} s", LONGEST.as_secs()))),
    }
}

/// The end of what a program said: the cause stands last, behind all that was tried because of it.
fn last_words(said: &str) -> String {
    const MOST: usize = 300;
    let words: Vec<char> = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let left_out = words.len().saturating_sub(MOST);
    let end: String = words[left_out..].iter().collect();
    if left_out > 0 { format!("…{end}") } else { end }
}

/// Whether it succeeded; nothing if it had to be ended.
fn wait(child: &mut Child) -> io::Result<Option<bool>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if start.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    }
}
