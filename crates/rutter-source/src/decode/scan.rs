//! Finds the ends of JSON values without parsing them.
//!
//! A cluster's pods come as one list of up to gigabytes. Finding where its items end is several times cheaper than
//! decoding them, so one thread scans and all cores decode.

use memchr::memmem;

use super::eights;

/// The text ended inside a value, or can't be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where, in bytes from the start of the text.
    pub(crate) at: usize,
    pub(crate) why: &'static str,
}

/// The first position at or after `at` that is no white space.
pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The position after the string that starts at `at` (a quote).
pub(crate) fn string_end(text: &[u8], at: usize) -> Result<usize, Broken> {
    let mut at = eights::plain_end(text, at + 1);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => at += 2,
            // A control character has no place in a string, but where the string ends is clear all the same.
            _ => at += 1,
        }
        at = eights::plain_end(text, at);
    }
    Err(Broken { at: text.len(), why: "the text ends inside a string" })
}

/// The position after the value that starts at `at`. Nesting costs no stack.
pub(crate) fn value_end(text: &[u8], at: usize) -> Result<usize, Broken> {
    match text.get(at) {
        None => Err(Broken { at, why: "the text ends where a value should be" }),
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'[') => container_end(text, at),
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let length = text[at..].iter().position(|byte| !is_scalar(*byte)).unwrap_or(text.len() - at);
            Ok(at + length)
        }
        Some(_) => Err(Broken { at, why: "no JSON value starts like this" }),
    }
}

fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn container_end(text: &[u8], start: usize) -> Result<usize, Broken> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'\n' => {
                at = eights::after_spaces(text, at + 1);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(Broken { at: text.len(), why: "the text ends inside an object or list" })
}

/// Walks the elements of a list.
pub(crate) struct Elements<'a> {
    text: &'a [u8],
    at: usize,
    /// What ends an element in text that was indented line by line, as kubectl does: a line break, this element's
    /// indentation and a brace. A raw line break can't occur in a JSON string. Text that was indented in another way
    /// can still be misread, so whoever decodes an element has to make sure that it ends where it should.
    closing: Option<memmem::Finder<'static>>,
}

impl<'a> Elements<'a> {
    /// Starts after the bracket at `at`.
    pub(crate) fn new(text: &'a [u8], at: usize) -> Self {
        let first = skip_space(text, at + 1);
        let blank = &text[at + 1..first];
        let closing = (blank.first() == Some(&b'\n') && text.get(first) == Some(&b'{') && blank.len() > 1)
            .then(|| memmem::Finder::new(&[blank, b"}"].concat()).into_owned());
        Self { text, at: first, closing }
    }

    /// Like [`Elements::new`], but right however the text is indented, and slower.
    pub(crate) fn exact(text: &'a [u8], at: usize) -> Self {
        Self { text, at: skip_space(text, at + 1), closing: None }
    }

    /// The next element as a range of the text; `None` at the end of the list. After an error there is nothing more.
    pub(crate) fn next(&mut self) -> Result<Option<std::ops::Range<usize>>, Broken> {
        match self.text.get(self.at) {
            Some(b']') => return Ok(None),
            None => return Err(Broken { at: self.at, why: "the text ends inside a list" }),
            Some(_) => {}
        }
        let end = match self.closing_line() {
            Some(end) => end,
            None => value_end(self.text, self.at)?,
        };
        let element = self.at..end;
        self.at = skip_space(self.text, end);
        match self.text.get(self.at) {
            Some(b',') => self.at = skip_space(self.text, self.at + 1),
            Some(b']') => {}
            Some(_) => return Err(Broken { at: self.at, why: "a comma or the list's end is missing" }),
            None => return Err(Broken { at: self.at, why: "the text ends inside a list" }),
        }
        Ok(Some(element))
    }

    /// The end of the line that closes this element, if the list keeps to its indentation. The first time that it does
    /// not, the search is given up for good: it would go through the rest of the text again for each element.
    fn closing_line(&mut self) -> Option<usize> {
        let closing = self.closing.as_ref()?;
        // An empty element, or one on a single line, has no closing line of its own.
        if self.text.get(self.at + 1) != Some(&b'\n') {
            return None;
        }
        let found = closing.find(&self.text[self.at..]);
        let end = found.map(|found| self.at + found + closing.needle().len());
        let ends = |end: &usize| matches!(self.text.get(skip_space(self.text, *end)), Some(b',' | b']'));
        let end = end.filter(ends);
        if end.is_none() {
            self.closing = None;
        }
        end
    }

    /// Where the next element starts; the list's closing bracket, once [`Elements::next`] has answered `None`.
    pub(crate) fn position(&self) -> usize {
        self.at
    }
}

/// `(line, column)` of a position, both from 1, as editors count.
pub(crate) fn line_and_column(text: &[u8], at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |found| found + 1) + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> Result<Vec<&str>, Broken> {
        let mut elements = Elements::new(text.as_bytes(), 0);
        let mut all = Vec::new();
        while let Some(range) = elements.next()? {
            all.push(&text[range]);
        }
        Ok(all)
    }

    #[test]
    fn finds_the_ends_in_any_form() {
        assert_eq!(
            elements(r#"[{"a":"}\"]"},[1,[2]],"x",3 ]"#).unwrap(),
            [r#"{"a":"}\"]"}"#, "[1,[2]]", "\"x\"", "3"]
        );
        assert_eq!(elements("[]").unwrap().len(), 0);
        let pretty = "[\n  {\n    \"a\": [\n      {\n      }\n    ]\n  },\n  {},\n  {\n    \"b\": 1\n  }\n]";
        let all = elements(pretty).unwrap();
        assert_eq!((all.len(), all[1]), (3, "{}"));
        assert!(all[2].contains("\"b\": 1"));
    }

    /// Each element looked for its end through the whole rest of the text.
    #[test]
    fn gives_the_closing_line_up_where_there_is_none() {
        let list = format!("[\n  {}1]", "{\n\"a\":1},\n  ".repeat(2));
        let mut elements = Elements::new(list.as_bytes(), 0);
        assert!(elements.closing.is_some());
        while elements.next().unwrap().is_some() {
            assert!(elements.closing.is_none());
        }
    }

    #[test]
    fn says_where_it_breaks() {
        for (text, at) in [("[{\"a\":", 6), ("[{} {}]", 4), ("[\"abc", 5), ("[", 1), ("[}", 1)] {
            assert_eq!(elements(text).unwrap_err().at, at, "{text}");
        }
        let deep = "[".repeat(1_000_000);
        assert!(value_end(deep.as_bytes(), 0).is_err());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text: Vec<u8>, at in 0..64_usize) {
            let _ = value_end(&text, at);
            let list = [b"[".as_slice(), &text].concat();
            let mut elements = Elements::new(&list, 0);
            while let Ok(Some(_)) = elements.next() {}
            let _ = line_and_column(&text, at);
        }
    }
}
