//! The report for a browser: well-formed whatever a cluster says, asking for nothing, and the same in every run.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod markup;
mod sample;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rutter_report::{Confidence, Explained, Report, html};
use sample::hostile::with_words;

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    html::write(&mut out, report).unwrap();
    String::from_utf8(out).unwrap()
}

/// The document without its style.
fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    before.to_owned() + rest.split_once("</style>").unwrap().1
}

fn style(page: &str) -> &str {
    page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0
}

#[test]
fn a_small_report() {
    let page = written(&sample::report());
    markup::check(&page);
    let hash = page.split_once("sha256-").unwrap().1.split_once("&#39;").unwrap().0;
    insta::assert_snapshot!("html", without_style(&page).replace(hash, "…"));
    assert_eq!(page, written(&sample::report()));
}

/// The policy allows this style and nothing else, and neither asks for anything.
#[test]
fn nothing_is_asked_for() {
    let page = written(&sample::report());
    let css = style(&page);
    let hash = ring::digest::digest(&ring::digest::SHA256, css.as_bytes());
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash.as_ref());
    let policy = format!(
        "content=\"default-src &#39;none&#39;; style-src &#39;sha256-{hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;\""
    );
    assert!(page.contains(&policy), "STYLE_HASH is to be sha256-{hash}");
    for word in ["url(", "@import", "@font-face", "http"] {
        assert!(!css.contains(word), "{word}");
    }
    for word in ["<script", "<link", "<img", "src=", "href=\"http", " on"] {
        assert!(!markup::tags(&page).iter().any(|tag| tag.contains(word)), "{word}");
    }
}

#[test]
fn names_can_not_become_markup() {
    let plain = markup::tags(&written(&with_words("x")));
    for word in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "]]>--></style></title></pre></details><!--",
        "&lt;script&gt;&#60;b&#62;",
        "<svg/onload=alert(1)>",
        "{{7*7}}${7*7}<%= 7 %>",
        "\u{202e}gnp.exe\u{2066}<b>\u{200b}",
    ] {
        let page = written(&with_words(word));
        markup::check(&page);
        assert_eq!(count(&markup::tags(&page)), count(&plain), "{word}");
        assert!(is_tame(&page), "{word}");
    }
    assert!(written(&with_words("a\u{202e}\u{1b}[2J<i>")).contains("a\\u{202e}\\x1b[2J&lt;i&gt;"));
}

/// How many there are of each tag, but for what is folded away because it is long.
fn count(tags: &[String]) -> BTreeMap<&str, usize> {
    let mut count = BTreeMap::new();
    for tag in tags.iter().filter(|tag| {
        !["<details class=\"long\">", "</details>", "<summary>", "</summary>"].contains(&tag.as_str())
    }) {
        *count.entry(tag.as_str()).or_default() += 1;
    }
    count
}

fn is_tame(page: &str) -> bool {
    !page.contains(|character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// A chain and a crowd: neither nests without end, and what is many is folded.
#[test]
fn what_follows_is_a_tree_of_some_depth() {
    let mut report = sample::report();
    let root = report.incidents[0].root.clone();
    let effect = |n: usize, by: String| {
        let mut finding = root.clone();
        finding.id = format!("effect-{n}");
        let why = "it asks the one before".to_owned();
        Explained {
            finding,
            by,
            why,
            cause_confidence: Confidence::Certain,
            also_explained_by: Vec::new(),
            stays: None,
        }
    };
    let before = |n: usize| if n == 0 { root.id.clone() } else { format!("effect-{}", n - 1) };
    report.incidents[0].explains = (0..5000).map(|n| effect(n, before(n))).collect();
    let page = written(&report);
    markup::check(&page);
    assert!(markup::depth(&page) < 40, "{}", markup::depth(&page));
    assert_eq!(page.matches("it asks the one before").count(), 5000);
    report.incidents[0].explains = (0..20).map(|n| effect(n, root.id.clone())).collect();
    let page = written(&report);
    markup::check(&page);
    assert!(page.contains("<summary>12 more</summary>"), "{page}");
}

/// Those that are alike are folded behind the first, each is told once, and the one that differs stands by itself.
#[test]
fn three_thousand_incidents_stay_one_page() {
    let mut report = sample::report();
    let first = report.incidents[0].clone();
    report.incidents = (1..=3000)
        .map(|rank| {
            let mut incident = first.clone();
            incident.rank = rank;
            if rank == 2999 {
                incident.root.variant = "another".to_owned();
            }
            incident
        })
        .collect();
    let page = written(&report);
    markup::check(&page);
    assert_eq!(page.matches("class=\"incident\"").count(), 3000 + report.history.len());
    assert!(page.contains("<summary>2996 more like it</summary>"));
    let (folded, alone) = (page.find("2996 more like it").unwrap(), page.find("id=\"i2999\"").unwrap());
    assert!(folded < alone);
    let each = page.len() / 3000;
    assert!(each < 4000, "{each} bytes for an incident, {} in all", page.len());
}

#[test]
fn nothing_found_is_not_called_healthy() {
    let mut report = sample::report();
    (report.incidents, report.findings) = (Vec::new(), Vec::new());
    let page = without_style(&written(&report));
    markup::check(&written(&report));
    assert!(page.contains("Nothing found by 13 lessons in what was seen"), "{page}");
    assert!(page.contains("Not all was seen") && !page.contains("ealthy"), "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_the_page_is_well_formed(word in any::<String>()) {
        let page = written(&with_words(&word));
        markup::check(&page);
        prop_assert!(is_tame(&page));
    }
}
