//! Reading what conditions need.

use rutter_cluster::Time;
use rutter_plan::{Need, Object, Sight, Unread};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Api, Refused, path, send::Answer};

/// Lists are read in pages of so many.
const PAGE: usize = 500;

impl Api {
    /// Reads what is needed. What can't be read is noted as that; the error is for a server that doesn't answer at all.
    ///
    /// # Errors
    /// If the API server doesn't answer.
    pub async fn see(&self, needs: impl IntoIterator<Item = Need>) -> Result<Sight, Refused> {
        let local = Time::from_unix(jiff::Timestamp::now().as_second()).unwrap_or(Time::EPOCH);
        let mut sight = Sight::nothing(local);
        let mut needs: Vec<Need> = needs.into_iter().collect();
        needs.sort();
        needs.dedup();
        for need in needs {
            self.read(need, &mut sight).await?;
        }
        Ok(sight)
    }

    async fn read(&self, need: Need, sight: &mut Sight) -> Result<(), Refused> {
        match need {
            Need::Object(object) => {
                let read = self.object(&object, sight).await?;
                sight.put(&object, read);
            }
            Need::Nodes => sight.nodes = self.list("/api/v1/nodes", "", sight).await?,
            Need::PodsOn(node) => {
                let selector = format!("fieldSelector=spec.nodeName%3D{}", path::escaped(&node));
                let pods = self.list("/api/v1/pods", &selector, sight).await?;
                sight.pods_on.insert(node, pods);
            }
            Need::Etcd => {
                let selector = "labelSelector=component%3Detcd";
                sight.etcd = self.list("/api/v1/namespaces/kube-system/pods", selector, sight).await?;
            }
            Need::Attachments => {
                sight.attachments = self.list("/apis/storage.k8s.io/v1/volumeattachments", "", sight).await?;
            }
        }
        Ok(())
    }

    async fn object(
        &self,
        object: &Object,
        sight: &mut Sight,
    ) -> Result<Result<Option<Value>, Unread>, Refused> {
        match self.get(&path::of(object)).await {
            Ok(answer) => Ok(Ok(Some(note_time(answer, sight)))),
            Err(refused) if refused.code() == Some(404) => Ok(Ok(None)),
            Err(refused) => unread(&format!("{object} can't be read"), refused),
        }
    }

    async fn list<T: DeserializeOwned>(
        &self,
        all: &str,
        selector: &str,
        sight: &mut Sight,
    ) -> Result<Result<Vec<T>, Unread>, Refused> {
        let mut items = Vec::new();
        let mut go_on = String::new();
        loop {
            let from = if go_on.is_empty() { String::new() } else { format!("&continue={go_on}") };
            let answer = match self.get(&format!("{all}?limit={PAGE}&{selector}{from}")).await {
                Ok(answer) => answer,
                Err(refused) => return unread(&format!("{all} can't be listed"), refused),
            };
            let mut page = note_time(answer, sight);
            go_on = page
                .pointer("/metadata/continue")
                .and_then(Value::as_str)
                .map(path::escaped)
                .unwrap_or_default();
            let Some(Value::Array(read)) = page.get_mut("items").map(Value::take) else {
                return Ok(Err(Unread(format!("{all} is no list"))));
            };
            for item in read {
                match T::deserialize(item) {
                    Ok(item) => items.push(item),
                    Err(error) => return Ok(Err(Unread(format!("{all} holds what can't be read: {error}")))),
                }
            }
            if go_on.is_empty() {
                return Ok(Ok(items));
            }
        }
    }

    /// The uid of the namespace `kube-system`: the cluster's identity. `None` if it may not be read.
    ///
    /// # Errors
    /// If the API server doesn't answer.
    pub async fn identity(&self) -> Result<Option<String>, Refused> {
        match self.get("/api/v1/namespaces/kube-system").await {
            Ok(answer) => Ok(answer.body.pointer("/metadata/uid").and_then(Value::as_str).map(str::to_owned)),
            Err(refused @ Refused::Lost(_)) => Err(refused),
            Err(refused) if refused.is_passing() => Err(refused),
            Err(_) => Ok(None),
        }
    }
}

fn note_time(answer: Answer, sight: &mut Sight) -> Value {
    if let Some(time) = answer.time {
        sight.now = time;
    }
    answer.body
}

/// A refusal is an answer; a server that doesn't answer, or not now, is none.
fn unread<T>(what: &str, refused: Refused) -> Result<Result<T, Unread>, Refused> {
    if refused.is_passing() { Err(refused) } else { Ok(Err(Unread(format!("{what}: {refused}")))) }
}
