//! Chores of the repository: `cargo xtask NAME`. Nothing here ships to users.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "these commands answer on the terminal")]
#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "what is appended is read more easily so, and speed doesn't matter here"
)]

mod bench;
mod browser;
mod codegen;
mod engine;
mod floor;
mod generate;
mod lint;
mod measure;
mod new_lesson;
mod repository;
mod scale;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Chores of the repository")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Write what is made of the lessons: their index, the book's pages, the rights of a live scan, the demo's output
    Codegen(codegen::Args),
    /// Make the directory of a lesson
    NewLesson(new_lesson::Args),
    /// Check what the compiler and clippy don't
    Tidy,
    /// Open HTML reports in a real browser, and check what only one can tell
    Browser(browser::Args),
    /// Write a big, realistic cluster as files
    Generate(generate::Args),
    /// Measure how long merely deserialising a List of pods takes
    Floor(floor::Args),
    /// Measure rutter against the floor, its linearity, its memory, its start
    Bench(bench::Args),
    /// Measure a live scan and a live watch against the download of the same lists
    BenchScale(scale::Args),
}

fn main() -> ExitCode {
    match run(&Cli::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> anyhow::Result<()> {
    match chore {
        Chore::Codegen(args) => codegen::run(args),
        Chore::NewLesson(args) => new_lesson::run(args),
        Chore::Tidy => tidy::run(),
        Chore::Browser(args) => browser::run(args),
        Chore::Generate(args) => generate::run(args),
        Chore::Floor(args) => floor::run(args),
        Chore::Bench(args) => bench::run(args),
        Chore::BenchScale(args) => scale::run(args),
    }
}
