//! The way to the API server that is written to, and the journals' place.

use std::path::PathBuf;

use rutter_plan::ClusterIdentity;
use rutter_remedy::{Api, journal::Folder};
use rutter_source::live;

use crate::{
    arguments::{Connect, Journals},
    exit::Failure,
    source,
};

/// Runs something that waits for the network.
pub(super) fn block_on<T>(what: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::Told(format!("the program can't wait for the network: {error}")))?;
    let done = runtime.block_on(what);
    // A name that is still being looked up must not hold up the end.
    runtime.shutdown_background();
    done
}

/// Connects.
pub(super) async fn api(given: &Connect, dry: bool) -> Result<(Api, live::Server), Failure> {
    let connection = live::connect(&source::connect(given)).await;
    let connection = connection.map_err(|error| Failure::Told(error.to_string()))?;
    Ok((Api::new(connection.client(), dry), connection.server().clone()))
}

/// Which cluster it is.
pub(super) async fn identity(api: &Api, server: &live::Server) -> Result<ClusterIdentity, Failure> {
    let uid = api.identity().await.map_err(|refused| Failure::Told(refused.to_string()))?;
    Ok(ClusterIdentity {
        name: format!("{} ({})", server.name, server.address),
        uid: uid.unwrap_or_default(),
    })
}

/// Where journals are kept.
pub(super) fn folder(given: &Journals) -> Result<Folder, Failure> {
    if let Some(path) = &given.journal {
        return Ok(Folder::new(path));
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    let state = state.ok_or_else(|| {
        Failure::Told("there is no place for the journal: set --journal, RUTTER_JOURNAL or HOME".to_owned())
    })?;
    Ok(Folder::new(state.join("rutter/journal")))
}

/// Who runs a plan, for a person who reads its journal.
pub(super) fn by() -> String {
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "somebody".into());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{user} on {}, rutter {}", host.trim(), env!("CARGO_PKG_VERSION"))
}

/// A name for an operation, which no other has: `drain-node-b-k3f9x2`.
pub(super) fn operation(verb: &str, about: &str) -> String {
    let now = jiff::Timestamp::now().as_nanosecond().unsigned_abs() as u64;
    // The clock in nanoseconds, mixed with the process, so that two started at once differ.
    let mut seed = now ^ u64::from(std::process::id()).rotate_left(40);
    seed = (seed ^ (seed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let letters = b"bcdfghjklmnpqrstvwxz2456789";
    let tail: String = (0..6)
        .map(|_| {
            seed = seed.rotate_left(11).wrapping_mul(0x94d0_49bb_1331_11eb);
            char::from(letters[(seed >> 33) as usize % letters.len()])
        })
        .collect();
    let name = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let about: String = about.chars().map(name).take(40).collect();
    format!("{verb}-{about}-{tail}").replace("--", "-")
}
