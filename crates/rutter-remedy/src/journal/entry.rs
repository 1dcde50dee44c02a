use rutter_plan::Plan;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Entry {
    /// A plan begins to run.
    Begun {
        /// The plan, whole.
        plan: Box<Plan>,
        /// Who runs it, on which machine: for a person.
        by: String,
    },
    /// An interrupted run goes on.
    Resumed {
        /// Who resumes it.
        by: String,
    },
    /// What was done is taken back from here on.
    Undoing {
        /// Why.
        why: String,
    },
    /// A write is about to be sent.
    Sending {
        /// The step.
        step: String,
        /// Whether the step is taken back.
        #[serde(default)]
        undo: bool,
    },
    /// The API server took the write.
    Sent {
        /// The step.
        step: String,
        /// Whether the step is taken back.
        #[serde(default)]
        undo: bool,
    },
    /// The API server did not take it; it may be sent again.
    Refused {
        /// The step.
        step: String,
        /// Whether the step is taken back.
        #[serde(default)]
        undo: bool,
        /// What it said.
        why: String,
    },
    /// A person did or said what was asked.
    Told {
        /// The step.
        step: String,
        /// What they said.
        words: String,
    },
    /// A step is done: all that must hold after it holds.
    Done {
        /// The step.
        step: String,
        /// Whether the step is taken back.
        #[serde(default)]
        undo: bool,
        /// Whether it was so before anything was sent.
        #[serde(default)]
        found: bool,
    },
    /// The run stops before its end.
    Halted {
        /// The step at which.
        #[serde(default)]
        step: String,
        /// Why.
        why: String,
        /// Whether a person asked for it, or it waits for a person: nothing went wrong.
        #[serde(default)]
        wanted: bool,
    },
    /// The run is over.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// All steps are done.
    Done,
    /// What it had done is undone, as far as it can be.
    Undone,
}

/// An entry with its place in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: u64,
    /// When it was written, by the clock of the machine that ran the plan (RFC 3339).
    pub time: String,
    /// What happened.
    pub entry: Entry,
}
