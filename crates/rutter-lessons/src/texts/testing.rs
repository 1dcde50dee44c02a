//! What the tests of all families share.

/// Calls the parser with every prefix and every suffix of every sample, and with some hostile texts: none may panic.
pub(super) fn survives<T>(samples: &[&str], parse: impl Fn(&str) -> T) {
    let hostile = ["", "\"", "\\\"", "[", "[]", ": ", ", ", "é\"é", "(((", "0/0", "\u{0}\u{1b}[31m"];
    for sample in samples.iter().chain(&hostile) {
        let ends = sample.char_indices().map(|(at, _)| at).chain([sample.len()]);
        for at in ends {
            let (head, tail) = sample.split_at(at);
            std::hint::black_box(parse(head));
            std::hint::black_box(parse(tail));
            std::hint::black_box(parse(&format!("{head}é…{tail}")));
        }
    }
}
