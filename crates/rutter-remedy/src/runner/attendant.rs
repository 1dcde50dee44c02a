use rutter_plan::Step;

/// Who attends a run: a person at a terminal, or a machine.
pub trait Attendant {
    /// Is told what happens.
    fn tell(&self, step: &Step, told: Told<'_>);
    /// Is asked to do something, or to make sure of it.
    fn ask(&self, step: &Step, ask: &str, commands: &[String], proof: bool) -> Answer;
    /// Whether the run is to stop where it is safe to.
    fn wants_stop(&self) -> bool;
}

/// What happens to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'t> {
    /// It waits: for what, and for how many seconds by now.
    Waits {
        /// For what.
        why: &'t str,
        /// Since so many seconds.
        seconds: u64,
        /// So many more are left to it.
        left: u64,
    },
    /// It is sent.
    Sends,
    /// It is done; or was so before.
    Done {
        /// Whether nothing had to be done.
        found: bool,
    },
    /// It is taken back.
    TakesBack,
    /// It is left as it is, since it can't be taken back or isn't this operation's any more.
    Leaves {
        /// Why.
        why: &'t str,
    },
    /// Of a rehearsal: what must hold before it and doesn't yet.
    WouldWait {
        /// For what.
        why: &'t str,
    },
    /// Of a rehearsal: what the API server says to it.
    WouldBe {
        /// `None`: it would take it.
        refused: Option<&'t str>,
    },
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done; with words that are kept.
    Done(String),
    /// Not yet: the run pauses.
    Later,
}
