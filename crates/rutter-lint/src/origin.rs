//! From a place in a rendered text back to where somebody wrote it.

use crate::{
    manifest::Object,
    path::{self, Step},
    yaml::Span,
};

/// A place in a text that somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which source.
    pub source: usize,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// In manifests from which an object was made (bases, patches): where the value on this way stands. Of several the one in which most
/// of the way is there and the value is the same; in which the name is longer, where that is equal.
pub fn in_manifests(object: &Object, at: Span, originals: &[&Object]) -> Option<Place> {
    let steps = path::to(&object.root, at);
    let value = |object: &Object| path::follow(&object.root, &steps).0.text().map(str::to_owned);
    let wanted = value(object);
    let related = originals.iter().filter(|original| {
        original.kind == object.kind
            && original.group() == object.group()
            && object.name.contains(original.name.as_str())
    });
    let best = related.max_by_key(|original| {
        let (node, taken) = path::follow(&original.root, &steps);
        let same = taken == steps.len() && node.text().map(str::to_owned) == wanted;
        (taken, same, original.name.len(), std::cmp::Reverse(original.source))
    })?;
    let (mut node, taken) = path::follow(&best.root, &steps);
    if taken == 0 {
        node = best.head();
    } else if let Some(Step::Item(_)) = steps.get(taken - 1)
        && let Some(name) = node.get("name")
    {
        node = name;
    }
    Some(Place { source: best.source, line: node.span.line, column: node.span.column })
}

/// In a template with instructions in it, which is no YAML: the line that is the same; else one with the same key; else the first one that is no
/// comment and no instruction. `share` is how far down in the rendered text the line stands, from 0 to 1: of several lines the nearest to that.
pub fn in_template(template: &str, rendered: &str, line: u32) -> (u32, u32) {
    let rendered_lines = rendered.lines().count().max(1);
    let share = f64::from(line) / rendered_lines as f64;
    let wanted = rendered.lines().nth(line as usize - 1).unwrap_or_default().trim();
    let key_of = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let key = key_of(wanted);
    let lines: Vec<&str> = template.lines().collect();
    let nearest = |matches: &dyn Fn(&str) -> bool| {
        let distance = |index: usize| (index as f64 / lines.len().max(1) as f64 - share).abs();
        let found = lines.iter().enumerate().filter(|(_, line)| matches(line.trim()));
        found.min_by(|(a, _), (b, _)| distance(*a).total_cmp(&distance(*b))).map(|(index, _)| index)
    };
    let found = nearest(&|line| !wanted.is_empty() && line == wanted)
        .or_else(|| nearest(&|line| !key.is_empty() && key_of(line) == key))
        .or_else(|| {
            lines.iter().position(|line| line.contains(':') && !line.trim_start().starts_with(['#', '{']))
        })
        .unwrap_or(0);
    let column =
        lines.get(found).map_or(1, |line| line.chars().take_while(|letter| *letter == ' ').count() + 1);
    (found as u32 + 1, column as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::read;

    #[test]
    fn a_template_s_line_is_found_by_its_text_or_its_key() {
        let template =
            "{{- if .Values.on }}\nkind: A\nspec:\n  image: {{ .Values.image }}\n  - image: x\n{{- end }}\n";
        let rendered = "kind: A\nspec:\n  image: nginx\n  - image: x\n";
        assert_eq!(in_template(template, rendered, 1), (2, 1));
        assert_eq!(in_template(template, rendered, 3), (4, 3));
        assert_eq!(in_template(template, rendered, 4), (5, 3));
        assert_eq!(in_template("", "", 1), (1, 1));
    }

    #[test]
    fn a_patch_is_found_before_its_base() {
        let base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template: {spec: {containers: [{name: web, image: a}]}}\n";
        let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n";
        let rendered =
            base.replace("replicas: 1", "replicas: 3").replace("name: web}\n", "name: prod-web}\n");
        let (base, patch) = (read(0, base).objects.remove(0), read(1, patch).objects.remove(0));
        let object = read(2, &rendered).objects.remove(0);
        let place = |path: &[&str]| {
            in_manifests(&object, object.at(path).unwrap().span, &[&base, &patch])
                .map(|place| (place.source, place.line))
        };
        assert_eq!(place(&["spec", "replicas"]), Some((1, 5)));
        assert_eq!(place(&["spec", "template", "spec"]), Some((0, 6)));
        assert_eq!(in_manifests(&object, object.root.span, &[]), None);
    }
}
