//! What old software explains.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, hosting::all_on};

pub(super) const CAUSES: &[Cause] =
    &[Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_cgroups }];

/// Kernel 3.10 leaks memory cgroups, until none can be made.
fn no_cgroups(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = cause.variant == "old-kernel"
        && effect.variant == "cgroup"
        && !effect.is_history()
        && cause.evidence.iter().any(|evidence| evidence.value.starts_with("3.10."))
        && all_on(context, effect, cause);
    fits.then(|| {
        Because::new(
            Confidence::Likely,
            "this kernel leaks memory cgroups until none can be made (k/k#61937)",
        )
    })
}
