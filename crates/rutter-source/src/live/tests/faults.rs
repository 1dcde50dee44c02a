//! Servers that are silent, gone, or something else.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use super::{
    server::{Reply, Server, html, json, list, status},
    *,
};

fn short(server: &Server) -> Options {
    Options { request_timeout: Some(Duration::from_millis(300)), ..server.options() }
}

#[test]
fn a_web_page_is_not_a_list() {
    let server = Server::start(|request| (request.path() == "/api/v1/pods").then(|| html(200)));
    let (_, kept) = read(&server.options(), &[Kind::Pod, Kind::Node]);
    assert_eq!(
        kept.said(Kind::Pod),
        ["absent: the answer is not from the API server: status 200, content type text/html"]
    );
    assert_eq!(kept.said(Kind::Node), ["complete"]);
}

#[test]
fn json_that_is_no_list_is_not_read() {
    let server = Server::start(|request| {
        (request.path() == "/api/v1/pods").then(|| json(200, r#"{"kind":"Pod","metadata":{}}"#))
    });
    let (_, kept) = read(&server.options(), &[Kind::Pod]);
    assert_eq!(kept.said(Kind::Pod), ["absent: the answer is not a list but Pod"]);
}

#[test]
fn a_login_page_instead_of_the_server_is_said_so() {
    let server = Server::start(|_| Some(html(200)));
    let text = error(&server.options()).to_string();
    assert!(text.contains("is not a Kubernetes API server (status 200, content type text/html)"), "{text}");
    let server = Server::start(|_| {
        Some(Reply::Whole {
            code: 302,
            headers: vec!["Location: https://sso/login".into()],
            body: Vec::new(),
        })
    });
    let text = error(&server.options()).to_string();
    assert!(text.contains("status 302, redirected to https://sso/login"), "{text}");
}

#[test]
fn refused_credentials_are_an_error_that_says_what_to_do() {
    let server = Server::start(|_| Some(status(401, "Unauthorized")));
    let error = error(&server.options());
    assert!(matches!(error, Error::Unauthorized { .. }));
    assert!(error.to_string().contains("log in again"), "{error}");
}

#[test]
fn credentials_that_expire_leave_what_was_read() {
    let server = Server::start(|request| match request.path() {
        "/api/v1/pods" => {
            // Later than the nodes.
            std::thread::sleep(Duration::from_millis(300));
            Some(status(401, "Unauthorized"))
        }
        _ => None,
    });
    let (_, kept) = read(&server.options(), &[Kind::Pod, Kind::Node]);
    assert_eq!(kept.said(Kind::Node), ["complete"]);
    assert_eq!(
        kept.said(Kind::Pod),
        ["absent: the API server does not accept the credentials any more: log in again"]
    );
    let error = error(&server.options());
    assert!(matches!(error, Error::Unauthorized { .. }), "nothing could be read: {error}");
}

#[test]
fn a_closed_port_is_unreachable() {
    let server = Server::start(|_| None);
    let mut options = server.options();
    let path = options.kubeconfig.clone().unwrap();
    let text = std::fs::read_to_string(&path).unwrap().replace(&server.address, "http://127.0.0.1:1");
    std::fs::write(&path, text).unwrap();
    options.timeout = Some(Duration::from_secs(20));
    let error = error(&options);
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("http://127.0.0.1:1: Connection refused"), "{text}");
    assert!(text.contains("VPN") && text.contains("--demo"), "{text}");
}

#[test]
fn a_name_that_nobody_knows_is_unreachable_at_once() {
    let server = Server::start(|_| None);
    let options = server.options();
    let path = options.kubeconfig.clone().unwrap();
    let text =
        std::fs::read_to_string(&path).unwrap().replace(&server.address, "https://api.nowhere.invalid");
    std::fs::write(&path, text).unwrap();
    let text = error(&options).to_string();
    assert!(text.contains("the name can't be resolved"), "{text}");
}

#[test]
fn a_server_without_tls_is_said_so() {
    let server = Server::start(|_| None);
    let options = server.options();
    let path = options.kubeconfig.clone().unwrap();
    let text = std::fs::read_to_string(&path).unwrap().replace("http://", "https://");
    std::fs::write(&path, text).unwrap();
    let options = Options { insecure_skip_tls_verify: true, ..options };
    let error = error(&options);
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[test]
fn a_silent_server_is_not_waited_for_for_ever() {
    let server = Server::start(|request| (request.path() == "/api/v1/pods").then_some(Reply::Silence));
    let (_, kept) = read(&short(&server), &[Kind::Pod, Kind::Node]);
    assert_eq!(kept.said(Kind::Pod), ["absent: the API server sent nothing for 0.3 s"]);
    assert_eq!(kept.said(Kind::Node), ["complete"]);
    assert_eq!(server.count("/api/v1/pods"), 1);
}

#[test]
fn a_server_that_stops_in_the_middle_is_not_waited_for_either() {
    let server = Server::start(|request| match (request.path(), request.has("continue")) {
        ("/api/v1/pods", false) => Some(json(200, list("PodList", &["a"], Some("next")))),
        ("/api/v1/pods", true) => Some(Reply::Stuck(r#"{"kind":"PodList","metadata":{},"items":["#.into())),
        _ => None,
    });
    let (_, kept) = read(&short(&server), &[Kind::Pod]);
    assert_eq!(kept.names(Kind::Pod).concat(), ["a"]);
    assert!(kept.said(Kind::Pod)[0].starts_with("cut: the API server sent nothing for 0.3 s (after page 1"));
}

#[test]
fn the_whole_scan_has_a_limit_of_time() {
    let server = Server::start(|request| match (request.path(), request.has("continue")) {
        ("/version", _) => None,
        ("/api/v1/nodes", false) => Some(json(200, list("NodeList", &["a"], Some("next")))),
        _ => Some(Reply::Silence),
    });
    let options = Options { timeout: Some(Duration::from_millis(700)), ..server.options() };
    let start = Instant::now();
    let (_, kept) = read(&Options { request_timeout: None, ..options }, &[Kind::Node, Kind::Pod]);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(kept.said(Kind::Pod), ["absent: the time limit of 0.7 s was reached"]);
    assert!(kept.said(Kind::Node)[0].starts_with("absent: the time limit"), "discovery took it all");
}

#[test]
fn a_server_that_goes_away_is_given_up_on() {
    let answered = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let gone = request.path() != "/version" && answered.fetch_add(1, Ordering::Relaxed) > 2;
        gone.then_some(Reply::Silence)
    });
    let start = Instant::now();
    let (_, kept) = read(&short(&server), Kind::ALL);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let given_up = "absent: not asked for, because the API server had stopped answering";
    assert_eq!(kept.said(Kind::ApiService), [given_up]);
}

#[test]
fn a_server_that_hangs_up_is_tried_again_and_then_left() {
    let server = Server::start(|request| (request.path() == "/api/v1/pods").then_some(Reply::Nothing));
    let (_, kept) = read(&server.options(), &[Kind::Pod, Kind::Node]);
    assert!(
        kept.said(Kind::Pod)[0].starts_with("absent: the connection failed: "),
        "{:?}",
        kept.said(Kind::Pod)
    );
    assert_eq!(kept.said(Kind::Node), ["complete"]);
}

#[test]
fn control_characters_of_others_don_t_reach_the_terminal() {
    let server = Server::start(|request| {
        (request.path() == "/api/v1/nodes").then(|| status(403, r"no\u001b[2J\nnever"))
    });
    let (_, kept) = read(&server.options(), &[Kind::Node]);
    assert_eq!(kept.said(Kind::Node), ["forbidden: no [2J never"]);
}
