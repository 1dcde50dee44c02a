//! Carrying a plan out.

mod attendant;
mod rehearse;
mod step;
mod undo;

use std::cell::{Cell, RefCell};

use futures::{StreamExt as _, stream};
use rutter_plan::{Late, Plan, Step};

pub use self::{
    attendant::{Answer, Attendant, Told},
    rehearse::rehearse,
};
use crate::{
    Api,
    journal::{Entry, Error, Journal, Outcome, Progress},
};

/// How a run ended, or stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All steps are done.
    Done,
    /// What was done is undone; these steps are not: their titles and why.
    Undone {
        /// What stays, and why.
        left: Vec<(String, String)>,
        /// Why it was undone.
        why: String,
    },
    /// Something went wrong: all stays as it is until a person decides.
    Held {
        /// The step's title.
        step: String,
        /// Why.
        why: String,
    },
    /// A person stopped it, or it waits for one: it may go on later.
    Paused {
        /// The step's title.
        step: String,
        /// Why.
        why: String,
    },
}

/// A plan that is being run.
pub struct Run<'r> {
    api: Api,
    journal: RefCell<Journal>,
    attendant: &'r dyn Attendant,
    plan: Plan,
    /// Whether a step of the stage has halted: the others begin nothing new.
    halting: Cell<bool>,
}

/// What became of one step.
enum StepEnd {
    Done,
    /// Why; whether what was done is to be rolled back.
    Held(String, Late),
    Paused(String),
}

impl<'r> Run<'r> {
    /// Begins to run a plan.
    ///
    /// # Errors
    /// If the journal can't be written.
    pub fn begin(
        api: Api,
        mut journal: Journal,
        plan: Plan,
        by: String,
        attendant: &'r dyn Attendant,
    ) -> Result<Self, Error> {
        journal.write(Entry::Begun { plan: Box::new(plan.clone()), by })?;
        Ok(Self { api, journal: RefCell::new(journal), attendant, plan, halting: Cell::new(false) })
    }

    /// Takes up a run that was interrupted.
    ///
    /// # Errors
    /// If the journal can't be written, or holds no plan.
    pub fn take_up(
        api: Api,
        mut journal: Journal,
        by: String,
        attendant: &'r dyn Attendant,
    ) -> Result<Self, Error> {
        let plan = journal.history().plan().cloned();
        let plan = plan.ok_or_else(|| Error::Empty { path: journal.path().to_owned() })?;
        journal.write(Entry::Resumed { by })?;
        Ok(Self { api, journal: RefCell::new(journal), attendant, plan, halting: Cell::new(false) })
    }

    /// Runs what is left to run, or to undo.
    ///
    /// # Errors
    /// If the journal can't be written: nothing is done then that it doesn't tell.
    pub async fn go_on(&self) -> Result<Ended, Error> {
        if self.journal.borrow().history().is_undoing() {
            return self.undo("").await;
        }
        let mut stages: Vec<&[Step]> = self.plan.steps.chunk_by(|a, b| a.stage == b.stage).collect();
        stages.retain(|stage| stage.iter().any(|step| self.progress(step) != Progress::Done));
        for stage in stages {
            match self.stage(stage).await? {
                None => {}
                Some((step, StepEnd::Held(why, Late::RollBack))) => {
                    return self.undo(&format!("{}: {why}", step.title)).await;
                }
                Some((step, end)) => return self.halt(step, end),
            }
        }
        self.write(Entry::Ended { outcome: Outcome::Done })?;
        Ok(Ended::Done)
    }

    /// Runs the steps of a stage side by side; the first that halts, if one does.
    async fn stage<'s>(&self, stage: &'s [Step]) -> Result<Option<(&'s Step, StepEnd)>, Error> {
        let begun = stage.iter().map(|step| async move { (step, self.step(step).await) });
        let mut running = stream::iter(begun).buffer_unordered(self.plan.parallel.max(1));
        let mut halted: Option<(&Step, StepEnd)> = None;
        while let Some((step, ended)) = running.next().await {
            let end = ended.inspect_err(|_| self.halting.set(true))?;
            if matches!(end, StepEnd::Done) {
                continue;
            }
            self.halting.set(true);
            // What went wrong matters more than that another was stopped for it.
            let graver = !matches!(halted, Some((_, StepEnd::Held(..))));
            if graver && (halted.is_none() || matches!(end, StepEnd::Held(..))) {
                halted = Some((step, end));
            }
        }
        Ok(halted)
    }

    fn halt(&self, step: &Step, end: StepEnd) -> Result<Ended, Error> {
        let (why, wanted) = match end {
            StepEnd::Held(why, _) => (why, false),
            StepEnd::Paused(why) => (why, true),
            StepEnd::Done => return Ok(Ended::Done),
        };
        self.write(Entry::Halted { step: step.id.clone(), why: why.clone(), wanted })?;
        let step = step.title.clone();
        Ok(if wanted { Ended::Paused { step, why } } else { Ended::Held { step, why } })
    }

    fn write(&self, entry: Entry) -> Result<(), Error> {
        self.journal.borrow_mut().write(entry)
    }

    fn progress(&self, step: &Step) -> Progress {
        self.journal.borrow().history().progress(&step.id, false)
    }

    /// The plan that is run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
