//! What is read: namespaces, rights, API versions, Secrets, logs.

use super::super::NoLog;
use super::{
    server::{Reply, Server, in_pages, json, list, protobuf, refuse, status},
    *,
};

#[test]
fn the_server_introduces_itself() {
    let server = Server::start(|_| None);
    let (it, kept) = read(&server.options(), &[Kind::Node]);
    assert_eq!((it.name.as_str(), it.version.as_str(), it.time), ("lab", "v1.34.4", Some(784_111_777)));
    assert_eq!((it.default_namespace.as_str(), it.address.as_str()), ("shop", server.address.as_str()));
    assert_eq!(kept.pages[0].api_version, "v1");
}

#[test]
fn every_kind_is_read_under_its_present_version() {
    let server = Server::start(|_| None);
    let (_, kept) = read(&server.options(), &Kind::served().collect::<Vec<_>>());
    assert!(
        kept.notices.iter().all(|notice| matches!(notice, Notice::Complete { .. })),
        "{:?}",
        kept.notices
    );
    assert!(kept.pages.iter().all(|page| page.api_version == page.kind.api_version()));
    assert_eq!(server.count("/apis/storage.k8s.io/v1/csinodes?"), 1);
    // All lists, the version, the groups, the look at how Secrets are listed.
    assert_eq!(server.requests().len(), Kind::served().count() + 3);
    // One that was asked for twice is read once.
    let mut kept = Kept::default();
    read_blocking(&server.options(), &[Kind::Pod, Kind::Pod], &mut kept).unwrap();
    assert_eq!(kept.said(Kind::Pod), ["complete"]);
}

const OLD: &str = r#"{"kind":"APIGroupList","groups":[
    {"name":"batch","versions":[{"groupVersion":"batch/v1"},{"groupVersion":"batch/v1beta1"}]},
    {"name":"extensions","versions":[{"groupVersion":"extensions/v1beta1"}]}]}"#;

#[test]
fn an_old_cluster_is_read_under_its_own_versions() {
    let server = Server::start(|request| match request.path() {
        "/apis" => Some(json(200, OLD)),
        "/apis/batch/v1/cronjobs" => Some(Reply::Whole {
            code: 404,
            headers: vec!["Content-Type: text/plain; charset=utf-8".into()],
            body: b"404 page not found".into(),
        }),
        _ => None,
    });
    let (_, kept) = read(&server.options(), &[Kind::CronJob, Kind::Deployment, Kind::EndpointSlice]);
    let version = |kind| kept.pages.iter().find(|page| page.kind == kind).map(|page| page.api_version);
    assert_eq!(version(Kind::CronJob), Some("batch/v1beta1"));
    assert_eq!(version(Kind::Deployment), Some("extensions/v1beta1"));
    assert_eq!(version(Kind::EndpointSlice), None);
    assert_eq!(
        kept.said(Kind::EndpointSlice),
        ["absent: the cluster does not serve endpointslices (discovery.k8s.io/v1, discovery.k8s.io/v1beta1)"]
    );
    assert_eq!(server.count("/apis/apps"), 0);
}

#[test]
fn only_the_namespaces_asked_for_are_read() {
    let server =
        Server::start(|request| request.has("/namespaces/dark/").then(|| status(403, "pods is forbidden")));
    let namespaces = Some(vec!["shop".into(), "dark".into()]);
    let (_, kept) = read(&Options { namespaces, ..server.options() }, &[Kind::Pod, Kind::Node]);
    assert_eq!(kept.said(Kind::Pod), ["shop: complete", "dark: forbidden: pods is forbidden"]);
    assert_eq!(kept.said(Kind::Node), ["complete"]);
    assert_eq!(kept.pages.iter().filter(|page| page.namespace.as_deref() == Some("shop")).count(), 1);
    assert_eq!(server.count("/api/v1/pods"), 0);
}

#[test]
fn what_can_t_be_a_namespace_is_not_asked_for() {
    let server = Server::start(|_| None);
    for name in ["../nodes", "", "A", "a?b", "-a"] {
        let options = Options { namespaces: Some(vec![name.into()]), ..server.options() };
        assert!(matches!(error(&options), Error::Config { .. }), "{name}");
        let options = Options { default_namespace: Some(name.into()), ..server.options() };
        assert!(matches!(error(&options), Error::Config { .. }), "{name}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn without_rights_on_the_cluster_the_namespace_that_was_given_is_read() {
    let server = Server::start(|request| (request.path() == "/api/v1/pods").then(|| status(403, "no")));
    let options = Options { default_namespace: Some("till".into()), ..server.options() };
    let (_, kept) = read(&options, &[Kind::Pod]);
    assert_eq!(kept.said(Kind::Pod), ["till: complete", "partial: no; read only in namespace till"]);
}

#[test]
fn without_rights_on_the_cluster_the_context_s_namespace_is_read() {
    let server = Server::start(|request| match request.path() {
        "/api/v1/pods" | "/api/v1/nodes" | "/api/v1/services" | "/api/v1/namespaces/shop/services" => {
            Some(status(403, "x is forbidden: User jane cannot list x at the cluster scope"))
        }
        "/api/v1/namespaces/shop/pods" => Some(json(200, list("PodList", &["a"], None))),
        _ => None,
    });
    let (_, kept) = read(&server.options(), &[Kind::Pod, Kind::Node, Kind::Service]);
    let forbidden = "x is forbidden: User jane cannot list x at the cluster scope";
    let partly = format!("partial: {forbidden}; read only in namespace shop");
    assert_eq!(kept.said(Kind::Pod), ["shop: complete", partly.as_str()]);
    assert_eq!(kept.names(Kind::Pod).concat(), ["a"]);
    assert_eq!(kept.said(Kind::Node), [format!("forbidden: {forbidden}")]);
    assert_eq!(kept.said(Kind::Service), [format!("forbidden: {forbidden}; nor in namespace shop")]);
}

/// A list as an old or careless server sends it.
fn full(encoding: Encoding) -> Reply {
    match encoding {
        Encoding::Json => json(
            200,
            r#"{"kind":"SecretList","metadata":{},"items":[{"metadata":{"name":"s"},"data":{"key":"dmFsdWU="}}]}"#,
        ),
        Encoding::Protobuf => in_pages(encoding, Kind::Secret, &["s"], None),
    }
}

/// A list of metadata in either encoding.
fn metadata(encoding: Encoding, names: &[&str]) -> Reply {
    match encoding {
        Encoding::Json => json(200, list("PartialObjectMetadataList", names, None)),
        Encoding::Protobuf => protobuf(200, encode::metadata(names)),
    }
}

#[test]
fn secrets_are_read_as_metadata() {
    for encoding in BOTH {
        let server = Server::start(move |request| {
            let is_list = request.path() == "/api/v1/secrets" && !request.has("fieldSelector");
            is_list.then(|| metadata(encoding, &["s"]))
        });
        let (_, kept) = read(&server.options(), &[Kind::Secret]);
        assert_eq!(
            (kept.names(Kind::Secret).concat(), kept.said(Kind::Secret)),
            (vec!["s".into()], vec!["complete".into()])
        );
        for request in server.requests().iter().filter(|request| request.has("secrets")) {
            let accept = request.header("accept").unwrap();
            let only_metadata = |one: &str| one.ends_with(";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
            assert!(accept.split(',').all(only_metadata), "{accept}");
        }
    }
}

#[test]
fn a_server_that_would_send_values_is_not_asked_for_secrets() {
    for encoding in BOTH {
        for probe in
            [in_pages(encoding, Kind::Secret, &[], None), refuse(encoding, 406, "not acceptable", "")]
        {
            let server = Server::start(move |request| match (request.path(), request.has("fieldSelector")) {
                ("/api/v1/secrets", true) => Some(probe.clone()),
                ("/api/v1/secrets", false) => Some(full(encoding)),
                _ => None,
            });
            let (_, kept) = read(&server.options(), &[Kind::Secret]);
            assert!(kept.pages.is_empty());
            let note = "absent: the API server can't list Secrets without their values, and Rutter does not read those";
            assert_eq!(kept.said(Kind::Secret), [note]);
            assert_eq!(server.count("/api/v1/secrets"), 1);
        }
    }
}

#[test]
fn a_server_that_sends_values_all_the_same_is_cut_off() {
    let late_kind = format!("{{\"items\":[{}],\"kind\":\"PartialObjectMetadataList\"}}", "1,".repeat(9000));
    // A first field that is no kind and doesn't end where it is looked at.
    let no_kind = encode::envelope("", &"x".repeat(9000), b"");
    for full in [full(Encoding::Json), full(Encoding::Protobuf), json(200, late_kind), protobuf(200, no_kind)]
    {
        let server = Server::start(move |request| {
            let is_list = request.path() == "/api/v1/secrets" && !request.has("fieldSelector");
            is_list.then(|| full.clone())
        });
        let (_, kept) = read(&server.options(), &[Kind::Secret]);
        assert!(kept.pages.is_empty());
        assert!(kept.said(Kind::Secret)[0].starts_with("absent: the API server can't list Secrets"));
    }
}

#[test]
fn every_page_of_secrets_is_held_to_the_same() {
    for encoding in BOTH {
        let server = Server::start(move |request| {
            match (request.path(), request.has("fieldSelector"), request.has("continue")) {
                ("/api/v1/secrets", false, false) => Some(match encoding {
                    Encoding::Json => json(200, list("PartialObjectMetadataList", &["s"], Some("next"))),
                    Encoding::Protobuf => protobuf(200, encode::metadata_before(&["s"], "next")),
                }),
                ("/api/v1/secrets", false, true) => Some(full(encoding)),
                _ => None,
            }
        });
        let (_, kept) = read(&server.options(), &[Kind::Secret]);
        assert_eq!(kept.names(Kind::Secret).concat(), ["s"]);
        assert!(
            kept.said(Kind::Secret)[0].starts_with("cut: the API server can't list Secrets"),
            "{:?}",
            kept.said(Kind::Secret)
        );
    }
}

#[test]
fn config_maps_are_read_whole_only_if_asked() {
    let server = Server::start(|_| None);
    read(&server.options(), &[Kind::ConfigMap]);
    read(&Options { config_map_keys: true, ..server.options() }, &[Kind::ConfigMap]);
    let accepts: Vec<_> = server
        .requests()
        .iter()
        .filter(|request| request.has("configmaps"))
        .map(|request| request.header("accept").unwrap().to_owned())
        .collect();
    assert!(accepts[0].contains("as=PartialObjectMetadataList"));
    assert_eq!(accepts[1], "application/vnd.kubernetes.protobuf,application/json");
}

#[test]
fn protobuf_is_asked_for_only_where_its_messages_are_known() {
    let server = Server::start(|request| (request.path() == "/apis").then(|| json(200, OLD)));
    let (_, kept) = read(&server.options(), &[Kind::Deployment, Kind::Pod]);
    let accept = |path: &str| {
        let requests = server.requests();
        let request = requests.iter().find(|request| request.path().ends_with(path)).unwrap();
        request.header("accept").unwrap().to_owned()
    };
    assert_eq!(accept("/deployments"), "application/json");
    assert_eq!(accept("/pods"), "application/vnd.kubernetes.protobuf,application/json");
    // A server that has only JSON is read all the same.
    assert_eq!((kept.pages[0].encoding, kept.said(Kind::Pod)), (Encoding::Json, vec!["complete".into()]));
}

#[test]
fn what_is_decoded_is_what_was_sent() {
    for encoding in BOTH {
        let server = Server::start(move |request| match request.path() {
            "/api/v1/pods" => Some(in_pages(encoding, Kind::Pod, &["a", "b"], None)),
            "/api/v1/secrets" => {
                Some(metadata(encoding, if request.has("fieldSelector") { &[] } else { &["s"] }))
            }
            // A list of something else.
            "/api/v1/nodes" => Some(in_pages(Encoding::Protobuf, Kind::Pod, &["c"], None)),
            _ => None,
        });
        let cluster = load(&server.options(), &[Kind::Pod, Kind::Secret, Kind::Node], &mut |_| {}).unwrap();
        let counts = [Kind::Pod, Kind::Secret, Kind::Node].map(|kind| cluster.refs(kind).len());
        assert_eq!(counts, [2, 1, 0]);
        let coverage = format!("{:?}", cluster.coverage());
        assert!(coverage.contains("the answer is broken: expected a list of nodes"), "{coverage}");
    }
}

#[test]
fn logs_are_read_when_wanted() {
    let server = Server::start(|request| match request.path() {
        "/api/v1/namespaces/shop/pods/web/log" => Some(Reply::Whole {
            code: 200,
            headers: vec!["Content-Type: text/plain".into()],
            body: b"out of memory\n".into(),
        }),
        path if path.ends_with("/log") => Some(status(500, "dial tcp 10.0.0.9:10250: i/o timeout")),
        _ => None,
    });
    let of = |pod: &str| ContainerRef { namespace: "shop".into(), pod: pod.into(), container: "c&d".into() };
    let mut kept = Kept { wanted: vec![of("web"), of("db")], ..Kept::default() };
    read_blocking(&server.options(), &[Kind::Node], &mut kept).unwrap();
    kept.logs.sort_by_key(|log| log.text.is_err());
    assert_eq!(kept.logs[0], ContainerLog { of: of("web"), text: Ok("out of memory\n".into()) });
    let Err(NoLog::Failed(why)) = &kept.logs[1].text else { panic!("{:?}", kept.logs[1]) };
    assert!(why.contains("10250: i/o timeout"));
    assert_eq!(server.count("web/log?container=c%26d&previous=true&tailLines=20&limitBytes=16384"), 1);
}

#[test]
fn why_a_log_is_missing_is_told_by_the_answer_not_by_its_words() {
    let server = Server::start(|request| match request.path() {
        "/api/v1/namespaces/shop/pods/secret/log" => Some(status(403, "no")),
        path if path.ends_with("/log") => Some(status(400, "container forbidden-zone is not valid")),
        _ => None,
    });
    let of = |pod: &str| ContainerRef { namespace: "shop".into(), pod: pod.into(), container: "c".into() };
    let mut wanted = vec![of("secret")];
    wanted.resize(42, of("forbidden-zone"));
    let mut kept = Kept { wanted, ..Kept::default() };
    read_blocking(&server.options(), &[Kind::Node], &mut kept).unwrap();
    let count =
        |is: fn(&NoLog) -> bool| kept.logs.iter().filter(|log| log.text.as_ref().is_err_and(is)).count();
    assert_eq!(count(|why| *why == NoLog::Forbidden), 1);
    assert_eq!(count(|why| *why == NoLog::LeftOut), 2);
    assert_eq!(count(|why| *why == NoLog::Gone), 39);
}

#[test]
fn a_log_that_is_gone_says_nothing_and_a_kubelet_out_of_reach_does() {
    let problems = |code: u16, message: &'static str| crashed(move || status(code, message));
    assert_eq!(problems(400, "previous terminated container not found"), [] as [&str; 0]);
    assert_eq!(problems(404, "pods web not found"), [] as [&str; 0]);
    let unreachable = problems(500, "dial tcp 10.0.0.9:10250: i/o timeout");
    assert!(unreachable[0].starts_with("logs of 1 crashed containers could not be read"), "{unreachable:?}");
    assert!(unreachable[0].contains("10250: i/o timeout"), "{unreachable:?}");
}

#[test]
fn a_kubelet_that_never_answers_does_not_hold_up_the_rest() {
    assert_eq!(crashed(|| Reply::Silence), ["logs of 1 crashed containers did not come in time"]);
}

/// The problems told of a cluster in which one container crashed, if its log is answered so.
fn crashed(log: impl Fn() -> Reply + Send + Sync + 'static) -> Vec<String> {
    let crashed = r#"{"metadata":{"name":"web","namespace":"shop"},"status":{"containerStatuses":[{"name":"c","restartCount":3,
            "state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}"#;
    let pods = format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":[{crashed}]}}"#);
    let server = Server::start(move |request| match request.path() {
        "/api/v1/pods" => Some(json(200, pods.clone())),
        path if path.ends_with("/log") => Some(log()),
        _ => None,
    });
    let options = Options { request_timeout: Some(std::time::Duration::from_mins(1)), ..server.options() };
    let cluster = load(&options, &[Kind::Pod], &mut |_| {}).unwrap();
    assert!(server.count("/log") > 0);
    cluster.coverage().problems.clone()
}

#[test]
fn who_may_not_list_secrets_is_told_about_secrets() {
    let message = r#"secrets \"rutter..asks..for..nothing\" is forbidden: User \"jane\" cannot"#;
    let server = Server::start(move |request| request.has("secrets").then(|| status(403, message)));
    let (_, kept) = read(&server.options(), &[Kind::Secret]);
    assert_eq!(
        kept.said(Kind::Secret),
        [r#"forbidden: secrets is forbidden: User "jane" cannot; nor in namespace shop"#]
    );
}

#[test]
fn when_nobody_listens_the_reading_stops() {
    let server = Server::start(|_| None);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let connection = connect(&server.options()).await.unwrap();
        let (out, messages) = tokio::sync::mpsc::channel(1);
        drop(messages);
        connection.read(Kind::ALL, out).await.unwrap();
    });
    assert!(server.requests().len() < Kind::ALL.len());
}
