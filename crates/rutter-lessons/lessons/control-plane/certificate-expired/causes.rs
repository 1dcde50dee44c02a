//! What certificates explain: controllers that can't log in, and kubelets that can't report.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, hosting};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "controller-silent", relation: Relation::Mentions, check: cannot_lead },
    Cause { explains: "node-unknown", relation: Relation::Hosts, check: cannot_report },
];

/// A kubelet's connections outlive its certificate for a little, and a silence is noticed within a minute: in seconds.
const SOON: i64 = 300;

/// A controller whose own log says that a certificate expired does not lead for that.
fn cannot_lead(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(cause.variant, "clients-refused" | "server-expired")
        && !cause.is_history()
        && !effect.is_history();
    fits.then(|| Because::new(Confidence::Likely, cause.message.clone()))
}

/// A node falls silent when its kubelet's certificate ends: at the time that the API server's log names, or at some time after the
/// kubelet asked for a new one. All of the nodes must be concerned, if several fell silent together.
fn cannot_report(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let is_now = !cause.is_history() && matches!(effect.variant, "lost" | "many-at-once");
    let concerned = |node: &rutter_cluster::ObjectRef| cause.instances.contains(node);
    if !is_now || !effect.instances.iter().all(concerned) {
        return None;
    }
    let (from, silent) = (cause.since?, effect.since?);
    let at = hosting::clock(context, from);
    let (confidence, why) = match cause.variant {
        "clients-refused" if (-SOON..=SOON).contains(&silent.since(from)) => {
            (Confidence::Likely, format!("a client's certificate ended at {at}, and then it fell silent"))
        }
        // The one that it had may have been valid for long after.
        "client-pending" | "not-issued" if silent.since(from) >= 0 => (
            Confidence::Possible,
            "its kubelet has waited for a new certificate since before that, and can't report once the old one ends"
                .to_owned(),
        ),
        _ => return None,
    };
    Some(Because::new(confidence, why))
}
