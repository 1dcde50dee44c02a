//! A lesson's text on a terminal.
//!
//! pulldown-cmark reads the Markdown; what it says is laid out as paragraphs here, which needs less than the terminal
//! libraries that render Markdown bring with them (a screen, a keyboard, colour schemes).

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

use crate::page::{Page, plain, wrap};

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();

/// Columns of a table are not made narrower than this.
const NARROWEST: usize = 8;

/// Writes Markdown (headings, paragraphs, lists, tables, code) for a terminal of so many columns.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, markdown: &str, width: usize) -> io::Result<()> {
    let mut layout = Layout {
        page: Page::new(out, width),
        text: String::new(),
        lists: Vec::new(),
        marker: None,
        code: false,
        link: String::new(),
        rows: Vec::new(),
        begun: false,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        layout.take(event)?;
    }
    layout.flush()
}

/// What was read and not yet written.
struct Layout<'a> {
    page: Page<'a>,
    /// The paragraph, heading, cell or block of code so far.
    text: String,
    /// The lists that it is in: the next number of each that is numbered.
    lists: Vec<Option<u64>>,
    /// What stands before the next paragraph, where it begins an item.
    marker: Option<String>,
    code: bool,
    link: String,
    rows: Vec<Vec<String>>,
    /// Whether anything was written.
    begun: bool,
}

impl Layout<'_> {
    fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text.push_str(&text),
            Event::Code(code) => self.text.extend(["`", &code, "`"]),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag)?,
            Event::Rule => self.gap()?,
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> io::Result<()> {
        match tag {
            Tag::Heading { .. } | Tag::Table(_) => self.gap()?,
            Tag::Paragraph if self.lists.is_empty() => self.gap()?,
            Tag::CodeBlock(_) => {
                self.flush()?;
                self.code = true;
            }
            Tag::List(first) => {
                self.flush()?;
                if self.lists.is_empty() {
                    self.gap()?;
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                });
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::Link { dest_url, .. } => self.link = dest_url.to_string(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> io::Result<()> {
        match tag {
            TagEnd::Heading(level) => {
                let text = std::mem::take(&mut self.text);
                let text = if level == pulldown_cmark::HeadingLevel::H1 { text.to_uppercase() } else { text };
                self.page.lines(&[], HEADING, &text)?;
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush()?,
            TagEnd::CodeBlock => {
                self.code = false;
                let text = std::mem::take(&mut self.text);
                for line in text.lines() {
                    self.page.verbatim(2 * self.lists.len() + 4, CODE, line)?;
                }
            }
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::TableCell => {
                let cell = plain(self.text.trim()).into_owned();
                self.text.clear();
                self.rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
            }
            TagEnd::Table => self.table()?,
            TagEnd::Link if !self.link.is_empty() && !self.text.ends_with(&self.link) => {
                let link = std::mem::take(&mut self.link);
                self.text.extend([" (", &link, ")"]);
            }
            _ => {}
        }
        Ok(())
    }

    /// A blank line between blocks.
    fn gap(&mut self) -> io::Result<()> {
        self.flush()?;
        if std::mem::replace(&mut self.begun, true) { self.page.blank() } else { Ok(()) }
    }

    /// Writes the paragraph so far, behind its item's marker.
    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() || self.code {
            return Ok(());
        }
        let depth = self.lists.len();
        let indent = " ".repeat(2 * depth.saturating_sub(1));
        let marker =
            self.marker.take().unwrap_or_else(|| if depth > 0 { "  ".to_owned() } else { String::new() });
        self.page.lines(&[(PLAIN, &indent), (HEADING, &marker)], PLAIN, &text).map(drop)
    }

    /// Writes the rows in columns, each as wide as it needs and as there is room for.
    fn table(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let widths = widths(&rows, self.page.width);
        for (n, row) in rows.iter().enumerate() {
            let cells: Vec<Vec<String>> =
                row.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width, true)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or_default();
            for line in 0..height {
                let mut text = String::new();
                for (cell, width) in cells.iter().zip(&widths) {
                    let piece = cell.get(line).map_or("", String::as_str);
                    let space = (width + 2).saturating_sub(piece.width());
                    text.extend([piece, &" ".repeat(space)]);
                }
                self.page.verbatim(0, if n == 0 { HEADING } else { PLAIN }, text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// How wide each column is: what it needs, less what the widest must give for all to fit. Columns give first what leaves their
/// words whole: keys are copied from here.
fn widths(rows: &[Vec<String>], room: usize) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let most = |column: usize, of: &dyn Fn(&String) -> usize| {
        rows.iter().filter_map(|row| row.get(column)).map(of).max().unwrap_or_default()
    };
    let longest_word = |cell: &String| cell.split_whitespace().map(str::width).max().unwrap_or_default();
    let mut widths: Vec<usize> = (0..columns).map(|column| most(column, &|cell| cell.width())).collect();
    let words: Vec<usize> = (0..columns).map(|column| most(column, &longest_word)).collect();
    let room = room.saturating_sub(2 * columns.saturating_sub(1));
    for least in [words.as_slice(), &[]] {
        let least = |column: usize| least.get(column).map_or(NARROWEST, |least| NARROWEST.max(*least));
        while widths.iter().sum::<usize>() > room {
            let giving = widths.iter_mut().enumerate().filter(|(column, width)| **width > least(*column));
            let Some((_, widest)) = giving.max_by_key(|(_, width)| **width) else { break };
            *widest -= 1;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(markdown: &str, width: usize) -> String {
        let mut out = Vec::new();
        write(&mut out, markdown, width).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn lists_nest_and_numbers_count() {
        let text = "# t\n\nSome *words*.\n\n1. one `x`\n   - inner\n     goes on\n2. two\n\nEnd [here](https://a.b).";
        let wanted = "T\n\nSome words.\n\n1. one `x`\n  - inner goes on\n2. two\n\nEnd here (https://a.b).\n";
        assert_eq!(shown(text, 60), wanted);
    }

    #[test]
    fn tables_share_the_room() {
        let text = "| a | what |\n| --- | --- |\n| `x` | one two three four five six seven eight nine ten |";
        let wanted = "a    what\n`x`  one two three four five six seven\n     eight nine ten\n";
        assert_eq!(shown(text, 40), wanted);
    }

    #[test]
    fn long_keys_in_tables_stay_whole_where_there_is_room() {
        let key = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
        let text = format!(
            "| where it is seen, and by whom | {key} of it |\n| --- | --- |\n| {} | {key} |",
            "word ".repeat(20)
        );
        let shown = shown(&text, 80);
        assert_eq!(shown.matches(key).count(), 2, "{shown}");
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        // Where there is none, nothing is lost.
        let narrow = self::shown(&text, 40);
        assert!(narrow.lines().all(|line| line.width() <= 40), "{narrow}");
    }

    #[test]
    fn code_stays_as_it_is_but_for_escapes() {
        assert_eq!(shown("```\na  b\u{1b}[0m\n\n  c\n```\n", 60), "    a  b\\x1b[0m\n\n      c\n");
    }

    #[test]
    fn every_lesson_fits_its_width() {
        for lesson in rutter_lessons::LESSONS {
            for width in [60, 80, 100] {
                for line in shown(lesson.text, width).lines() {
                    let unbreakable = line.trim_start_matches(['-', ' ']).split(' ').count() == 1;
                    let code = line.starts_with("    ");
                    assert!(line.width() <= width || unbreakable || code, "{}: {line}", lesson.id);
                }
            }
        }
    }
}
