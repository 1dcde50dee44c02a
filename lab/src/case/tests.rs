use super::*;

/// A recording of one scenario at another time: every `@` stands for what is random.
fn recording(uid: char, end: &str, hour: u8, address: u8) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let uid = |n: u8| format!("{}-1111-4111-8111-11111111111{n}", uid.to_string().repeat(8));
    let at = |rest: &str| format!("2026-11-25T{hour:02}:{rest}Z");
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("web-68dccb7d76-{end}"), "generateName": "web-68dccb7d76-", "namespace": "broken",
            "uid": uid(1), "resourceVersion": uid(9), "creationTimestamp": at("13:10"),
            "managedFields": [{ "manager": "kubelet" }],
            "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes" },
        },
        "spec": {
            "nodeName": "node-a",
            "volumes": [{ "name": "kube-api-access-x7z2k" }, { "name": "data" }],
            "containers": [{ "name": "app", "volumeMounts": [{ "name": "kube-api-access-x7z2k" }] }],
        },
        "status": {
            "podIP": format!("10.244.0.{address}"),
            "message": format!("dial tcp 10.244.0.1:4{}->10.244.0.{address}:80 of {}: eyJhbGciOiJSUzI1NiIsImtpZCI6.e30.x",
                "1".repeat(4), uid(1)),
        },
    });
    let event = json!({
        "metadata": { "name": format!("web-68dccb7d76-{end}.{hour:x}"), "namespace": "broken", "uid": uid(3) },
        "involvedObject": { "kind": "Pod", "name": format!("web-68dccb7d76-{end}"), "uid": uid(1) },
        "lastTimestamp": at("13:20"), "reason": "BackOff",
        "reportingComponent": "default-scheduler", "reportingInstance": format!("default-scheduler-{}", uid(7)),
    });
    let secret = |kind: &str, name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": kind, "data": { "password": "c2VjcmV0" },
            "metadata": { "name": name, "namespace": "broken", "uid": uid(4) },
        })
    };
    let other = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "other", "namespace": "healthy", "uid": uid(5) },
    });
    let node = json!({
        "apiVersion": "v1", "kind": "Node", "metadata": { "name": "node-a", "uid": uid(2) },
        "status": { "nodeInfo": { "kernelVersion": uid(8), "machineID": uid(1).replace('-', ""), "kubeletVersion": "v1.34.4" } },
    });
    let pods = json!({ "kind": "List", "metadata": { "resourceVersion": uid(1) }, "items": [other, pod] });
    let files = [
        ("pods.json", pods),
        ("events.json", json!({ "apiVersion": "v1", "kind": "EventList", "items": [event] })),
        (
            "secrets.json",
            json!({ "kind": "List", "items": [
            secret("Opaque", "login"), secret("kubernetes.io/service-account-token", "default-token")
        ] }),
        ),
        ("nodes.json", json!({ "apiVersion": "v1", "kind": "NodeList", "items": [node] })),
        ("jobs.json", json!({ "kind": "List", "items": [] })),
    ];
    for (name, list) in files {
        put(&folder.path().join(name), &list.to_string()).expect("a file");
    }
    let log = format!("{} started as web-68dccb7d76-{end}\n", at("13:11"));
    put(&folder.path().join(format!("broken/web-68dccb7d76-{end}/logs.txt")), &log).expect("a file");
    folder
}

fn case_of(folder: &tempfile::TempDir) -> BTreeMap<PathBuf, String> {
    files(folder.path(), &Wanted { scenario: "broken", also: &[], logs: true, node_events: false })
        .expect("a case")
}

#[test]
fn two_recordings_give_one_case() {
    let one = case_of(&recording('a', "l66k8", 13, 7));
    let other = case_of(&recording('b', "zz9x2", 4, 31));
    assert_eq!(one, other);
    assert!(one["events.json".as_ref() as &Path].contains("2026-03-02T10:00:00Z"), "{one:#?}");
    assert!(
        one["pods.json".as_ref() as &Path].contains("2026-03-02T09:59:50Z"),
        "distances are kept: {one:#?}"
    );
}

#[test]
fn relations_are_kept() {
    let case = case_of(&recording('a', "l66k8", 13, 7));
    let read = |name: &str| -> Value { serde_json::from_str(&case[name.as_ref() as &Path]).expect("JSON") };
    let (pods, events) = (read("pods.json"), read("events.json"));
    let (pod, about) = (&pods["items"][0], &events["items"][0]["involvedObject"]);
    assert_eq!(pod["metadata"]["uid"], about["uid"]);
    assert_eq!(pod["metadata"]["name"], about["name"]);
    let log = format!("broken/{}/logs.txt", about["name"].as_str().expect("a name"));
    assert!(case[log.as_ref() as &Path].contains(about["name"].as_str().expect("a name")), "{case:#?}");
}

#[test]
fn what_is_secret_or_not_the_scenarios_is_left_out() {
    let case = case_of(&recording('a', "l66k8", 13, 7));
    let all: String = case.values().cloned().collect();
    for absent in [
        "c2VjcmV0",
        "eyJ",
        "default-token",
        "managedFields",
        "last-applied",
        "kube-api-access",
        "healthy",
        "aaaaaaaa",
        "l66k8",
    ] {
        assert!(!all.contains(absent), "{absent} in {all}");
    }
    assert!(all.contains("password") && all.contains("kept"), "{all}");
    assert!(!case.contains_key("jobs.json".as_ref() as &Path));
}
