//! Plans for nodes. Tests of the invariants of safe node work bear their numbers.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod control_plane;
mod fits;
mod invariants;
mod others;
mod preflight;
mod property;
mod sample;
mod written;
