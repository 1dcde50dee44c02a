//! Trouble with process ids and control groups, which one text mixes up: three things with three remedies.
//!
//! Variants: `exec-race` (old runc loses a race when it enters a container: no limit is involved), `limit` (a pod has as many processes
//! as it may), `node` (the node is short of process ids).

mod causes;
mod detect;
mod remedies;
mod said;

use rutter_cluster::{Kind, KindSet};

use crate::{Evaluate, Group, Lesson, heals};

const ID: &str = "pid-cgroup";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::Pod,
    title: "process ids or control groups run out, or a race in the runtime looks like it",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[Kind::Pod]),
    uses: KindSet::of(&[Kind::Node, Kind::Event]),
    evaluate: &[Evaluate::Pod(detect::of_pod), Evaluate::Node(detect::of_node)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};
