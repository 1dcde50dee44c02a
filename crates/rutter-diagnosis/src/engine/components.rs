//! Findings that hang together by their causes, and their incidents.

use std::collections::BTreeSet;

use super::groups::{Group, GroupId, Groups};
use crate::{Edge, Incident, fold};

/// Findings that hang together.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// In the order of findings; the incidents name them by their place in it.
    pub(super) groups: Vec<GroupId>,
    pub(super) incidents: Vec<Incident>,
    /// The root of each finding, likewise by place.
    pub(super) roots: Vec<usize>,
}

/// All that hangs together with a group, in the order of findings.
pub(super) fn around(groups: &Groups, start: GroupId, seen: &mut BTreeSet<GroupId>) -> Vec<GroupId> {
    let mut found = Vec::new();
    let mut waiting = vec![start];
    while let Some(id) = waiting.pop() {
        let Some(group) = groups.get(id) else { continue };
        if seen.insert(id) {
            found.push(id);
            waiting.extend(group.edges().map(|(effect, _)| effect));
            waiting.extend(groups.causes_of(id));
        }
    }
    found.sort_by(|a, b| {
        let order = |id: &GroupId| groups.get(*id).map(|group| fold::order(&group.finding));
        order(a).cmp(&order(b))
    });
    found
}

/// The edges among the groups, by their place.
pub(super) fn edges(groups: &Groups, members: &[GroupId]) -> Vec<Edge> {
    let place: rustc_hash::FxHashMap<GroupId, usize> =
        members.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let of = |(cause, id): (usize, &GroupId)| {
        let all = groups.get(*id).into_iter().flat_map(Group::edges);
        let edge = |(effect, because): (GroupId, &rutter_lessons::Because)| {
            Some(Edge { cause, effect: *place.get(&effect)?, because: because.clone() })
        };
        all.filter_map(edge).collect::<Vec<_>>()
    };
    members.iter().enumerate().flat_map(of).collect()
}
