//! Reading for a caller without a runtime.

use std::{io, thread};

use rutter_cluster::Kind;
use tokio::sync::mpsc;

use super::{
    Error, Options, Server, connect,
    sink::{Message, Out, Sink},
};

/// How many messages may wait: enough that neither side waits for the other's every page, few enough for memory.
const WAITING: usize = 16;

/// Connects, reads all objects of `kinds` and hands them to `sink` on this thread, while another does the network.
///
/// Not for use inside an async runtime.
pub fn read_blocking(options: &Options, kinds: &[Kind], sink: &mut dyn Sink) -> Result<Server, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Error::Runtime)?;
    let (out, mut messages) = mpsc::channel(WAITING);
    thread::scope(|scope| {
        let network = move || {
            let result = runtime.block_on(read(options, kinds, out));
            // A name that is still being looked up must not hold up the end.
            runtime.shutdown_background();
            result
        };
        let network = thread::Builder::new().name("network".into()).spawn_scoped(scope, network);
        let network = network.map_err(Error::Runtime)?;
        while let Some(message) = messages.blocking_recv() {
            message.deliver(sink);
        }
        network.join().unwrap_or_else(|_| Err(Error::Runtime(io::Error::other("it stopped unexpectedly"))))
    })
}

async fn read(options: &Options, kinds: &[Kind], out: Out) -> Result<Server, Error> {
    let connection = connect(options).await?;
    let server = connection.server().clone();
    if out.send(Message::Connected(server.clone())).await.is_err() {
        return Ok(server);
    }
    connection.read(kinds, out.clone()).await?;
    if options.kubelets
        && let Some(wanted) = Message::ask_for_kubelets(&out).await
    {
        connection.kubelets(wanted, out).await;
    }
    Ok(server)
}
