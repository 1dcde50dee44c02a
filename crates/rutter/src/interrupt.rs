//! Being stopped while a live cluster is read: said in words, with the code that shells use for it.

use std::{io, thread};

use tokio::signal::unix::{SignalKind, signal};

use crate::progress::Progress;

/// From now on an interrupt (Ctrl-C) or a request to terminate ends the program with a message. Nothing was changed in the
/// cluster and nothing was printed until then, so there is nothing to undo.
#[expect(clippy::exit, reason = "the thread that reads may wait for a server for long")]
pub(crate) fn watch(progress: Progress) {
    // Without the thread the signals end the program as they always do, only without a word.
    drop(thread::Builder::new().name("signals".into()).spawn(move || {
        if let Ok(number) = first() {
            progress.end();
            anstream::eprintln!(
                "error: stopped before all was read: there is no report, and nothing was changed"
            );
            std::process::exit(128 + number);
        }
    }));
}

/// Waits for the first of the signals; its number.
fn first() -> io::Result<i32> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        let (mut interrupted, mut terminated) = (signal(interrupt)?, signal(terminate)?);
        let kind = tokio::select! {
            _ = interrupted.recv() => interrupt,
            _ = terminated.recv() => terminate,
        };
        Ok(kind.as_raw_value())
    })
}
