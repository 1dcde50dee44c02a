//! `rutter lint --list`.

use rutter_lint::CHECKS;

use super::settings::Settled;
use crate::{
    exit::{DONE, Failure},
    output,
};

/// All checks; those that are not asked are marked.
pub(super) fn print(settled: &Settled) -> Result<u8, Failure> {
    let mut rows = vec![["CHECK", "TOPIC", "SEVERITY", "ASKED", "WHAT"].map(str::to_owned)];
    for check in CHECKS {
        let asked = settled.checks.iter().any(|one| one.id == check.id);
        rows.push([
            check.id.to_owned(),
            check.topic.name().to_owned(),
            settled.config.checks.severity(check).name().to_owned(),
            if asked { "yes" } else { "no" }.to_owned(),
            check.title.to_owned(),
        ]);
    }
    output::table(&rows)?;
    Ok(DONE)
}
