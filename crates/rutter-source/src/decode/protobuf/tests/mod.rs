//! Protobuf, held against what the model asks for, against JSON, and against anybody's bytes.

mod asked;
pub(crate) mod encode;
mod random;

use rutter_cluster::{Kind, Pool, Tables};
use serde_json::{Value, json};

use super::*;
use crate::decode::item::{self, Decoded};
use encode::{bytes, envelope, list, object};

fn from_json(value: &Value, kind: Kind) -> String {
    let mut tables = Tables::default();
    assert_eq!(item::decode_as(value.to_string().as_bytes(), kind, &mut tables), Ok(Decoded::Kept(kind)));
    format!("{tables:#?}")
}

fn from_protobuf(value: &Value, kind: Kind) -> String {
    let mut tables = Tables::default();
    assert_eq!(item::decode_protobuf(&object(value, kind), kind, &mut tables), Ok(Decoded::Kept(kind)));
    format!("{tables:#?}")
}

#[test]
fn a_recording_is_the_same_in_both_encodings() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../rutter/demo/cluster.json");
    let text = std::fs::read_to_string(path).unwrap();
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let list = documents.map_while(Result::ok).find(|document| document["kind"] == "List").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for item in list["items"].as_array().unwrap() {
        let word = |name: &str| item[name].as_str().unwrap_or_default();
        let Some(kind) = Kind::of(word("apiVersion"), word("kind")) else { continue };
        if kind == Kind::Secret {
            continue;
        }
        assert_eq!(from_protobuf(item, kind), from_json(item, kind));
        seen.insert(kind);
    }
    assert!(seen.contains(&Kind::Pod) && seen.contains(&Kind::Node) && seen.len() > 8, "{seen:?}");
}

#[test]
fn what_recordings_rarely_hold_is_the_same_in_both_encodings() {
    let pod = json!({
        "metadata": {"name": "a", "namespace": "b", "annotations": {"k": "v"}, "creationTimestamp": null,
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "1", "controller": true}]},
        "spec": {
            "containers": [
                {"name": "c", "image": "i", "args": ["x", "", "y"], "resources": {"limits": {"cpu": "250m", "memory": "1Gi"}},
                 "ports": [{"containerPort": 80}, {"name": "m", "containerPort": 81, "hostPort": 8081, "hostIP": "10.0.0.1"}],
                 "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": true}}}, {"name": "B", "value": "x"}],
                 "envFrom": [{"configMapRef": {"name": "m"}}],
                 "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 10},
                 "readinessProbe": {"grpc": {"port": 5}}, "startupProbe": {"exec": {"command": ["true"]}}},
            ],
            "volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {}}}, {"name": "w", "configMap": {"name": "m", "optional": false}},
                {"name": "x", "emptyDir": {}}, {"name": "y", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}],
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}]}},
                "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
                    {"topologyKey": "zone", "namespaces": ["b"], "labelSelector": {"matchLabels": {"app": "a"}},
                     "namespaceSelector": {}}]}},
            "schedulingGates": [{"name": "g"}], "imagePullSecrets": [{"name": "p"}],
        },
        "status": {"phase": "Running", "startTime": "2026-11-23T23:32:06Z", "containerStatuses": [
            {"name": "c", "restartCount": 7, "started": false, "lastState": {"terminated": {"exitCode": -1, "message": "ü\n"}}}]},
    });
    assert_eq!(from_protobuf(&pod, Kind::Pod), from_json(&pod, Kind::Pod));
    let budget = json!({"metadata": {"name": "a", "namespace": "b"},
        "spec": {"minAvailable": "50%", "maxUnavailable": 0, "selector": {}}});
    let kind = Kind::PodDisruptionBudget;
    assert_eq!(from_protobuf(&budget, kind), from_json(&budget, kind));
    let lease = json!({"metadata": {"name": "a", "namespace": "b"}, "spec": {"renewTime": "2026-11-23T23:32:06.123456Z"}});
    assert_eq!(from_protobuf(&lease, Kind::Lease), from_json(&lease, Kind::Lease));
}

#[test]
fn lists_that_are_written_alike_are_read_once_and_others_are_told_apart() {
    // Pod { 1 metadata { 1 name }, 2 spec { 2 containers { 2 image, 4 args, 9 volumeMounts, which nobody reads } } }.
    let pod = |name: &str, image: &str, args: &[&str], mount: &str| {
        let args: Vec<_> = args.iter().map(|argument| bytes(4, argument.as_bytes())).collect();
        let container = [bytes(2, image.as_bytes()), args.concat(), bytes(9, mount.as_bytes())].concat();
        [bytes(1, &bytes(1, name.as_bytes())), bytes(2, &bytes(2, &container))].concat()
    };
    let mut tables = Tables::default();
    let mut pool = Pool::default();
    pool.run(|| {
        for pod in [
            pod("a", "i", &["x", "y"], "kube-api-access-abcde"),
            pod("b", "i", &["x", "y"], "kube-api-access-fghij"),
            pod("c", "i", &["xy"], "kube-api-access-abcde"),
            pod("d", "j", &["x", "y"], "kube-api-access-abcde"),
        ] {
            decode(&pod, Kind::Pod, &mut tables).unwrap();
        }
    });
    let containers: Vec<_> = tables.pods.iter().map(|pod| &pod.spec.containers).collect();
    assert_eq!(containers[0].address(), containers[1].address());
    assert_eq!((containers[2][0].args.len(), &*containers[3][0].image), (1, "j"));
}

#[test]
fn last_words_that_are_no_utf_8_read_as_the_api_server_s_json() {
    // PodStatus { 3 message } in Pod { 1 metadata { 1 name }, 3 status }: an invalid byte, a truncated character.
    let pod = [bytes(1, &bytes(1, b"a")), bytes(3, &bytes(3, b"x\xff\xe2\x82y"))].concat();
    let mut tables = Tables::default();
    decode(&pod, Kind::Pod, &mut tables).unwrap();
    assert_eq!(tables.pods[0].status.message, "x\u{fffd}\u{fffd}\u{fffd}y");
}

#[test]
fn a_page_brings_its_items_and_nothing_of_another_kind() {
    let pods =
        [json!({"metadata": {"name": "a"}}), json!({"metadata": {}}), json!({"metadata": {"name": "b"}})];
    let page = list(Kind::Pod, &pods, "next", Some(7));
    let head = ListHead::find(&page).unwrap();
    assert_eq!((head.kind, head.token, head.remaining), ("PodList", "next", Some(7)));
    let mut tables = Tables::default();
    let bad = read_list(&page, Kind::Pod, &mut tables).unwrap();
    assert_eq!((bad.number, bad.why.as_str()), (1, "it has no name"));
    let names: Vec<_> = tables.pods.iter().map(|pod| pod.meta.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    for other in [Kind::Node, Kind::Secret] {
        assert!(read_list(&page, other, &mut tables).is_err(), "{other}");
    }
    // Wherever it is cut, that is seen; and the head is known as soon as it is there.
    for length in 0..page.len() {
        // Only what comes after the items may be missing.
        assert_eq!(is_whole(&page[..length]), [page.len() - 4, page.len() - 2].contains(&length), "{length}");
        assert!(ListHead::find(&page[..length]).is_none_or(|found| found == head));
    }
    assert!(is_whole(&page));
    // The items: 7, 4 and 7 bytes; 4 after them.
    assert!(ListHead::find(&page[..page.len() - 22]).is_some());
}

#[test]
fn of_a_secret_only_metadata_is_decoded() {
    // Secret { 1 metadata, 2 data { "key": "value" }, 3 type }.
    let entry = [bytes(1, b"key"), bytes(2, b"hunter2")].concat();
    let secret = [bytes(1, &bytes(1, b"s")), bytes(2, &entry), bytes(3, b"Opaque")].concat();
    let mut tables = Tables::default();
    decode(&secret, Kind::Secret, &mut tables).unwrap();
    assert_eq!(tables.secrets[0].meta.name, "s");
    assert!(tables.secrets[0].data.is_none());
}

#[test]
fn a_refusal_says_why_and_where_to_go_on() {
    assert_eq!(super::status(&encode::status("too old", "elsewhere")), Some(("too old", "elsewhere")));
    assert_eq!(super::status(&list(Kind::Pod, &[], "", None)), None);
    assert_eq!(super::status(b"{}"), None);
}

#[test]
fn a_recorded_watch_is_read() {
    // Two events of a real API server, behind the byte that tells the fuzz target which kind it is.
    let seed = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/protobuf/watch"));
    let mut frames = Frames::default();
    frames.push(&seed[1..]);
    let mut tables = Tables::default();
    while let Some(event) = frames.next_event().unwrap() {
        assert_eq!(event.what, "ADDED");
        assert!(!resource_version(event.object).unwrap().is_empty());
        read_object(event.object, Kind::Namespace, &mut tables).unwrap();
    }
    let told: Vec<_> =
        tables.namespaces.iter().map(|one| format!("{} {}", one.meta.name, one.status.phase)).collect();
    assert_eq!(told, ["analytics-eu Active", "analytics-prod Active"]);
    assert!(tables.namespaces.iter().all(|one| one.meta.created.is_some()));
}

#[test]
fn a_watch_is_cut_into_its_events() {
    let pod = envelope(
        "v1",
        "Pod",
        &object(&json!({"metadata": {"name": "a", "resourceVersion": "12"}}), Kind::Pod),
    );
    let event = [bytes(1, b"ADDED"), bytes(2, &bytes(1, &pod))].concat();
    let length = u32::try_from(event.len()).unwrap().to_be_bytes();
    let stream = [&length[..], &event, &length, &event].concat();
    let mut frames = Frames::default();
    let mut tables = Tables::default();
    for piece in stream.chunks(7) {
        frames.push(piece);
        while let Some(event) = frames.next_event().unwrap() {
            assert_eq!(event.what, "ADDED");
            assert_eq!(resource_version(event.object).unwrap(), "12");
            read_object(event.object, Kind::Pod, &mut tables).unwrap();
            assert!(read_object(event.object, Kind::Node, &mut tables).is_err());
        }
    }
    assert_eq!((tables.pods.len(), tables.nodes.len()), (2, 0));
    frames.push(b"HTTP/1.1");
    assert!(frames.next_event().is_err());
}
