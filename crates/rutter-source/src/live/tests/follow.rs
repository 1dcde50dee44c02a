//! Clusters that are followed.

use std::{ops::ControlFlow, time::Duration};

use tokio::sync::mpsc;

use super::{
    super::{
        follow::{Listed, Update, Watcher, follow},
        lists::List,
        sink::Message,
    },
    server::{Reply, Server, json, list, status},
    *,
};

/// What is told of a kind before the second tick, shortly, and what changed.
fn told(server: &Server, kind: Kind) -> (Vec<String>, usize) {
    let (mut said, mut changes, mut ticks) = (Vec::new(), 0, 0);
    let followed = follow(&server.options(), &[kind], &mut |_| {}, &mut |update| {
        match update {
            Update::Change(_) | Update::Replace { .. } => changes += 1,
            Update::Lost { why, .. } => said.push(format!("lost: {why}")),
            Update::Back { .. } => said.push("back".into()),
            Update::Slow { why, .. } => said.push(format!("slow: {why}")),
            Update::Tick(_) => ticks += 1,
            Update::Loaded(_) | Update::Silent { .. } => {}
        }
        if ticks == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    followed.unwrap();
    (said, changes)
}

#[test]
fn a_watch_that_would_bring_the_values_of_secrets_is_cut_off() {
    let events = |kind: &str| {
        format!(
            r#"{{"type":"ADDED","object":{{"kind":"{kind}","metadata":{{"name":"s","resourceVersion":"8"}}}}}}"#
        ) + "\n"
    };
    for (kind, expected) in [("PartialObjectMetadata", 1), ("Secret", 0)] {
        let server = Server::start(move |request| {
            if request.has("watch=true&") {
                Some(json(200, events(kind)))
            } else {
                request.has("/secrets").then(|| json(200, list("PartialObjectMetadataList", &[], None)))
            }
        });
        let (said, changes) = told(&server, Kind::Secret);
        assert_eq!(changes.min(1), expected, "{said:?}");
        let withheld = said.iter().any(|said| said.starts_with("slow: the API server can't list Secrets"));
        assert_eq!(withheld, kind == "Secret", "{said:?}");
    }
}

#[test]
fn what_may_be_read_but_not_watched_is_not_lost() {
    let server = Server::start(|request| {
        request.has("watch=true&").then(|| status(403, "pods is forbidden: cannot watch"))
    });
    let (said, _) = told(&server, Kind::Pod);
    assert_eq!(said, ["slow: pods is forbidden: cannot watch"]);
}

#[test]
fn a_watch_in_which_nothing_happens_is_not_lost() {
    let server = Server::start(|request| request.has("watch=true&").then(|| Reply::Stuck(String::new())));
    let options = Options { request_timeout: Some(Duration::from_millis(200)), ..server.options() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (out, mut messages) = mpsc::channel(100);
    runtime.block_on(async {
        let api = connect(&options).await.unwrap().api;
        let list = List { kind: Kind::Event, api_version: "v1", namespace: None, config_map_keys: false };
        let watcher = Watcher::new(api, out, Listed { list, version: "7".into() });
        let two_rounds = Duration::from_secs(2);
        tokio::time::timeout(two_rounds, watcher.run()).await.unwrap_err();
    });
    let mut answers = 0;
    while let Ok(message) = messages.try_recv() {
        assert!(matches!(message, Message::Answered(_)), "{message:?}");
        answers += 1;
    }
    assert!(answers > 1, "it is opened anew");
}
