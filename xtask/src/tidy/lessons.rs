//! Every lesson has its files, and every case what it needs to be one.

use std::path::Path;

use super::Problems;
use crate::repository::{entries, lessons, lessons_folder, name, shown};

pub(super) fn check() -> anyhow::Result<Problems> {
    let mut problems = Problems::new();
    let known = lessons()?;
    for group in entries(&lessons_folder())? {
        for folder in entries(&group)? {
            if !known.iter().any(|lesson| lesson.path() == folder) {
                problems.push(format!("{}: no mod.rs, so it is no lesson", shown(&folder)));
            }
        }
    }
    for lesson in known {
        let folder = lesson.path();
        if !folder.join("lesson.md").is_file() {
            problems.push(format!("{}: no lesson.md", shown(&folder)));
        }
        let cases = entries(&folder.join("cases"))?;
        for kind in ["fires-", "silent-"] {
            if !cases.iter().any(|case| name(case).starts_with(kind)) {
                problems.push(format!("{}: no case {kind}*", shown(&folder)));
            }
        }
        for case in cases {
            problems.extend(check_case(&case)?);
        }
    }
    Ok(problems)
}

fn check_case(case: &Path) -> anyhow::Result<Problems> {
    let mut problems = Problems::new();
    let files = entries(case)?;
    if !files.iter().any(|file| file.ends_with("expect.json")) {
        problems.push(format!("{}: no expect.json", shown(case)));
    }
    let inputs = files.iter().filter(|file| !file.ends_with("expect.json") && !file.ends_with("README.md"));
    if inputs.count() == 0 {
        problems.push(format!("{}: no input", shown(case)));
    }
    Ok(problems)
}
