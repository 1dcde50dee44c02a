//! Every scenario is made on a real cluster, and Rutter is asked: all that can share a cluster on one, at once, and each
//! of the others on one of its own, meanwhile.

use std::path::Path;

use anyhow::Result;
use lab::scenario::{self, Scenario};

/// Tests those scenarios that share a cluster, or the others; there must be so many at least, or some were lost.
fn test(sharing: bool, at_least: usize) -> Result<()> {
    let scenarios = Scenario::all()?;
    let (shared, alone): (Vec<_>, Vec<_>) =
        scenarios.into_iter().partition(|scenario| scenario.own_cluster.is_none());
    let chosen = if sharing { shared } else { alone };
    assert!(chosen.len() >= at_least, "only {} scenarios were found", chosen.len());
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios");
    scenario::test(chosen, &scenario::rutter_beside()?, &work)
}

#[test]
fn faults_at_once_on_one_cluster_are_told_apart() -> Result<()> {
    test(true, 13)
}

#[test]
fn faults_of_nodes_are_told() -> Result<()> {
    test(false, 4)
}
