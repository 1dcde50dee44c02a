//! How well Rutter finds what is behind a broken cluster: real clusters are recorded with what was done to them, and what
//! Rutter says of the recordings is counted.
//!
//! Two halves, that share nothing but a folder of recordings:
//!
//! | module | does |
//! | --- | --- |
//! | `plan` | which clusters are made: each scenario, pairs and triples of them, clusters on which nothing is wrong |
//! | `moved` | a scenario on other nodes than its own, so that two can break a node each |
//! | `make` | makes a cluster, breaks it, and records it at a fixed time, whatever Rutter says by then |
//! | `labels` | what a recording shows, as it is kept beside it |
//! | `views` | asks Rutter about a recording as a whole, and about less than that |
//! | `score` | holds one answer against the labels |
//! | `cases` | the same for the cases of the lessons, which were recorded or made up long ago |
//! | `tally`, `page` | adds up, and prints |

mod cases;
mod labels;
mod make;
mod moved;
mod page;
mod plan;
mod score;
mod tally;
mod views;

pub use make::{Making, make};
pub use page::{Scoring, score};
pub use plan::names;
