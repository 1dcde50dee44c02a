//! Why a pod's sandbox could not be made: events `FailedCreatePodSandBox` (1.12: `FailedCreateSandBox` too),
//! `FailedPodSandBoxStatus` and the old `NetworkNotReady`.
//!
//! `Failed create pod sandbox: …` (1.12) became `Failed to create pod sandbox: …` (≥ 1.20); the rest is in the words of the
//! runtime (dockershim, containerd, CRI-O) and of its CNI plugins. The kubelet's `kuberuntime_manager.go`, 1.12–1.37.

use std::fmt;
use std::fmt::Write as _;

use super::Era;
use super::image_pull;
use super::scan::{after, after_any, between, has, non_empty, quoted, sentence, socket, strip_combined};

/// Why there is no sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause<'a> {
    /// The node has no CNI configuration (yet).
    CniNotInitialized,
    /// No address left in the range, pool, subnet or on the interface.
    NoIpLeft {
        /// The plugin, where the message tells.
        plugin: Option<&'a str>,
    },
    /// A CNI plugin failed.
    CniPlugin {
        /// Its type, where the message tells.
        plugin: Option<&'a str>,
        /// Its words.
        detail: &'a str,
    },
    /// An earlier attempt never ended and holds the name: a slow disk or a hung runtime.
    NameReserved {
        /// The container that holds it.
        id: Option<&'a str>,
    },
    /// The runtime isn't there.
    RuntimeUnavailable {
        /// Its socket.
        socket: Option<&'a str>,
    },
    /// The runtime didn't answer in time.
    DeadlineExceeded,
    /// The shim or the OCI runtime (runc, crun, kata) failed.
    OciRuntime {
        /// Its words.
        detail: &'a str,
    },
    /// The pause image could not be pulled.
    SandboxImage {
        /// The image.
        image: Option<&'a str>,
        /// Why.
        cause: image_pull::Cause<'a>,
    },
    /// The pod's RuntimeClass names a handler that the runtime doesn't have.
    RuntimeClass {
        /// The handler.
        handler: Option<&'a str>,
    },
    /// The disk is full.
    NoSpace,
    /// The cgroup could not be made: kmem leak of 3.10, driver mismatch, no controller.
    CgroupProblem,
    /// Words that aren't known.
    Unknown {
        /// The message, without the kubelet's prefix.
        detail: &'a str,
    },
}

/// What a message says about a sandbox that could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxFailure<'a> {
    /// Why.
    pub cause: Cause<'a>,
    /// By the kubelet's prefix or dockershim's words.
    pub era: Era,
}

const PREFIXES: [&str; 4] = [
    "Failed to create pod sandbox: ",
    "Failed create pod sandbox: ",
    "Failed create pod sandbox.",
    "Unable to get pod sandbox status: ",
];

/// Reads the message of an event about a sandbox.
pub fn parse(message: &str) -> SandboxFailure<'_> {
    let message = strip_combined(message);
    let text = PREFIXES.iter().find_map(|open| message.strip_prefix(open)).unwrap_or(message);
    let old = message.starts_with("Failed create ")
        || has(text, &["NetworkPlugin cni", "Error response from daemon"]);
    let current = message.starts_with("Failed to create ") && !has(text, &["etworkPlugin cni"]);
    let era = match (old, current) {
        (true, _) => Era::Old,
        (_, true) => Era::Current,
        _ => Era::Any,
    };
    SandboxFailure { cause: cause(text), era }
}

fn cause(text: &str) -> Cause<'_> {
    if has(
        text,
        &[
            "is reserved for ",
            "is already in use by container",
            "name is reserved",
            "already exists: pod sandbox",
        ],
    ) {
        let rest = after_any(text, &["is reserved for ", "is already in use by container "]);
        return Cause::NameReserved { id: rest.and_then(quoted) };
    }
    if has(text, &["cni plugin not initialized", "cni config uninitialized", "No CNI configuration file"]) {
        return Cause::CniNotInitialized;
    }
    if has(text, CNI) {
        return cni(text);
    }
    let image = [
        "failed to get sandbox image ",
        "failed pulling image ",
        "unable to pull sandbox image ",
        "pull pause image",
    ];
    if let Some(rest) = after_any(text, &image) {
        return Cause::SandboxImage { image: quoted(rest), cause: image_pull::cause(rest) };
    }
    host(text)
}

/// The causes that lie in the runtime or its node.
fn host(text: &str) -> Cause<'_> {
    if has(text, &["no runtime for ", "unknown runtime handler", "failed to find runtime handler"]) {
        return Cause::RuntimeClass { handler: quoted(text) };
    }
    if has(
        text,
        &[
            "/sys/fs/cgroup",
            "cgroupsPath",
            "unable to ensure pod container exists",
            "create cgroup",
            "cgroups: ",
        ],
    ) {
        return Cause::CgroupProblem;
    }
    if text.contains("no space left on device") {
        return Cause::NoSpace;
    }
    if has(
        text,
        &["dial unix", "Cannot connect to the Docker daemon", "code = Unavailable", "connection error: desc"],
    ) {
        return Cause::RuntimeUnavailable { socket: socket(text) };
    }
    if has(text, &["DeadlineExceeded", "deadline exceeded", "operation timeout"]) {
        return Cause::DeadlineExceeded;
    }
    let oci = [
        "OCI runtime",
        "oci runtime",
        "shim",
        "container_linux.go",
        "containerd task",
        "failed to start sandbox container",
    ];
    if has(text, &oci) { Cause::OciRuntime { detail: text } } else { Cause::Unknown { detail: text } }
}

/// Signs that it was the network's set-up that failed.
const CNI: &[&str] = &[
    "failed to setup network for sandbox",
    "failed to set up sandbox container",
    "failed to set up pod",
    "etworkPlugin cni",
    "plugin type=",
    "to CNI network",
    "from CNI network",
    "failed to create pod network sandbox",
    "failed to teardown pod",
    "add cmd: ",
    "failed to destroy network for sandbox",
];

/// How plugins say that no address is left: host-local, Calico, AWS, Cilium, Azure, GKE, Terway, OVN.
const NO_IP: &[&str] = &[
    "no IP addresses available",
    "failed to assign an IP address to container",
    "o more IPs available",
    "range is full",
    "pool exhausted",
    "no available IP",
    "No available IP",
    "no IPs available",
    "No IPs available",
    "insufficient free addresses",
    "InsufficientFreeAddresses",
    "IP addresses exhausted",
    "failed to allocate all requested IPs",
    "out of IP",
    "InvalidVSwitchId.IpNotEnough",
    "no free addresses",
];

fn cni(text: &str) -> Cause<'_> {
    let plugin = plugin(text);
    if has(text, NO_IP) {
        return Cause::NoIpLeft { plugin };
    }
    let openings = [
        "failed (add): ",
        "failed (delete): ",
        "\" network: ",
        "to CNI network ",
        "add cmd: ",
        "for sandbox ",
    ];
    Cause::CniPlugin { plugin, detail: after_any(text, &openings).unwrap_or(text) }
}

/// The plugin's type: `plugin type="calico"` (≥ 1.24), else by the files and words each is known for.
fn plugin(text: &str) -> Option<&str> {
    const KNOWN: [(&str, &str); 10] = [
        ("calico", "calico"),
        ("cilium", "cilium-cni"),
        ("flannel", "flannel"),
        ("aws-cni", "aws-cni"),
        ("127.0.0.1:50051", "aws-cni"),
        ("weave", "weave-net"),
        ("multus", "multus"),
        ("terway", "terway"),
        ("azure-vnet", "azure-vnet"),
        ("ovn-kubernetes", "ovn-k8s-cni-overlay"),
    ];
    let typed = after(text, "plugin type=").and_then(quoted).and_then(non_empty);
    typed.or_else(|| KNOWN.iter().find(|(sign, _)| text.contains(sign)).map(|(_, name)| *name))
}

impl Cause<'_> {
    /// The cause's name, the same in all versions.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CniNotInitialized => "cni-not-initialized",
            Self::NoIpLeft { .. } => "no-ip-left",
            Self::CniPlugin { .. } => "cni-plugin",
            Self::NameReserved { .. } => "name-reserved",
            Self::RuntimeUnavailable { .. } => "runtime-unavailable",
            Self::DeadlineExceeded => "deadline-exceeded",
            Self::OciRuntime { .. } => "oci-runtime",
            Self::SandboxImage { .. } => "sandbox-image",
            Self::RuntimeClass { .. } => "runtime-class",
            Self::NoSpace => "no-space",
            Self::CgroupProblem => "cgroup",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether the network's set-up is at fault, rather than the runtime.
    pub fn is_network(&self) -> bool {
        matches!(self, Self::CniNotInitialized | Self::NoIpLeft { .. } | Self::CniPlugin { .. })
    }
}

impl SandboxFailure<'_> {
    /// A key that messages of one cause share although ids, addresses, names with digits and numbers in them change.
    pub fn stable_key(&self) -> String {
        let mut key = self.cause.name().to_owned();
        let (known, detail) = match self.cause {
            Cause::CniPlugin { plugin, detail } => (plugin, detail),
            Cause::NoIpLeft { plugin } => (plugin, ""),
            Cause::OciRuntime { detail } | Cause::Unknown { detail } => (None, detail),
            Cause::SandboxImage { image, .. } => (image, ""),
            Cause::RuntimeClass { handler } => (handler, ""),
            _ => (None, ""),
        };
        if let Some(known) = known {
            key.push(':');
            key.push_str(known);
        }
        if !detail.is_empty() {
            key.push(':');
            masked(detail, &mut key);
        }
        key
    }
}

/// The text with every word that has a digit in it replaced.
fn masked(text: &str, into: &mut String) {
    let separator = |c: char| c.is_whitespace() || matches!(c, '"' | '\\' | '\'' | '(' | ')' | ',' | '=');
    for word in text.split_inclusive(separator) {
        let bare = word.trim_end_matches(separator);
        let tail = word.get(bare.len()..).unwrap_or_default();
        let shown = if bare.bytes().any(|b| b.is_ascii_digit()) { "#" } else { bare };
        // Writing to a string cannot fail.
        let _ = write!(into, "{shown}{tail}");
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CniNotInitialized => {
                f.write_str("the node's network plugin is not set up (no CNI configuration)")
            }
            Self::NoIpLeft { plugin: Some(plugin) } => write!(f, "no pod address is left ({plugin})"),
            Self::NoIpLeft { plugin: None } => f.write_str("no pod address is left"),
            Self::CniPlugin { plugin: Some(plugin), .. } => write!(f, "the network plugin {plugin} failed"),
            Self::CniPlugin { plugin: None, .. } => f.write_str("the network plugin failed"),
            Self::NameReserved { .. } => f.write_str("an earlier attempt still holds the sandbox's name"),
            Self::RuntimeUnavailable { socket: Some(socket) } => {
                write!(f, "the container runtime does not answer at {socket}")
            }
            Self::RuntimeUnavailable { socket: None } => f.write_str("the container runtime does not answer"),
            Self::DeadlineExceeded => f.write_str("the container runtime did not answer in time"),
            Self::OciRuntime { .. } => f.write_str("the shim or OCI runtime failed"),
            Self::SandboxImage { image: Some(image), cause } => {
                write!(f, "the sandbox image {image} could not be pulled: {cause}")
            }
            Self::SandboxImage { image: None, cause } => {
                write!(f, "the sandbox image could not be pulled: {cause}")
            }
            Self::RuntimeClass { handler: Some(handler) } => {
                write!(f, "the runtime has no handler {handler}")
            }
            Self::RuntimeClass { handler: None } => f.write_str("the runtime lacks the pod's handler"),
            Self::NoSpace => f.write_str("the node's disk is full"),
            Self::CgroupProblem => f.write_str("the pod's cgroup could not be made"),
            Self::Unknown { detail } => f.write_str(sentence(detail)),
        }
    }
}

/// The name that an earlier attempt holds: `failed to reserve sandbox name "n": name "n" is reserved for "id"`.
pub fn reserved_name(message: &str) -> Option<&str> {
    between(message, "failed to reserve sandbox name \"", "\"")
        .or_else(|| between(message, "container name \"", "\""))
}

#[cfg(test)]
#[path = "tests/sandbox.rs"]
mod tests;
