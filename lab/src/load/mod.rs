//! Filling an API server with the objects of a recording, through its REST API.
//!
//! The API server gives every object a new uid, creation time, resource version and generation: those of the recording
//! are lost. Everything else is kept, with the status, the names of nodes and the times of events; and wherever an
//! object names another one's uid, it names the new one afterwards.

mod object;
mod order;
mod outcome;
mod read;
mod resources;
mod write;

use std::path::Path;

use anyhow::Result;
use futures::{StreamExt, stream};

use crate::client;
use object::Object;
use outcome::Fate;
pub use outcome::{Loaded, PassedOver, Refusal};
use write::Writer;

/// How many objects are written at a time.
const AT_A_TIME: usize = 16;

/// Creates the objects of the folder (or file) `dir` in the cluster that `kubeconfig` names.
///
/// `dir` holds what `kubectl get -o json` or `kubectl cluster-info dump -o json` write: lists or single objects, in
/// files that end in `.json`, in folders of any depth. An error says that nothing more could be done; what became of
/// the single objects is in the result.
pub fn load(kubeconfig: &Path, dir: &Path) -> Result<Loaded> {
    let (objects, loaded) = read::read(dir)?;
    client::block_on(|| async {
        let writer = Writer::new(client::connect(kubeconfig).await?);
        Ok(write_all(&writer, objects, loaded).await)
    })
}

/// Writes wave after wave, so that whatever an object names by its uid is there before it; then lets go of what was
/// being deleted.
async fn write_all(writer: &Writer, objects: Vec<Object>, mut loaded: Loaded) -> Loaded {
    let mut doomed = Vec::new();
    for wave in order::waves(objects) {
        let mut writes = stream::iter(wave).map(|object| create(writer, object)).buffer_unordered(AT_A_TIME);
        while let Some((object, fate)) = writes.next().await {
            loaded.count(&object, fate);
            if object.is_being_deleted() {
                doomed.push(object);
            }
        }
    }
    let mut deletes = stream::iter(&doomed).map(|object| delete(writer, object)).buffer_unordered(AT_A_TIME);
    while let Some((object, done)) = deletes.next().await {
        if let Err(why) = done {
            loaded.refuse(object, format!("not marked as being deleted: {why}"));
        }
    }
    loaded
}

async fn create(writer: &Writer, object: Object) -> (Object, Fate) {
    let fate = writer.create(&object).await;
    (object, fate)
}

async fn delete<'a>(writer: &Writer, object: &'a Object) -> (&'a Object, Result<(), String>) {
    (object, writer.delete(object).await)
}
