//! Every scenario is made on a real cluster, and Rutter is asked: all that can share a cluster on one, at once, and each
//! of the others on one of its own, meanwhile.

use std::path::Path;

use anyhow::Result;
use lab::scenario::{self, Scenario};

#[test]
#[ignore = "takes minutes and both cores; `cargo test -p lab --test scenarios -- --ignored` runs it"]
fn rutter_says_of_each_fault_what_its_scenario_expects() -> Result<()> {
    let all = Scenario::all()?;
    let alone = all.iter().filter(|scenario| scenario.own_cluster.is_some()).count();
    assert!(all.len() - alone >= 13 && alone >= 4, "scenarios were lost: {} are left", all.len());
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios");
    scenario::test(all, &scenario::rutter_beside()?, &work)
}
