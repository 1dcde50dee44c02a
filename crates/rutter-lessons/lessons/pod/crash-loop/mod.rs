//! A container that ends, is started again, and ends again; or that cannot even be started.
//!
//! Variants, by why: `crash` (it ended with an error or by a signal), `completed` (it ended well, but is to run for
//! ever), `killed-by-probe` (the kubelet kills it, because its liveness or startup probe fails), `dependency` (its log
//! says that something that it needs does not answer), `start-failed` (the runtime cannot start its command),
//! `config-missing` (a ConfigMap, a Secret or a key is not there), `config-error` (the kubelet refuses its settings),
//! `runtime` (the runtime does not get it made).
//!
//! A container that was killed at its memory limit is the business of the lesson `limit-reached`, and one that may not
//! be started again (`restartPolicy: Never`) that of its Job.

mod causes;
mod config;
mod depends;
mod detect;
mod log;
mod remedies;
mod revision;
mod stage;
mod start;
mod why;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson};

const ID: &str = "crash-loop";

/// Trouble while a pod starts that may pass by itself is no finding before this age, in seconds.
const START: i64 = 60;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "a container keeps crashing or cannot be started",
    since: "0.1",
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[
        Kind::Event,
        Kind::Node,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::Service,
        Kind::ConfigMap,
        Kind::Secret,
    ]),
    evaluate: &[Evaluate::Pod(detect::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    text: include_str!("lesson.md"),
};
