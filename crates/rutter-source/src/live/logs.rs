//! The last words of containers that crashed.

use tokio::sync::mpsc;

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

/// Reads them, and sends each.
pub(super) async fn read(api: &Api, wanted: Vec<ContainerRef>, out: Out) {
    let queue = std::sync::Mutex::new(wanted.into_iter().enumerate());
    let worker = async || {
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.next());
            let Some((number, of)) = next else { return };
            let text =
                if number < MOST { one(api, &of).await.map_err(NoLog::from) } else { Err(NoLog::LeftOut) };
            if out.send(Message::Log(ContainerLog { of, text })).await.is_err() {
                return;
            }
        }
    };
    // So many at once.
    tokio::join!(worker(), worker(), worker(), worker());
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
    let (_, answer) = api.open_once(&path, "text/plain, application/json, */*", &["text/plain"]).await?;
    let bytes = answer.beginning(BYTES).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
