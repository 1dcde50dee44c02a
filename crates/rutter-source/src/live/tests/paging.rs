//! Pages, expired lists, lists that break off.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use super::{
    server::{Reply, Server, html, in_pages, json, page, protobuf, refuse},
    *,
};

const PODS: &str = "/api/v1/pods";

/// A server with three pages of pods, except where the script says something else for a continue token.
fn three_pages(
    encoding: Encoding,
    script: impl Fn(&str, usize) -> Option<Reply> + Send + Sync + 'static,
) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |request| {
        if request.path() != PODS {
            return None;
        }
        let token = request.target.split("continue=").nth(1).unwrap_or("");
        let special = script(
            if request.has("resourceVersion=0") { "whole" } else { token },
            asked.fetch_add(1, Ordering::Relaxed),
        );
        Some(special.unwrap_or_else(|| match token {
            "" => in_pages(encoding, Kind::Pod, &["a", "b"], Some("two=")),
            "two%3D" => in_pages(encoding, Kind::Pod, &["c"], Some("three")),
            _ => in_pages(encoding, Kind::Pod, &["d"], None),
        }))
    })
}

fn pods(server: &Server) -> (Vec<String>, Vec<String>) {
    let (_, kept) = read(&server.options(), &[Kind::Pod]);
    (kept.names(Kind::Pod).concat(), kept.said(Kind::Pod))
}

#[test]
fn all_pages_come_in_order() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |_, _| None);
        let (_, kept) = read(&server.options(), &[Kind::Pod, Kind::Node]);
        assert_eq!(kept.names(Kind::Pod), [vec!["a", "b"], vec!["c"], vec!["d"]]);
        let numbers: Vec<_> =
            kept.pages.iter().filter(|page| page.kind == Kind::Pod).map(|page| page.number).collect();
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(kept.said(Kind::Pod), ["complete"]);
        assert_eq!(kept.said(Kind::Node), ["complete"]);
        assert_eq!(kept.progress.unwrap().kinds, 2);
        assert!(server.requests().iter().all(|request| request.method == "GET"));
        assert_eq!(server.count("limit="), 4);
    }
}

#[test]
fn an_expired_list_begins_anew() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |token, _| match token {
            "three" => Some(refuse(encoding, 410, "too old", "")),
            "whole" => Some(in_pages(encoding, Kind::Pod, &["b", "c", "d", "e"], None)),
            _ => None,
        });
        let (names, said) = pods(&server);
        assert_eq!(names, ["b", "c", "d", "e"]);
        assert_eq!(said, ["restart", "complete"]);
    }
}

#[test]
fn an_expired_list_goes_on_where_the_server_offers() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |token, _| {
            (token == "three").then(|| refuse(encoding, 410, "too old", "elsewhere"))
        });
        let (names, said) = pods(&server);
        assert_eq!(names, ["a", "b", "c", "d"]);
        assert_eq!(said, ["complete"]);
        assert_eq!(server.count("continue=elsewhere"), 1);
    }
}

#[test]
fn what_came_stays_when_beginning_anew_fails() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |token, _| match token {
            "three" => Some(refuse(encoding, 410, "too old", "")),
            "whole" => Some(refuse(encoding, 400, "no", "")),
            _ => None,
        });
        let (names, said) = pods(&server);
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("cut: the API server answered with status 400: no (after page 2"),
            "{said:?}"
        );
    }
}

#[test]
fn a_page_that_is_cut_once_is_asked_for_again() {
    for encoding in BOTH {
        let whole = page(encoding, Kind::Pod, &["c"], Some("three"));
        let begun = AtomicUsize::new(0);
        let server = three_pages(encoding, move |token, _| {
            let first = token == "two%3D" && begun.fetch_add(1, Ordering::Relaxed) == 0;
            first.then(|| Reply::Cut(encoding, whole[..whole.len() - 5].into()))
        });
        let (names, said) = pods(&server);
        assert_eq!((names.concat().as_str(), said[0].as_str()), ("abcd", "complete"));
    }
}

#[test]
fn a_page_that_is_always_cut_ends_the_list() {
    for encoding in BOTH {
        let whole = page(encoding, Kind::Pod, &["c"], Some("three"));
        let server = three_pages(encoding, move |token, _| {
            (token == "two%3D").then(|| Reply::Cut(encoding, whole[..whole.len() - 5].into()))
        });
        let (names, said) = pods(&server);
        assert_eq!(names, ["a", "b"]);
        assert!(said[0].starts_with("cut: the connection failed: "), "{said:?}");
        assert!(said[0].ends_with("(after page 1, about 3 objects are missing)"), "{said:?}");
    }
}

#[test]
fn json_that_ends_early_is_cut_however_well_it_was_sent() {
    let server = three_pages(Encoding::Json, |token, _| {
        (token == "three")
            .then(|| json(200, r#"{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"x""#))
    });
    let (names, said) = pods(&server);
    assert_eq!(names, ["a", "b", "c"]);
    assert!(said[0].contains("the answer ends in the middle"), "{said:?}");
}

#[test]
fn a_server_that_turns_in_circles_is_left() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |token, _| {
            (token == "two%3D").then(|| in_pages(encoding, Kind::Pod, &["c"], Some("two=")))
        });
        let (names, said) = pods(&server);
        assert_eq!(names, ["a", "b"]);
        assert!(said[0].contains("again and again"), "{said:?}");
    }
}

#[test]
fn a_busy_server_is_given_the_time_it_asks_for() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |_, number| {
            (number == 0).then(|| refuse(encoding, 429, "too many requests", "").with("Retry-After: 1"))
        });
        let start = Instant::now();
        assert_eq!(pods(&server).1, ["complete"]);
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
}

#[test]
fn a_server_that_asks_for_an_hour_is_not_waited_for() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |_, _| {
            Some(refuse(encoding, 429, "too many requests", "").with("Retry-After: 3600"))
        });
        let start = Instant::now();
        let (_, said) = pods(&server);
        assert_eq!(said, ["absent: the API server answered with status 429: too many requests"]);
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_failing_server_is_tried_a_few_times() {
    for encoding in BOTH {
        let server = three_pages(encoding, move |_, number| (number < 2).then(|| html(503)));
        assert_eq!(pods(&server).1, ["complete"]);
        let server =
            three_pages(encoding, move |_, _| Some(refuse(encoding, 500, "etcdserver: leader changed", "")));
        assert_eq!(
            pods(&server).1,
            ["absent: the API server answered with status 500: etcdserver: leader changed"]
        );
        assert_eq!(server.count(PODS), 4);
    }
}

#[test]
fn protobuf_that_ends_early_is_cut_however_well_it_was_sent() {
    let encoding = Encoding::Protobuf;
    let whole = page(encoding, Kind::Pod, &["x", "y"], None);
    let server = three_pages(encoding, move |token, _| {
        (token == "three").then(|| protobuf(200, whole[..whole.len() - 9].into()))
    });
    let (names, said) = pods(&server);
    assert_eq!(names, ["a", "b", "c"]);
    assert!(said[0].contains("the answer ends in the middle"), "{said:?}");
}
