//! From the parser's events to trees.

use granit_parser::{Event, Parser, ScalarStyle, Span as EventSpan, StructureStyle};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Node, Span, Style, Value};

/// Values that the aliases of a document may multiply into.
const MOST_NODES: usize = 100_000;
/// So much is read by one core at a time.
const PART: usize = 128 << 10;
/// How deep values may stand in each other.
const DEEPEST: usize = 200;

/// One document of a stream.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it holds.
    pub root: Node,
}

/// Why a document can't be read, and where that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong there.
    pub why: String,
}

/// Reads all documents of a text. A broken one costs itself: reading goes on at the next `---`. Large texts are read by all cores.
pub fn parse(text: &str) -> (Vec<Document>, Vec<Broken>) {
    // Directives belong to the document behind them.
    if text.len() < 2 * PART || text.contains("\n%") {
        return parse_part(text);
    }
    let parts: Vec<_> =
        parts(text).into_par_iter().map(|part| (part, parse_part(&text[part.0..part.1]))).collect();
    let (mut documents, mut broken) = (Vec::new(), Vec::new());
    let (mut lines, mut counted) = (0, 0);
    for ((start, _), (mut of_part, broken_there)) in parts {
        lines += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..start]).count();
        counted = start;
        for document in &mut of_part {
            shift(&mut document.root, line(start), line(lines));
        }
        documents.append(&mut of_part);
        broken.extend(broken_there.into_iter().map(|one| Broken { line: one.line + line(lines), ..one }));
    }
    (documents, broken)
}

/// Whole documents, of about [`PART`] bytes together. A line of `---` alone begins a document, whatever stands before it: no scalar may
/// hold one.
fn parts(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let begins = |at: &usize| bytes.get(at + 4).is_none_or(u8::is_ascii_whitespace);
    let mut parts = Vec::new();
    let mut start = 0;
    for end in memchr::memmem::find_iter(bytes, b"\n---").filter(begins) {
        if end + 1 - start >= PART {
            parts.push((start, end + 1));
            start = end + 1;
        }
    }
    parts.push((start, text.len()));
    parts
}

/// Moves all places.
fn shift(node: &mut Node, bytes: u32, lines: u32) {
    node.span.start += bytes;
    node.span.end += bytes;
    node.span.line += lines;
    match &mut node.value {
        Value::Scalar(..) => {}
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, bytes, lines)),
        Value::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
            shift(key, bytes, lines);
            shift(value, bytes, lines);
        }),
    }
}

fn parse_part(text: &str) -> (Vec<Document>, Vec<Broken>) {
    let mut builder =
        Builder { text, documents: Vec::new(), open: Vec::new(), anchors: FxHashMap::default(), nodes: 0 };
    let mut broken = Vec::new();
    if u32::try_from(text.len()).is_err() {
        broken.push(Broken { line: 1, column: 1, why: "the file is larger than 4 GiB".into() });
        return (Vec::new(), broken);
    }
    let mut options = granit_parser::options! {};
    options.set_emit_comments(false);
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(event) = parser.next_event() {
        let why = match event {
            Ok((event, span)) => match builder.take(event, &span) {
                Ok(()) => continue,
                Err(why) => Broken { line: line(span.start.line()), column: line(span.start.col() + 1), why },
            },
            Err(error) => {
                let at = error.marker();
                Broken { line: line(at.line()), column: line(at.col() + 1), why: error.info() }
            }
        };
        broken.push(why);
        builder.abandon();
        if !parser.proceed_next_document().unwrap_or(false) {
            break;
        }
    }
    (builder.documents, broken)
}

fn line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A list or map whose end has not come.
struct Open {
    node: Node,
    /// In a map: the key whose value comes next.
    key: Option<Node>,
    anchor: usize,
}

struct Builder<'t> {
    text: &'t str,
    documents: Vec<Document>,
    open: Vec<Open>,
    /// What has a name, and of how many values it is.
    anchors: FxHashMap<usize, (Node, usize)>,
    nodes: usize,
}

impl Builder<'_> {
    fn abandon(&mut self) {
        self.open.clear();
        self.anchors.clear();
        self.nodes = 0;
    }

    fn take(&mut self, event: Event<'_>, span: &EventSpan) -> Result<(), String> {
        match event {
            Event::DocumentStart(..) => self.abandon(),
            Event::Scalar(text, style, anchor, _) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let value = Value::Scalar(text.into(), style);
                self.complete(Node { value, span: place(span), flow: false }, anchor)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                self.begin(Value::List(Vec::new()), style, span, anchor)?;
            }
            Event::MappingStart(style, anchor, _) => {
                self.begin(Value::Map(Vec::new()), style, span, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.open.pop() {
                    open.node.span.end = self.end_of(&open.node, span);
                    self.complete(open.node, open.anchor)?;
                }
            }
            Event::Alias(id) => {
                let (node, size) = self.anchors.get(&id).ok_or("an alias to something that isn't there")?;
                self.nodes = self.nodes.saturating_add(*size);
                if self.nodes > MOST_NODES {
                    return Err(format!("more than {MOST_NODES} values: aliases that multiply"));
                }
                let mut node = node.clone();
                node.span = place(span);
                self.complete(node, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        value: Value,
        style: StructureStyle,
        span: &EventSpan,
        anchor: usize,
    ) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("more than {DEEPEST} values stand in each other"));
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Open { node: Node { value, span: place(span), flow }, key: None, anchor });
        Ok(())
    }

    /// Where a list or map ends: behind its last value, or with its bracket.
    fn end_of(&self, node: &Node, span: &EventSpan) -> u32 {
        let bracket = place(span).end;
        if node.flow {
            return bracket.max(node.span.end);
        }
        let last = match &node.value {
            Value::List(items) => items.last().map(|item| item.span.end),
            Value::Map(entries) => entries.last().map(|(key, value)| key.span.end.max(value.span.end)),
            Value::Scalar(..) => None,
        };
        last.unwrap_or(bracket).min(line(self.text.len()))
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(Document { root: node });
            return Ok(());
        };
        match &mut parent.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match parent.key.take() {
                None => parent.key = Some(node),
                Some(key) if key.text() == Some("<<") => merge(entries, node),
                Some(key) => entries.push((key, node)),
            },
            Value::Scalar(..) => {}
        }
        Ok(())
    }
}

/// `<<: *defaults`: what the map doesn't say itself. What it says stands behind, so that it wins.
fn merge(entries: &mut Vec<(Node, Node)>, from: Node) {
    match from.value {
        Value::Map(defaults) => {
            entries.splice(0..0, defaults);
        }
        Value::List(several) => several.into_iter().rev().for_each(|one| merge(entries, one)),
        Value::Scalar(..) => {}
    }
}

/// How many values an alias would bring.
fn size(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(..) => 1,
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| 1 + size(value)).sum::<usize>(),
    }
}

fn place(span: &EventSpan) -> Span {
    let (start, end) = span.byte_range().map_or((0, 0), |range| (range.start, range.end));
    Span {
        start: line(start),
        end: line(end),
        line: line(span.start.line()),
        column: line(span.start.col() + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Node {
        let (documents, broken) = parse(text);
        assert_eq!(broken, []);
        assert_eq!(documents.len(), 1);
        documents.into_iter().next().unwrap().root
    }

    #[test]
    fn values_know_their_places() {
        let text = "a:\n  b: [1, 'x']   # why\n  c:\n  - d: |\n      long\n    e: f\nz: 1\n";
        let root = only(text);
        let slice = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        assert_eq!(slice(root.at(&["a", "b"]).unwrap()), "[1, 'x']");
        let item = &root.items_at(&["a", "c"])[0];
        assert_eq!((item.span.line, item.span.column), (4, 5));
        assert_eq!(slice(item).trim_end(), "d: |\n      long\n    e: f");
        assert_eq!(slice(root.at(&["z"]).unwrap()), "1");
        assert_eq!(slice(root.get("a").unwrap()).lines().last(), Some("    e: f"));
    }

    #[test]
    fn a_broken_document_costs_itself() {
        let (documents, broken) = parse("a: 1\n---\nb: [\n---\nc: 3\n");
        let keys: Vec<_> = documents.iter().filter_map(|one| one.root.entries().first()?.0.text()).collect();
        assert_eq!(keys, ["a", "c"]);
        assert_eq!(broken.len(), 1);
    }

    #[test]
    fn large_texts_are_read_in_parts_as_a_whole() {
        let one = |number: usize| {
            format!("a: {number}\nlong: |\n  --- no document\n  {}\n", "x".repeat(number % 90))
        };
        let text = (0..9_000).map(one).collect::<Vec<_>>().join("---\n") + "---\nbroken: [\n---\nlast: 1\n";
        assert!(parts(&text).len() > 3);
        let (whole, parted) = (parse_part(&text), parse(&text));
        assert_eq!(whole.1, parted.1);
        assert_eq!(whole.1.len(), 1);
        assert_eq!(whole.0.len(), 9_001);
        assert!(whole.0.iter().zip(&parted.0).all(|(a, b)| a.root == b.root));
    }

    #[test]
    fn json_is_yaml() {
        let root = only("{\"kind\":\"List\",\"items\":[{\"a\":\"b\\u0041\",\"n\":null,\"t\":true}]}");
        let item = &root.items_at(&["items"])[0];
        assert_eq!(item.text_at(&["a"]), Some("bA"));
        assert_eq!(item.get("t").and_then(Node::bool), Some(true));
        assert!(item.at(&["n"]).is_none());
    }

    #[test]
    fn aliases_and_merges_are_resolved_and_bounded() {
        let root = only("d: &d {x: 1, y: 2}\ne:\n  <<: *d\n  y: 3\nf: *d\n");
        assert_eq!(root.text_at(&["e", "x"]), Some("1"));
        assert_eq!(root.text_at(&["e", "y"]), Some("3"));
        assert_eq!(root.text_at(&["f", "y"]), Some("2"));
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..9 {
            let one = format!("*a{}", level - 1);
            let ten = [one.as_str(); 10].join(",");
            bomb.extend([format!("a{level}: &a{level} [{ten}]\n")]);
        }
        let (_, broken) = parse(&bomb);
        assert!(broken.iter().any(|one| one.why.contains("multiply")), "{broken:?}");
    }

    #[test]
    fn nothing_panics_on_odd_texts() {
        for text in [
            "",
            "---",
            "\u{feff}a: 1",
            "a: *x",
            "? [a]\n: b",
            "- - - -",
            "a: 'x",
            "\t",
            "{",
            "%YAML 9.9\n---\n",
        ] {
            parse(text);
        }
        parse(&"[".repeat(100_000));
    }
}
