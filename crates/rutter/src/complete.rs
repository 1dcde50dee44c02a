//! Words that a shell can complete: those that flags and arguments take, and the answers to kubectl, which asks a plugin for
//! them by running `kubectl_complete-NAME` with the words of the command line.

use std::io::Write;

use clap::{
    Arg, Command, ValueHint,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};
use rutter_lessons::LESSONS;

/// Any text; the words it gives are what a shell offers.
#[derive(Clone)]
pub(crate) struct Words(pub(crate) fn() -> Vec<PossibleValue>);

/// The ids of the lessons.
pub(crate) fn lessons() -> Vec<PossibleValue> {
    LESSONS.iter().map(|lesson| PossibleValue::new(lesson.id).help(lesson.title)).collect()
}

/// The groups of the lessons.
pub(crate) fn groups() -> Vec<PossibleValue> {
    let mut names: Vec<&str> = LESSONS.iter().map(|lesson| lesson.group.name()).collect();
    names.dedup();
    names.into_iter().map(PossibleValue::new).collect()
}

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter()))
    }
}

/// What kubectl's shells may do besides what is offered, as cobra counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Else {
    Files = 0,
    Nothing = 4,
}

/// Answers kubectl: a line for each word that may follow, with what it means, and what else the shell may offer.
pub(crate) fn for_kubectl(mut root: Command, words: &[String], out: &mut impl Write) -> std::io::Result<()> {
    root.build();
    let (offers, otherwise) = offers(&root, words);
    for (word, help) in offers {
        writeln!(out, "{word}\t{help}")?;
    }
    writeln!(out, ":{}", otherwise as u8)
}

type Offers = (Vec<(String, String)>, Else);

/// What may stand in the place of the last word.
fn offers(root: &Command, words: &[String]) -> Offers {
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let place = Place::after(root, before);
    let (mut offers, otherwise) = match (place.flag, last.split_once('=')) {
        (Some(flag), _) => return values(flag, last),
        (None, Some((name, value))) if name.starts_with("--") => {
            return flag(place.command, name).map_or((Vec::new(), Else::Nothing), |flag| values(flag, value));
        }
        (None, _) if last.starts_with('-') && last != "-" => (flags(place.command), Else::Nothing),
        (None, _) => place.positionals(),
    };
    offers.retain(|(word, _)| word.starts_with(last));
    (offers, otherwise)
}

/// How far the command line is.
struct Place<'c> {
    command: &'c Command,
    /// The flag whose value comes next.
    flag: Option<&'c Arg>,
    /// How many arguments without a flag there were.
    positional: usize,
}

impl<'c> Place<'c> {
    fn after(root: &'c Command, words: &[String]) -> Self {
        let mut place = Place { command: root, flag: None, positional: 0 };
        for word in words {
            if place.flag.take().is_some() {
                continue;
            }
            if word.starts_with('-') && word != "-" {
                place.flag = flag(place.command, word).filter(|flag| flag.get_action().takes_values());
            } else if let Some(command) = place.command.find_subcommand(word) {
                place = Place { command, flag: None, positional: 0 };
            } else {
                place.positional += 1;
            }
        }
        place
    }

    fn positionals(&self) -> Offers {
        let all: Vec<&Arg> = self.command.get_positionals().collect();
        let repeated = all.last().filter(|arg| arg.get_num_args().is_some_and(|n| n.max_values() > 1));
        if let Some(arg) = all.get(self.positional).or(repeated) {
            return values(arg, "");
        }
        let named = |command: &Command| (command.get_name().to_owned(), help(command.get_about()));
        (self.command.get_subcommands().map(named).collect(), Else::Nothing)
    }
}

/// The flag that a word names: `--output`, `-o`.
fn flag<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    let is_it = |arg: &&Arg| {
        arg.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long))
            || arg.get_short().is_some_and(|short| word.strip_prefix('-') == Some(short.to_string().as_str()))
    };
    command.get_arguments().find(is_it)
}

fn flags(command: &Command) -> Vec<(String, String)> {
    let long = |arg: &Arg| Some((format!("--{}", arg.get_long()?), help(arg.get_help())));
    command.get_arguments().filter_map(long).collect()
}

/// The values that begin like that.
fn values(arg: &Arg, begun: &str) -> Offers {
    let all = arg.get_possible_values().into_iter();
    let offers: Vec<_> = all
        .map(|value| (value.get_name().to_owned(), help(value.get_help())))
        .filter(|(word, _)| word.starts_with(begun))
        .collect();
    let is_path = matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath);
    (offers, if is_path { Else::Files } else { Else::Nothing })
}

/// As one line.
fn help(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(|text| text.to_string().replace(['\n', '\t'], " ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(words: &[&str]) -> (Vec<String>, Else) {
        let mut root = crate::arguments::command();
        root.build();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (offers, otherwise) = offers(&root, &words);
        (offers.into_iter().map(|(word, _)| word).collect(), otherwise)
    }

    #[test]
    fn kubectl_is_told_what_may_follow() {
        let one = |words: &[&str], expected: &[&str]| {
            let expected = expected.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(offered(words), (expected, Else::Nothing), "{words:?}");
        };
        one(&["expl"], &["explain"]);
        one(&["explain", "disk"], &["disk-pressure"]);
        one(&["--color", "never", "lessons", "--group", "no"], &["node"]);
        one(&["diagnose", "--fail-on=cr"], &["critical"]);
        one(&["diagnose", "-o", "y"], &["yaml"]);
        one(&["diagnose", "dump", "--min-s"], &["--min-severity"]);
        one(&["diagnose", "-n", ""], &[]);
        one(&["diagnose", "--no-such=x"], &[]);
        assert!(offered(&[]).0.contains(&"diagnose".to_owned()));
        assert_eq!(offered(&["explain", ""]).0.len(), LESSONS.len());
    }

    #[test]
    fn sources_and_kubeconfigs_are_files() {
        for words in [&["diagnose", "a", "du"][..], &["diagnose", ""], &["diagnose", "--kubeconfig", ""]] {
            assert_eq!(offered(words), (Vec::new(), Else::Files), "{words:?}");
        }
    }
}
