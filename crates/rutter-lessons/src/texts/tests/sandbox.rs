use super::*;
use crate::texts::testing::survives;

const CALICO: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"20d3feb0e9ed29a754fb921b8ae728d4b2d6035d2add28d7e1d4b1f7ce08be10\": plugin type=\"calico\" failed (add): Unauthorized";
const CALICO_COMBINED: &str = "(combined from similar events): Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"e8330d941880592e09b78c8bf293bb8506eb3fddcf95f6d90b131798e588011a\": plugin type=\"calico\" failed (add): Unauthorized";
const CALICO_OLD: &str = "Failed create pod sandbox: rpc error: code = Unknown desc = NetworkPlugin cni failed to set up pod \"kube-dns-86f4d74b45-kgjbk_kube-system\" network: stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/";
const AWS: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"07eb\": add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing dial tcp 127.0.0.1:50051: connect: connection refused\"";
const RECORDED_DOWN: &str = "Failed to create pod sandbox: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/lab-containerd.sock: connect: no such file or directory\"";
const RECORDED_SHIM: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: can't get final child's PID from pipe: EOF: unknown";
const RESERVED: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to reserve sandbox name \"web_default_1_0\": name \"web_default_1_0\" is reserved for \"8a1c\"";
const NOT_READY: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"ab12\": cni plugin not initialized";
const NO_ADDRESS: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"ab\": plugin type=\"flannel\" failed (add): failed to delegate add: failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254";
const PAUSE: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image \"k8s.gcr.io/pause:3.5\": failed to pull image \"k8s.gcr.io/pause:3.5\": failed to pull and unpack image \"k8s.gcr.io/pause:3.5\": dial tcp 64.233.189.82:443: i/o timeout";
const PAUSE_OLD: &str = "Failed create pod sandbox: rpc error: code = Unknown desc = failed pulling image \"k8s.gcr.io/pause:3.1\": Error response from daemon: Get https://k8s.gcr.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)";
const CRIO: &str = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create pod network sandbox k8s_web_default_1_0(ab): error adding pod default_web to CNI network \"multus-cni-network\": plugin type=\"multus\" name=\"multus-cni-network\" failed (add): timed out";
const KMEM: &str = "Failed create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox container for pod \"a\": Error response from daemon: OCI runtime create failed: container_linux.go:348: starting container process caused \"process_linux.go:279: applying cgroup configuration for process caused \\\"mkdir /sys/fs/cgroup/memory/kubepods/burstable/pod1: cannot allocate memory\\\"\": unknown";

#[test]
fn stable_over_changing_ids() {
    let (one, two) = (parse(CALICO), parse(CALICO_COMBINED));
    assert_eq!(one.stable_key(), two.stable_key());
    assert_eq!(one.stable_key(), "cni-plugin:calico:Unauthorized");
    assert_eq!(one.cause, Cause::CniPlugin { plugin: Some("calico"), detail: "Unauthorized" });
    assert_ne!(one.stable_key(), parse(CRIO).stable_key());
    assert_eq!(
        parse(RECORDED_SHIM).stable_key(),
        parse(&format!("(combined from similar events): {RECORDED_SHIM}")).stable_key()
    );
}

#[test]
fn networks() {
    let old = parse(CALICO_OLD);
    assert!(
        matches!(old.cause, Cause::CniPlugin { plugin: Some("calico"), detail } if detail.starts_with("stat /var/lib/calico"))
    );
    assert_eq!((old.era, parse(CALICO).era), (Era::Old, Era::Current));
    assert!(matches!(parse(AWS).cause, Cause::CniPlugin { plugin: Some("aws-cni"), .. }));
    assert!(matches!(parse(CRIO).cause, Cause::CniPlugin { plugin: Some("multus"), detail: "timed out" }));
    assert_eq!(parse(NOT_READY).cause, Cause::CniNotInitialized);
    assert_eq!(parse(NO_ADDRESS).cause, Cause::NoIpLeft { plugin: Some("flannel") });
    assert_eq!(parse(NO_ADDRESS).cause.to_string(), "no pod address is left (flannel)");
    assert!(parse(NO_ADDRESS).cause.is_network());
}

#[test]
fn runtimes() {
    assert_eq!(
        parse(RECORDED_DOWN).cause,
        Cause::RuntimeUnavailable { socket: Some("/run/lab-containerd.sock") }
    );
    assert!(matches!(parse(RECORDED_SHIM).cause, Cause::OciRuntime { .. }));
    assert_eq!(parse(RESERVED).cause, Cause::NameReserved { id: Some("8a1c") });
    assert_eq!(reserved_name(RESERVED), Some("web_default_1_0"));
    assert_eq!(parse(KMEM).cause, Cause::CgroupProblem);
    let slow =
        "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded";
    assert_eq!(parse(slow).cause, Cause::DeadlineExceeded);
    let full = "Failed to create pod sandbox: rpc error: code = Unknown desc = mkdir /var/lib/containerd/x: no space left on device";
    assert_eq!(parse(full).cause, Cause::NoSpace);
    let class = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for \"gvisor\" is configured";
    assert_eq!(parse(class).cause, Cause::RuntimeClass { handler: Some("gvisor") });
    assert!(matches!(parse("ducks").cause, Cause::Unknown { detail: "ducks" }));
}

#[test]
fn pause_images() {
    for (text, image) in [(PAUSE, "k8s.gcr.io/pause:3.5"), (PAUSE_OLD, "k8s.gcr.io/pause:3.1")] {
        let expected = Cause::SandboxImage { image: Some(image), cause: image_pull::Cause::Timeout };
        assert_eq!(parse(text).cause, expected, "{text}");
    }
}

#[test]
fn never_panics() {
    let samples = [
        CALICO_COMBINED,
        CALICO_OLD,
        AWS,
        RECORDED_DOWN,
        RECORDED_SHIM,
        RESERVED,
        NOT_READY,
        NO_ADDRESS,
        PAUSE,
        CRIO,
        KMEM,
    ];
    survives(&samples, |text| {
        (parse(text).stable_key(), parse(text).cause.to_string(), reserved_name(text).is_some())
    });
}
