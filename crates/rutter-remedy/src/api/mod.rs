//! What a run asks of an API server: reading for conditions, and the writes that plans announce.

mod act;
mod budgets;
mod path;
mod rights;
mod see;
mod send;

pub(crate) use act::Sent;
pub use rights::Missing;
pub use send::Refused;

use std::time::Duration;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An API server.
#[derive(Clone)]
pub struct Api {
    client: kube::Client,
    /// Whether writes are only tried: the API server checks them and changes nothing.
    dry: bool,
}

impl Api {
    /// By that client. With `dry`, the API server only says what it would do (`--dry-run=server`).
    pub fn new(client: kube::Client, dry: bool) -> Self {
        Self { client, dry }
    }

    /// Whether nothing is changed.
    pub fn is_dry(&self) -> bool {
        self.dry
    }
}
