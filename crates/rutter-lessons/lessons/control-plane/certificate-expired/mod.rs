//! Certificates of the cluster's own parts that expired, or that nobody issues.
//!
//! Variants: `client-pending`, `serving-pending` (kubelets asked for a certificate, and nobody approved), `not-issued` (approved, and
//! nobody signed), `failed` (the signer refused), `clients-refused`, `server-expired` (by the logs of the control plane: it
//! refuses whose certificate expired, or meets a server whose certificate did).
//!
//! What certificates hold is never read: Secrets are names here, and files on nodes are not seen. An expired certificate of a
//! webhook is told by `webhook-blocks`.

mod causes;
mod logs;
mod remedies;
mod requests;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "certificate-expired";

/// kube-controller-manager approves and signs within seconds, other approvers within minutes. In seconds.
const PATIENCE: i64 = 600;

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "certificates expired, or nobody issues them",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::CertificateSigningRequest]),
    uses: KindSet::of(&[Kind::Node, Kind::Pod, Kind::Lease, Kind::Endpoints]),
    evaluate: &[Evaluate::SigningRequest(requests::evaluate), Evaluate::Pod(logs::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
