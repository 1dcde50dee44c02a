//! Every scenario is made on a real cluster, and Rutter is asked: all that can share a cluster on one, at once, and each
//! of the others on one of its own, meanwhile.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use lab::scenario::{self, Scenario};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(scenario::LANES);
    let trials = scenario::groups(Scenario::all().unwrap()).into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(group: Vec<Scenario>) -> Trial {
    Trial::test(format!("scenarios/{}", scenario::name_of(&group)), move || {
        let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios");
        let rutter = scenario::rutter_beside()?;
        let test = || scenario::test_group(&group, &rutter, &work);
        // A real cluster on a machine that does other things, too, can be late once; what is wrong is wrong twice.
        let outcome = test().or_else(|error| {
            let name = scenario::name_of(&group);
            let note = format!("NOTE scenarios/{name} failed, and is tried once more: {error:#}");
            drop(writeln!(io::stderr(), "{note}"));
            test()
        });
        // What is waited for, and what is there instead, in full.
        Ok(outcome.map_err(|error| format!("{error:#}"))?)
    })
}
