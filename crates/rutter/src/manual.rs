//! The manual page: one for all commands, as nobody installs six.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::{
    arguments::command,
    exit::{DONE, Failure},
};

pub(crate) fn print() -> Result<u8, Failure> {
    let mut page = Vec::new();
    write(&mut page)?;
    io::stdout().lock().write_all(&page)?;
    Ok(DONE)
}

fn write(page: &mut Vec<u8>) -> io::Result<()> {
    // The page is of `rutter`, whatever the name that it was called by.
    let mut all = command().bin_name("rutter").disable_help_subcommand(true);
    all.build();
    let man = Man::new(all.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    write_help(page, &all, "SH")?;
    all.get_subcommands().try_for_each(|command| write_command(page, command))
}

/// A section, with what would be sections of a page of its own one level below.
fn write_command(page: &mut Vec<u8>, command: &Command) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    section("SH", &name.to_uppercase()).to_writer(page)?;
    let man = Man::new(command.clone());
    let mut below = Vec::new();
    man.render_description_section(&mut below)?;
    man.render_synopsis_section(&mut below)?;
    man.render_options_section(&mut below)?;
    for line in below.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(b".SH ") {
            Some(heading) => page.extend([b".SS ", heading].concat()),
            None => page.extend(line),
        }
    }
    write_help(page, command, "SS")
}

/// What stands below a command's help, line by line: examples must not be run together.
fn write_help(page: &mut Vec<u8>, command: &Command, level: &str) -> io::Result<()> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for part in help.split("\n\n").filter(|part| !part.is_empty()) {
        let (heading, lines) = part.split_once('\n').unwrap_or((part, ""));
        let mut roff = section(level, &heading.trim_end_matches(':').to_uppercase());
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        roff.control("fi", []);
        roff.to_writer(page)?;
    }
    Ok(())
}

fn section(level: &str, heading: &str) -> Roff {
    let mut roff = Roff::default();
    roff.control(level, [heading]);
    roff
}
