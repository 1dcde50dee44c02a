//! After any changes, what the engine says equals what a full evaluation of the cluster says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use proptest::prelude::*;
use rutter_cluster::{
    Change, Cluster, ClusterInfo, Coverage, Kind, Logs, Object, Str, Tables, Time, coverage::Extent,
    objects::Condition,
};
use rutter_diagnosis::{Engine, Scope, diagnose};
use rutter_source::{Input, files::Limits, load};

/// The inputs of all cases of all lessons: what each lesson says something of, and what looks like it.
fn cases() -> &'static [(Vec<Object>, Logs, Time)] {
    static CASES: OnceLock<Vec<(Vec<Object>, Logs, Time)>> = OnceLock::new();
    CASES.get_or_init(|| {
        let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rutter-lessons/lessons");
        let mut folders = Vec::new();
        for lesson in below(&lessons).iter().flat_map(|group| below(group)) {
            folders.extend(below(&lesson.join("cases")));
        }
        folders.sort();
        let read = |folder: &std::path::PathBuf| {
            let cluster = load(&[Input::Path(folder.clone())], &Limits::default()).ok()?;
            Some((cluster.copies(), cluster.logs().clone(), cluster.time()))
        };
        let cases: Vec<_> = folders.iter().filter_map(read).collect();
        assert!(cases.len() > 300, "only {} cases were read", cases.len());
        cases
    })
}

fn below(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(all) = fs::read_dir(folder) else { return Vec::new() };
    all.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// Something that happens, by the numbers of objects in the pool.
#[derive(Debug, Clone)]
enum Step {
    Put(usize),
    Remove(usize),
    /// An object takes on what another of its kind is like.
    Become(usize, usize),
    /// A pod is bound to the node of another.
    Bind(usize, usize),
    /// An object takes on the labels of another of its kind.
    Relabel(usize, usize),
    /// An object is given to the owner of another of its kind.
    Adopt(usize, usize),
    /// A node's heart beats.
    Beat(usize),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let n = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    prop_oneof![
        4 => n().prop_map(Step::Put),
        2 => n().prop_map(Step::Remove),
        3 => (n(), n()).prop_map(|(a, b)| Step::Become(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Step::Bind(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Step::Relabel(a, b)),
        1 => (n(), n()).prop_map(|(a, b)| Step::Adopt(a, b)),
        1 => n().prop_map(Step::Beat),
        1 => (1..4000_i64).prop_map(Step::Wait),
    ]
}

type Name = (Kind, Str, Str);

fn name(object: &Object) -> Name {
    (object.kind(), object.meta().namespace.clone(), object.meta().name.clone())
}

/// Calls a macro for each kind: with the pattern of both objects being of it.
macro_rules! of_kind {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $do:expr; $($kind:ident),*) => {
        match ($a, $b) {
            $((Object::$kind($x), Object::$kind($y)) => $do,)*
            _ => {}
        }
    };
}

macro_rules! all_kinds {
    ($a:expr, $b:expr, |$x:ident, $y:ident| $do:expr) => {
        of_kind!($a, $b, |$x, $y| $do; Node, Namespace, Pod, Event, Deployment, ReplicaSet, StatefulSet, DaemonSet,
            ReplicationController, Job, CronJob, Service, Endpoints, EndpointSlice, Ingress, IngressClass,
            HorizontalPodAutoscaler, PodDisruptionBudget, PersistentVolumeClaim, PersistentVolume, StorageClass,
            VolumeAttachment, CsiNode, ResourceQuota, LimitRange, ConfigMap, Secret, Lease,
            ValidatingWebhookConfiguration, MutatingWebhookConfiguration, ApiService)
    };
}

struct World {
    pool: Vec<Object>,
    there: BTreeMap<Name, Object>,
    logs: Logs,
    time: Time,
    coverage: Coverage,
}

impl World {
    fn new(chosen: &[usize], seen: bool) -> Self {
        let all = cases();
        let mut pool = Vec::new();
        let mut logs = Logs::default();
        let mut time = Time::EPOCH;
        for case in chosen {
            let (objects, its_logs, its_time) = &all[case % all.len()];
            pool.extend(objects.iter().cloned());
            logs.extend(its_logs.clone());
            time = time.max(*its_time);
        }
        let mut coverage = Coverage::default();
        for kind in Kind::ALL.iter().filter(|kind| seen || **kind != Kind::Event) {
            coverage.saw(*kind, Extent::All);
        }
        let there = pool.iter().map(|object| (name(object), object.clone())).collect();
        Self { pool, there, logs, time, coverage }
    }

    fn cluster(&self) -> Cluster {
        let mut tables = Tables::default();
        self.there.values().for_each(|object| tables.push(object.clone()));
        let info = ClusterInfo { time: Some(self.time), version: "v1.34.4".into(), ..ClusterInfo::default() };
        Cluster::new(info, tables, self.coverage.clone(), self.logs.clone())
    }

    /// The object that is there and has this number, among those of the kind of `like`, if that is given.
    fn there(&self, number: usize, like: Option<Kind>) -> Option<Object> {
        let of_kind = |object: &&Object| like.is_none_or(|kind| object.kind() == kind);
        let all: Vec<&Object> = self.there.values().filter(of_kind).collect();
        Some((*all.get(number.checked_rem(all.len())?)?).clone())
    }

    fn change(&mut self, step: &Step) -> Option<Change> {
        match *step {
            Step::Put(n) => Some(Change::Put(self.pool.get(n % self.pool.len())?.clone())),
            Step::Remove(n) => {
                let (kind, namespace, name) = name(&self.there(n, None)?);
                Some(Change::Remove { kind, namespace, name })
            }
            Step::Become(a, b) => self.merged(a, b, None, |mut a, b| {
                all_kinds!(&mut a, &b, |a, b| {
                    let meta = a.meta.clone();
                    **a = (**b).clone();
                    a.meta = meta;
                });
                a
            }),
            Step::Bind(a, b) => self.merged(a, b, Some(Kind::Pod), |mut a, b| {
                if let (Object::Pod(a), Object::Pod(b)) = (&mut a, &b) {
                    a.spec.node_name = b.spec.node_name.clone();
                }
                a
            }),
            Step::Relabel(a, b) => self.merged(a, b, None, |mut a, b| {
                let labels = b.meta().labels.clone();
                all_kinds!(&mut a, &b, |a, _b| a.meta.labels = labels);
                a
            }),
            Step::Adopt(a, b) => self.merged(a, b, None, |mut a, b| {
                let owners = b.meta().owner_references.clone();
                all_kinds!(&mut a, &b, |a, _b| a.meta.owner_references = owners);
                a
            }),
            Step::Beat(n) => {
                let mut node = self.there(n, Some(Kind::Node))?;
                if let Object::Node(node) = &mut node {
                    let now = Some(self.time);
                    let beat = |one: &mut Condition| one.last_heartbeat_time = now;
                    node.status.conditions.edit(|all| all.iter_mut().for_each(beat));
                }
                Some(Change::Put(node))
            }
            Step::Wait(seconds) => {
                self.time = self.time.plus(seconds);
                None
            }
        }
    }

    fn merged(
        &self,
        a: usize,
        b: usize,
        kind: Option<Kind>,
        merge: impl Fn(Object, Object) -> Object,
    ) -> Option<Change> {
        let a = self.there(a, kind)?;
        let b = self.there(b, Some(a.kind()))?;
        Some(Change::Put(merge(a, b)))
    }

    /// Logs go with their pod, and are not another's of the same name.
    fn forget_logs(&mut self, namespace: &Str, pod: &Str) {
        self.logs.retain(|log, _| !(log.namespace == *namespace && log.pod == *pod));
    }

    fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::Put(object) => {
                let known = self.there.get(&name(&object));
                let is_another = known.is_some_and(|known| known.meta().uid != object.meta().uid);
                if is_another && object.kind() == Kind::Pod {
                    self.forget_logs(&object.meta().namespace, &object.meta().name);
                }
                self.there.insert(name(&object), object);
            }
            Change::Remove { kind, namespace, name } => {
                if kind == Kind::Pod {
                    self.forget_logs(&namespace, &name);
                }
                self.there.remove(&(kind, namespace, name));
            }
            Change::Log(key, tail) => drop(self.logs.insert(key, tail)),
        }
    }
}

fn check(chosen: &[usize], seen: bool, steps: &[(Step, bool)]) -> Result<(), TestCaseError> {
    let mut world = World::new(chosen, seen);
    let mut engine = Engine::new(world.cluster());
    for (n, (step, settles)) in steps.iter().enumerate() {
        match world.change(step) {
            Some(change) => {
                world.apply(&change);
                engine.apply(change);
            }
            None => engine.advance(world.time),
        }
        if !settles && n + 1 < steps.len() {
            continue;
        }
        engine.settle();
        let whole = diagnose(&world.cluster(), &Scope::default());
        let kept = engine.diagnosis(&Scope::default());
        let difference = difference(&format!("{whole:#?}"), &format!("{kept:#?}"));
        prop_assert!(difference.is_none(), "after step {n}, {step:?}: {}", difference.unwrap_or_default());
    }
    Ok(())
}

/// Where two texts part, with what comes before.
fn difference(whole: &str, kept: &str) -> Option<String> {
    let (a, b): (Vec<&str>, Vec<&str>) = (whole.lines().collect(), kept.lines().collect());
    let at = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at))?;
    let part = |lines: &[&str]| lines[at.min(lines.len())..(at + 8).min(lines.len())].join("\n");
    let before = a[at.saturating_sub(25)..at.min(a.len())].join("\n");
    Some(format!("\n{before}\n--- a full evaluation:\n{}\n--- the engine:\n{}\n", part(&a), part(&b)))
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_change_at_a_time_says_what_a_full_evaluation_says(
        chosen in prop::collection::vec(0..10_000_usize, 1..8),
        seen in prop::bool::weighted(0.9),
        steps in prop::collection::vec((step(), any::<bool>()), 1..40),
    ) {
        check(&chosen, seen, &steps)?;
    }
}

#[test]
fn every_case_is_diagnosed_alike_by_both() {
    let mut lessons = BTreeSet::new();
    for case in 0..cases().len() {
        let world = World::new(&[case], true);
        let whole = diagnose(&world.cluster(), &Scope::default());
        let kept = Engine::new(world.cluster()).diagnosis(&Scope::default());
        assert_eq!(difference(&format!("{whole:#?}"), &format!("{kept:#?}")), None);
        lessons.extend(whole.findings.iter().map(|finding| finding.finding.lesson));
    }
    assert!(lessons.len() > 12, "only {lessons:?} were found");
}
