//! The last words of containers that crashed.

use std::time::Duration;

use tokio::{
    sync::{Mutex, Notify, mpsc},
    time::timeout,
};

use super::{
    api::Api,
    failure::Failure,
    sink::{Message, Out},
    url::escape,
};

/// How many lines of a log are read, from its end.
const LINES: u32 = 20;
/// How many bytes of a log are read.
const BYTES: usize = 16 << 10;
/// How many logs are read in one scan: each is a request that goes on to a kubelet.
const MOST: usize = 40;
/// How often it is asked which are wanted, while lists are read.
const PAUSE: Duration = Duration::from_millis(100);
/// How long logs may still take when all lists are there.
const LAST: Duration = Duration::from_secs(5);

/// A container of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerRef {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The container's name.
    pub container: String,
}

/// The end of the log of a container's previous run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerLog {
    /// The container.
    pub of: ContainerRef,
    /// The text, or why there is none.
    pub text: Result<String, NoLog>,
}

/// Why a log was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoLog {
    /// The caller may not read logs.
    Forbidden,
    /// More were wanted than are read in one scan.
    LeftOut,
    /// There is none: the previous run's log, or the pod, is gone already. That happens all the time.
    Gone,
    /// Anything else, in words: the kubelet can't be reached, or time is up.
    Failed(String),
}

impl From<Failure> for NoLog {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { code: 403, .. } => Self::Forbidden,
            Failure::Refused { code: 400 | 404, .. } => Self::Gone,
            failure => Self::Failed(failure.to_string()),
        }
    }
}

/// Reads lists, and meanwhile the logs that are wanted of what came; sends each. Once the lists are there, the logs have
/// [`LAST`] more: they help, but a node that is away must not hold up the diagnosis.
pub(super) async fn read_beside<T>(api: &Api, out: &Out, lists: impl Future<Output = T>) -> T {
    let (queue, wanted) = mpsc::unbounded_channel();
    let wanted = Mutex::new(wanted);
    let are_read = Notify::new();
    let lists = async {
        let read = lists.await;
        are_read.notify_one();
        read
    };
    let logs = async {
        let asking = ask(out, &are_read, queue);
        // So many at once.
        tokio::join!(
            asking,
            work(api, out, &wanted),
            work(api, out, &wanted),
            work(api, out, &wanted),
            work(api, out, &wanted)
        );
    };
    tokio::pin!(lists, logs);
    tokio::select! {
        read = &mut lists => {
            let _ = timeout(LAST, logs).await;
            read
        }
        () = &mut logs => lists.await,
    }
}

/// Asks now and then what is wanted, and for the last time when all lists are there.
async fn ask(out: &Out, are_read: &Notify, queue: mpsc::UnboundedSender<(usize, ContainerRef)>) {
    let mut number = 0;
    loop {
        let is_last = timeout(PAUSE, are_read.notified()).await.is_ok();
        for of in Message::ask_for_logs(out).await.unwrap_or_default() {
            if queue.send((number, of)).is_err() {
                return;
            }
            number += 1;
        }
        if is_last || out.is_closed() {
            return;
        }
    }
}

async fn work(api: &Api, out: &Out, queue: &Mutex<mpsc::UnboundedReceiver<(usize, ContainerRef)>>) {
    loop {
        let next = queue.lock().await.recv().await;
        let Some((number, of)) = next else { return };
        let text = if number < MOST { one(api, &of).await.map_err(NoLog::from) } else { Err(NoLog::LeftOut) };
        if out.send(Message::Log(ContainerLog { of, text })).await.is_err() {
            return;
        }
    }
}

/// Reads those that are wanted as time goes on, one after the other, and sends each.
pub(super) async fn follow(api: &Api, mut wanted: mpsc::Receiver<ContainerRef>, out: Out) {
    while let Some(of) = wanted.recv().await {
        let text = one(api, &of).await.map_err(NoLog::from);
        if out.send(Message::Log(ContainerLog { of, text })).await.is_err() {
            return;
        }
    }
}

async fn one(api: &Api, of: &ContainerRef) -> Result<String, Failure> {
    let (namespace, pod, container) = (escape(&of.namespace), escape(&of.pod), escape(&of.container));
    let path = format!(
        "/api/v1/namespaces/{namespace}/pods/{pod}/log\
         ?container={container}&previous=true&tailLines={LINES}&limitBytes={BYTES}"
    );
    // Once: the kubelet that doesn't answer now is most likely away, and so are those of many others.
    let (_, answer) = api.once(&path, "text/plain, application/json, */*", &["text/plain"]).await?;
    let bytes = answer.beginning(BYTES).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
