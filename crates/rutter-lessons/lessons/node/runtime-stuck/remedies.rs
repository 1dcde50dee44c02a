//! What to do: find the call that hangs and keep new pods off, and only then end or restart something.

use rutter_cluster::objects::Pod;

use super::{detect, signs::Sign};
use crate::{
    Context, Finding, Remedy, Risk,
    hosting::{self, Guests},
    hung::Hung,
};

/// So many containers are asked about one by one.
const SHOWN: usize = 3;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let node = hosting::node_of(context, finding);
    let name = finding.object.name.as_str();
    let hung = Hung::on(name, node);
    let stuck = node.and_then(|node| detect::stuck(context, node));
    let ends: Vec<&Pod> = stuck
        .iter()
        .flat_map(|stuck| &stuck.signs)
        .filter(|sign| Sign::is_about_end(sign))
        .map(|sign| sign.pod)
        .collect();
    let guests = node.and_then(|node| Guests::of(context, node));
    let mut steps = vec![hung.ask()];
    steps.extend(hung.inspect(&ends, SHOWN));
    steps.extend([hung.waits_for(), hung.stacks()]);
    if node.is_none_or(|node| !node.spec.unschedulable) {
        steps.push(cordon(name));
    }
    steps.extend([hung.restart(), hung.reboot(guests.as_ref())]);
    steps
}

fn cordon(name: &str) -> Remedy {
    let title = format!(
        "keep new pods off {name}, to which the scheduler still sends them, before anything is restarted; undo it with \
         kubectl uncordon {name} when pods start and end there again"
    );
    Remedy::new(Risk::Reversible, title, [format!("kubectl cordon {name}")])
}
