//! `xtask tidy`: what the compiler and clippy don't check.
//!
//! | module | checks |
//! | --- | --- |
//! | `lessons` | that every lesson is whole |
//! | `texts` | sizes of files, words and paths that don't belong in the repository |
//! | `links` | that links lead somewhere, and that the book's summary has every page |
//! | `format` | that `cargo fmt` reaches every source file |

mod format;
mod lessons;
mod links;
mod texts;

use anyhow::bail;

use crate::repository::{files, root};

/// What is wrong, one line each.
type Problems = Vec<String>;

pub(crate) fn run() -> anyhow::Result<()> {
    let all = files(root())?;
    let mut problems = lessons::check()?;
    problems.extend(texts::check(&all)?);
    problems.extend(links::check(&all)?);
    problems.extend(format::check(&all)?);
    #[cfg(feature = "lessons")]
    problems.extend(crate::codegen::unknown_effects());
    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => println!("{} files are tidy", all.len()),
        n => bail!("{n} untidy"),
    }
    Ok(())
}
