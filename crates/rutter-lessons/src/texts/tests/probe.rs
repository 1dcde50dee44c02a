use super::*;
use crate::texts::testing::survives;

const ARTICLE: &str = "Liveness probe failed: rpc error: code = 2 desc = oci runtime error: exec failed: container_linux.go:262: starting container process caused \"process_linux.go:86: adding pid 30968 to cgroups caused \\\"failed to write 30968 to cgroup.procs: write /sys/fs/cgroup/cpu,cpuacct/x/cgroup.procs: invalid argument\\\"\"";

const OUTCOMES: &[(&str, Option<Mechanism>, Outcome<'static>)] = &[
    (
        "Readiness probe failed: HTTP probe failed with statuscode: 500",
        Some(Mechanism::Http),
        Outcome::HttpStatus(500),
    ),
    (
        "Liveness probe failed: Get \"http://10.0.0.1:8080/\": dial tcp 10.0.0.1:8080: connect: connection refused",
        Some(Mechanism::Http),
        Outcome::ConnectionRefused { at: Some(("10.0.0.1", 8080)) },
    ),
    (
        "Readiness probe failed: dial tcp 10.0.0.1:8080: getsockopt: connection refused",
        Some(Mechanism::Tcp),
        Outcome::ConnectionRefused { at: Some(("10.0.0.1", 8080)) },
    ),
    (
        "Readiness probe failed: dial tcp [fd00::5]:80: connect: connection refused",
        Some(Mechanism::Tcp),
        Outcome::ConnectionRefused { at: Some(("fd00::5", 80)) },
    ),
    (
        "Liveness probe failed: Get http://10.244.1.3:8080/healthz: net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
        Some(Mechanism::Http),
        Outcome::Timeout,
    ),
    (
        "Liveness probe failed: Get \"http://10.244.1.3:8080/healthz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        Some(Mechanism::Http),
        Outcome::Timeout,
    ),
    ("Liveness probe failed: dial tcp 10.0.0.1:8080: i/o timeout", Some(Mechanism::Tcp), Outcome::Timeout),
    (
        "Liveness probe failed: Get \"https://10.0.0.1:8443/\": net/http: TLS handshake timeout",
        Some(Mechanism::Http),
        Outcome::Timeout,
    ),
    (
        "Liveness probe failed: command timed out: \"cat /tmp/w/index.html\" timed out after 1s",
        Some(Mechanism::Exec),
        Outcome::ExecTimeout { command: Some("cat /tmp/w/index.html"), limit: Some(Duration::from_secs(1)) },
    ),
    (
        "Readiness probe failed: command \"sh -c check\" timed out",
        Some(Mechanism::Exec),
        Outcome::ExecTimeout { command: Some("sh -c check"), limit: None },
    ),
    (
        "Liveness probe errored: rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 3s exceeded: context deadline exceeded",
        Some(Mechanism::Exec),
        Outcome::ExecTimeout { command: None, limit: Some(Duration::from_secs(3)) },
    ),
    (
        "Readiness probe failed: service unhealthy (responded with \"NOT_SERVING\")",
        Some(Mechanism::Grpc),
        Outcome::GrpcNotServing { status: "NOT_SERVING" },
    ),
    (
        "Startup probe failed: timeout: failed to connect service \"10.0.0.1:50051\" within 1s: context deadline exceeded",
        Some(Mechanism::Grpc),
        Outcome::Timeout,
    ),
    (
        "Liveness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health)",
        Some(Mechanism::Grpc),
        Outcome::GrpcNotImplemented,
    ),
    (
        "Readiness probe failed: Get \"https://10.0.0.1:8443/\": http: server gave HTTP response to HTTPS client",
        Some(Mechanism::Http),
        Outcome::WrongScheme,
    ),
    (
        "Readiness probe failed: Get \"https://10.0.0.1:8443/\": remote error: tls: handshake failure",
        Some(Mechanism::Http),
        Outcome::Tls,
    ),
    (
        "Readiness probe failed: Get \"http://app:80/\": dial tcp: lookup app on 10.96.0.10:53: no such host",
        Some(Mechanism::Http),
        Outcome::NoSuchHost { host: Some("app") },
    ),
    (
        "Readiness probe failed: dial tcp 10.0.0.1:80: connect: no route to host",
        Some(Mechanism::Tcp),
        Outcome::NoRoute,
    ),
    (
        "Readiness probe failed: Get \"http://10.0.0.1:80/\": EOF",
        Some(Mechanism::Http),
        Outcome::ConnectionReset,
    ),
    (
        "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n",
        Some(Mechanism::Exec),
        Outcome::CommandFailed { output: "cat: can't open '/tmp/ready': No such file or directory" },
    ),
    ("Readiness probe failed: ", Some(Mechanism::Exec), Outcome::CommandFailed { output: "" }),
    (
        "Readiness probe errored and resulted in unknown state: rpc error: code = NotFound desc = failed to exec in container: failed to load task: no running task found: task 0a1b not found",
        Some(Mechanism::Exec),
        Outcome::ContainerNotFound,
    ),
    (
        "Readiness probe errored: rpc error: code = Unknown desc = command error: container is not created or running",
        Some(Mechanism::Exec),
        Outcome::ContainerNotFound,
    ),
    (
        "Liveness probe failed: rpc error: code = 2 desc = containerd: container not found",
        Some(Mechanism::Exec),
        Outcome::ContainerNotFound,
    ),
];

#[test]
fn outcomes() {
    for (text, mechanism, outcome) in OUTCOMES {
        let read = parse(text).unwrap();
        assert_eq!((read.mechanism, read.outcome), (*mechanism, *outcome), "{text}");
    }
}

#[test]
fn which_probe_and_where() {
    let refused = parse(OUTCOMES[1].0).unwrap();
    assert_eq!((refused.probe, refused.target), (ProbeKind::Liveness, Some(("10.0.0.1", 8080))));
    assert_eq!(refused.outcome.to_string(), "connection refused on port 8080");
    let grpc = parse(OUTCOMES[12].0).unwrap();
    assert_eq!((grpc.probe, grpc.target), (ProbeKind::Startup, Some(("10.0.0.1", 50051))));
    assert!(grpc.outcome.is_slow());
    assert!(parse(OUTCOMES[10].0).unwrap().errored);
    assert!(matches!(parse(ARTICLE).unwrap().outcome, Outcome::ExecNotStarted { .. }));
    assert_eq!(parse("Back-off restarting failed container"), None);
}

#[test]
fn kills() {
    let new = killing("Container c failed liveness probe, will be restarted").unwrap();
    let failed = KillReason::ProbeFailed(ProbeKind::Liveness);
    assert_eq!(new, Killing { container: "c", reason: failed, era: Era::Current });
    let old = killing("Killing container with id docker://app:Container failed liveness probe.. Container will be killed and recreated.").unwrap();
    assert_eq!(old, Killing { container: "app", reason: failed, era: Era::Old });
    assert_eq!(killing("Stopping container db").unwrap().reason, KillReason::Stopping);
    assert_eq!(
        killing("Killing container with id docker://x:Need to kill Pod").unwrap().reason,
        KillReason::Stopping
    );
    assert_eq!(
        killing("Container c definition changed, will be restarted").unwrap().reason,
        KillReason::DefinitionChanged
    );
    assert_eq!(killing("nothing"), None);
}

#[test]
fn never_panics() {
    let samples: Vec<&str> = OUTCOMES.iter().map(|(text, ..)| *text).chain([ARTICLE]).collect();
    survives(&samples, |text| parse(text).map(|p| p.outcome.to_string()));
    let kills = [
        "Killing container with id docker://app:Container failed liveness probe..",
        "Container c failed startup probe, will be restarted",
    ];
    survives(&kills, |text| killing(text).map(|k| k.container.len()));
}
