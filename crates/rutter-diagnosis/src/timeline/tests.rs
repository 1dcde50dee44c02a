use rutter_cluster::{
    ClusterInfo, Coverage, Logs, Resource, Tables,
    coverage::Extent,
    objects::{Condition, ContainerStatus, Node, Pod, Terminated, Waiting},
};

use super::*;

fn time(seconds: i64) -> Option<Time> {
    Time::from_unix(seconds)
}

/// A pod that was killed for its memory and waits to be started again.
fn pod() -> Pod {
    let mut pod = Pod::default();
    (pod.meta.namespace, pod.meta.name) = ("shop".into(), "web-0".into());
    pod.meta.created = time(100);
    pod.spec.node_name = "node-a".into();
    let turned = |kind: &str, status: &str, at: i64| Condition {
        kind: kind.into(),
        status: status.into(),
        reason: "ContainersNotReady".into(),
        last_transition_time: time(at),
        ..Condition::default()
    };
    pod.status.conditions = [
        turned("PodScheduled", "True", 101),
        turned("Ready", "False", 200),
        turned("ContainersReady", "False", 200),
    ]
    .into();
    let mut app = ContainerStatus { name: "app".into(), restart_count: 2, ..ContainerStatus::default() };
    app.last_state.terminated = Some(Box::new(Terminated {
        exit_code: 137,
        reason: "OOMKilled".into(),
        started_at: time(150),
        finished_at: time(199),
        ..Terminated::default()
    }));
    app.state.waiting = Some(Box::new(Waiting { reason: "CrashLoopBackOff".into(), ..Waiting::default() }));
    pod.status.container_statuses = [app].into();
    pod
}

fn event(reason: &str, at: i64, count: i64) -> Event {
    let mut event = Event { reason: reason.into(), message: "so it is".into(), count, ..Event::default() };
    (event.meta.namespace, event.meta.name) = ("shop".into(), format!("{reason}-{at}").into());
    (event.first_timestamp, event.last_timestamp) = (time(at - 50), time(at));
    event.involved_object.kind = "Pod".into();
    (event.involved_object.namespace, event.involved_object.name) = ("shop".into(), "web-0".into());
    event
}

fn cluster(pods: Vec<Pod>, events: Vec<Event>, sees_events: bool) -> Cluster {
    let mut coverage = Coverage::default();
    coverage.saw(Kind::Pod, Extent::All);
    if sees_events {
        coverage.saw(Kind::Event, Extent::All);
    }
    let mut node = Node::default();
    node.meta.name = "node-a".into();
    let tables = Tables { pods, events, nodes: vec![node], ..Tables::default() };
    Cluster::new(
        ClusterInfo { time: time(1000), ..ClusterInfo::default() },
        tables,
        coverage,
        Logs::default(),
    )
}

fn told(timeline: &Timeline) -> Vec<(i64, String)> {
    let moments = timeline.moments.iter();
    moments.map(|moment| (moment.time.map_or(0, Time::unix), moment.text.clone())).collect()
}

#[test]
fn a_pod_tells_in_order_what_happened_to_it() {
    let cluster = cluster(vec![pod()], vec![event("BackOff", 300, 7)], true);
    let timeline = timeline(&cluster, &[pod().object_ref()], &[]);
    let expected = [
        (100, "created"),
        (101, "PodScheduled True"),
        (150, "started"),
        (199, "ended: OOMKilled, exit code 137"),
        (200, "Ready, ContainersReady False: ContainersNotReady"),
        (300, "BackOff: so it is"),
    ];
    assert_eq!(told(&timeline), expected.map(|(at, text)| (at, text.to_owned())));
    let last = &timeline.moments[5];
    assert_eq!((last.count, last.first), (7, time(250)));
    assert!(
        timeline.moments[4].is_present && !timeline.moments[3].is_present,
        "the past is told from the present"
    );
    assert_eq!(timeline.undated[0].text, "waits: CrashLoopBackOff");
    assert!(timeline.unseen.is_empty(), "{:?}", timeline.unseen);
}

#[test]
fn what_was_not_seen_is_said() {
    let told = |sees_events| {
        timeline(&cluster(vec![pod()], Vec::new(), sees_events), &[pod().object_ref()], &[]).unseen
    };
    assert_eq!(told(false), ["events are not in the source"]);
    assert!(told(true)[0].contains("no event about them is left"), "{:?}", told(true));
    let other = ObjectRef {
        kind: "ReplicaSet".into(),
        namespace: "shop".into(),
        name: "web".into(),
        ..ObjectRef::default()
    };
    let unseen = timeline(&cluster(Vec::new(), Vec::new(), true), &[other], &[]).unseen;
    assert_eq!(unseen, ["ReplicaSet shop/web itself"]);
}

#[test]
fn what_happens_to_several_at_once_is_told_once() {
    let mut second = pod();
    second.meta.name = "web-1".into();
    let objects = [pod().object_ref(), second.object_ref()];
    let timeline = timeline(&cluster(vec![pod(), second], Vec::new(), true), &objects, &[]);
    assert_eq!(timeline.moments.len(), 5);
    assert!(timeline.moments.iter().all(|moment| moment.objects.len() == 2));
}

#[test]
fn only_the_newest_of_too_many_are_told() {
    let events = (0..2000).map(|at| event("Pulled", 10_000 + at, 1)).collect();
    let timeline = timeline(&cluster(vec![pod()], events, true), &[pod().object_ref()], &[]);
    assert_eq!((timeline.moments.len(), timeline.earlier), (MOST, 1005));
    assert_eq!(timeline.moments.last().and_then(|moment| moment.time), time(11_999));
}

#[test]
fn a_finding_begins_and_ends() {
    let mut finding = Finding::about("crash-loop", &pod());
    (finding.since, finding.until) = (time(400), time(500));
    finding.message = "app crashes".to_owned();
    let timeline = timeline(&cluster(Vec::new(), Vec::new(), true), &[], &[&finding]);
    let expected = [(400, "crash-loop: app crashes".to_owned()), (500, "crash-loop is over".to_owned())];
    assert_eq!(told(&timeline), expected);
}

#[test]
fn a_deletion_is_told_from_when_it_was_asked_for() {
    let mut pod = pod();
    pod.meta.deleted = time(930);
    pod.meta.deletion_grace_period_seconds = 30;
    let timeline = timeline(&cluster(vec![pod.clone()], Vec::new(), true), &[pod.object_ref()], &[]);
    let last = timeline.moments.last().map(|moment| (moment.time, moment.text.as_str()));
    assert_eq!(last, Some((time(900), "deletion asked for, with 30s of grace")));
}
