//! Where the pods of a controller went, and when: those that are there, and those that only events remember.

use std::{collections::BTreeSet, sync::Arc};

use rutter_cluster::{
    ObjectRef, Resource, Str, Time,
    objects::{Condition, Event, Pod},
};

use crate::{Context, Evidence, texts::placed};

/// So many pods of a controller are looked at: one that makes more doesn't move a pod from node to node.
const MOST: usize = 200;

/// A pod that was bound to a node.
#[derive(Clone, PartialEq)]
pub(super) struct Landing {
    pub(super) node: Str,
    pub(super) at: Time,
    pub(super) evidence: Evidence,
}

/// All that is known of them.
pub(super) fn landings(context: &Context<'_>, controller: &ObjectRef) -> Arc<Vec<Landing>> {
    context.kept("landings of a controller's pods", controller, gather)
}

fn gather(context: &Context<'_>, controller: &ObjectRef) -> Vec<Landing> {
    let pods = context.pods_under(controller).unwrap_or_default();
    let mut all: Vec<Landing> = pods.iter().take(MOST).filter_map(|pod| of_pod(pod)).collect();
    let mut names: BTreeSet<Str> = pods.iter().take(MOST).map(|pod| pod.meta.name.clone()).collect();
    let events = context.events_of(controller).unwrap_or_default();
    let made = events.iter().filter(|event| event.reason == "SuccessfulCreate");
    names.extend(made.filter_map(|event| placed::created_pod(event.text())).take(MOST).map(Str::from));
    for name in names {
        // Without a uid these are also events about earlier pods of that name.
        let pod = ObjectRef {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: controller.namespace.clone(),
            name,
            uid: Str::default(),
        };
        all.extend(context.events_of(&pod).unwrap_or_default().into_iter().filter_map(of_event));
    }
    all
}

/// When a pod was bound to its node.
pub(super) fn landed(pod: &Pod) -> Option<Time> {
    let scheduled = pod.condition("PodScheduled").filter(|scheduled| Condition::is_true(scheduled));
    scheduled
        .and_then(|scheduled| scheduled.last_transition_time)
        .or(pod.status.start_time)
        .or(pod.meta.created)
}

fn of_pod(pod: &Pod) -> Option<Landing> {
    let node = pod.spec.node_name.clone();
    let at = landed(pod).filter(|_| !node.is_empty())?;
    let evidence = Evidence::field(pod, "spec.nodeName", node.as_str(), Some(at));
    Some(Landing { node, at, evidence })
}

fn of_event(event: &Event) -> Option<Landing> {
    let node = placed::assigned_node(event.text()).filter(|_| event.reason == "Scheduled")?;
    Some(Landing { node: node.into(), at: event.first_seen()?, evidence: Evidence::event(event) })
}

/// The controller of a pod as an object of its namespace.
pub(super) fn controller(pod: &Pod) -> Option<ObjectRef> {
    let owner = pod.meta.controller()?;
    Some(ObjectRef {
        api_version: owner.api_version.clone(),
        kind: owner.kind.clone(),
        namespace: pod.object_ref().namespace,
        name: owner.name.clone(),
        uid: owner.uid.clone(),
    })
}
