//! What is said when, as time passes.

use std::path::Path;

use clap::Parser as _;
use rutter_cluster::Object;
use rutter_report::changes::Event;
use rutter_source::{Input, files::Limits};

use super::*;
use crate::arguments::{Arguments, Command};

fn arguments() -> Diagnose {
    match Arguments::parse_from(["rutter", "diagnose", "-w"]).command {
        Command::Diagnose(diagnose) => *diagnose,
        _ => panic!("not what was written"),
    }
}

/// A cluster in which all replicas of a Deployment crash.
fn crashing() -> Cluster {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rutter-lessons/lessons/pod/crash-loop/cases");
    rutter_source::load(&[Input::Path(cases.join("fires-all-replicas"))], &Limits::default()).unwrap()
}

/// A cluster that is followed, and its clock.
struct Watched {
    following: Following,
    arguments: Diagnose,
    now: Time,
}

impl Watched {
    fn new() -> Self {
        let arguments = arguments();
        let following = Following::new(crashing(), &arguments, &Scope::default());
        assert_eq!(following.said.incidents.len(), 1);
        let now = following.advanced;
        Self { following, arguments, now }
    }

    /// What is said while seconds pass.
    fn pass(&mut self, seconds: i64) -> Vec<(Event, Vec<String>)> {
        let mut said = Vec::new();
        for _ in 0..seconds {
            self.now = self.now.plus(1);
            said.extend(self.following.news(self.now, &self.arguments, &Scope::default()));
        }
        said.into_iter().flatten().map(|change| (change.event, change.why)).collect()
    }
}

#[test]
fn what_can_not_be_followed_for_long_is_unseen_until_it_is_read_again() {
    let mut watched = Watched::new();
    let pods: Vec<Object> = crashing().pods.iter().map(|pod| Object::Pod(Box::new(pod.clone()))).collect();
    watched.following.lose(Kind::Pod, None, "forbidden");
    assert_eq!(watched.pass(i64::from(LOST) - 1), []);
    assert_eq!(watched.following.advanced, crashing().time(), "no age grows while nobody looks");
    let unseen = watched.pass(60);
    assert_eq!(unseen[0], (Event::Unseen, vec!["pods are too old".to_owned()]));
    assert_eq!(
        (unseen[1].0, unseen.len()),
        (Event::Opened, 2),
        "that replicas are missing, the Deployment says"
    );
    assert!(unseen[1].1[0].starts_with("it was explained by another, which is not seen any more: "));
    assert!(watched.now.since(watched.following.advanced) <= AGES, "the time of the rest goes on");
    watched.following.engine.replace(Kind::Pod, None, pods);
    watched.following.find(Kind::Pod, None, Some(watched.now));
    let seen = watched.pass(60);
    assert_eq!((seen[0].0, seen.len()), (Event::Closed, 2), "it is part of another again");
    assert_eq!(seen[1], (Event::Opened, vec!["what shows it is seen again".to_owned()]));
    assert!(watched.following.lost.is_empty() && watched.following.unseen.is_empty());
}

#[test]
fn what_was_said_stands_while_nothing_can_be_followed() {
    let mut watched = Watched::new();
    for kind in Kind::ALL {
        watched.following.lose(*kind, None, "connection refused");
    }
    assert_eq!(watched.pass(10 * i64::from(LOST)), []);
    assert_eq!(watched.following.advanced, crashing().time());
    for kind in Kind::ALL {
        watched.following.find(*kind, None, Some(watched.now));
    }
    let back = watched.now;
    watched.pass(i64::from(CATCH_UP));
    assert!(watched.following.advanced < back, "what was missed is not here yet");
    watched.pass(10);
    assert!(watched.following.advanced > back);
}

#[test]
fn lists_that_come_back_one_after_the_other_are_not_given_up() {
    let mut watched = Watched::new();
    for kind in Kind::ALL {
        watched.following.lose(*kind, None, "connection refused");
    }
    watched.pass(1);
    // The server's clock goes on while nobody hears it.
    watched.now = watched.now.plus(10 * i64::from(LOST));
    let (first, rest) = Kind::ALL.split_first().unwrap();
    watched.following.find(*first, None, Some(watched.now));
    assert_eq!(watched.pass(i64::from(LOST) / 2), []);
    for kind in rest {
        watched.following.find(*kind, None, Some(watched.now));
    }
    assert!(watched.following.unseen.is_empty() && watched.following.lost.is_empty());
    assert_eq!(watched.following.stands, CATCH_UP);
}

#[test]
fn while_one_list_is_unseen_an_outage_is_told_all_the_same() {
    let mut watched = Watched::new();
    watched.following.lose(Kind::Event, None, "forbidden");
    watched.pass(i64::from(LOST));
    assert_eq!(watched.following.unseen.len(), 1);
    watched.following.silent(true, Some(watched.now));
    assert!(watched.following.is_silent);
    watched.following.silent(false, Some(watched.now));
    assert_eq!(watched.following.stands, CATCH_UP);
    watched.following.lose(Kind::Pod, None, "connection refused");
    assert!(watched.following.waits());
    watched.following.find(Kind::Pod, None, Some(watched.now));
    assert!(!watched.following.waits() && watched.following.stands == CATCH_UP);
}

#[test]
fn what_gets_better_is_told_when_it_stays_so() {
    let mut watched = Watched::new();
    for kind in [Kind::Pod, Kind::ReplicaSet, Kind::Deployment, Kind::Service] {
        watched.following.engine.replace(kind, None, Vec::new());
    }
    watched.following.has_changed = true;
    assert_eq!(watched.pass(STANDS), []);
    assert_eq!(watched.pass(5).first().map(|(event, _)| *event), Some(Event::Closed));
}

#[test]
fn only_what_gets_worse_is_told_at_once() {
    let mark = |all: &[(&str, Severity, &str)]| -> Mark {
        let of = |(id, severity, words): &(&str, Severity, &str)| {
            ((*id).to_owned(), (*severity, (*words).to_owned(), BTreeSet::new()))
        };
        all.iter().map(of).collect()
    };
    let before = mark(&[("a", Severity::High, "crashes"), ("b", Severity::Low, "waits")]);
    let better = mark(&[("a", Severity::Medium, "crashes now and then")]);
    assert!(!is_worse(&before, &better) && !is_worse(&before, &before));
    assert!(is_worse(&better, &before), "b is new, and a is high again");
    assert!(is_worse(&before, &mark(&[("a", Severity::Critical, "crashes")])));
}
