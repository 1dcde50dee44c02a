//! What is made of the definition of the command line: completion scripts.

use std::io::Write;

use crate::{
    arguments::command,
    complete,
    exit::{DONE, Failure},
};

pub(crate) fn completion(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "rutter", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(DONE)
}

/// The words of a command line of kubectl come as arguments; see `complete`.
pub(crate) fn kubectl_completion() -> Result<u8, Failure> {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into()).collect();
    complete::for_kubectl(command(), &words, &mut std::io::stdout().lock())?;
    Ok(DONE)
}
