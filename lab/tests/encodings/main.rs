//! A real API server's protobuf is read as its JSON is: every kind, with every field that the model has.

use std::fs;

use lab::{Cluster, Form, Options};
use rutter_cluster::{Kind, Resource, Table, objects::Secret};
use rutter_source::{Input, files::Limits, live};

/// The table's objects as text, without what the API server itself renews every few seconds, and what of Secrets only
/// a file shows.
fn told<T: Resource + Clone + std::fmt::Debug>(table: &Table<T>) -> Vec<String> {
    let own = |object: &&T| T::KIND == Kind::Lease && object.meta().namespace == "kube-system";
    table.iter().filter(|object| !own(object)).map(|object| format!("{object:#?}")).collect()
}

fn secrets(table: &Table<Secret>) -> Vec<String> {
    table.iter().map(|secret| format!("{:#?}", secret.meta)).collect()
}

macro_rules! compare {
    ($json:ident, $protobuf:ident, $($table:ident)*) => {{
        let mut kinds = 0;
        $(
            let (json, protobuf) = (told(&$json.$table), told(&$protobuf.$table));
            assert!(!json.is_empty(), "there are no {}", stringify!($table));
            assert_eq!(json, protobuf, "{}", stringify!($table));
            kinds += 1;
        )*
        kinds
    }};
}

#[test]
fn both_encodings_bring_the_same_cluster() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start_with(&dir.path().join("lab"), &Options::default()).unwrap();
    let objects = dir.path().join("objects");
    fs::create_dir(&objects).unwrap();
    fs::write(objects.join("objects.json"), include_str!("objects.json")).unwrap();
    let loaded = lab::load(cluster.admin_kubeconfig(), &objects).unwrap();
    assert!(loaded.refused.is_empty(), "{loaded}");

    // kubectl asks for JSON.
    let files = dir.path().join("files");
    lab::record(cluster.folder(), &files, Form::Get).unwrap();
    let json = rutter_source::load(&[Input::Path(files)], &Limits::default()).unwrap();
    let options = live::Options {
        kubeconfig: Some(cluster.admin_kubeconfig().into()),
        config_map_keys: true,
        ..live::Options::default()
    };
    let served: Vec<Kind> = Kind::served().collect();
    let protobuf = live::load(&options, &served, &mut |_| {}).unwrap();

    let kinds = compare!(json, protobuf,
        nodes namespaces pods events deployments replica_sets stateful_sets daemon_sets replication_controllers jobs
        cron_jobs services endpoints endpoint_slices ingresses ingress_classes autoscalers budgets claims volumes
        storage_classes volume_attachments csi_nodes quotas limit_ranges config_maps leases validating_webhooks
        mutating_webhooks api_services signing_requests);
    assert!(!secrets(&json.secrets).is_empty());
    assert_eq!(secrets(&json.secrets), secrets(&protobuf.secrets));
    assert_eq!(kinds + 1, served.len());
    for kind in served {
        assert_eq!(protobuf.coverage().state(kind), rutter_cluster::State::Seen, "{kind}");
    }
}
