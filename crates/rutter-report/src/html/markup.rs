//! HTML that can't be anything but well-formed. Names of elements and attributes are part of the program, every element is
//! closed by the call that opened it, and every text goes through one place that escapes it: nothing that a cluster says
//! can become markup.

use crate::page::plain;

/// Names of attributes with their values, which are escaped.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A document that is being written.
#[derive(Debug, Default)]
pub(super) struct Html {
    out: String,
}

impl Html {
    /// A document in the language of HTML 5.
    pub(super) fn new() -> Self {
        Self { out: "<!doctype html>\n".to_owned() }
    }

    /// An element with what `inner` writes into it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inner: impl FnOnce(&mut Self),
    ) {
        self.void(name, attributes);
        inner(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element with nothing but a text in it; none at all where there is no text.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        if !text.is_empty() {
            self.element(name, attributes, |html| html.text(text));
        }
    }

    /// A start tag: all there is of elements that hold nothing, such as `meta`.
    pub(super) fn void(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            if !value.is_empty() {
                self.out.push_str("=\"");
                self.escaped(value);
                self.out.push('"');
            }
        }
        self.out.push('>');
    }

    /// Text, with what is hidden in it made visible.
    pub(super) fn text(&mut self, text: &str) {
        self.escaped(text);
    }

    /// The style sheet, which is part of the program.
    pub(super) fn style(&mut self, css: &'static str) {
        self.void("style", &[]);
        self.out.push_str(css);
        self.out.push_str("</style>");
    }

    /// Breaks the source, so that it can be read and compared.
    pub(super) fn newline(&mut self) {
        self.out.push('\n');
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Puts a part behind the rest.
    pub(super) fn append(&mut self, part: &Self) {
        self.out.push_str(&part.out);
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }

    fn escaped(&mut self, text: &str) {
        for character in plain(text).chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                other => self.out.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut html = Html::default();
        let hostile = "</p><script>\"'&amp;\u{202e}\u{1b}\n]]>--><!--";
        html.element("p", &[("title", hostile), ("hidden", "")], |html| html.leaf("b", &[], hostile));
        let escaped = "&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;amp;\\u{202e}\\x1b\\n]]&gt;--&gt;&lt;!--";
        assert_eq!(html.into_string(), format!("<p title=\"{escaped}\" hidden><b>{escaped}</b></p>"));
    }
}
