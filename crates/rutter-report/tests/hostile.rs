//! Whatever a cluster says: nothing in the text moves the cursor, and lines keep to their width.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod sample;

use proptest::prelude::*;
use rutter_report::{Report, json, name, text, yaml};
use sample::hostile::with_words;
use unicode_width::UnicodeWidthStr;

/// Without the styles that the writer itself sets.
fn unstyled(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        left.push_str(before);
        let end = after.find('m').unwrap();
        assert!(after[..end].bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{after:?}");
        rest = &after[end + 1..];
    }
    left + rest
}

fn written(report: &Report, options: &text::Options) -> String {
    let mut out = Vec::new();
    text::write(&mut out, report, options).unwrap();
    unstyled(&String::from_utf8(out).unwrap())
}

fn is_tame(text: &str) -> bool {
    !text.contains(|character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[test]
fn a_terminal_escape_is_printed_as_words() {
    let text = written(&with_words("\u{1b}[2J\u{202e}gone"), &text::Options::default());
    assert!(text.contains("\\x1b[2J\\u{202e}gone"), "{text}");
}

/// A container, a node, an image and labels with what a shell would run: the remedies stay, what it would run does not.
#[test]
fn no_command_for_the_shell_of_the_one_who_reads() {
    let image = "registry.example.com/shop/web:v12";
    let honest = sample::shop();
    let commands = |report: &Report| -> Vec<String> {
        report.incidents.iter().flat_map(|of| &of.remedies).flat_map(|of| of.commands.clone()).collect()
    };
    assert!(commands(&honest).iter().any(|command| command.contains("set image deployment/web app=<image>")));
    assert!(commands(&honest).iter().any(|command| command.starts_with("crane ls")));
    for (n, words) in [
        ("name: app", "name: 'app;reboot'"),
        ("name: app", "name: '$(reboot)'"),
        ("name: app", "name: \"app\\nreboot\""),
        ("node-a", "'node-a;reboot'"),
        (image, "registry.example.com/shop/web;reboot:v12"),
        (image, "registry.example.com/shop/$(reboot):v12"),
        (image, "registry.example.com/shop/`reboot`:v12"),
        (image, "registry.example.com/shop/web|reboot:v12"),
        ("{app: web}", "{app: \"web';reboot;'\"}"),
    ]
    .into_iter()
    .enumerate()
    {
        let report = sample::forged(&format!("forged-{n}"), &[words]);
        let commands = commands(&report);
        assert!(!commands.iter().any(|command| command.contains("reboot")), "{words:?}: {commands:?}");
        let remedies = |of: &Report| of.incidents.iter().map(|of| of.remedies.len()).sum::<usize>();
        assert_eq!(remedies(&report), remedies(&honest), "{words:?}");
    }
}

/// JSON is looked at on terminals, too.
#[test]
fn json_shows_what_is_hidden() {
    let report = with_words("\u{9b}31m\u{202e}\u{200b}\u{e0001}\u{7f}");
    let mut out = Vec::new();
    json::write(&mut out, &report).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(is_tame(&text) && text.contains(r"\u009b31m\u202e\u200b\udb40\udc01\u007f"), "{text}");
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_hidden_gets_through(word in any::<String>(), wide: bool, width in 0_usize..150) {
        let report = with_words(&word);
        let text = written(&report, &text::Options { width, wide, now: None });
        prop_assert!(is_tame(&text), "{:?}", text);
        let mut names = Vec::new();
        name::write(&mut names, &report).unwrap();
        let names = String::from_utf8(names).unwrap();
        prop_assert!(is_tame(&names));
        prop_assert_eq!(names.lines().count(), report.incidents.len());
    }

    #[test]
    fn programs_get_back_what_was_said(word in any::<String>()) {
        let report = with_words(&word);
        let (mut as_json, mut as_yaml) = (Vec::new(), Vec::new());
        json::write(&mut as_json, &report).unwrap();
        yaml::write(&mut as_yaml, &report).unwrap();
        for out in [&as_json, &as_yaml] {
            prop_assert!(!out.iter().any(|byte| *byte < b' ' && *byte != b'\n'));
        }
        prop_assert_eq!(&serde_json::from_slice::<Report>(&as_json).unwrap(), &report);
        prop_assert_eq!(&serde_saphyr::from_slice::<Report>(&as_yaml).unwrap(), &report);
    }

    #[test]
    fn lines_keep_to_their_width(words in proptest::collection::vec("[a-zé日]{1,9}", 1..60), width in 60_usize..140) {
        let mut report = with_words(&words.join(" "));
        report.incidents.iter_mut().flat_map(|incident| &mut incident.remedies).for_each(|remedy| remedy.commands.clear());
        for line in written(&report, &text::Options { width, ..text::Options::default() }).lines() {
            let unbreakable = line.split_whitespace().any(|word| word.width() + 25 > width);
            prop_assert!(line.width() <= width || unbreakable, "{}: {}", width, line);
        }
    }
}
