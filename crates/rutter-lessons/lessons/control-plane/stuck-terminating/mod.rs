//! A pod, a claim, a volume or a namespace that was deleted long ago and is still there.
//!
//! Variants: `finalizer` (somebody must remove a finalizer, and doesn't), `node-silent` (the kubelet that would confirm the
//! pod's end does not report), `node-gone` (the pod's node is not there any more), `not-stopped` (the kubelet of a good node
//! does not get the pod away), `in-use` (a claim or volume waits for its user, as it should, and goes with its data when that
//! ends), `discovery` (an API that does not answer keeps namespaces from being emptied), `content` (objects are left in the
//! namespace), `untold` (nothing says why).
//!
//! Pods that a taint of their node had deleted are the business of `evicted`. What is left in a namespace that goes is told
//! with the namespace.

mod causes;
mod finalizers;
mod namespace;
mod plan;
mod pod;
mod remedies;
mod volume;

use rutter_cluster::{Kind, KindSet, Time, objects::Namespace};

use crate::{Context, Evaluate, Group, Lesson, heals};

const ID: &str = "stuck-terminating";

/// A kubelet that works may need this long, in seconds, after the deadline to kill, unmount and confirm.
const POD: i64 = 180;

/// Whoever must clean up before may need this long, in seconds.
const OTHER: i64 = 300;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "something deleted does not go",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[
        Kind::Namespace,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::Node,
        Kind::Event,
        Kind::ReplicaSet,
        Kind::Job,
        Kind::Lease,
        Kind::Endpoints,
        Kind::ApiService,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ]),
    evaluate: &[
        Evaluate::Pod(pod::evaluate),
        Evaluate::Claim(volume::claim),
        Evaluate::Volume(volume::volume),
        Evaluate::Namespace(namespace::evaluate),
    ],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

/// Whether something must be gone since so many seconds. A deletion's time is when the grace period ends: ahead, while that
/// lasts.
fn is_overdue(context: &Context<'_>, deleted: Option<Time>, patience: i64) -> bool {
    deleted.is_some_and(|deleted| !context.may_be_younger(deleted, patience))
}

/// The namespace of something, if it goes as a whole: then it is told with it.
fn going<'c>(context: &Context<'c>, namespace: &str) -> Option<&'c Namespace> {
    context.namespace("", namespace).ok().flatten().filter(|namespace| namespace.meta.deleted.is_some())
}
