//! Taking back what was done, the last thing first.

use rutter_plan::{Late, Step, Undo};

use super::{Ended, Run, StepEnd, Told, step::Walk};
use crate::journal::{Entry, Error, Outcome, Progress};

/// How long taking back waits for what must hold: what is no longer this operation's is left alone.
const PATIENCE_SECONDS: u64 = 60;

impl Run<'_> {
    /// Takes back what the run has changed.
    ///
    /// # Errors
    /// If the journal can't be written.
    pub async fn undo(&self, why: &str) -> Result<Ended, Error> {
        if !self.journal.borrow().history().is_undoing() {
            self.write(Entry::Undoing { why: why.to_owned() })?;
        }
        self.halting.set(false);
        let mut left = Vec::new();
        for step in self.plan.steps.iter().rev() {
            let changed = self.journal.borrow().history().changed(&step.id);
            if !changed || self.journal.borrow().history().progress(&step.id, true) == Progress::Done {
                continue;
            }
            match self.take_back(step).await? {
                StepEnd::Done => {}
                StepEnd::Held(why, _) => {
                    self.attendant.tell(step, Told::Leaves { why: &why });
                    left.push((step.title.clone(), why));
                }
                paused @ StepEnd::Paused(_) => return self.halt(step, paused),
            }
        }
        self.write(Entry::Ended { outcome: Outcome::Undone })?;
        Ok(Ended::Undone { left, why: why.to_owned() })
    }

    async fn take_back(&self, step: &Step) -> Result<StepEnd, Error> {
        match &step.undo {
            Undo::Nothing => Ok(StepEnd::Done),
            Undo::Never { why } => Ok(StepEnd::Held(why.clone(), Late::Hold)),
            Undo::Act { title, needs, action, until } => {
                let back = Step {
                    id: step.id.clone(),
                    title: title.clone(),
                    stage: step.stage,
                    needs: needs.clone(),
                    action: (**action).clone(),
                    until: until.clone(),
                    undo: Undo::Nothing,
                    deadline_seconds: step.deadline_seconds.min(PATIENCE_SECONDS),
                    late: Late::Hold,
                };
                self.attendant.tell(&back, Told::TakesBack);
                self.walk(Walk::new(&back, true)).await
            }
        }
    }
}
