//! Webhooks whose policy is Ignore: nothing is refused, but everything waits for them. Only the API server's log tells.

use rutter_cluster::objects::Webhook;

use crate::{
    Context, Evidence,
    texts::webhook_call::{self, Failure},
};

/// A line of the API server's log that says that a call of this webhook took until its deadline, if at least two do.
pub(super) fn timed_out(context: &Context<'_>, webhook: &Webhook) -> Option<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for pod in context.api_servers().ok()? {
        let Some(container) = pod.spec.containers.first() else { continue };
        let Some(log) = context.log(pod, &container.name) else { continue };
        let slow = log.lines.iter().filter(|line| {
            webhook_call::failing_open(line)
                .is_some_and(|call| webhook.name == call.webhook && call.failure == Failure::Timeout)
        });
        found.extend(slow.map(|line| Evidence::log(pod, &container.name, line.as_str())));
    }
    let newest = found.pop()?;
    (!found.is_empty()).then_some(newest)
}
