//! An Ingress that refers to something that isn't there, so that its clients get errors or the wrong certificate.
//!
//! Variants: `no-service`, `no-port` (a backend's Service isn't there, or lacks the port), `no-class` (no IngressClass of that
//! name: no controller takes it), `no-secret` (the TLS Secret isn't there). A Service without ready pods is told by
//! `service-no-backends`.

mod backends;
mod detect;
mod remedies;
mod tls;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "ingress-backend-error";

/// What is applied together comes within this time, in seconds.
const START: i64 = 120;

/// Whoever makes certificates may need this long, in seconds.
const CERTIFICATE: i64 = 900;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Service,
    title: "an Ingress refers to something that isn't there",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Ingress]),
    uses: KindSet::of(&[Kind::Service, Kind::IngressClass, Kind::Secret]),
    evaluate: &[Evaluate::Ingress(detect::evaluate)],
    causes: &[],
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
