//! `-o dot` and `-o mermaid`: what explains what, as a graph to be drawn.
//!
//! Every finding of an open incident is a node, in a box with its incident; an arrow leads from a cause to what it explains, a
//! dotted one from a further cause that would do as well.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{Finding, Incident, Report, Severity, page::plain};

/// More letters than this make a box that no page holds.
const LONGEST: usize = 60;

/// Writes the graph in the language of Graphviz: `rutter diagnose -o dot | dot -Tsvg > incidents.svg`.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_dot(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let graph = Graph::of(report);
    writeln!(out, "digraph incidents {{")?;
    writeln!(out, "  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];")?;
    for (incident, nodes) in &graph.incidents {
        writeln!(out, "  subgraph cluster_{} {{", incident.rank)?;
        let title = format!("{}. {}", incident.rank, incident.severity.name());
        writeln!(out, "    label={};", in_dot(&title))?;
        for (n, finding) in nodes {
            let label = lines(finding).map(|line| escaped_in_dot(&line)).join("\\n");
            let color = color(finding.severity);
            writeln!(out, "    n{n} [label=\"{label}\", fillcolor=\"{color}\"];")?;
        }
        writeln!(out, "  }}")?;
    }
    for edge in &graph.edges {
        let style = if edge.is_further { " [style=dotted]" } else { "" };
        writeln!(out, "  n{} -> n{}{style};", edge.cause, edge.effect)?;
    }
    writeln!(out, "}}")
}

/// Writes the graph in the language of Mermaid, which many wikis and code forges draw.
///
/// # Errors
/// If `out` can't be written to.
pub fn write_mermaid(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let graph = Graph::of(report);
    writeln!(out, "flowchart LR")?;
    for (incident, nodes) in &graph.incidents {
        let title = format!("{}. {}", incident.rank, incident.severity.name());
        writeln!(out, "  subgraph i{}[\"{}\"]", incident.rank, in_mermaid(&title))?;
        for (n, finding) in nodes {
            let label = lines(finding).map(|line| in_mermaid(&line)).join("<br/>");
            writeln!(out, "    n{n}[\"{label}\"]:::{}", finding.severity.name())?;
        }
        writeln!(out, "  end")?;
    }
    for edge in &graph.edges {
        let arrow = if edge.is_further { "-.->" } else { "-->" };
        writeln!(out, "  n{} {arrow} n{}", edge.cause, edge.effect)?;
    }
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info] {
        writeln!(out, "  classDef {} fill:{},color:#000", severity.name(), color(severity))?;
    }
    Ok(())
}

/// The findings of open incidents, numbered, and what leads to what.
struct Graph<'r> {
    incidents: Vec<(&'r Incident, Vec<(usize, &'r Finding)>)>,
    edges: Vec<Edge>,
}

struct Edge {
    cause: usize,
    effect: usize,
    /// Another would do without it.
    is_further: bool,
}

impl<'r> Graph<'r> {
    fn of(report: &'r Report) -> Self {
        let mut numbers = BTreeMap::<&str, usize>::new();
        let mut incidents = Vec::new();
        for incident in &report.incidents {
            let findings =
                [&incident.root].into_iter().chain(incident.explains.iter().map(|effect| &effect.finding));
            let numbered = findings.map(|finding| {
                let next = numbers.len();
                (*numbers.entry(finding.id.as_str()).or_insert(next), finding)
            });
            let numbered = numbered.collect();
            incidents.push((incident, numbered));
        }
        let mut edges = Vec::new();
        for explained in report.incidents.iter().flat_map(|incident| &incident.explains) {
            let causes = [(&explained.by, false)].into_iter();
            for (cause, is_further) in
                causes.chain(explained.also_explained_by.iter().map(|also| (also, true)))
            {
                let ends = numbers.get(cause.as_str()).zip(numbers.get(explained.finding.id.as_str()));
                edges.extend(ends.map(|(cause, effect)| Edge { cause: *cause, effect: *effect, is_further }));
            }
        }
        Self { incidents, edges }
    }
}

/// What stands in a finding's box: the lesson, and the object.
fn lines(finding: &Finding) -> [String; 2] {
    let clip = |text: String| match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    [plain(&finding.lesson).into_owned(), clip(plain(&finding.object.to_string()).into_owned())]
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#f4a09a",
        Severity::High => "#f8c3a8",
        Severity::Medium => "#fbe3a4",
        Severity::Low => "#cfe3f7",
        Severity::Info => "#e8e8e8",
    }
}

fn in_dot(text: &str) -> String {
    format!("\"{}\"", escaped_in_dot(text))
}

fn escaped_in_dot(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Mermaid reads HTML's entities, with a number sign in place of the ampersand.
fn in_mermaid(text: &str) -> String {
    text.replace('#', "#35;")
        .replace('"', "#quot;")
        .replace('<', "#lt;")
        .replace('>', "#gt;")
        .replace('`', "#96;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_their_boxes() {
        assert_eq!(escaped_in_dot(r#"a"]; b\"#), r#"a\"]; b\\"#);
        assert_eq!(in_mermaid("a\"]<b>#`"), "a#quot;]#lt;b#gt;#35;#96;");
    }
}
