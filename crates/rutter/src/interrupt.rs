//! Being stopped while a live cluster is read: said in words, then the program dies of the signal as it would have without.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
    iterator::Signals,
    low_level,
};

use crate::progress::Progress;

/// Says something when the program is stopped, until [`Watch::end`].
pub(crate) struct Watch(Arc<State>);

struct State {
    /// Whether signals act as they do by default, without a word.
    by_default: Arc<AtomicBool>,
    /// Held by whoever decides, so that nothing is printed after it was said that nothing will be.
    deciding: Mutex<()>,
}

/// From now on an interrupt (Ctrl-C) or a request to terminate ends the program with a message. Nothing was changed in the
/// cluster and nothing was printed until then, so there is nothing to undo.
pub(crate) fn watch(progress: Progress) -> Watch {
    let state = State { by_default: Arc::default(), deciding: Mutex::default() };
    let watch = Watch(Arc::new(state));
    if listen(&watch.0, progress).is_err() {
        // Nobody listens, so what is already registered must not swallow a signal.
        watch.end();
    }
    watch
}

impl Watch {
    /// From now on a signal ends the program without a word: what it prints may be there in part.
    pub(crate) fn end(&self) {
        let _deciding = self.0.decide();
        self.0.by_default.store(true, Ordering::SeqCst);
    }
}

impl State {
    fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end: it keeps the lock, so that the program prints nothing meanwhile.
    fn stop(&self, signal: i32, progress: &Progress) {
        let _deciding = self.decide();
        if !self.by_default.swap(true, Ordering::SeqCst) {
            progress.end();
            anstream::eprintln!(
                "error: stopped before all was read: there is no report, and nothing was changed"
            );
        }
        // Of the signal and not with an exit code, or a shell would go on with its loop. It comes back only if it can't.
        drop(low_level::emulate_default_handler(signal));
        low_level::exit(128 + signal);
    }
}

fn listen(state: &Arc<State>, progress: Progress) -> io::Result<()> {
    let ignored = ignored();
    let wanted: Vec<i32> =
        [SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect();
    for signal in &wanted {
        flag::register_conditional_default(*signal, Arc::clone(&state.by_default))?;
    }
    let mut signals = Signals::new(&wanted)?;
    let state = Arc::clone(state);
    // The network thread may wait for a server for long, so this can't be its work.
    thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            state.stop(signal, &progress);
        }
    })?;
    Ok(())
}

/// The signals that whoever started the program wants ignored (`trap '' INT`), a bit for each; none where nothing tells.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
