//! The command line: arguments in, text and an exit code out. All else is done by the other crates.

mod act;
mod alike;
mod arguments;
mod complete;
mod diagnose;
mod exit;
mod explain;
mod follow;
mod generate;
mod interrupt;
mod lessons;
mod lint;
mod manual;
mod meanings;
mod namespaces;
mod output;
mod progress;
mod selector;
mod source;
mod values;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::FromArgMatches;
use exit::{Failure, USAGE};

/// Decoding makes millions of small strings and lists on all cores: this allocator does that in four fifths of the time of
/// glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if arguments::called_as("kubectl_complete-rutter") {
        return ended(generate::kubectl_completion());
    }
    let matches = match arguments::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return told(&error),
    };
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => return told(&error),
    };
    let color = arguments.color;
    color.apply();
    ended(match arguments.command {
        Command::Diagnose(arguments) => diagnose::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Lessons(arguments) => lessons::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Node(arguments) => act::node(&arguments),
        Command::Fix(arguments) => act::fix(&arguments),
        Command::Run(arguments) => act::run(&arguments),
        Command::Journal(arguments) => act::journal(&arguments),
        Command::Completion { shell } => generate::completion(shell),
        Command::Man => manual::print(),
    })
}

fn ended(done: Result<u8, Failure>) -> ExitCode {
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => said(&failure),
    }
}

/// Help and version are no errors; anything else is wrong usage.
fn told(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() { USAGE } else { 0 };
    // Nobody is left to be told if this fails.
    drop(error.print());
    ExitCode::from(code)
}

fn said(failure: &Failure) -> ExitCode {
    match failure {
        // Whoever read our output has seen enough: `rutter diagnose | head`.
        Failure::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        failure => {
            anstream::eprintln!("error: {failure}");
            ExitCode::from(USAGE)
        }
    }
}
