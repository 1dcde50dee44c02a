//! Whatever stands in a manifest, the checks answer: the cases of all checks, spoilt at random, always in the same way.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test: it reads the cases")]

use std::{fs, path::Path};

use rutter_lint::{CHECKS, Input, Settings, Source, config, edit, lint};

/// How often each case is spoilt.
const TIMES: u64 = 12;

fn cases() -> Vec<String> {
    let mut texts = Vec::new();
    for check in CHECKS {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("checks").join(check.topic.name()).join(check.id);
        let mut paths: Vec<_> =
            fs::read_dir(folder.join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        texts.extend(paths.iter().map(|path| fs::read_to_string(path).unwrap()));
    }
    texts
}

/// A random number that is the same at each run (xorshift).
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).unwrap()
}

/// Some letters are others, some lines are gone, doubled or moved in, some values are what they can't be.
fn spoilt(text: &str, state: &mut u64) -> String {
    const VALUES: [&str; 14] = [
        "",
        "~",
        "-1",
        "99999999999999999999",
        "1e400",
        "[]",
        "{}",
        "\"\\u0000\"",
        "é:ß",
        "0x",
        "*a",
        "&a",
        "true",
        "9223372036854775807",
    ];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=next(state) % 4 {
        let at = next(state) % lines.len().max(1);
        if lines.is_empty() {
            break;
        }
        match next(state) % 6 {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => lines[at].insert_str(0, "  "),
            3 => {
                let line = &mut lines[at];
                let letters: Vec<char> = line.chars().collect();
                let cut = next(state) % (letters.len() + 1);
                *line = letters[..cut].iter().collect();
            }
            _ => {
                let line = &mut lines[at];
                let key = line.split(':').next().unwrap_or_default().to_owned();
                *line = format!("{key}: {}", VALUES[next(state) % VALUES.len()]);
            }
        }
    }
    lines.join("\n")
}

#[test]
fn spoilt_manifests_are_answered() {
    let settings = Settings { namespace: "default".into(), ..Settings::default() };
    let mut state = 0x9E37_79B9_7F4A_7C15;
    let mut findings = 0;
    for text in cases() {
        for _ in 0..TIMES {
            let text = spoilt(&text, &mut state);
            let sources = [Source { name: "a.yaml".into(), text: text.clone(), ..Source::default() }];
            let input = Input {
                sources: &sources,
                cluster: None,
                settings: &settings,
                checks: CHECKS,
                config: &config::Lint::default(),
                baseline: None,
                today: None,
            };
            let outcome = lint(&input);
            findings += outcome.problems.len();
            let edits: Vec<_> =
                outcome.problems.iter().filter_map(|problem| problem.finding.fix.as_ref()).collect();
            let (mended, made) = edit::apply(&text, &edits);
            assert!(made <= edits.len() && (made > 0 || mended == text));
        }
    }
    assert!(findings > 1_000, "only {findings}");
}
