use std::collections::BTreeMap;

use rutter_plan::Plan;

use super::{Entry, Outcome};

/// How far a step is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Nothing was sent, or what was sent was refused.
    #[default]
    Not,
    /// It was about to be sent: it may have been taken or not.
    Perhaps,
    /// It was taken; what must hold after it may not hold yet.
    Sent,
    /// Done.
    Done,
}

/// What a journal says, for whoever goes on with it.
#[derive(Debug, Clone, Default)]
pub struct History {
    plan: Option<Plan>,
    steps: BTreeMap<(String, bool), Progress>,
    found: BTreeMap<String, bool>,
    undoing: bool,
    outcome: Option<Outcome>,
    halted: Option<(String, String)>,
}

impl History {
    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Begun { plan, .. } => self.plan = Some(*plan),
            Entry::Resumed { .. } => self.halted = None,
            Entry::Undoing { .. } => {
                // A run that is over may yet be undone.
                self.undoing = true;
                self.outcome = None;
            }
            Entry::Sending { step, undo } => self.note(step, undo, Progress::Perhaps),
            Entry::Sent { step, undo } => self.note(step, undo, Progress::Sent),
            Entry::Told { step, .. } => self.note(step, false, Progress::Sent),
            Entry::Refused { step, undo, .. } => self.note(step, undo, Progress::Not),
            Entry::Done { step, undo, found } => {
                if !undo {
                    // A step that was sent, and found done after an interruption, is this operation's doing.
                    let ours = self.progress(&step, false) >= Progress::Perhaps;
                    self.found.insert(step.clone(), found && !ours);
                }
                self.note(step, undo, Progress::Done);
            }
            Entry::Halted { step, why, .. } => self.halted = Some((step, why)),
            Entry::Ended { outcome } => self.outcome = Some(outcome),
        }
    }

    fn note(&mut self, step: String, undo: bool, progress: Progress) {
        self.steps.insert((step, undo), progress);
    }

    /// The plan.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// How far a step is, or with `undo` its taking back.
    pub fn progress(&self, step: &str, undo: bool) -> Progress {
        self.steps.get(&(step.to_owned(), undo)).copied().unwrap_or_default()
    }

    /// Whether a step may have changed something: it was sent or may have been, and was not found done by others.
    pub fn changed(&self, step: &str) -> bool {
        self.progress(step, false) >= Progress::Perhaps && !self.found.get(step).copied().unwrap_or(false)
    }

    /// Whether what was done is being taken back.
    pub fn is_undoing(&self) -> bool {
        self.undoing
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// The step at which the run halted and why, if it did and was not resumed.
    pub fn halted(&self) -> Option<(&str, &str)> {
        self.halted.as_ref().map(|(step, why)| (step.as_str(), why.as_str()))
    }
}
