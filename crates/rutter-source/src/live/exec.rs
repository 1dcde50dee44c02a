//! Credential plugins: the programs that a kubeconfig names to get a token or a client certificate.
//!
//! kube runs them too, but three times for one client, and without a limit of time.

use std::{
    io::{self, IsTerminal},
    process::{Output, Stdio},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use tokio::process::Command;

use super::error::plain;

/// How long a plugin may take that can't ask anybody anything.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs the user's plugin, if there is one, and replaces it by what it answered.
pub(super) async fn resolve(user: &mut AuthInfo, cluster: &Cluster) -> Result<(), String> {
    let Some(plugin) = user.exec.take() else { return Ok(()) };
    // kube's order: what is written down goes before the plugin.
    let has_password = user.username.is_some() && user.password.is_some();
    if has_password || user.token.is_some() || user.token_file.is_some() || user.auth_provider.is_some() {
        return Ok(());
    }
    let name = plugin.command.clone().unwrap_or_default();
    let credential = run(&plugin, cluster).await.map_err(|why| with_hint(&plugin, &name, &why))?;
    let nothing = || with_hint(&plugin, &name, "it answered without a token or certificate");
    let status = credential.status.ok_or_else(nothing)?;
    if let (Some(certificate), Some(key)) = (status.client_certificate_data, status.client_key_data) {
        user.client_certificate_data = Some(BASE64_STANDARD.encode(certificate));
        user.client_key_data = Some(BASE64_STANDARD.encode(key).into());
    } else if status.token.is_none() {
        return Err(nothing());
    }
    user.token = status.token.map(Into::into);
    Ok(())
}

fn with_hint(plugin: &ExecConfig, name: &str, why: &str) -> String {
    let hint = plugin.install_hint.as_deref().map(plain).filter(|hint| !hint.is_empty());
    let hint = hint.map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("the credential plugin {name:?} failed: {why}; try kubectl with the same context{hint}")
}

async fn run(plugin: &ExecConfig, cluster: &Cluster) -> Result<Credential, String> {
    let interactive = is_interactive(plugin)?;
    let mut command = command(plugin, cluster, interactive)?;
    let running = command.output();
    let output = if interactive {
        running.await
    } else {
        let late =
            |_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, running).await.map_err(late).flatten()
    };
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it is not installed, or not in PATH".to_owned(),
        _ => plain(&error.to_string()),
    })?;
    if !output.status.success() {
        return Err(complaint(&output));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|_| "its answer is not an ExecCredential in JSON".to_owned())
}

/// What a plugin that failed had to say: the end of it, where the reason is.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).map(plain);
    match last {
        Some(line) => format!("{} ({line})", output.status),
        None => output.status.to_string(),
    }
}

fn is_interactive(plugin: &ExecConfig) -> Result<bool, String> {
    let terminal = io::stdin().is_terminal();
    match plugin.interactive_mode {
        Some(ExecInteractiveMode::Never) => Ok(false),
        Some(ExecInteractiveMode::Always) if !terminal => {
            Err("it must be able to ask, and there is no terminal".to_owned())
        }
        _ => Ok(terminal),
    }
}

fn command(plugin: &ExecConfig, cluster: &Cluster, interactive: bool) -> Result<Command, String> {
    let program = plugin.command.as_deref().filter(|name| !name.is_empty());
    let mut command = Command::new(program.ok_or("the kubeconfig names no command")?);
    command.args(plugin.args.iter().flatten());
    for entry in plugin.env.iter().flatten() {
        if let (Some(name), Some(value)) = (entry.get("name"), entry.get("value")) {
            command.env(name, value);
        }
    }
    command.env("KUBERNETES_EXEC_INFO", info(plugin, cluster, interactive)?);
    command.kill_on_drop(true).stdout(Stdio::piped());
    if interactive {
        command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
    }
    Ok(command)
}

/// What a plugin is told.
fn info(plugin: &ExecConfig, cluster: &Cluster, interactive: bool) -> Result<String, String> {
    let mut spec = serde_json::json!({ "interactive": interactive });
    if plugin.provide_cluster_info {
        let cluster = ExecAuthCluster::try_from(cluster).map_err(|error| plain(&error.to_string()))?;
        spec["cluster"] = serde_json::to_value(cluster).map_err(|error| error.to_string())?;
    }
    let version = plugin.api_version.as_deref().unwrap_or("client.authentication.k8s.io/v1");
    Ok(serde_json::json!({ "apiVersion": version, "kind": "ExecCredential", "spec": spec }).to_string())
}
