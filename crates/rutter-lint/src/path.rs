//! The way from an object's root to a value: what stays the same when lines move.

use crate::yaml::{Node, Span, Value};

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list: by its `name` where it has one, else by its number from 0.
    Item(String),
}

/// The way to the value, or the key, that stands at this place.
pub fn to(root: &Node, place: Span) -> Vec<Step> {
    let mut steps = Vec::new();
    walk(root, place, &mut steps);
    steps
}

fn walk(node: &Node, place: Span, steps: &mut Vec<Step>) {
    if node.span == place {
        return;
    }
    let holds = |span: Span| span.start <= place.start && place.end <= span.end;
    match &node.value {
        Value::Map(entries) => {
            if let Some((key, value)) =
                entries.iter().find(|(key, value)| key.span == place || holds(value.span))
            {
                steps.push(Step::Key(key.text().unwrap_or_default().to_owned()));
                if key.span != place {
                    walk(value, place, steps);
                }
            }
        }
        Value::List(items) => {
            if let Some((index, item)) = items.iter().enumerate().find(|(_, item)| holds(item.span)) {
                steps.push(Step::Item(
                    item.text_at(&["name"]).map_or_else(|| index.to_string(), str::to_owned),
                ));
                walk(item, place, steps);
            }
        }
        Value::Scalar(..) => {}
    }
}

/// As `kubectl get -o jsonpath` nearly takes it: `spec.containers[web].image`.
pub fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Item(name) => text.extend(["[", name, "]"]),
        }
    }
    text
}

/// The value at the end of a way in another object, and how many steps of it there were there.
pub fn follow<'n>(root: &'n Node, steps: &[Step]) -> (&'n Node, usize) {
    let mut node = root;
    for (taken, step) in steps.iter().enumerate() {
        let next = match step {
            Step::Key(key) => node.get(key),
            Step::Item(name) => {
                let items = node.items();
                let named = items.iter().find(|item| item.text_at(&["name"]) == Some(name));
                named.or_else(|| name.parse().ok().and_then(|index: usize| items.get(index)))
            }
        };
        match next {
            Some(next) => node = next,
            None => return (node, taken),
        }
    }
    (node, steps.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_back_to_its_place() {
        let (documents, _) = crate::yaml::parse(
            "spec:\n  containers:\n  - name: a\n  - name: web\n    image: nginx\n  list: [1, 2]\n",
        );
        let root = &documents[0].root;
        let image = &root.items_at(&["spec", "containers"])[1].get("image").unwrap();
        let steps = to(root, image.span);
        assert_eq!(shown(&steps), "spec.containers[web].image");
        assert_eq!(follow(root, &steps), (*image, 4));
        let second = &root.items_at(&["spec", "list"])[1];
        assert_eq!(shown(&to(root, second.span)), "spec.list[1]");
        let (key, _) = root.entry("spec").unwrap();
        assert_eq!(shown(&to(root, key.span)), "spec");
    }
}
