//! One step: what it waits for, what it sends, and how it ends.

use std::time::Duration;

use rutter_plan::{Action, Condition, Late, Need, Sight, Step, Verdict};
use tokio::time::{Instant, sleep};

use super::{Answer, Run, StepEnd, Told};
use crate::{
    Refused,
    api::Sent,
    journal::{Entry, Error, Progress},
};

/// How long between two looks at first; each is longer.
const FIRST_LOOK: Duration = Duration::from_millis(300);
/// How long at most.
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// A step on its way.
pub(super) struct Walk<'w> {
    pub(super) step: &'w Step,
    pub(super) undo: bool,
    begun: Instant,
    looks: u32,
}

/// What one look at the cluster led to.
enum Look {
    Ended(StepEnd),
    /// Look again at once: something was sent.
    Again,
    /// Why; look again, but not before so long: the API server may want that.
    Waits(String, Duration),
}

impl Look {
    fn waits(why: impl Into<String>) -> Self {
        Self::Waits(why.into(), Duration::ZERO)
    }
}

impl<'w> Walk<'w> {
    pub(super) fn new(step: &'w Step, undo: bool) -> Self {
        Self { step, undo, begun: Instant::now(), looks: 0 }
    }

    fn pause(&mut self) -> Duration {
        self.looks += 1;
        FIRST_LOOK.saturating_mul(self.looks).min(LONGEST_LOOK)
    }

    fn needs(&self) -> Vec<Need> {
        let step = self.step;
        let conditions = step.needs.iter().chain(&step.until).flat_map(Condition::needs);
        conditions.chain(step.action.touches().into_iter().map(Need::Object)).collect()
    }
}

impl Run<'_> {
    pub(super) async fn step(&self, step: &Step) -> Result<StepEnd, Error> {
        self.walk(Walk::new(step, false)).await
    }

    /// Until the step is done, halts, or its time is over.
    pub(super) async fn walk(&self, mut walk: Walk<'_>) -> Result<StepEnd, Error> {
        let step = walk.step;
        let deadline = Duration::from_secs(step.deadline_seconds);
        loop {
            let progress = self.journal.borrow().history().progress(&step.id, walk.undo);
            if progress == Progress::Done {
                return Ok(StepEnd::Done);
            }
            if self.halting.get() {
                return Ok(StepEnd::Paused("another step halted".into()));
            }
            if self.attendant.wants_stop() {
                return Ok(StepEnd::Paused("it was interrupted".into()));
            }
            let (why, least) = match self.look(&walk, progress).await? {
                Look::Ended(end) => return Ok(end),
                Look::Again => continue,
                Look::Waits(why, least) => (why, least),
            };
            let waited = walk.begun.elapsed();
            if waited >= deadline {
                return Ok(StepEnd::Held(format!("{} s are over: {why}", deadline.as_secs()), step.late));
            }
            let left = deadline.saturating_sub(waited).as_secs();
            self.attendant.tell(step, Told::Waits { why: &why, seconds: waited.as_secs(), left });
            self.rest(walk.pause().max(least).min(deadline.saturating_sub(waited))).await;
        }
    }

    /// A pause that ends early when somebody wants the run to stop.
    async fn rest(&self, long: Duration) {
        let end = Instant::now() + long;
        while Instant::now() < end && !self.attendant.wants_stop() && !self.halting.get() {
            sleep(Duration::from_millis(100).min(end - Instant::now())).await;
        }
    }

    async fn look(&self, walk: &Walk<'_>, progress: Progress) -> Result<Look, Error> {
        let step = walk.step;
        let sight = match self.api.see(walk.needs()).await {
            Ok(sight) => sight,
            Err(refused) => return Ok(Look::Waits(refused.to_string(), refused.wait())),
        };
        let is_there = match step.action.is_done(&sight, &self.plan.operation) {
            Ok(is_there) => is_there,
            Err(unread) => return Ok(Look::waits(unread.0)),
        };
        let sent = progress == Progress::Sent || (progress == Progress::Perhaps && is_there);
        match judge(&step.until, &sight) {
            Verdict::Holds if sent => return self.done(walk, false),
            // Nothing must be done for what is so already; a step without conditions is told by its effect.
            Verdict::Holds if step.action.writes_to().is_some() && (is_there || !step.until.is_empty()) => {
                return self.done(walk, progress == Progress::Not);
            }
            Verdict::Never(why) if sent => return Ok(held(why)),
            Verdict::NotYet(why) if sent => return Ok(Look::waits(why)),
            _ => {}
        }
        match judge(&step.needs, &sight) {
            Verdict::Never(why) => Ok(held(why)),
            Verdict::NotYet(why) => Ok(Look::waits(why)),
            Verdict::Holds => self.act(walk, &sight).await,
        }
    }

    fn done(&self, walk: &Walk<'_>, found: bool) -> Result<Look, Error> {
        self.write(Entry::Done { step: walk.step.id.clone(), undo: walk.undo, found })?;
        self.attendant.tell(walk.step, Told::Done { found });
        Ok(Look::Ended(StepEnd::Done))
    }

    async fn act(&self, walk: &Walk<'_>, sight: &Sight) -> Result<Look, Error> {
        let (step, undo) = (walk.step, walk.undo);
        let name = || step.id.clone();
        match &step.action {
            Action::Wait => {
                return match judge(&step.until, sight) {
                    Verdict::Holds => self.done(walk, false),
                    Verdict::NotYet(why) => Ok(Look::waits(why)),
                    Verdict::Never(why) => Ok(held(why)),
                };
            }
            Action::Person { ask, commands, proof } => {
                return match self.attendant.ask(step, ask, commands, *proof) {
                    Answer::Done(words) => {
                        self.write(Entry::Told { step: name(), words })?;
                        Ok(Look::Again)
                    }
                    Answer::Later => Ok(Look::Ended(StepEnd::Paused("it waits for you".into()))),
                };
            }
            _ => {}
        }
        self.write(Entry::Sending { step: name(), undo })?;
        self.attendant.tell(step, Told::Sends);
        match self.api.act(&step.action, sight).await {
            Sent::Taken => {
                self.write(Entry::Sent { step: name(), undo })?;
                Ok(Look::Again)
            }
            // Somebody changed the object: what must hold is looked at again.
            Sent::Changed => {
                self.write(Entry::Refused { step: name(), undo, why: "it changed meanwhile".into() })?;
                Ok(Look::waits("it changed while it was looked at"))
            }
            Sent::NotNow(why, least) => {
                let why = self.reason(&step.action).await.unwrap_or(why);
                self.write(Entry::Refused { step: name(), undo, why: why.clone() })?;
                Ok(Look::Waits(why, least))
            }
            // Whether it was taken, the next look tells.
            Sent::Lost(why, least) => Ok(Look::Waits(Refused::Lost(why).to_string(), least)),
            Sent::Never(why) => {
                self.write(Entry::Refused { step: name(), undo, why: why.clone() })?;
                Ok(held(why))
            }
        }
    }

    /// Why an eviction is refused, in the words of the budgets.
    async fn reason(&self, action: &Action) -> Option<String> {
        match action {
            Action::Evict { pod, .. } => self.api.refusal(pod).await,
            _ => None,
        }
    }
}

fn held(why: String) -> Look {
    Look::Ended(StepEnd::Held(why, Late::Hold))
}

/// All of them: the first that doesn't hold, and before it what never will.
pub(super) fn judge(conditions: &[Condition], sight: &Sight) -> Verdict {
    let mut first = Verdict::Holds;
    for condition in conditions {
        match condition.judge(sight) {
            Verdict::Never(why) => return Verdict::Never(why),
            Verdict::NotYet(why) if first.holds() => first = Verdict::NotYet(why),
            _ => {}
        }
    }
    first
}
