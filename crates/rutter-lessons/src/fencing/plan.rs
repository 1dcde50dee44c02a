//! The plan: a node whose machine is proven off is declared out of service, and taken back once it works again. Nothing of it runs
//! before a person has said how that is known: a machine that is merely cut off goes on writing.

use rutter_cluster::objects::{Node, Pod};
use rutter_plan::{Action, Condition, Draft, Object, Step, Undo};

use super::{OUT_OF_SERVICE, last_heard, what_answers};
use crate::{Context, fixes, hosting, words};

/// What its taint says, as Kubernetes' own documents have it.
const VALUE: &str = "nodeshutdown";
const EFFECT: &str = "NoExecute";

/// Seconds for its pods to be struck off: the garbage collector looks each 20 s.
const STRUCK_OFF: u64 = 600;

/// Whose kubelet said something within this time, in seconds, runs.
const ALIVE: i64 = 120;

/// Seconds that a node must be Ready for before it is taken back.
const STEADY: i64 = 60;

pub(super) fn fence(context: &Context<'_>, node: &Node) -> Option<Draft> {
    let object = fixes::known(node)?;
    let draft =
        remarks(context, node, &object, Draft::new(format!("Fence {object}, of which nothing is heard")));
    let draft = draft.about(&object).then(look(node, &object)).then(prove(&object)).then(declare(&object));
    let draft = draft.and(released(context, node, &object));
    Some(draft.then(repair(&object)).then(take_back(&object)))
}

fn remarks(context: &Context<'_>, node: &Node, object: &Object, draft: Draft) -> Draft {
    let draft = draft.risk(
        object,
        "if the machine still runs, merely cut off, its pods start a second time elsewhere and both write to the same data",
    );
    let heard = node.condition("Ready").and_then(|ready| last_heard(context, node, ready));
    let draft = match heard {
        Some(at) if context.may_be_younger(at, ALIVE) => draft.blocker(
            object,
            format!(
                "its kubelet was heard of at {}: it runs, so that it is cut off at most",
                hosting::clock(context, at)
            ),
            "stop the machine first",
        ),
        _ => draft,
    };
    let draft =
        if node.is_ready() { draft.blocker(object, "it is Ready: it can be drained", "") } else { draft };
    let pods = context.pods_on(&node.meta.name).unwrap_or_default();
    let data = |pod: &&&Pod| pod.spec.volumes.iter().any(|volume| volume.empty_dir.is_some());
    match pods.iter().filter(data).count() {
        0 => draft,
        number => {
            let text = format!(
                "{} on it with emptyDir volumes: what is in them is lost to whoever starts elsewhere",
                words::count(number, "pod")
            );
            draft.risk(object, text)
        }
    }
}

fn look(node: &Node, object: &Object) -> Step {
    let first = what_answers(&node.meta.name);
    let ask = format!(
        "See what of {object} still answers: its lease, its address, its kubelet's port, its machine"
    );
    Step::look("what answers", ask, first.commands)
}

fn prove(object: &Object) -> Step {
    let ask = format!(
        "Make sure that the machine of {object} is off and stays off (power state seen in the cloud or by its BMC, not merely no \
         answer), and say how that is known"
    );
    Step::proof(format!("fence {}", object.name), ask, Vec::new())
}

/// The control plane deletes its pods then, and detaches its volumes without waiting for its kubelet.
fn declare(object: &Object) -> Step {
    let (key, effect) = (OUT_OF_SERVICE.to_owned(), EFFECT.to_owned());
    let untaint = Action::Untaint { node: object.clone(), key: key.clone(), effect: effect.clone() };
    let action = Action::Taint { node: object.clone(), key, value: VALUE.to_owned(), effect };
    let undo = Undo::Act {
        title: format!("Take the taint off {object}; pods that were struck off do not come back by that"),
        needs: vec![Condition::There { object: object.clone() }],
        action: Box::new(untaint),
        until: Vec::new(),
    };
    let title = format!("Declare {object} out of service");
    let step = Step::new(format!("out of service {}", object.name), title, action, fixes::SOON).needing([
        Condition::NotReady { node: object.clone() },
        Condition::Unclaimed { node: object.clone(), operation: String::new() },
        Condition::Calm { besides: vec![object.name.clone()] },
    ]);
    Step { undo, ..step }
}

fn released(context: &Context<'_>, node: &Node, object: &Object) -> Vec<Step> {
    let name = &object.name;
    let pods = context.pods_on(&node.meta.name).unwrap_or_default();
    let stays =
        |pod: &&&Pod| pod.spec.tolerations.iter().any(|one| tolerates(&one.key, &one.operator, &one.effect));
    let but = pods.iter().filter(stays).map(|pod| pod.meta.uid.to_string()).filter(|uid| !uid.is_empty());
    let drained = Condition::Drained { node: object.clone(), but: but.collect() };
    let gone = Step::wait(
        format!("{name} empty"),
        format!("Wait until the pods of {object} are struck off"),
        [drained],
        STRUCK_OFF,
    );
    let attached = context
        .volume_attachments()
        .is_ok_and(|all| all.iter().any(|one| one.spec.node_name == node.meta.name));
    let detached = attached.then(|| {
        let until = Condition::Detached { node: object.clone(), but: Vec::new() };
        Step::wait(
            format!("volumes of {name} detached"),
            format!("Wait until the volumes of {object} are detached"),
            [until],
            STRUCK_OFF,
        )
    });
    [gone].into_iter().chain(detached).collect()
}

/// Whether a toleration lets a pod stay on a node that is out of service.
fn tolerates(key: &str, operator: &str, effect: &str) -> bool {
    (key == OUT_OF_SERVICE || (key.is_empty() && operator == "Exists")) && matches!(effect, "" | EFFECT)
}

fn repair(object: &Object) -> Step {
    let ask = format!(
        "Repair {object}, and let it join again with none of its old containers running; if it never comes back, delete it instead \
         and end this plan here"
    );
    let name = &object.name;
    let commands = vec![
        format!("kubectl get node {name}"),
        format!("kubectl delete node {name}   # only if it never comes back"),
    ];
    Step::person(format!("repair {name}"), ask, commands)
}

fn take_back(object: &Object) -> Step {
    let action =
        Action::Untaint { node: object.clone(), key: OUT_OF_SERVICE.to_owned(), effect: EFFECT.to_owned() };
    let title = format!("Take the taint off {object}, which is back");
    Step::new(format!("in service {}", object.name), title, action, fixes::READY)
        .needing([
            Condition::There { object: object.clone() },
            Condition::Ready { node: object.clone(), seconds: STEADY },
        ])
        .for_good("The node is in service again: to take it out is another plan.")
}
