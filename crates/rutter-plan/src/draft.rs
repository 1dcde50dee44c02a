use serde_json::{Value, json};

use crate::{Action, ClusterIdentity, Condition, OPERATION, Object, Plan, Remark, RemarkKind, Step, Undo};

/// What a remedy does, before somebody makes an operation of it: the steps of a plan, without a name and a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// What it does, as a heading: `Delete Pod shop/db-1, which holds up the rollout of db`.
    pub title: String,
    /// What it is about.
    pub about: Vec<Object>,
    /// What to know before.
    pub remarks: Vec<Remark>,
    /// The steps, one after the other.
    pub steps: Vec<Step>,
}

impl Draft {
    /// Without steps so far.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// With one more step, after the others.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// With more steps, after the others.
    #[must_use]
    pub fn and(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.steps.extend(steps);
        self
    }

    /// With an object that it is about.
    #[must_use]
    pub fn about(mut self, object: &Object) -> Self {
        self.about.push(object.clone());
        self
    }

    /// What a person does, step by step: each with what to do, its commands, and whether it only looks. For what no program
    /// should do, or can.
    #[must_use]
    pub fn checklist(
        title: impl Into<String>,
        steps: impl IntoIterator<Item = (String, Vec<String>, bool)>,
    ) -> Self {
        let step = |(number, (ask, commands, looks)): (usize, (String, Vec<String>, bool))| {
            let id = format!("step {number}");
            if looks { Step::look(id, ask, commands) } else { Step::person(id, ask, commands) }
        };
        Self::new(title).and((1..).zip(steps).map(step))
    }

    /// With a note: good to know before.
    #[must_use]
    pub fn note(self, about: &Object, text: impl Into<String>) -> Self {
        self.says(RemarkKind::Note, about, text, "")
    }

    /// With a risk: something may be lost, or away for a while.
    #[must_use]
    pub fn risk(self, about: &Object, text: impl Into<String>) -> Self {
        self.says(RemarkKind::Risk, about, text, "")
    }

    /// With what keeps the plan from running, and what would let it run.
    #[must_use]
    pub fn blocker(self, about: &Object, text: impl Into<String>, unless: &str) -> Self {
        self.says(RemarkKind::Blocker, about, text, unless)
    }

    fn says(self, kind: RemarkKind, about: &Object, text: impl Into<String>, unless: &str) -> Self {
        self.remark(Remark { kind, about: about.clone(), text: text.into(), unless: unless.into() })
    }

    /// With something to know before.
    #[must_use]
    pub fn remark(mut self, remark: Remark) -> Self {
        self.remarks.push(remark);
        self
    }

    /// Makes a plan of it. A node is claimed by it if it must be free of others. What is patched or created bears the operation's id from then on.
    pub fn plan(self, operation: &str, cluster: ClusterIdentity, made: impl Into<String>) -> Plan {
        let mut plan = Plan::new(operation, self.title, cluster, made);
        plan.about = self.about;
        plan.remarks = self.remarks;
        for mut step in self.steps {
            mark(&mut step.action, operation);
            claim(&mut step.needs, operation);
            if let Undo::Act { action, needs, .. } = &mut step.undo {
                mark(action, operation);
                claim(needs, operation);
            }
            plan.then(step);
        }
        plan
    }
}

/// Has conditions that ask for a node's peace from all others know who asks.
fn claim(conditions: &mut [Condition], by: &str) {
    for condition in conditions {
        if let Condition::Unclaimed { operation, .. } = condition {
            by.clone_into(operation);
        }
    }
}

/// Has a write leave the operation's id on what it touches.
fn mark(action: &mut Action, operation: &str) {
    let (Action::Patch { body: of, .. } | Action::Create { manifest: of }) = action else { return };
    let Some(fields) = of.as_object_mut() else { return };
    let meta = fields.entry("metadata").or_insert_with(|| json!({}));
    let annotations = meta.as_object_mut().map(|meta| meta.entry("annotations").or_insert_with(|| json!({})));
    if let Some(Value::Object(annotations)) = annotations {
        annotations.entry(OPERATION).or_insert_with(|| json!(operation));
    }
}
