//! The plan: the agent's pod on that node anew.

use rutter_cluster::objects::Pod;
use rutter_plan::{Draft, Object, Step};

use crate::{Context, fixes};

pub(super) fn plan(context: &Context<'_>, pod: &Pod, breaks: &str) -> Option<Draft> {
    let node = &pod.spec.node_name;
    let object = Object::pod(&pod.meta.namespace, &pod.meta.name, &pod.meta.uid);
    let draft = fixes::restart(context, pod, format!("Start the agent {object} on {node} anew"))?;
    let keep = format!(
        "Keep what {object} has logged, and see that nothing in it comes again: its log goes with it"
    );
    let commands = vec![format!(
        "kubectl -n {} logs {} --all-containers --prefix --tail=-1 > {}.log",
        pod.meta.namespace, pod.meta.name, pod.meta.name
    )];
    let steps = std::iter::once(Step::look("keep the log", keep, commands)).chain(draft.steps);
    Some(Draft { steps: steps.collect(), ..Draft::new(draft.title).about(&object).risk(&object, breaks) })
}
