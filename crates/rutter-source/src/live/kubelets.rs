//! What kubelets say of themselves, through the API server: `/stats/summary` and `/configz`.
//!
//! Asked for only when the user wants it ([`Options::kubelets`](super::Options::kubelets)): the right that it needs, `get nodes/proxy`,
//! reaches every endpoint of a kubelet, those that run commands in containers included
//! (<https://kubernetes.io/docs/concepts/security/rbac-good-practices/>).

use super::{
    api::Api,
    failure::Failure,
    sink::{Message, Out},
    url::escape,
};

/// How many kubelets are asked in one scan.
pub(super) const MOST: usize = 40;
/// How many bytes of an answer are read: far more than 500 pods take.
const BYTES: usize = 16 << 20;

/// What is asked of each.
const PATHS: [&str; 2] = ["stats/summary", "configz"];

/// An answer of a node's kubelet, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeletReply {
    /// The node.
    pub node: String,
    /// JSON.
    pub answer: Result<Vec<u8>, NoReply>,
}

/// Why a kubelet was not heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoReply {
    /// The caller may not ask.
    Forbidden,
    /// More were wanted than are asked in one scan.
    LeftOut,
    /// Anything else, in words.
    Failed(String),
}

impl From<Failure> for NoReply {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { code: 401 | 403, .. } => Self::Forbidden,
            failure => Self::Failed(failure.to_string()),
        }
    }
}

/// Asks them, a few at a time, and sends what each says.
pub(super) async fn read(api: &Api, wanted: Vec<String>, out: Out) {
    let queue = std::sync::Mutex::new(wanted.into_iter().enumerate());
    let worker = async || {
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.next());
            let Some((number, node)) = next else { return };
            if ask(api, number, &node, &out).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(worker(), worker(), worker(), worker());
}

/// An error means that nobody listens any more.
async fn ask(api: &Api, number: usize, node: &str, out: &Out) -> Result<(), ()> {
    let send = async |answer| {
        let reply = KubeletReply { node: node.to_owned(), answer };
        out.send(Message::Kubelet(reply)).await.map_err(|_| ())
    };
    if number >= MOST {
        return send(Err(NoReply::LeftOut)).await;
    }
    for path in PATHS {
        let answer = one(api, node, path).await.map_err(NoReply::from);
        // Who may not ask the first, or doesn't hear it, gains nothing by the second.
        let failed = answer.is_err();
        send(answer).await?;
        if failed {
            break;
        }
    }
    Ok(())
}

async fn one(api: &Api, node: &str, path: &str) -> Result<Vec<u8>, Failure> {
    let path = format!("/api/v1/nodes/{}/proxy/{path}", escape(node));
    let (_, answer) = api.open_once(&path, "application/json", &["application/json"]).await?;
    answer.beginning(BYTES).await
}
