//! `xtask codegen`: writes what is made of the lessons and committed, or says what of it is stale.
//!
//! | module | writes |
//! | --- | --- |
//! | `registry` | the index of lessons that the compiler needs; from the names of folders alone |
//! | `checks` | the index of checks on manifests |
//! | `check_pages` | the book's page about them, and the one that compares them with others' |
//! | `reference` | the book's pages about lessons, and their place in its summary |
//! | `experience` | the page that tells what became of each heading of the article |
//! | `rbac` | the rights that a live scan needs |
//! | `demo` | the output of `rutter diagnose --demo` in the README and the book, by running it |

#[cfg(feature = "lessons")]
mod check_pages;
pub(crate) mod checks;
mod demo;
#[cfg(feature = "lessons")]
mod experience;
#[cfg(feature = "lessons")]
mod rbac;
#[cfg(feature = "lessons")]
mod reference;
pub(crate) mod registry;

#[cfg(feature = "lessons")]
pub(crate) use reference::unknown_effects;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};

use crate::repository::{cargo, root, shown, write};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail if something is stale
    #[arg(long)]
    check: bool,
    /// Run this binary for the demo's output instead of building one
    #[arg(long, value_name = "BINARY")]
    rutter: Option<PathBuf>,
    /// Leave out what takes building and running rutter
    #[arg(long, conflicts_with = "rutter")]
    no_demo: bool,
}

/// A generated file and what belongs into it.
pub(crate) struct Generated {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut files = vec![registry::generate()?, checks::registry()?];
    if !args.check && files.iter().any(is_stale) {
        files.iter().filter(|file| is_stale(file)).try_for_each(update)?;
        return again();
    }
    files.extend(of_lessons()?);
    if !args.no_demo {
        files.extend(demo::generate(args.rutter.as_deref())?);
    }
    let stale: Vec<&Generated> = files.iter().filter(|file| is_stale(file)).collect();
    let unwanted = unwanted()?;
    if args.check {
        let paths = stale.iter().map(|file| &file.path).chain(&unwanted);
        let names: Vec<String> = paths.map(|path| shown(path)).collect();
        ensure!(names.is_empty(), "stale, run `cargo xtask codegen`: {}", names.join(", "));
        println!("{} generated files are fresh", files.len());
        return Ok(());
    }
    stale.into_iter().try_for_each(update)?;
    for path in unwanted {
        fs::remove_file(&path)?;
        println!("removed {}", shown(&path));
    }
    Ok(())
}

fn update(file: &Generated) -> anyhow::Result<()> {
    println!("writing {}", shown(&file.path));
    write(&file.path, &file.text)
}

/// Runs the same command in a program that knows the lessons of the new registry.
fn again() -> anyhow::Result<()> {
    let mut cargo = cargo();
    cargo.args(["run", "--quiet", "--package", "xtask", "--"]).args(std::env::args_os().skip(1));
    let status = cargo.status().context("cannot run cargo")?;
    ensure!(status.success(), "the registry is written, the rest is not: {status}");
    Ok(())
}

#[cfg(feature = "lessons")]
fn of_lessons() -> anyhow::Result<Vec<Generated>> {
    let mut files = reference::generate()?;
    files.push(experience::generate()?);
    files.push(rbac::generate());
    files.extend(check_pages::generate()?);
    Ok(files)
}

#[cfg(feature = "lessons")]
fn unwanted() -> anyhow::Result<Vec<PathBuf>> {
    reference::unwanted()
}

#[cfg(not(feature = "lessons"))]
fn of_lessons() -> anyhow::Result<Vec<Generated>> {
    anyhow::bail!("built without the lessons, this writes only the registry, and that is fresh")
}

#[cfg(not(feature = "lessons"))]
fn unwanted() -> anyhow::Result<Vec<PathBuf>> {
    Ok(Vec::new())
}

fn is_stale(file: &Generated) -> bool {
    fs::read(&file.path).ok().as_deref() != Some(file.text.as_bytes())
}

/// A file of the repository with this content.
fn generated(path: &str, text: String) -> Generated {
    Generated { path: root().join(path), text }
}
