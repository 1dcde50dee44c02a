//! A person at a terminal, or a machine with `--yes`: what they are told of a run, and what they are asked.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use rutter_plan::Step;
use rutter_remedy::{Answer, Attendant, Told};
use rutter_report::plain;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

/// Where there is no terminal, a wait is told again after so long.
const REMIND: Duration = Duration::from_secs(30);
/// A wait that is over sooner is not worth a word.
const PATIENCE: u64 = 2;

/// Who attends.
pub(super) struct Person {
    stop: Arc<AtomicBool>,
    /// What was last told of each step's wait, but for the seconds in it, and when.
    waits: RefCell<BTreeMap<String, (String, Instant)>>,
    /// The step whose question is answered beforehand: by the command that goes on with the run.
    beforehand: Option<String>,
    /// Whether to ask at all.
    asks: bool,
}

impl Person {
    /// Listens for interrupts from now on: the first stops the run where it is safe to, the second ends the program.
    pub(super) fn attend(beforehand: Option<String>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_default(signal, Arc::clone(&stop))?;
            flag::register(signal, Arc::clone(&stop))?;
        }
        let asks = io::stdin().is_terminal();
        Ok(Self { stop, waits: RefCell::default(), beforehand, asks })
    }

    /// Whether the run was interrupted.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn waits(&self, step: &Step, why: &str, seconds: u64, left: u64) {
        let mut waits = self.waits.borrow_mut();
        let kind = without_seconds(why);
        let news = waits.get(&step.id).is_none_or(|(last, at)| *last != kind || at.elapsed() >= REMIND);
        if news && seconds >= PATIENCE {
            waits.insert(step.id.clone(), (kind, Instant::now()));
            line("waiting", &format!("{}, {}: {why} ({} left)", step.title, span(seconds), span(left)));
        }
    }
}

impl Attendant for Person {
    fn tell(&self, step: &Step, told: Told<'_>) {
        let title = &step.title;
        match told {
            Told::Waits { why, seconds, left } => self.waits(step, why, seconds, left),
            Told::Sends => {}
            Told::Done { found: false } => line("done", title),
            Told::Done { found: true } => line("done", &format!("{title}: it was so already")),
            Told::TakesBack => line("undoing", title),
            Told::Leaves { why } => line("left", &format!("{title}: {why}")),
            Told::WouldWait { why } => line("would wait", &format!("{title}: {why}")),
            Told::WouldBe { refused: None } => line("accepted", title),
            Told::WouldBe { refused: Some(why) } => line("refused", &format!("{title}: {why}")),
        }
    }

    fn ask(&self, step: &Step, ask: &str, commands: &[String], proof: bool) -> Answer {
        // What has to be proved, nobody has proved by a command.
        if self.beforehand.as_ref() == Some(&step.id) && !proof {
            return Answer::Done("rutter node restore".to_owned());
        }
        let title = &step.title;
        line("your turn", &if ask == title { title.clone() } else { format!("{title}: {ask}") });
        for command in commands {
            let _ = writeln!(anstream::stdout(), "              {}", plain(command));
        }
        if !self.asks {
            return Answer::Later;
        }
        let question = if proof { "How do you know? (empty: not yet) " } else { "Done? [yes/later] " };
        let answer = self.read(question).unwrap_or_default();
        match answer.trim() {
            "" => Answer::Later,
            words if proof || is_yes(words) => Answer::Done(words.to_owned()),
            _ => Answer::Later,
        }
    }

    fn wants_stop(&self) -> bool {
        self.is_stopped()
    }
}

impl Person {
    /// Asks, and reads a line; nothing if the run is interrupted meanwhile.
    pub(super) fn read(&self, question: &str) -> Option<String> {
        write!(anstream::stderr(), "{question}").ok()?;
        io::stderr().flush().ok()?;
        let (send, receive) = mpsc::channel();
        // A read can't be interrupted, so it is another thread's that the program's end doesn't wait for.
        thread::spawn(move || {
            let mut answer = String::new();
            let read = io::stdin().lock().read_line(&mut answer).is_ok_and(|bytes| bytes > 0);
            let _ = send.send(read.then_some(answer));
        });
        loop {
            match receive.recv_timeout(Duration::from_millis(100)) {
                Ok(answer) => return answer,
                Err(mpsc::RecvTimeoutError::Timeout) if !self.is_stopped() => {}
                Err(_) => return None,
            }
        }
    }
}

pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// A reason without the seconds that it counts: by these alone it is no news.
fn without_seconds(why: &str) -> String {
    let words: Vec<&str> = why.split(' ').collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let counts = |at: usize| {
        is_number(words[at])
            && words.get(at + 1).is_some_and(|next| next.trim_end_matches([',', ':', ';']) == "s")
    };
    let kept = (0..words.len()).filter(|at| !counts(*at)).map(|at| words[at]);
    kept.collect::<Vec<_>>().join(" ")
}

/// One line of a run.
fn line(what: &str, text: &str) {
    let time = jiff::Timestamp::now().strftime("%H:%M:%S");
    // Nobody is left to be told if this fails; the run goes on.
    let _ = writeln!(anstream::stdout(), "{time}  {what:<10}  {}", plain(text));
}

/// `2m10s`.
fn span(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s:02}s"),
        (h, m, _) => format!("{h}h{m:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_that_go_by_are_no_news() {
        let ready = |seconds| format!("Node a has been ready for {seconds} s, and must be for 60 s");
        assert_eq!(without_seconds(&ready(4)), without_seconds(&ready(9)));
        let pods = |healthy| format!("PDB shop/web allows 0 disruptions: {healthy} of 3 healthy, needs 2");
        assert_ne!(without_seconds(&pods(1)), without_seconds(&pods(2)));
    }
}
