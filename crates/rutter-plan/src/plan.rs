use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Action, Condition, Object};

/// What is to be done, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// `rutter.dev/v1alpha1`.
    pub api_version: String,
    /// `Plan`.
    pub kind: String,
    /// The operation's id: the name of its journal, and what is written on the objects that it touches.
    pub operation: String,
    /// What it does, as a heading: `Drain node-b`.
    pub title: String,
    /// The cluster that it was made for; it runs on no other.
    pub cluster: ClusterIdentity,
    /// When the state was read that it was made from (RFC 3339).
    pub made: String,
    /// What it is about.
    pub about: Vec<Object>,
    /// What was found before anything happens. A plan with blockers doesn't run.
    pub remarks: Vec<Remark>,
    /// The steps. Those of one stage run side by side, the stages one after the other.
    pub steps: Vec<Step>,
    /// So many steps of a stage run at once.
    pub parallel: usize,
}

/// The JSON schema of plans; published as `docs/schema/plan-v1alpha1.json`.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Plan);
    schema.insert("$id".to_owned(), "https://rutter.dev/schema/plan-v1alpha1.json".into());
    schema.insert("title".to_owned(), "Rutter plan v1alpha1".into());
    schema.to_value()
}

/// Which cluster a plan is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterIdentity {
    /// The kubeconfig's context, or the server's address: for a person.
    pub name: String,
    /// The uid of the namespace `kube-system`, which lives as long as the cluster does; empty if it may not be read.
    #[serde(default)]
    pub uid: String,
}

/// Something to know before the plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Remark {
    /// How grave.
    pub kind: RemarkKind,
    /// What it is about.
    pub about: Object,
    /// What is so, and what follows from it, as one sentence without a full stop.
    pub text: String,
    /// What lets a plan be made in spite of it: `--force`, `scale the Deployment first`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unless: String,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RemarkKind {
    /// The plan must not run.
    Blocker,
    /// Something may be lost or be away for a while.
    Risk,
    /// Good to know.
    Note,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// Its name within the plan: `cordon`, `evict shop/web-0`.
    pub id: String,
    /// What it does, for a person: `Evict Pod shop/web-0`.
    pub title: String,
    /// Steps of the same stage run side by side.
    pub stage: u32,
    /// What must hold before it acts; looked at again at that moment, and waited for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Condition>,
    /// What it does.
    pub action: Action,
    /// What must hold after it, and is waited for. It also tells whether the step was done before the run was interrupted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub until: Vec<Condition>,
    /// How it is taken back.
    pub undo: Undo,
    /// Seconds that it may take, with all its waiting.
    pub deadline_seconds: u64,
    /// What happens when it takes longer.
    #[serde(default)]
    pub late: Late,
}

/// How a step is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "undo", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Undo {
    /// It changes nothing.
    Nothing,
    /// It can't be.
    Never {
        /// Why not, as a sentence for a person.
        why: String,
    },
    /// By another action.
    Act {
        /// What that does, for a person.
        title: String,
        /// What must hold for it: that what it takes back is still this operation's doing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        needs: Vec<Condition>,
        /// What it does.
        action: Box<Action>,
        /// What must hold after it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        until: Vec<Condition>,
    },
}

/// What happens to a step that is not done in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Late {
    /// The run stops, and all stays as it is until a person decides.
    #[default]
    Hold,
    /// What the run did is undone, as far as it can be.
    RollBack,
}

/// Why a plan that was read from somewhere can't be run by anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsound(pub String);

impl Plan {
    /// The API version of plans.
    pub const API_VERSION: &'static str = "rutter.dev/v1alpha1";

    /// An empty plan.
    pub fn new(
        operation: &str,
        title: impl Into<String>,
        cluster: ClusterIdentity,
        made: impl Into<String>,
    ) -> Self {
        Self {
            api_version: Self::API_VERSION.into(),
            kind: "Plan".into(),
            operation: operation.into(),
            title: title.into(),
            cluster,
            made: made.into(),
            about: Vec::new(),
            remarks: Vec::new(),
            steps: Vec::new(),
            parallel: 5,
        }
    }

    /// The step of that name.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// What keeps it from running.
    pub fn blockers(&self) -> impl Iterator<Item = &Remark> {
        self.remarks.iter().filter(|remark| remark.kind == RemarkKind::Blocker)
    }

    /// Adds a step in a stage of its own, after all others.
    pub fn then(&mut self, mut step: Step) {
        step.stage = self.next_stage();
        self.steps.push(step);
    }

    /// Adds steps that run side by side, after all others.
    pub fn together(&mut self, steps: impl IntoIterator<Item = Step>) {
        let stage = self.next_stage();
        self.steps.extend(steps.into_iter().map(|step| Step { stage, ..step }));
    }

    fn next_stage(&self) -> u32 {
        self.steps.last().map_or(0, |last| last.stage.saturating_add(1))
    }

    /// Whether it can be run as it stands: a plan is a file that people edit.
    ///
    /// # Errors
    /// If it is of another version, names a step twice, orders stages backwards or has an operation that is no name.
    pub fn sound(&self) -> Result<(), Unsound> {
        let unsound = |why: String| Err(Unsound(why));
        if self.api_version != Self::API_VERSION || self.kind != "Plan" {
            return unsound(format!(
                "it is {} {}, not {} Plan",
                self.api_version,
                self.kind,
                Self::API_VERSION
            ));
        }
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.operation.is_empty() || self.operation.len() > 63 || !self.operation.chars().all(name) {
            return unsound("its operation is not a name of small letters, digits and hyphens".into());
        }
        let mut ids = BTreeSet::new();
        if let Some(twice) = self.steps.iter().find(|step| !ids.insert(&step.id)) {
            return unsound(format!("two of its steps are called {:?}", twice.id));
        }
        if let Some(pair) = self.steps.windows(2).find(|pair| pair[0].stage > pair[1].stage) {
            return unsound(format!("step {:?} is of an earlier stage than the one before it", pair[1].id));
        }
        if self.parallel == 0 {
            return unsound("it runs no step at once: parallel is 0".into());
        }
        Ok(())
    }
}
