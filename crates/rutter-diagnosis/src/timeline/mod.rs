//! What a cluster tells of some objects, in order of time.
//!
//! An API server keeps the present state and, for an hour by default, events. So a timeline has holes: it is what is told, not
//! all that happened, and it says what it could not see.
//!
//! | module | tells of |
//! | --- | --- |
//! | `pod` | a pod and its containers |
//! | `others` | nodes, workloads, claims, and whatever else has conditions |

mod others;
mod pod;

use rustc_hash::FxHashMap;
use rutter_cluster::{Cluster, Kind, ObjectRef, Str, Time, objects::Event};
use rutter_lessons::Finding;

pub(crate) use self::pod::how;

/// More than this nobody reads; the newest stay.
const MOST: usize = 1000;

/// What happened to some objects, as far as the source tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// What has a time, the oldest first.
    pub moments: Vec<Moment>,
    /// What is so, and nothing says since when.
    pub undated: Vec<Moment>,
    /// How many moments before these there are, which are too many to tell.
    pub earlier: usize,
    /// What of it could not be seen, in plain words.
    pub unseen: Vec<String>,
}

/// Something that happened to an object, or to several at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When: for what came several times, the last of them.
    pub time: Option<Time>,
    /// When it came first, where it came several times.
    pub first: Option<Time>,
    /// How often it came.
    pub count: i64,
    /// What sort of thing it is.
    pub what: Happening,
    /// Whom it happened to.
    pub objects: Vec<ObjectRef>,
    /// The container, where it is about one.
    pub container: Option<Str>,
    /// What happened, in a few words that don't name the object.
    pub text: String,
    /// Whether the source shows it as the present state: it has been so since.
    pub is_present: bool,
}

/// What sort of thing happened. In the order in which things of one second are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// The API server stored the object.
    Created,
    /// An event about it.
    Event,
    /// A condition or phase turned.
    Condition,
    /// A container ended.
    Ended,
    /// A container started.
    Started,
    /// A container waits.
    Waiting,
    /// A finding about it began or ended.
    Finding,
    /// Its deletion was asked for.
    Deletion,
}

impl Moment {
    fn new(time: Option<Time>, what: Happening, object: &ObjectRef, text: impl Into<String>) -> Self {
        Self {
            time,
            first: None,
            count: 1,
            what,
            objects: vec![object.clone()],
            container: None,
            text: text.into(),
            is_present: false,
        }
    }

    /// Which has been so since.
    fn present(self) -> Self {
        Self { is_present: true, ..self }
    }

    fn of_container(self, name: &Str) -> Self {
        Self { container: Some(name.clone()), ..self }
    }
}

/// The timeline of these objects, and of findings about them or about what is behind it.
pub fn timeline(cluster: &Cluster, objects: &[ObjectRef], findings: &[&Finding]) -> Timeline {
    let mut all = Vec::new();
    for object in objects {
        of_object(cluster, object, &mut all);
        events(cluster, object, &mut all);
    }
    for finding in findings {
        of_finding(finding, &mut all);
    }
    let mut unseen = unseen(cluster, objects);
    if unseen.is_empty() && !all.iter().any(|moment| moment.what == Happening::Event) {
        unseen.push(
            "no event about them is left; an API server keeps events for an hour by default".to_owned(),
        );
    }
    let (mut moments, undated): (Vec<_>, Vec<_>) = all.into_iter().partition(|moment| moment.time.is_some());
    // Stable: of one second and sort, each object's own order stays.
    moments.sort_by_key(|moment| (moment.time, moment.what));
    let mut moments = together(moments);
    let earlier = moments.len().saturating_sub(MOST);
    moments.drain(..earlier);
    Timeline { moments, undated: together(undated), earlier, unseen }
}

/// What happened to several objects in the same second is told once.
fn together(all: Vec<Moment>) -> Vec<Moment> {
    let mut known = FxHashMap::default();
    let mut told: Vec<Moment> = Vec::with_capacity(all.len());
    for moment in all {
        let kind = moment.objects.first().map(|object| object.kind.clone());
        let key = (
            moment.time,
            moment.first,
            moment.count,
            moment.what,
            kind,
            moment.container.clone(),
            moment.text.clone(),
        );
        if let Some(first) = known.get(&key).and_then(|at: &usize| told.get_mut(*at)) {
            first.objects.extend(moment.objects);
            first.objects.dedup();
        } else {
            known.insert(key, told.len());
            told.push(moment);
        }
    }
    told
}

fn of_object(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    if let Some(meta) = cluster.meta_of(object) {
        if meta.created.is_some() {
            all.push(Moment::new(meta.created, Happening::Created, object, "created"));
        }
        if let Some(end) = meta.deleted {
            let grace = meta.deletion_grace_period_seconds.max(0);
            let text = format!("deletion asked for, with {grace}s of grace");
            all.push(Moment::new(Some(end.plus(-grace)), Happening::Deletion, object, text).present());
        }
    }
    match Kind::of(&object.api_version, &object.kind) {
        Some(Kind::Pod) => pod::tell(cluster, object, all),
        Some(kind) => others::tell(cluster, kind, object, all),
        None => {}
    }
}

fn events(cluster: &Cluster, object: &ObjectRef, all: &mut Vec<Moment>) {
    let of = cluster.events_of(object).map(|event| of_event(event, object));
    all.extend(of);
}

fn of_event(event: &Event, object: &ObjectRef) -> Moment {
    let message = event.text().trim();
    let colon = if message.is_empty() { "" } else { ": " };
    let last = event.last_seen();
    let mut moment = Moment::new(last, Happening::Event, object, format!("{}{colon}{message}", event.reason));
    moment.container = event.container().map(Str::from);
    moment.count = event.occurrences();
    moment.first = event.first_seen().filter(|first| moment.count > 1 && Some(*first) != last);
    moment
}

fn of_finding(finding: &Finding, all: &mut Vec<Moment>) {
    let text = format!("{}: {}", finding.lesson, finding.message);
    let began = Moment::new(finding.since, Happening::Finding, &finding.object, text);
    match finding.until {
        None => all.push(began.present()),
        Some(until) => {
            all.push(began);
            all.push(Moment::new(
                Some(until),
                Happening::Finding,
                &finding.object,
                format!("{} is over", finding.lesson),
            ));
        }
    }
}

/// What of the objects' past was not seen.
fn unseen(cluster: &Cluster, objects: &[ObjectRef]) -> Vec<String> {
    let coverage = cluster.coverage();
    let mut said = Vec::new();
    for object in objects {
        // Events about what has no namespace are stored in one all the same, by kubelets in `default`.
        let place = if object.namespace.is_empty() { "default" } else { &object.namespace };
        said.extend(coverage.check(Kind::Event, place).err().map(|unseen| unseen.to_string()));
        if cluster.meta_of(object).is_none() {
            said.push(format!("{object} itself"));
        }
    }
    said.sort();
    said.dedup();
    said
}

#[cfg(test)]
mod tests;
