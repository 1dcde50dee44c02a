//! The plans of remedies: what holds for all of them, over the cases of all lessons, and what each lesson's plan does.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what failed by failing")]

mod all;
mod load;
mod of_nodes;
mod of_services;
mod of_workloads;
