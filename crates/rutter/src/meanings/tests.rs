use std::collections::BTreeSet;

use super::*;

/// A text of each family, and words that must stand in what it means: names and numbers of the text among them.
const TEXTS: &[(&str, &str, &[&str])] = &[
    (
        "scheduling",
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {x: y}.",
        &["Of 3 nodes 0", "1: ", "cpu", "2: ", "x"],
    ),
    (
        "autoscaling",
        "error: no matches for kind \"Ingress\" in version \"extensions/v1beta1\"",
        &["no Ingress of that API version", "definition is not installed"],
    ),
    ("scheduling", "no nodes available to schedule pods", &["no node at all"]),
    (
        "probe",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        &["readiness", "503", "after failureThreshold failures", "Services", "successThreshold"],
    ),
    ("probe", "Liveness probe warning: Probe terminated redirects", &["warned", "counts as passed"]),
    ("probe", "Readiness probe errored: rpc error: code = Unknown desc = x", &["neither"]),
    ("probe", "Container app failed liveness probe, will be restarted", &["container app", "liveness"]),
    ("eviction", "The node was low on resource: memory. ", &["memory"]),
    ("pod_end", "NodeLost", &["pod ended"]),
    ("pod_end", "TaintManagerEviction: Cancelling deletion of Pod shop/web-0", &["shop/web-0 stays"]),
    (
        "node_ready",
        "PLEG is not healthy: pleg was last seen active 3m0s ago; threshold is 3m0s",
        &["not Ready", "180s"],
    ),
    ("node_ready", "Kubelet stopped posting node status.", &["not Ready"]),
    (
        "oom",
        "Memory cgroup out of memory: Killed process 4242 (java) total-vm:1kB, anon-rss:2048kB",
        &["java", "2Mi"],
    ),
    ("node_disk", "System OOM encountered, victim process: java, pid: 4242", &["java"]),
    (
        "node_disk",
        "failed to garbage collect required amount of images. Wanted to free 1073741824 bytes, but freed 0 bytes",
        &["1Gi"],
    ),
    (
        "cloud",
        "Could not create route 1 10.244.1.0/24 for node node-b after 1.2s: quota exceeded",
        &["10.244.1.0/24"],
    ),
    (
        "webhook_call",
        "Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: Post \"https://hook.shop.svc:443/v?timeout=10s\": no endpoints available for service \"hook\"",
        &["v.example.com", "no ready endpoint"],
    ),
    (
        "workload_create",
        "Error creating: pods \"web-1\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10",
        &["quota"],
    ),
    (
        "autoscaling",
        "failed to get cpu utilization: missing request for cpu in container app of Pod web-1",
        &["container app", "cpu", "only metric", "still scales up"],
    ),
    (
        "namespace",
        "Some resources are remaining: widgets.example.com has 2 resource instances",
        &["2 widgets.example.com"],
    ),
    (
        "api_service",
        "failing or missing response from https://10.1.1.5:4443/apis/metrics.k8s.io/v1beta1: bad status from https://10.1.1.5:4443/apis: 503",
        &["503"],
    ),
    ("leader", r#"{"holderIdentity":"cp-1_7d0b","renewTime":"2026-03-02T10:00:00Z"}"#, &["cp-1_7d0b"]),
    (
        "sandbox",
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"x\": cni plugin not initialized",
        &["sandbox", "could not be made"],
    ),
    (
        "sandbox",
        "error killing pod: failed to \"KillPodSandbox\" for \"0a1b\" with KillPodSandboxError: \"rpc error: code = Unknown desc = failed to destroy network for sandbox \\\"x\\\"\"",
        &["could not be taken down"],
    ),
    (
        "volume",
        "AttachVolume.Attach failed for volume \"pvc-1\" : rpc error: code = NotFound desc = no disk",
        &["pvc-1", "could not be attached", "no disk"],
    ),
    (
        "volume",
        "MountVolume.SetUp failed for volume \"x\" : configmap \"y\" not found",
        &["Volume x", "ConfigMap y"],
    ),
    (
        "volume",
        "Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one node and can't be attached to another",
        &["pvc-1"],
    ),
    (
        "image_pull",
        "failed to pull image \"shop/web:1\": failed to authorize: unexpected status: 401 Unauthorized",
        &["credentials"],
    ),
    ("image_pull", "Back-off pulling image \"shop/web:1\"", &["shop/web:1"]),
    ("container_config", "couldn't find key password in Secret shop/db", &["key password", "Secret db"]),
    ("container_exit", "Back-off restarting failed container", &["not the cause"]),
    (
        "container_exit",
        "back-off 40s restarting failed container=app pod=web-0_shop(0a1b)",
        &["app", "shop/web-0", "40s"],
    ),
    ("container_exit", "exit code 137", &["137", "SIGKILL"]),
    ("container_exit", "OOMKilled", &["memory limit", "node's memory ran out"]),
    (
        "unfinished",
        "failed to reserve container name \"app_web\": name is reserved for \"0a1b\"",
        &["runtime"],
    ),
    ("placed", "Successfully assigned shop/web-0 to node-a", &["node-a"]),
    ("resolve", "dial tcp: lookup db.shop on 10.96.0.10:53: no such host", &["db.shop"]),
    (
        "x509",
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        &["authority"],
    ),
    (
        "workload_create",
        "admission webhook \"v.example.com\" denied the request: no label",
        &["refused a request", "no label"],
    ),
    (
        "image_pull",
        "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
        &["limits the rate", "can pass by itself"],
    ),
    ("no_space", "write /var/lib/x/data: no space left on device", &["/var/lib/x/data", "inode"]),
    ("no_space", "mkdir /sys/fs/cgroup/memory/kubepods/pod1: no space left on device", &["No disk is full"]),
    (
        "denied",
        "Error from server (Forbidden): pods is forbidden: User \"system:serviceaccount:shop:web\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"",
        &["ServiceAccount shop/web", "list pods", "namespace shop"],
    ),
    (
        "denied",
        "deployments.apps \"web\" is forbidden: User \"jane\" cannot patch resource \"deployments\" in API group \"apps\" at the cluster scope",
        &["user jane", "patch deployments.apps", "whole cluster"],
    ),
    ("job_end", "BackoffLimitExceeded", &["backoffLimit", "made anew"]),
    ("job_end", "Job has reached the specified backoff limit", &["backoffLimit"]),
    ("etcd", "Error from server: etcdserver: request timed out", &["did not answer", "disk"]),
    ("etcd", "etcdserver: mvcc: database space exceeded", &["takes no writes", "2 GiB"]),
    ("etcd", "etcdserver: leader changed", &["another leader"]),
    ("etcd", "etcdserver: no leader", &["No member"]),
    ("unfinished", "DeadlineExceeded", &["activeDeadlineSeconds"]),
    ("unfinished", "dial tcp 10.96.0.1:443: i/o timeout", &["No connection"]),
    ("unfinished", "context deadline exceeded", &["no answer came in time"]),
];

#[test]
fn a_text_of_each_family_is_told_with_its_names_and_numbers() {
    for (family, text, words) in TEXTS {
        let Some(meaning) = meaning(text) else { panic!("{text} is not known") };
        assert_eq!(meaning.family, *family, "{text}: {}", meaning.says);
        for word in *words {
            assert!(meaning.says.contains(word), "{text}: {word} is not in: {}", meaning.says);
        }
        assert!(!meaning.says.ends_with('.') && !meaning.look.is_empty());
    }
}

#[test]
fn every_family_of_texts_has_a_text_here() {
    let tested: BTreeSet<&str> = TEXTS.iter().map(|(family, ..)| *family).collect();
    let named: BTreeSet<&str> = FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(tested, named);
    // `quantity`, `scan` and `image_ref` read parts of texts, and no text by itself.
    let parts = ["quantity", "scan", "image_ref", "testing"];
    let texts = include_str!("../../../rutter-lessons/src/texts/mod.rs");
    let modules = texts.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
    let modules: BTreeSet<&str> =
        modules.map(|name| name.trim_end_matches(';')).filter(|name| !parts.contains(name)).collect();
    assert_eq!(named, modules);
}

#[test]
fn the_lessons_that_are_named_exist() {
    for (_, text, _) in TEXTS {
        for lesson in meaning(text).map_or(&[][..], |meaning| meaning.lessons) {
            assert!(rutter_lessons::find(lesson).is_some_and(|found| found.id == *lesson), "{lesson}");
        }
    }
}

#[test]
fn what_nobody_knows_means_nothing() {
    for text in [
        "",
        "hello world",
        "my cat is on the table",
        "not found",
        "no",
        ": ",
        "exit",
        "crash-loop",
        "forbidden",
        "\u{1b}[2J",
        "Container runtime is down",
        "exit code 999999999999",
        "mount failed: exit status 32",
        "Terminated",
        "StopPodSandbox for \"abc\" returns successfully",
        "RunPodSandbox for &PodSandboxMetadata{Name:fail,} returns sandbox id \"abc\"",
        "Readiness probe succeeded",
        // Normal events of the kubelet, the scheduler and controllers.
        "Container image \"nginx:1\" already present on machine",
        "Container image \"nginx:1\" already present on machine and can be accessed by the pod",
        "Pulling image \"nginx:1\"",
        "Successfully pulled image \"nginx:1\" in 1.2s (1.2s including waiting). Image size: 1 bytes.",
        "Successfully pulled image \"nginx:1\"",
        "Created container app",
        "Created container: app",
        "Container created",
        "Started container app",
        "Container started",
        "Pod sandbox changed, it will be killed and re-created.",
        "AttachVolume.Attach succeeded for volume \"pvc-1\"",
        "AttachVolume.Attach succeeded for volume \"failed\"",
        "MountVolume.MountDevice succeeded for volume \"pvc-1\" device mount path \"/x\"",
        "MountVolume.SetUp succeeded for volume \"pvc-1\" ",
        "MapVolume.MapPodDevice succeeded for volume \"pvc-1\" volumeMapPath \"/x\"",
        "Scaled up replica set web-1 to 3",
        "Scaled up replica set web-1 from 1 to 3",
        "Scaled down replica set web-1 to 0 from 1",
        "Deleted pod: web-1",
        "delete Pod web-0 in StatefulSet web successful",
        "Job completed",
        "Created job tidy-1",
        "Saw completed job: tidy-1, status: Complete",
        "Deleted job tidy-1",
        "Job suspended",
        "Job resumed",
        "Node node-a status is now: NodeReady",
        "Node node-a status is now: NodeSchedulable",
        "Node node-a status is now: NodeHasSufficientMemory",
        "Node node-a status is now: NodeHasNoDiskPressure",
        "Node node-a event: Registered Node node-a in Controller",
        "Starting kubelet.",
        "Updated Node Allocatable limit across pods",
        "Successfully provisioned volume pvc-1",
        "Ensuring load balancer",
        "Ensured load balancer",
        "waiting for first consumer to be created before binding",
        "kubelet is posting ready status",
        "kubelet has sufficient memory available",
        "kubelet has no disk pressure",
    ] {
        assert_eq!(meaning(text), None, "{text}");
    }
}

#[test]
fn any_text_is_survived() {
    for (_, text, _) in TEXTS {
        for (at, _) in text.char_indices() {
            let _ = (meaning(&text[..at]), meaning(&text[at..]));
        }
    }
}
