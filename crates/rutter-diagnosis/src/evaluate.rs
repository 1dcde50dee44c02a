//! Asks every lesson about every subject.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rutter_cluster::{Cluster, Kind, KindSet, Objects, Resource, Unseen, coverage::Extent};
use rutter_lessons::{Context, Evaluate, Finding, Findings, Lesson, Outcome, words};

/// What a lesson could not decide, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// The lesson's id.
    pub lesson: &'static str,
    /// Why, in plain words: `events are not in the source (3 pods)`.
    pub why: String,
}

/// What the lessons say of a cluster's objects, each for itself.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// One for each object and lesson, by lesson, then in the order of the objects.
    pub findings: Vec<Finding>,
    /// What could not be decided, by lesson.
    pub undecided: Vec<Undecided>,
    /// The kinds that each lesson read, in the order of the lessons.
    pub read: Vec<KindSet>,
}

/// What one piece of work brought.
#[derive(Default)]
struct Answer {
    lesson: usize,
    /// The question's place in the lesson, and the piece of its subjects.
    of: (usize, usize),
    findings: Findings,
    unseen: NotSeen,
    read: KindSet,
}

/// A lesson's question, and the piece of its subjects to ask it about.
struct Work {
    lesson: usize,
    /// Where the question stands in the lesson.
    place: usize,
    question: Evaluate,
    piece: usize,
}

/// Asks `lessons` about everything in `cluster`.
pub fn evaluate(lessons: &[&'static Lesson], cluster: &Cluster) -> Evaluation {
    let mut work: Vec<Work> =
        lessons.iter().enumerate().flat_map(|(n, lesson)| pieces(n, lesson, cluster)).collect();
    // All lessons look at a piece while it is near in memory: there are more objects than fit into a cache.
    work.sort_by_key(|work| (kind_of(work.question), work.piece));
    let ask = |work: &Work| ask(lessons[work.lesson].id, work, cluster);
    let mut answers: Vec<Answer> = work.par_iter().map(ask).collect();
    answers.sort_by_key(|answer| (answer.lesson, answer.of));
    let mut result = Evaluation { read: vec![KindSet::default(); lessons.len()], ..Evaluation::default() };
    let mut unseen = vec![NotSeen::default(); lessons.len()];
    for answer in answers {
        result.findings.extend(answer.findings);
        result.read[answer.lesson] = result.read[answer.lesson].union(answer.read);
        for (why, number) in answer.unseen {
            *unseen[answer.lesson].entry(why).or_default() += number;
        }
    }
    result.undecided = undecided(lessons, cluster, &unseen);
    result
}

/// What was not seen of a lesson's subjects, and of how many of them.
pub(crate) type NotSeen = BTreeMap<(Unseen, &'static str), usize>;

/// What could not be decided: `unseen` says what each lesson met.
pub(crate) fn undecided(
    lessons: &[&'static Lesson],
    cluster: &Cluster,
    unseen: &[NotSeen],
) -> Vec<Undecided> {
    let mut undecided = Vec::new();
    for (lesson, unseen) in lessons.iter().zip(unseen) {
        undecided.extend(not_seen(lesson, cluster));
        undecided.extend(unseen.iter().map(|((unseen, noun), number)| Undecided {
            lesson: lesson.id,
            why: format!("{unseen} ({})", words::count(*number, noun)),
        }));
    }
    undecided.sort();
    undecided.dedup();
    undecided
}

/// What of those kinds could not be seen, in words.
fn not_seen(lesson: &Lesson, cluster: &Cluster) -> Vec<Undecided> {
    let whole = missing(lesson, cluster).map(|kind| unseen(kind, cluster));
    let said = whole.chain(elsewhere(lesson, cluster)).map(|unseen| unseen.to_string());
    said.map(|why| Undecided { lesson: lesson.id, why }).collect()
}

/// The kinds that were seen in other namespaces than those in which the lesson's subjects live.
fn elsewhere(lesson: &Lesson, cluster: &Cluster) -> impl Iterator<Item = Unseen> {
    let coverage = cluster.coverage();
    let by_namespace = |kind: &Kind| {
        let extent = coverage.of(*kind).map(|seen| &seen.extent);
        kind.is_namespaced() && matches!(extent, Some(Extent::Namespaces(_)))
    };
    lesson.requires.iter().filter(by_namespace).filter_map(move |kind| {
        let unseen = lesson.lives_in.iter().map(|namespace| coverage.check(kind, namespace).err());
        unseen.collect::<Option<Vec<_>>>()?.into_iter().next()
    })
}

/// The kinds that a lesson can't do without and of which nothing was seen, or a list that ended early. What else was seen in
/// part (single namespaces, single objects) is decided as far as it goes; the coverage says how far that is.
pub(crate) fn missing(lesson: &Lesson, cluster: &Cluster) -> impl Iterator<Item = Kind> {
    let coverage = cluster.coverage();
    let is_cut = |kind| coverage.of(kind).is_some_and(|coverage| coverage.is_cut);
    lesson.requires.iter().filter(move |kind| !coverage.has_any(*kind) || is_cut(*kind))
}

/// A kind that was not seen, in whatever namespace.
pub(crate) fn unseen(kind: Kind, cluster: &Cluster) -> Unseen {
    Unseen { kind, state: cluster.coverage().state(kind), namespace: "".into() }
}

/// Calls `$use` with the table of a question's subjects and the question.
macro_rules! on_subjects {
    ($question:expr, $cluster:expr, $use:ident) => {
        match $question {
            Evaluate::Node(ask) => $use!($cluster.nodes, ask, "node"),
            Evaluate::Pod(ask) => $use!($cluster.pods, ask, "pod"),
            Evaluate::Service(ask) => $use!($cluster.services, ask, "service"),
            Evaluate::Deployment(ask) => $use!($cluster.deployments, ask, "deployment"),
            Evaluate::ReplicaSet(ask) => $use!($cluster.replica_sets, ask, "replica set"),
            Evaluate::ReplicationController(ask) => {
                $use!($cluster.replication_controllers, ask, "replication controller")
            }
            Evaluate::StatefulSet(ask) => $use!($cluster.stateful_sets, ask, "stateful set"),
            Evaluate::DaemonSet(ask) => $use!($cluster.daemon_sets, ask, "daemon set"),
            Evaluate::Job(ask) => $use!($cluster.jobs, ask, "job"),
            Evaluate::Claim(ask) => $use!($cluster.claims, ask, "claim"),
            Evaluate::Volume(ask) => $use!($cluster.volumes, ask, "volume"),
            Evaluate::Namespace(ask) => $use!($cluster.namespaces, ask, "namespace"),
            Evaluate::ValidatingWebhook(ask) => {
                $use!($cluster.validating_webhooks, ask, "webhook configuration")
            }
            Evaluate::MutatingWebhook(ask) => $use!($cluster.mutating_webhooks, ask, "webhook configuration"),
            Evaluate::ApiService(ask) => $use!($cluster.api_services, ask, "API service"),
            Evaluate::Lease(ask) => $use!($cluster.leases, ask, "lease"),
            Evaluate::Endpoints(ask) => $use!($cluster.endpoints, ask, "Endpoints object"),
            Evaluate::Budget(ask) => $use!($cluster.budgets, ask, "disruption budget"),
            Evaluate::SigningRequest(ask) => $use!($cluster.signing_requests, ask, "signing request"),
            Evaluate::Ingress(ask) => $use!($cluster.ingresses, ask, "Ingress"),
            Evaluate::Autoscaler(ask) => $use!($cluster.autoscalers, ask, "autoscaler"),
            Evaluate::StaticPod(ask) => $use!($cluster.static_pods, ask, "static pod"),
        }
    };
}

/// The kind of a question's subjects.
pub(crate) fn kind_of(question: Evaluate) -> Kind {
    match question {
        Evaluate::Node(_) => Kind::Node,
        Evaluate::Pod(_) => Kind::Pod,
        Evaluate::Service(_) => Kind::Service,
        Evaluate::Deployment(_) => Kind::Deployment,
        Evaluate::ReplicaSet(_) => Kind::ReplicaSet,
        Evaluate::ReplicationController(_) => Kind::ReplicationController,
        Evaluate::StatefulSet(_) => Kind::StatefulSet,
        Evaluate::DaemonSet(_) => Kind::DaemonSet,
        Evaluate::Job(_) => Kind::Job,
        Evaluate::Claim(_) => Kind::PersistentVolumeClaim,
        Evaluate::Volume(_) => Kind::PersistentVolume,
        Evaluate::Namespace(_) => Kind::Namespace,
        Evaluate::ValidatingWebhook(_) => Kind::ValidatingWebhookConfiguration,
        Evaluate::MutatingWebhook(_) => Kind::MutatingWebhookConfiguration,
        Evaluate::ApiService(_) => Kind::ApiService,
        Evaluate::Lease(_) => Kind::Lease,
        Evaluate::Endpoints(_) => Kind::Endpoints,
        Evaluate::Budget(_) => Kind::PodDisruptionBudget,
        Evaluate::SigningRequest(_) => Kind::CertificateSigningRequest,
        Evaluate::Ingress(_) => Kind::Ingress,
        Evaluate::Autoscaler(_) => Kind::HorizontalPodAutoscaler,
        Evaluate::StaticPod(_) => Kind::StaticPod,
    }
}

/// Asks a question about the subject at a position. What could not be seen comes with the noun of the subject.
pub(crate) fn ask_at(
    question: Evaluate,
    cluster: &Cluster,
    context: &Context<'_>,
    at: u32,
    findings: &mut Findings,
) -> Result<(), (Unseen, &'static str)> {
    macro_rules! ask {
        ($table:expr, $ask:expr, $noun:expr) => {
            $ask(context, $table.at(at), findings).map_err(|unseen| (unseen, $noun))
        };
    }
    on_subjects!(question, cluster, ask)
}

fn pieces(lesson: usize, of: &Lesson, cluster: &Cluster) -> Vec<Work> {
    let mut work = Vec::new();
    for (place, question) in of.evaluate.iter().enumerate() {
        macro_rules! count {
            ($table:expr, $ask:expr, $noun:expr) => {{
                let _ = $ask;
                $table.objects().pieces().count()
            }};
        }
        let pieces = on_subjects!(question, cluster, count);
        work.extend((0..pieces).map(|piece| Work { lesson, place, question: *question, piece }));
    }
    work
}

fn ask(id: &'static str, work: &Work, cluster: &Cluster) -> Answer {
    macro_rules! each {
        ($table:expr, $ask:expr, $noun:expr) => {
            each(id, work, cluster, $table.objects(), $ask, $noun)
        };
    }
    on_subjects!(work.question, cluster, each)
}

fn each<T: Resource>(
    id: &'static str,
    work: &Work,
    cluster: &Cluster,
    subjects: Objects<'_, T>,
    ask: fn(&Context<'_>, &T, &mut Findings) -> Outcome,
    noun: &'static str,
) -> Answer {
    let context = Context::new(cluster);
    let of = (work.place, work.piece);
    let mut answer = Answer { lesson: work.lesson, of, ..Answer::default() };
    for subject in subjects.pieces().nth(work.piece).unwrap_or_default() {
        if let Err(unseen) = ask(&context, subject, &mut answer.findings) {
            *answer.unseen.entry((unseen, noun)).or_default() += 1;
        }
    }
    debug_assert!(
        answer.findings.iter().all(|finding| finding.lesson == id),
        "{id} speaks for another lesson"
    );
    answer.read = context.kinds_read();
    answer
}
