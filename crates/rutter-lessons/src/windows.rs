//! Steps on nodes that run Windows.
//!
//! Lessons write what to do on a node for Linux. Here, and nowhere else, that becomes what Windows understands: commands
//! of PowerShell for commands that have an equal there, nothing for those that have none.

use rutter_cluster::objects::Node;

use crate::{Context, Finding, Remedy, Risk};

/// Where the kubelet and the runtimes keep what fills a disk.
const FOLDERS: &str =
    "C:\\var\\lib\\kubelet,C:\\var\\log,C:\\ProgramData\\containerd,C:\\ProgramData\\docker";

/// Where network plugins and their configuration are looked for.
const NETWORK: &str = "C:\\etc\\cni\\net.d,C:\\opt\\cni\\bin,'C:\\Program Files\\containerd\\cni'";

/// What titles say of Linux alone.
const WORDS: [(&str, &str); 6] = [
    ("as root", "as administrator in PowerShell"),
    (": bytes, then inodes", ""),
    (", who fills it, and what was deleted but is still open", " and who fills it"),
    (" (/proc/net/tcp shows ports in hexadecimal)", ""),
    ("if processes stay in state D, or it hangs again", "if it hangs again"),
    (", and whether the file system became read-only", ""),
];

/// What a step is about that Windows doesn't have.
const OF_LINUX: [&str; 2] = ["state D", "SIGUSR1"];

/// Tools for the machine of who reads the report, not for the node.
const LOCAL: [&str; 6] = ["kubectl", "rutter", "crane", "nc", "ctr", "helm"];

/// The steps for the system of the node that they are about.
pub(crate) fn for_system(context: &Context<'_>, finding: &Finding, steps: Vec<Remedy>) -> Vec<Remedy> {
    if steps.is_empty() || !is_about_windows(context, finding) {
        return steps;
    }
    steps.into_iter().filter_map(step).collect()
}

fn is_about_windows(context: &Context<'_>, finding: &Finding) -> bool {
    node(context, finding).is_some_and(runs_windows)
}

/// The node that steps are about: that of the first instance, where there are several.
pub(crate) fn node<'c>(context: &Context<'c>, finding: &Finding) -> Option<&'c Node> {
    let first = finding.instances.first().and_then(|instance| context.pod(instance));
    context.node(first.map_or(&finding.node, |pod| &pod.spec.node_name)).ok().flatten()
}

/// Whether the node runs Windows, by its own word or by its label.
fn runs_windows(node: &Node) -> bool {
    let labelled = ["kubernetes.io/os", "beta.kubernetes.io/os"]
        .iter()
        .any(|key| node.meta.labels.get(key).is_some_and(|system| *system == "windows"));
    labelled || node.status.node_info.operating_system == "windows"
}

/// The step for Windows; none if it is about tools that Windows doesn't have.
fn step(step: Remedy) -> Option<Remedy> {
    let mut commands: Vec<String> = Vec::new();
    for command in step.commands.iter().flat_map(|command| translate(command)) {
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    let is_on_node = step.risk == Risk::ReadOnly || step.title.contains("as root");
    let is_empty = commands.is_empty() && !step.commands.is_empty();
    let title = WORDS.iter().fold(step.title, |title, (from, to)| title.replace(from, to));
    if is_empty && is_on_node || OF_LINUX.iter().any(|word| title.contains(word)) {
        return None;
    }
    Some(Remedy { title, commands, ..step })
}

fn translate(command: &str) -> Vec<String> {
    let first = command.split(' ').next().unwrap_or_default();
    if LOCAL.contains(&first) {
        return vec![in_container(command)];
    }
    if first == "for" {
        return Vec::new();
    }
    let plain = command.split_once("   # ").map_or(command, |(plain, _)| plain);
    plain.split("; ").flat_map(on_node).collect()
}

/// What runs in a container: `cmd` is in every image for Windows, PowerShell is not.
fn in_container(command: &str) -> String {
    match command.split_once(" -- ") {
        Some((head, inner)) if inner.starts_with("df ") || inner.starts_with("du ") => {
            format!("{head} -- cmd /c dir C:\\")
        }
        Some((head, inner)) if inner.starts_with("sh -c") && inner.contains("netstat") => {
            format!("{head} -- netstat -an")
        }
        Some((head, inner)) if inner == "sh" || inner.starts_with("sh -c") => {
            format!("{} -- cmd", head.replacen(" exec ", " exec -it ", 1))
        }
        _ => command.to_owned(),
    }
}

/// What a shell's variable is to hold: `crictl pods -q` of `pods=$(crictl pods -q) && …`.
fn captured(command: &str) -> &str {
    let inner =
        command.split_once("=$(").filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    inner.and_then(|(_, rest)| rest.split_once(')')).map_or(command, |(inner, _)| inner)
}

fn on_node(command: &str) -> Vec<String> {
    let command = captured(command);
    let words: Vec<&str> = command.split_whitespace().collect();
    let one = match words.as_slice() {
        ["timeout", seconds, "crictl", rest @ ..] => {
            format!("crictl --timeout {seconds}s {}", plain(rest))
        }
        ["time", rest @ ..] => format!("Measure-Command {{ {} | Out-Default }}", plain(rest)),
        ["timeout", _, tool @ "docker", rest @ ..]
        | [tool @ ("crictl" | "docker" | "containerd"), rest @ ..] => format!("{tool} {}", plain(rest)),
        ["curl", rest @ ..] => format!("curl.exe {}", rest.join(" ").replace("/dev/null", "NUL")),
        ["systemctl", verb, unit, ..] => return service(verb, unit),
        ["journalctl", "-k", ..] | ["dmesg", ..] => system_log(),
        ["journalctl", rest @ ..] => return service_logs(rest),
        ["df", ..] => "Get-PSDrive -PSProvider FileSystem".to_owned(),
        ["du", ..] => format!(
            "Get-ChildItem {FOLDERS} -Recurse -File -ErrorAction SilentlyContinue | Sort-Object Length -Descending | \
             Select-Object -First 25 Length,FullName"
        ),
        ["ls", folder, ..] if folder.starts_with("/etc/cni") => {
            format!("Get-ChildItem {NETWORK} -Recurse -ErrorAction SilentlyContinue")
        }
        ["getent", "ahosts", host] => format!("Resolve-DnsName {host}"),
        ["cat", "/etc/resolv.conf"] => "Get-DnsClientServerAddress".to_owned(),
        ["date" | "timedatectl", ..] => "w32tm /query /status".to_owned(),
        ["ps", ..] => "Get-Process | Sort-Object CPU -Descending | Select-Object -First 20".to_owned(),
        _ => return Vec::new(),
    };
    vec![one]
}

/// A command up to its first pipe or redirection; what was counted is counted.
fn plain(words: &[&str]) -> String {
    let is_end = |word: &&str| word.starts_with(['|', '>', '&']) || *word == "2>/dev/null";
    let head: Vec<&str> = words.iter().copied().take_while(|word| !is_end(word)).collect();
    let counts = words.ends_with(&["|", "wc", "-l"]);
    // Without a filter behind it JSON is too long to read.
    let head = head.join(" ").replace(" -o json", "");
    format!("{head}{}", if counts { " | Measure-Object -Line" } else { "" })
}

fn service(verb: &str, unit: &str) -> Vec<String> {
    match verb {
        "status" => vec![format!("Get-Service {unit}")],
        "start" => vec![format!("Start-Service {unit}")],
        "restart" => vec![format!("Restart-Service {unit}")],
        "show" => vec![format!(
            "Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Services\\{unit} -Name Environment   # its proxy, if it has one"
        )],
        _ => Vec::new(),
    }
}

/// Services log to files that their command lines name, or to the event log.
fn service_logs(words: &[&str]) -> Vec<String> {
    let named = words.windows(2).filter_map(|pair| match pair {
        ["-u", unit] if *unit != "crio" => Some(*unit),
        _ => None,
    });
    let units: Vec<&str> = named.collect();
    if units.is_empty() {
        return Vec::new();
    }
    let filter: Vec<String> = units.iter().map(|unit| format!("Name='{unit}'")).collect();
    vec![
        format!(
            "Get-CimInstance Win32_Service -Filter \"{}\" | Format-List Name,State,PathName   # PathName tells where it logs",
            filter.join(" OR ")
        ),
        format!(
            "Get-WinEvent -LogName Application -MaxEvents 500 | Where-Object ProviderName -match '{}' | Select-Object -First 30",
            units.join("|")
        ),
    ]
}

fn system_log() -> String {
    "Get-WinEvent -FilterHashtable @{LogName='System'; Level=1,2,3; StartTime=(Get-Date).AddHours(-3)} -MaxEvents 30"
        .to_owned()
}

#[cfg(test)]
#[path = "windows_tests.rs"]
mod tests;
