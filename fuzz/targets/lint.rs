//! Any text as a manifest: all checks are asked, and what they would mend can be mended.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_lint::{CHECKS, Input, Settings, Source, config, edit, lint};

fuzz_target!(|text: &str| {
    let sources = [Source { name: "a.yaml".into(), text: text.into(), ..Source::default() }];
    let settings = Settings {
        namespace: "default".into(),
        registries: vec!["registry.example".into()],
        ..Settings::default()
    };
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
    for problem in &outcome.problems {
        assert!(problem.place.line >= 1 && problem.place.column >= 1);
    }
    let edits: Vec<_> = outcome.problems.iter().filter_map(|problem| problem.finding.fix.as_ref()).collect();
    let (mended, made) = edit::apply(text, &edits);
    assert!(made <= edits.len() && (made > 0 || mended == text));
});
