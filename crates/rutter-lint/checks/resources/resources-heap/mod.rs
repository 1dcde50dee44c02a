//! Heaps that are allowed to be as large as the memory limit: OOMKilled before the program collects its garbage.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "resources-heap",
    topic: Topic::Resources,
    title: "the heap may grow beyond the limit",
    severity: Severity::High,
    default: true,
    prevents: &["limit-reached", "crash-loop"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let Some(limit) = quantities::limit(container, "memory") else { return };
    let text = container.at(&["resources", "limits", "memory"]).and_then(Node::text).unwrap_or_default();
    // What stands on the command line goes before what variables say.
    let line = ["command", "args"].into_iter().flat_map(|list| container.node.items_at(&[list]));
    let line: Vec<(&Node, Heap<'_>)> = line.filter_map(|node| Some((node, heap(node.text()?)?))).collect();
    let chosen = if line.is_empty() {
        let all: Vec<_> = variables(container).collect();
        // Of several variables nobody here knows which the program obeys.
        all.iter().all(|(_, heap)| heap.exceeds(limit)).then(|| all.into_iter().next()).flatten()
    } else {
        line.into_iter().next_back()
    };
    if let Some((node, heap)) = chosen.filter(|(_, heap)| heap.exceeds(limit)) {
        found
            .at(
                node,
                format!(
                    "{} lets the heap grow to all of the container's limit of {text}: it is OOMKilled before the program frees \
                     memory",
                    heap.word
                ),
            )
            .advice(heap.advice);
    }
}

fn variables<'o>(container: &Container<'o>) -> impl Iterator<Item = (&'o Node, Heap<'o>)> {
    container.node.items_at(&["env"]).iter().filter_map(|one| {
        let value = one.at(&["value"])?;
        let text = value.text()?;
        let heap = if one.text_at(&["name"]) == Some("GOMEMLIMIT") { go(text) } else { heap(text) };
        Some((value, heap?))
    })
}

/// How far a heap may grow, and the word that says so.
struct Heap<'t> {
    word: &'t str,
    size: Size,
    advice: &'static str,
}

enum Size {
    Bytes(i64),
    /// Goes on below this: a goal, not all of what the program needs.
    Goal(i64),
    Percent(f64),
}

impl Heap<'_> {
    fn exceeds(&self, limit: i64) -> bool {
        match self.size {
            Size::Bytes(bytes) => bytes >= limit,
            Size::Goal(bytes) => bytes > limit,
            Size::Percent(percent) => percent >= 95.0,
        }
    }
}

/// The last word that sets a heap's size.
fn heap(text: &str) -> Option<Heap<'_>> {
    const JAVA: &str = "write -XX:MaxRAMPercentage=75.0 instead: it follows the limit, and leaves a quarter for the rest of the JVM";
    const NODE: &str = "set it to about three quarters of the limit";
    text.split_whitespace().rev().map(|word| word.trim_matches(['"', '\''])).find_map(|word| {
        if let Some(size) = word.strip_prefix("-Xmx").or_else(|| word.strip_prefix("-XX:MaxHeapSize=")) {
            return Some(Heap { word, size: Size::Bytes(java(size)?), advice: JAVA });
        }
        if let Some(share) = word.strip_prefix("-XX:MaxRAMPercentage=") {
            return Some(Heap { word, size: Size::Percent(share.parse().ok()?), advice: JAVA });
        }
        let size = ["--max-old-space-size=", "--max_old_space_size="]
            .iter()
            .find_map(|start| word.strip_prefix(start))?;
        Some(Heap { word, size: Size::Bytes(size.parse::<i64>().ok()?.checked_mul(1 << 20)?), advice: NODE })
    })
}

/// A size as the JVM writes it: `512m`, `2g`, bytes.
fn java(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(1 << shift)
}

/// A size as Go writes it: `512MiB`, bytes with or without `B`.
fn go(text: &str) -> Option<Heap<'_>> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..)? {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        _ => return None,
    };
    let size = Size::Goal(digits.parse::<i64>().ok()?.checked_mul(1 << shift)?);
    Some(Heap { word: text, size, advice: "set GOMEMLIMIT to about nine tenths of the limit" })
}
