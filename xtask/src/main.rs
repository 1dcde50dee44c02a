//! Chores of the repository: `cargo xtask NAME`. Nothing here ships to users.
#![allow(clippy::print_stdout, reason = "these commands answer on the terminal")]

mod bench;
mod floor;
mod generate;
mod measure;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Chores of the repository")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Write a big, realistic cluster as files
    Generate(generate::Args),
    /// Measure how long merely deserialising a List of pods takes
    Floor(floor::Args),
    /// Measure rutter against the floor, its linearity, its memory, its start
    Bench(bench::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().chore {
        Chore::Generate(args) => generate::run(&args),
        Chore::Floor(args) => floor::run(&args),
        Chore::Bench(args) => bench::run(&args),
    }
}
