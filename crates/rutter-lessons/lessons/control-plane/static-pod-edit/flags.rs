//! Flags that a version doesn't know any more: with one of them, the program ends at once (`unknown flag`).

/// Program, flag, and the minor version of Kubernetes that has it no more.
///
/// Sources: CHANGELOG-1.19 (#89069), 1.23 (#105424), 1.24 (#106859), 1.27 (#115840), 1.33 (#130162).
const REMOVED: &[(&str, &str, u32)] = &[
    ("kube-apiserver", "basic-auth-file", 19),
    ("kube-apiserver", "address", 24),
    ("kube-apiserver", "insecure-bind-address", 24),
    ("kube-apiserver", "insecure-port", 24),
    ("kube-apiserver", "port", 24),
    ("kube-apiserver", "cloud-config", 33),
    ("kube-apiserver", "cloud-provider", 33),
    ("kube-controller-manager", "address", 24),
    ("kube-controller-manager", "port", 24),
    ("kube-controller-manager", "enable-taint-manager", 27),
    ("kube-controller-manager", "pod-eviction-timeout", 27),
    ("kube-scheduler", "address", 24),
    ("kube-scheduler", "port", 24),
    ("kube-scheduler", "policy-config-file", 23),
    ("kube-scheduler", "policy-configmap", 23),
    ("kube-scheduler", "policy-configmap-namespace", 23),
    ("kube-scheduler", "use-legacy-policy-config", 23),
];

/// Flags of the log that all programs of Kubernetes had, and have no more from 1.26 on (#112120).
const OF_LOG: [&str; 11] = [
    "add-dir-header",
    "alsologtostderr",
    "log-backtrace-at",
    "log-dir",
    "log-file",
    "log-file-max-size",
    "logtostderr",
    "one-output",
    "skip-headers",
    "skip-log-headers",
    "stderrthreshold",
];

/// The minor version that took a flag away, if that is this one or an earlier one.
pub(super) fn removed(program: &str, flag: &str, minor: u32) -> Option<u32> {
    let known =
        REMOVED.iter().find(|(of, name, _)| *of == program && *name == flag).map(|(.., since)| *since);
    // etcd has its own.
    let of_log = (program != "etcd" && OF_LOG.contains(&flag)).then_some(26);
    known.or(of_log).filter(|since| minor >= *since)
}

/// Flags of which the last one counts where one is given twice: those whose values don't add up to a list or a map, as those of
/// `--etcd-servers`, `--feature-gates` and `--service-account-key-file` do. Only what is known for sure.
const OF_ONE_VALUE: [&str; 33] = [
    "advertise-address",
    "audit-log-path",
    "audit-policy-file",
    "authentication-kubeconfig",
    "authorization-kubeconfig",
    "bind-address",
    "client-ca-file",
    "cluster-cidr",
    "cluster-name",
    "cluster-signing-cert-file",
    "cluster-signing-key-file",
    "config",
    "data-dir",
    "encryption-provider-config",
    "etcd-cafile",
    "etcd-certfile",
    "etcd-keyfile",
    "etcd-prefix",
    "kubeconfig",
    "kubelet-client-certificate",
    "kubelet-client-key",
    "node-cidr-mask-size",
    "proxy-client-cert-file",
    "proxy-client-key-file",
    "requestheader-client-ca-file",
    "root-ca-file",
    "secure-port",
    "service-account-private-key-file",
    "service-account-signing-key-file",
    "tls-cert-file",
    "tls-private-key-file",
    "token-auth-file",
    "trusted-ca-file",
];

/// Whether of a flag that is given twice only the last value counts.
pub(super) fn has_one_value(flag: &str) -> bool {
    OF_ONE_VALUE.contains(&flag)
}

/// The port that a program serves unless told otherwise, and the flag that tells it.
pub(super) fn secure_port(program: &str) -> Option<(&'static str, i64)> {
    match program {
        "kube-apiserver" => Some(("secure-port", 6443)),
        "kube-controller-manager" => Some(("secure-port", 10257)),
        "kube-scheduler" => Some(("secure-port", 10259)),
        _ => None,
    }
}

/// The port without TLS that a program served before 1.24, unless told otherwise.
pub(super) fn insecure_port(program: &str) -> Option<i64> {
    match program {
        "kube-apiserver" => Some(8080),
        "kube-controller-manager" => Some(10252),
        "kube-scheduler" => Some(10251),
        _ => None,
    }
}

/// Whether a flag names a file that must be there when the program starts: what it reads, not what it writes.
pub(super) fn is_read(flag: &str) -> bool {
    const WRITTEN: [&str; 6] = ["log", "audit-log", "lock", "profiling", "cert-dir", "write-config"];
    const READ: [&str; 12] = [
        "-file",
        "-cafile",
        "-certfile",
        "-keyfile",
        "-ca",
        "-cert",
        "-key",
        "kubeconfig",
        "-config",
        "-ca-file",
        "cert-file",
        "key-file",
    ];
    !WRITTEN.iter().any(|start| flag.starts_with(start))
        && (READ.iter().any(|end| flag.ends_with(end)) || flag == "config")
}
