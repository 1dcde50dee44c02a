//! What runtimes, kernels and programs say.

/// Whether runc lost its race when it was to run a command in a container: it moves the new process into the control groups while
/// the kernel still counts it as new (`TASK_NEW`), and gets EINVAL (opencontainers/runc#1326, #1884; mended by #1950).
pub(super) fn is_exec_race(message: &str) -> bool {
    let enters = message.contains("adding pid") || message.contains("to cgroup");
    enters && message.contains("cgroup") && message.contains("invalid argument")
}

/// The control group that refused a new process, in the kernel's words (4.3+): `cgroup: fork rejected by pids controller in
/// /kubepods/burstable/pod<uid>/<container>`. It is said once for each group.
pub(super) fn fork_rejected(message: &str) -> Option<&str> {
    let (_, group) = message.split_once("fork rejected by pids controller in ")?;
    group.split_whitespace().next()
}

/// The uid of the pod in a control group's path, as the API writes it.
pub(super) fn pod_uid(group: &str) -> Option<String> {
    let (_, rest) = group.rsplit_once("pod").filter(|(before, _)| before.ends_with(['/', '-']))?;
    let uid: String =
        rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect();
    (uid.len() >= 32).then(|| uid.replace('_', "-"))
}

/// Words by which programs say that no further process or thread can be made, with the system's reason (EAGAIN of fork and clone).
const REFUSED: [&str; 5] = [
    "fork: retry: Resource temporarily unavailable",
    "fork: Resource temporarily unavailable",
    "can't fork: Resource temporarily unavailable",
    "failed to create new OS thread (have",
    "pthread_create failed: Resource temporarily unavailable",
];

/// The same without a reason: memory, or a seccomp profile that doesn't know a new system call, gives these words, too.
const WITHOUT_REASON: [&str; 3] =
    ["unable to create new native thread", "unable to create native thread", "can't start new thread"];

/// Whether a line says that no further process or thread could be made, and, if it does, whether it says why.
pub(super) fn refused(line: &str) -> Option<bool> {
    let any = |all: &[&str]| all.iter().any(|words| line.contains(words));
    // Go's runtime tells the number of the error.
    let is_other = line.contains("errno=") && !line.contains("errno=11");
    match (any(&REFUSED) && !is_other, any(&WITHOUT_REASON)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn races_are_told_from_limits() {
        let race = "Liveness probe failed: rpc error: code = 2 desc = oci runtime error: exec failed: container_linux.go:262: starting \
                    container process caused \"process_linux.go:86: adding pid 30968 to cgroups caused \\\"failed to write 30968 to \
                    cgroup.procs: write /sys/fs/cgroup/cpu,cpuacct/kubepods.slice/x.scope/cgroup.procs: invalid argument\\\"\"";
        assert!(is_exec_race(race) && refused(race).is_none());
        assert!(!is_exec_race("adding pid 1 to cgroups caused \"no space left on device\""));
        assert_eq!(refused("sh: 1: can't fork: Resource temporarily unavailable"), Some(true));
        assert_eq!(refused("RuntimeError: can't start new thread"), Some(false));
        assert_eq!(refused("runtime: failed to create new OS thread (have 2 already; errno=1)"), None);
        assert_eq!(refused("read: Resource temporarily unavailable"), None);
    }

    #[test]
    fn groups() {
        let said = "cgroup: fork rejected by pids controller in /kubepods/burstable/pod6c3d9c4e-0d0e-4f6e-9c58-1f2b3c4d5e6f/0123";
        let group = fork_rejected(said).unwrap();
        assert_eq!(pod_uid(group).unwrap(), "6c3d9c4e-0d0e-4f6e-9c58-1f2b3c4d5e6f");
        let systemd = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod6c3d9c4e_0d0e_4f6e_9c58_1f2b3c4d5e6f.slice/x";
        assert_eq!(pod_uid(systemd).unwrap(), "6c3d9c4e-0d0e-4f6e-9c58-1f2b3c4d5e6f");
        assert_eq!(pod_uid("/system.slice/docker.service"), None);
        assert_eq!(pod_uid("/kubepods/burstable"), None);
    }
}
