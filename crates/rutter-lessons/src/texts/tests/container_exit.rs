use super::*;
use crate::texts::testing::survives;

#[test]
fn exit_codes() {
    let cases = [
        (0, "Completed", Exit::Completed),
        (1, "Error", Exit::AppError(1)),
        (126, "Error", Exit::NotExecutable),
        (127, "Error", Exit::CommandNotFound),
        (127, "ContainerCannotRun", Exit::NotStarted),
        (128, "StartError", Exit::NotStarted),
        (137, "OOMKilled", Exit::OomKilled),
        (137, "Error", Exit::Signal(9)),
        (137, "ContainerStatusUnknown", Exit::Lost),
        (139, "Error", Exit::Signal(11)),
        (143, "Error", Exit::Signal(15)),
        (255, "Unknown", Exit::Unknown255),
        (-1_073_741_819, "Error", Exit::Windows(0xC000_0005)),
        (3_221_225_786, "Error", Exit::Windows(0xC000_013A)),
        (i64::MIN, "", Exit::Windows(0)),
    ];
    for (code, reason, expected) in cases {
        assert_eq!(exit(code, None, reason), expected, "{code} {reason}");
    }
    assert_eq!(exit(0, Some(9), ""), Exit::Signal(9));
    assert!(exit(137, None, "Error").is_sigkill() && exit(143, None, "").was_asked());
    assert_eq!(Exit::Signal(11).to_string(), "ended by signal 11 (SIGSEGV)");
    assert_eq!(Exit::Windows(0xC000_0005).to_string(), "Windows status 0xC0000005 (access violation)");
}

const STARTS: &[(&str, StartFailure<'static>)] = &[
    (
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"wge\": executable file not found in $PATH: unknown",
        StartFailure::CommandNotFound { command: Some("wge") },
    ),
    (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"/nope\": stat /nope: no such file or directory: unknown",
        StartFailure::CommandNotFound { command: Some("/nope") },
    ),
    (
        "OCI runtime create failed: container_linux.go:348: starting container process caused \"exec: \\\"wge\\\": executable file not found in $PATH\": unknown",
        StartFailure::CommandNotFound { command: Some("wge") },
    ),
    (
        "oci runtime error: container_linux.go:247: starting container process caused \"exec: \\\"wge\\\": executable file not found in $PATH\"\n",
        StartFailure::CommandNotFound { command: Some("wge") },
    ),
    (
        "exec /entrypoint.sh: no such file or directory",
        StartFailure::CommandNotFound { command: Some("/entrypoint.sh") },
    ),
    (
        "standard_init_linux.go:211: exec user process caused \"no such file or directory\"",
        StartFailure::CommandNotFound { command: None },
    ),
    (
        "crun: executable file `wge` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
        StartFailure::CommandNotFound { command: Some("wge") },
    ),
    (
        "OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"/app.sh\": permission denied: unknown",
        StartFailure::PermissionDenied { command: Some("/app.sh") },
    ),
    ("exec /usr/local/bin/app: exec format error", StartFailure::WrongArchitecture),
    (
        "standard_init_linux.go:190: exec user process caused \"exec format error\"",
        StartFailure::WrongArchitecture,
    ),
    (
        "OCI runtime create failed: runc create failed: unable to start container process: error during container init: chdir to cwd (\"/work\") set in config.json failed: no such file or directory: unknown",
        StartFailure::WorkingDirMissing { dir: Some("/work") },
    ),
    (
        "failed to create containerd container: unable to find user nobody1: no matching entries in passwd file",
        StartFailure::UserMissing { user: Some("nobody1") },
    ),
    (
        "OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown",
        StartFailure::MemoryLimitTooLow,
    ),
    (
        "Error: failed to generate container \"x\" spec: failed to generate spec: no command specified",
        StartFailure::NoCommand,
    ),
];

#[test]
fn starts_that_failed() {
    for (text, expected) in STARTS {
        assert_eq!(start_failure(text), *expected, "{text}");
    }
    let mount = "OCI runtime create failed: container_linux.go:345: starting container process caused \"process_linux.go:430: container init caused \\\"rootfs_linux.go:58: mounting \\\\\\\"/a\\\\\\\" to rootfs caused \\\\\\\"not a directory\\\\\\\"\\\"\": unknown: Are you trying to mount a directory onto a file (or vice-versa)?";
    assert!(matches!(start_failure(mount), StartFailure::MountProblem { .. }));
    let cgroup = "starting container process caused \"process_linux.go:86: adding pid 30968 to cgroups caused \\\"failed to write\\\"\"";
    assert_eq!(start_failure(cgroup), StartFailure::Cgroup);
    assert_eq!(start_failure("ducks: unknown"), StartFailure::Other { detail: "ducks" });
    assert_eq!(STARTS[0].1.to_string(), "the image has no command wge");
}

#[test]
fn back_offs() {
    let pod = Some(("crash-6475757f87-q4f4w", "default", "c226d4a0"));
    let new =
        back_off("back-off 40s restarting failed container=c pod=crash-6475757f87-q4f4w_default(c226d4a0)")
            .unwrap();
    assert_eq!(
        new,
        BackOff { delay: Some(Duration::from_secs(40)), container: Some("c"), pod, era: Era::Current }
    );
    let old =
        back_off("Back-off 5m0s restarting failed container=c pod=crash-6475757f87-q4f4w_default(c226d4a0)")
            .unwrap();
    assert_eq!((old.delay, old.era), (Some(Duration::from_mins(5)), Era::Old));
    let event =
        back_off("Back-off restarting failed container c in pod crash-6475757f87-q4f4w_default(c226d4a0)")
            .unwrap();
    assert_eq!((event.delay, event.container, event.pod), (None, Some("c"), pod));
    assert_eq!(back_off("Back-off restarting failed container").unwrap().container, None);
    assert_eq!(back_off("Back-off pulling image \"x\""), None);
}

#[test]
fn never_panics() {
    let samples: Vec<&str> = STARTS.iter().map(|(text, _)| *text).collect();
    survives(&samples, |text| start_failure(text).to_string());
    survives(&["back-off 1m20s restarting failed container=c pod=a_b(c)"], |text| back_off(text).is_some());
}
