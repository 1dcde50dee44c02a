//! Runs plans: the only part of Rutter that changes a cluster.
//!
//! A [`Plan`](rutter_plan::Plan) is data; a [`Run`] carries it out against an API server ([`Api`]). Every condition of a step is
//! read anew at the moment of action. Before each write a line goes into the [`Journal`] and is synced to the disk, after it
//! another: whoever finds the journal of a run that was killed knows what was done, what may have been, and what was not, and
//! [`Run::go_on`] finishes it with nothing done twice. Whom to ask and what to tell is the [`Attendant`]'s business.

mod api;
pub mod journal;
mod runner;

pub use api::{Api, Missing, Refused};
pub use journal::Journal;
pub use runner::{Answer, Attendant, Ended, Run, Told, rehearse};
