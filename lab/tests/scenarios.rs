//! Every scenario that can share a cluster is made on one, all at once, and Rutter is asked.
//!
//! Those that need a cluster of their own take minutes each: `lab test` runs them too.

use std::path::Path;

use lab::scenario::{self, Scenario};

#[test]
fn rutter_says_of_each_fault_what_its_scenario_expects() {
    let shared: Vec<_> =
        Scenario::all().unwrap().into_iter().filter(|scenario| scenario.own_cluster.is_none()).collect();
    assert!(shared.len() >= 10, "scenarios are missing: there are {}", shared.len());
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios");
    if let Err(error) = scenario::test(shared, &scenario::rutter_beside().unwrap(), &work) {
        panic!("{error:#}");
    }
}

#[test]
fn every_scenario_can_be_read_and_says_how_it_ends() {
    let all = Scenario::all().unwrap();
    assert!(all.iter().any(|scenario| scenario.own_cluster.is_some()));
    assert!(all.iter().all(|scenario| !scenario.title.is_empty()));
}
