use super::*;
use crate::texts::testing::survives;

const CONTAINERD_DNS: &str = "Failed to pull image \"registry.invalid/none:1\": failed to pull and unpack image \"registry.invalid/none:1\": failed to resolve reference \"registry.invalid/none:1\": failed to do request: Head \"https://registry.invalid/v2/none/manifests/1\": dial tcp: lookup registry.invalid on 10.255.255.53:53: no such host";
const BACK_OFF_NEW: &str = "Back-off pulling image \"registry.invalid/none:1\": ErrImagePull: failed to pull and unpack image \"registry.invalid/none:1\": failed to resolve reference \"registry.invalid/none:1\": failed to do request: Head \"https://registry.invalid/v2/none/manifests/1\": dial tcp: lookup registry.invalid on 10.255.255.53:53: no such host";

const CAUSES: &[(&str, Cause<'static>)] = &[
    (
        "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/nginx:9.9\": failed to resolve reference \"docker.io/library/nginx:9.9\": docker.io/library/nginx:9.9: not found",
        Cause::NotFound(Missing::Either),
    ),
    (
        "rpc error: code = Unknown desc = Error response from daemon: manifest for nginx:9.9 not found: manifest unknown: manifest unknown",
        Cause::NotFound(Missing::Tag),
    ),
    (
        "rpc error: code = Unknown desc = reading manifest v9 in quay.io/org/app: manifest unknown",
        Cause::NotFound(Missing::Tag),
    ),
    (
        "rpc error: code = Unknown desc = Error response from daemon: pull access denied for secret/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        Cause::NotFoundOrNoRights,
    ),
    (
        "failed to pull and unpack image \"docker.io/x/y:1\": failed to resolve reference \"docker.io/x/y:1\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
        Cause::NotFoundOrNoRights,
    ),
    (
        "rpc error: code = Unknown desc = Error reading manifest latest in docker.io/crio/busybox: errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required",
        Cause::NotFoundOrNoRights,
    ),
    (
        "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=x: 401 Unauthorized",
        Cause::Unauthorized,
    ),
    (
        "rpc error: code = Unknown desc = Error response from daemon: Get https://123.dkr.ecr.eu-west-1.amazonaws.com/v2/a/manifests/1: no basic auth credentials",
        Cause::Unauthorized,
    ),
    (
        "Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
        Cause::RateLimited,
    ),
    (
        "rpc error: code = Unknown desc = Error response from daemon: Get https://k8s.gcr.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        Cause::Timeout,
    ),
    (
        "failed to do request: Head \"https://gcr.io/v2/x\": dial tcp 64.233.189.82:443: i/o timeout",
        Cause::Timeout,
    ),
    (
        "Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: TLS handshake timeout",
        Cause::Timeout,
    ),
    (
        "failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://cdn.example/x\": read tcp 10.0.0.4:5->1.2.3.4:443: read: connection reset by peer",
        Cause::ConnectionReset,
    ),
    (
        "Get \"https://r.example/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
        Cause::Tls(TlsProblem::UnknownAuthority),
    ),
    (
        "Get \"https://r.example/v2/\": x509: certificate has expired or is not yet valid: current time 2024-01-01T00:00:00Z is after 2023-01-01T00:00:00Z",
        Cause::Tls(TlsProblem::Expired),
    ),
    (
        "rpc error: code = Unknown desc = Error response from daemon: Get \"https://noimage.com/v2/\": x509: certificate is not valid for any names, but wanted to match noimage.com",
        Cause::Tls(TlsProblem::NameMismatch),
    ),
    (
        "failed to do request: Head \"https://10.0.0.5:5000/v2/a/manifests/1\": http: server gave HTTP response to HTTPS client",
        Cause::HttpsExpected,
    ),
    (
        "rpc error: code = NotFound desc = failed to pull and unpack image \"x/y:1\": no match for platform in manifest: not found",
        Cause::NoMatchingPlatform,
    ),
    (
        "Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries",
        Cause::NoMatchingPlatform,
    ),
    (
        "choosing an image from manifest list docker://x/y:1: no image found in manifest list for architecture arm64, variant \"v8\", OS linux",
        Cause::NoMatchingPlatform,
    ),
    (
        "failed to extract layer sha256:ab: write /var/lib/containerd/x: no space left on device: unknown",
        Cause::NoSpace,
    ),
    (
        "Failed to apply default image tag \"Nginx:1\": couldn't parse image reference \"Nginx:1\": invalid reference format: repository name must be lowercase",
        Cause::InvalidReference,
    ),
    ("Container image \"busybox:1.36\" is not present with pull policy of Never", Cause::NeverPull),
    (
        "SignatureValidationFailed: Source image rejected: A signature was required, but no signature exists",
        Cause::SignatureInvalid,
    ),
    (
        "unexpected status from HEAD request to https://quay.io/v2/a/manifests/1: 502 Bad Gateway",
        Cause::RegistryUnavailable { status: Some(502) },
    ),
    ("rpc error: code = Canceled desc = context canceled", Cause::Cancelled),
    ("rpc error: code = DeadlineExceeded desc = context deadline exceeded", Cause::DeadlineExceeded),
    (
        "rpc error: code = Unknown desc = Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        Cause::RuntimeUnavailable,
    ),
    ("Error: ImagePullBackOff", Cause::NotStated),
    ("Back-off pulling image \"registry.invalid/none:1\"", Cause::NotStated),
    ("ducks", Cause::Unknown),
];

#[test]
fn causes_in_the_words_of_all_runtimes() {
    for (text, expected) in CAUSES {
        assert_eq!(parse(text).cause, *expected, "{text}");
    }
}

#[test]
fn recorded_messages() {
    for text in [CONTAINERD_DNS, BACK_OFF_NEW] {
        let read = parse(text);
        assert_eq!(read.image, Some("registry.invalid/none:1"));
        assert_eq!(
            (read.registry_host, read.contacted),
            (Some("registry.invalid"), Some("registry.invalid"))
        );
        assert_eq!(read.cause, Cause::HostNotResolved { host: Some("registry.invalid") });
        assert_eq!(read.runtime, Some(Runtime::Containerd));
        assert_eq!(read.cause.to_string(), "registry.invalid does not resolve (DNS)");
        assert!(read.cause.is_unreachable() && read.cause.may_pass());
    }
}

#[test]
fn hosts_and_runtimes() {
    let refused = parse(
        "Failed to pull image \"r.io:5000/a:1\": rpc error: code = Unknown desc = Error response from daemon: Get http://r.io:5000/v2/: dial tcp 10.1.2.3:5000: connect: connection refused",
    );
    assert_eq!(refused.cause, Cause::ConnectionRefused { at: Some(("10.1.2.3", 5000)) });
    assert_eq!(refused.cause.to_string(), "10.1.2.3 refuses connections on port 5000");
    assert_eq!((refused.contacted, refused.registry_host), (Some("r.io:5000"), Some("r.io:5000")));
    assert_eq!(refused.runtime, Some(Runtime::Docker));
    let crio = parse(
        "initializing source docker://quay.io/a/b:1: pinging container registry quay.io: Get \"https://quay.io/v2/\": dial tcp: lookup quay.io: device or resource busy",
    );
    assert_eq!((crio.image, crio.runtime), (Some("quay.io/a/b:1"), Some(Runtime::CriO)));
    assert_eq!(crio.cause, Cause::HostNotResolved { host: Some("quay.io") });
}

#[test]
fn pulls_that_succeeded() {
    let read = pulled("Successfully pulled image \"busybox:latest\" in 334ms (1.364s including waiting). Image size: 2224358 bytes.").unwrap();
    assert_eq!((read.image, read.size), ("busybox:latest", Some(2_224_358)));
    assert_eq!(
        (read.took, read.with_waiting),
        (Some(Duration::from_millis(334)), Some(Duration::from_millis(1364)))
    );
    let middle = pulled("Successfully pulled image \"x\" in 5.2s").unwrap();
    assert_eq!((middle.took, middle.with_waiting), (Some(Duration::from_millis(5200)), None));
    assert_eq!(pulled("Successfully pulled image \"x\"").unwrap().took, None);
    assert!(pulled("Container image \"busybox:1.35\" already present on machine").unwrap().already_present);
    assert_eq!(pulled("Pulling image \"x\""), None);
}

#[test]
fn events_that_are_about_pulls() {
    assert!(
        is_about_pull(CONTAINERD_DNS) && is_about_pull(BACK_OFF_NEW) && is_about_pull("Error: ErrImagePull")
    );
    assert!(!is_about_pull("Back-off restarting failed container c in pod a_b(c)"));
    assert!(!is_about_pull("Error: configmap \"x\" not found"));
}

#[test]
fn never_panics() {
    let samples: Vec<&str> =
        CAUSES.iter().map(|(text, _)| *text).chain([CONTAINERD_DNS, BACK_OFF_NEW]).collect();
    survives(&samples, |text| parse(text).cause.to_string());
    survives(
        &["Successfully pulled image \"b\" in 334ms (1.364s including waiting). Image size: 2 bytes."],
        |text| pulled(text).map(|p| p.image.len()),
    );
}
