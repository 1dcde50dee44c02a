//! A live cluster, followed: read once, then a change at a time, for as long as somebody listens.
//!
//! Every list that was read whole is watched from where it ended. A watch that ends goes on where it was; one that can't, because the
//! server has forgotten that place, has its list read anew and compared. While the server doesn't answer, what is
//! known stands, and that it may be old is told ([`Update::Lost`]).

mod frames;
mod updates;
mod watcher;

use std::{io, ops::ControlFlow, thread, time::Duration};

use rutter_cluster::Kind;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

pub use self::updates::Update;
use self::updates::Updates;
pub(super) use self::watcher::{Listed, Watcher};
use super::{
    ContainerRef, Error, Options, Progress,
    answer::JSON,
    api::Api,
    connect,
    connection::date,
    logs,
    sink::{Message, Out},
};

/// How many messages may wait.
const WAITING: usize = 1024;
/// The pause between questions whether the server answers, and how long an answer may take.
const ASK: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(10);
/// How many logs may be wanted at a time; more are not worth the requests.
const WANTED: usize = 64;

/// Reads a live cluster and hands over its state, then every change and the time, until `take` breaks.
///
/// # Errors
/// As for [`load`](super::load): later failures are updates, and what was missed is read when the server answers again.
pub fn follow(
    options: &Options,
    kinds: &[Kind],
    progress: &mut dyn FnMut(Progress),
    take: &mut dyn FnMut(Update) -> ControlFlow<()>,
) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Error::Runtime)?;
    let (out, mut messages) = mpsc::channel(WAITING);
    let (want, wanted) = mpsc::channel(WANTED);
    thread::scope(|scope| {
        let network = move || {
            let result = runtime.block_on(run(options, kinds, out, wanted));
            runtime.shutdown_background();
            result
        };
        let network = thread::Builder::new().name("network".into()).spawn_scoped(scope, network);
        let network = network.map_err(Error::Runtime)?;
        let mut updates = Updates::new(progress, want);
        while let Some(message) = messages.blocking_recv() {
            if updates.take(message, take).is_break() {
                break;
            }
        }
        drop(messages);
        network.join().unwrap_or_else(|_| Err(Error::Runtime(io::Error::other("it stopped unexpectedly"))))
    })
}

async fn run(
    options: &Options,
    kinds: &[Kind],
    out: Out,
    wanted: mpsc::Receiver<ContainerRef>,
) -> Result<(), Error> {
    let connection = connect(options).await?;
    if out.send(Message::Connected(connection.server().clone())).await.is_err() {
        return Ok(());
    }
    let listed = connection.read(kinds, out.clone()).await?;
    if out.send(Message::Watching).await.is_err() {
        return Ok(());
    }
    let api = connection.without_end();
    let mut watchers = JoinSet::new();
    for listed in listed {
        watchers.spawn(Watcher::new(api.clone(), out.clone(), listed).run());
    }
    let logs = logs::follow(&api, wanted, out.clone());
    // A tick that nobody takes ends all the others.
    tokio::select! {
        () = ticks(&out) => {}
        () = logs => {}
        () = ask(&api, &out) => {}
    }
    Ok(())
}

/// Asks the server for its time, again and again, until nobody listens: a watch says nothing while nothing happens, and none
/// either when the server hangs.
async fn ask(api: &Api, out: &Out) {
    loop {
        sleep(ASK).await;
        let asked = timeout(PATIENCE, api.open_once("/version", JSON, &[JSON])).await;
        let told = match asked {
            Ok(Ok((headers, _))) => date(&headers),
            // It may be that this may not be asked; then that is an answer.
            Ok(Err(failure)) if failure.code().is_some_and(|code| code < 500) => None,
            _ => continue,
        };
        if out.send(Message::Answered(told)).await.is_err() {
            return;
        }
    }
}

/// A tick every second, until nobody listens.
async fn ticks(out: &Out) {
    let mut interval = interval(Duration::from_secs(1));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if out.send(Message::Tick).await.is_err() {
            return;
        }
    }
}
