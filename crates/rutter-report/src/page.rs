//! Lines of a width. All text of a report for a person goes through here, so that nothing that a cluster says can move
//! the cursor, hide itself or turn the line around.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::Style;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// Below this there is no room for labels and text side by side.
const NARROWEST: usize = 40;

/// The text with control and invisible characters written out: `\n`, `\x1b`, `\u{202e}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\t' => plain.push(' '),
            '\n' => plain.push_str("\\n"),
            '\r' => plain.push_str("\\r"),
            hidden if is_hidden(hidden) => {
                let code = u32::from(hidden);
                // Writing to a String can't fail.
                let _ = if code < 0x100 {
                    write!(plain, "\\x{code:02x}")
                } else {
                    write!(plain, "\\u{{{code:x}}}")
                };
            }
            shown => plain.push(shown),
        }
    }
    Cow::Owned(plain)
}

/// Control characters, marks that turn the direction of text around, and characters without width.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text, cut to about `most` columns.
pub(crate) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    let text = plain(text);
    if text.width() <= most {
        return text;
    }
    let mut width = 0;
    let fits = |character: &char| {
        width += unicode_width::UnicodeWidthChar::width(*character).unwrap_or(0);
        width < most
    };
    let cut: String = text.chars().take_while(fits).collect();
    Cow::Owned(cut.trim_end().to_owned() + "…")
}

/// The text, cut to about `most` columns between words and with no bracket left open: what stands in brackets at its end
/// goes first.
pub(crate) fn clip_words(text: &str, most: usize) -> Cow<'_, str> {
    let text = plain(text);
    if text.width() <= most {
        return text;
    }
    let without = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    if let Some((before, _)) = without.filter(|(before, _)| before.width() <= most && is_closed(before)) {
        return Cow::Owned(before.to_owned());
    }
    let cut = clip(&text, most);
    let cut = cut.strip_suffix('…').unwrap_or(&cut);
    // Between words, unless the last word is so long that much would be lost.
    let words = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
    let long = words.width() + 20 < cut.width();
    let mut cut = if long { cut } else { words };
    while let Some((before, _)) = cut.rsplit_once(" (").filter(|_| !is_closed(cut)) {
        cut = before;
    }
    let gap = if long { "" } else { " " };
    Cow::Owned(format!("{}{gap}…", cut.trim_end_matches([',', ';', ':', ' '])))
}

fn is_closed(text: &str) -> bool {
    text.matches('(').count() <= text.matches(')').count()
}

/// The text, cut in its middle to about `most` columns: errors begin with what failed and end with why.
pub(crate) fn clip_middle(text: &str, most: usize) -> Cow<'_, str> {
    let text = plain(text);
    if text.width() <= most {
        return text;
    }
    let head = clip(&text, most / 3).into_owned();
    let mut width = 0;
    let fits = |character: &char| {
        width += unicode_width::UnicodeWidthChar::width(*character).unwrap_or(0);
        width < most - most / 3
    };
    let tail: Vec<char> = text.chars().rev().take_while(fits).collect();
    let tail: String = tail.into_iter().rev().collect();
    // From the first whole word on, if one begins soon.
    let tail =
        tail.split_once(' ').map_or(tail.as_str(), |(part, rest)| if part.len() < 20 { rest } else { &tail });
    Cow::Owned(format!("{head} {tail}"))
}

/// Lines of at most `width` columns; longer words are broken only where that is asked for.
pub(crate) fn wrap(plain: &str, width: usize, break_words: bool) -> Vec<String> {
    let options = Options::new(width)
        .break_words(break_words)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(plain, options).into_iter().map(Cow::into_owned).collect()
}

/// A place to write lines to.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    /// The columns that there are.
    pub(crate) width: usize,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, width: usize) -> Self {
        Self { out, width: width.max(NARROWEST) }
    }

    /// A paragraph behind `lead`, which is written on its first line and left blank on the rest. Words are not broken:
    /// what a person may want to copy stays whole, if need be beyond the width.
    pub(crate) fn lines(&mut self, lead: &[(Style, &str)], style: Style, text: &str) -> io::Result<usize> {
        let indent: usize = lead.iter().map(|(_, text)| plain(text).width()).sum();
        let text = plain(text);
        let lines = wrap(text.trim(), self.width.saturating_sub(indent).max(10), false);
        for (n, line) in lines.iter().enumerate() {
            if n == 0 {
                for (style, text) in lead {
                    self.piece(*style, &plain(text))?;
                }
            } else {
                write!(self.out, "{:indent$}", "")?;
            }
            self.piece(style, line)?;
            writeln!(self.out)?;
        }
        Ok(lines.len())
    }

    /// One line that stays one line, however long: commands.
    pub(crate) fn verbatim(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        if !text.is_empty() {
            write!(self.out, "{:indent$}", "")?;
            self.piece(style, &plain(text))?;
        }
        writeln!(self.out)
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn piece(&mut self, style: Style, plain: &str) -> io::Result<()> {
        if style.is_plain() || plain.trim().is_empty() {
            return self.out.write_all(plain.as_bytes());
        }
        write!(self.out, "{style}{plain}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\u{200b}\n\u{9b}"), "a\\x1b[31mb\\u{202e}c\\u{200b}\\n\\x9b");
        assert_eq!(plain("ø 日本 é…\tx\u{7}"), "ø 日本 é… x\\x07");
        assert!(matches!(plain("plain text"), Cow::Borrowed(_)));
    }

    #[test]
    fn clips_by_columns() {
        assert_eq!(clip("日本語日本語", 7), "日本語…");
        assert_eq!(clip("short", 7), "short");
        assert_eq!(
            clip_words("only 4 of 5 are ready: 1 is not (on node-with-a-long-name)", 40),
            "only 4 of 5 are ready: 1 is not"
        );
        assert_eq!(clip_words("4 of 5 (on node-a), which is silent", 30), "4 of 5 (on node-a), which …");
        assert_eq!(clip_words("4 of 5, and (on node-a with more) too", 25), "4 of 5, and …");
        assert_eq!(
            clip_words("its selector app.kubernetes.io/name=a-long-name", 40),
            "its selector app.kubernetes.io/name=a-l…"
        );
        assert_eq!(clip_words("short (a)", 9), "short (a)");
        assert_eq!(clip_middle("what failed and then much more and why", 21), "what f… more and why");
    }
}
