//! The same objects in every form give the same cluster.

use rutter_cluster::{Cluster, Kind, State};

use crate::{files::Limits, load_stream};

fn load(text: &str) -> Cluster {
    load_stream("-", text.as_bytes(), &Limits::default()).unwrap()
}

const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"shop"},"spec":{"nodeName":"node-a"}}"#;

#[test]
fn one_pod_in_every_form() {
    let typed = POD.replace(r#""apiVersion":"v1","kind":"Pod","#, "");
    let forms = [
        POD.to_owned(),
        format!(r#"{{"apiVersion":"v1","items":[{POD}],"kind":"List","metadata":{{"resourceVersion":""}}}}"#),
        format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":[{typed}]}}"#),
        format!(r#"{{"apiVersion":"v1","items":[{typed}],"kind":"PodList"}}"#),
        format!("[{POD}]"),
        format!("{POD}\n{POD}"),
        format!("---\n# a comment\n{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{POD}]}}\n---\n{POD}\n"),
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-0\n  namespace: shop\nspec:\n  nodeName: node-a\n".to_owned(),
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web-0\n    namespace: shop\n  spec:\n    nodeName: node-a\nkind: List\nmetadata:\n  resourceVersion: \"\"\n".to_owned(),
        "# comment\n---\nkind: PodList\napiVersion: v1\nitems:\n  - metadata: {name: web-0, namespace: shop}\n    spec:\n      nodeName: node-a\n---\n".to_owned(),
        r#"{"Items":[{"name":"web-0","namespace":"shop","creationTimestamp":null,"Spec":{"NodeName":"node-a","Volumes":null},"Status":{"Phase":"Running"}}],"kind":"PodList","apiVersion":"v1"}"#.to_owned(),
    ];
    for form in forms {
        let cluster = load(&form);
        let pod = cluster.pods.get("shop", "web-0").unwrap_or_else(|| panic!("no pod in {form}"));
        assert_eq!(pod.spec.node_name, "node-a", "{form}");
        assert_eq!(cluster.pods.len(), 1, "{form}");
        assert!(cluster.coverage().problems.is_empty(), "{form}: {:?}", cluster.coverage().problems);
    }
}

#[test]
fn an_empty_list_shows_that_there_is_nothing() {
    for items in ["[]", "null"] {
        let cluster =
            load(&format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":{items}}}{POD}"#));
        let notes = &cluster.coverage().of(Kind::Pod).unwrap().notes;
        assert!(notes.is_empty() && cluster.coverage().problems.is_empty(), "{items}: {notes:?}");
    }
    let dump = r#"{"kind":"PodList","apiVersion":"v1","items":null}"#.repeat(4);
    assert_eq!(load(&dump).coverage().state(Kind::Pod), State::Seen);
}

#[test]
fn what_breaks_is_named_and_the_rest_is_used() {
    let cut = format!(r#"{{"kind":"PodList","apiVersion":"v1","items":[{POD},{{"metadata":{{"na"#);
    let cluster = load(&cut);
    assert_eq!(cluster.pods.len(), 1);
    assert_eq!(cluster.coverage().state(Kind::Pod), State::Partial);
    assert!(cluster.coverage().problems[0].contains("line 1, column"), "{:?}", cluster.coverage().problems);

    let bad_item = format!(
        r#"{{"kind":"List","apiVersion":"v1","items":[{{"kind":"Pod","apiVersion":"v1","metadata":[]}},{POD}]}}"#
    );
    let cluster = load(&bad_item);
    assert_eq!((cluster.pods.len(), cluster.coverage().problems.len()), (1, 1));

    let page = format!(
        r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"continue":"abc","remainingItemCount":7}},"items":[{POD}]}}"#
    );
    assert_eq!(load(&page).coverage().state(Kind::Pod), State::Partial);
}

#[test]
fn yaml_that_is_cut_is_not_taken_for_whole() {
    let item = |name: &str| {
        format!("- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: {name}\n    namespace: shop\n")
    };
    let list = format!("apiVersion: v1\nitems:\n{}{}", item("a"), item("b"));
    let whole = load(&format!("{list}kind: List\nmetadata:\n  resourceVersion: \"\"\n"));
    assert_eq!((whole.pods.len(), whole.coverage().problems.len()), (2, 0));
    for cut in [list.as_str(), &list[..list.len() - 4]] {
        let cluster = load(cut);
        assert_eq!((cluster.pods.len(), cluster.coverage().problems.len()), (1, 1), "{cut}");
        assert!(cluster.coverage().check(Kind::Pod, "shop").is_err());
        assert!(cluster.coverage().problems[0].contains("line 12"), "{:?}", cluster.coverage().problems);
    }
}

#[test]
fn what_could_not_be_opened_is_not_absent() {
    use crate::files::{SkipReason, Skipped, Visitor};
    let skip = |origin: &str, why: SkipReason| {
        let mut decoder = super::Decoder::default();
        decoder.skipped(Skipped { origin: origin.into(), why });
        decoder.finish().coverage.state(Kind::Pod)
    };
    let refused = SkipReason::Unreadable(std::io::ErrorKind::PermissionDenied);
    assert_eq!(skip("dump/shop/pods.json", refused), State::Forbidden);
    assert_eq!(skip("dump/pods.json.gz", SkipReason::Damaged("x".into())), State::Partial);
    assert_eq!(skip("dump/pods.json", SkipReason::Link), State::Absent);
}

#[test]
fn what_is_no_cluster_is_an_error_that_says_so() {
    for (text, says) in [("", "no file"), ("{}", "one document"), ("<html></html>", "HTML"), ("[[[[", "")] {
        let error = load_stream("-", text.as_bytes(), &Limits::default()).unwrap_err().to_string();
        assert!(error.contains("nothing to read") && error.contains(says), "{error}");
    }
}

/// A list of objects, one of them unknown and one of them broken in another place than its end.
fn mixed_list() -> Vec<String> {
    let object = |kind: &str, name: &str| {
        format!(
            r#"{{"kind":"{kind}","apiVersion":"v1","metadata":{{"name":"{name}","labels":{{"a":"}},]"}}}}}}"#
        )
    };
    let kinds = ["Namespace", "Node", "Widget", "Namespace", "Node", "Pod", "Widget", "Node"];
    kinds.iter().enumerate().map(|(n, kind)| object(kind, &format!("x{n}"))).collect()
}

/// Puts white space after each brace, bracket and comma outside of strings, as `choices` say.
fn spaced(json: &str, choices: &[usize]) -> String {
    const SPACES: [&str; 5] = ["", "\n", "\n  ", "\n    ", " "];
    let mut choices = choices.iter().cycle();
    let mut space = || SPACES[choices.next().copied().unwrap_or_default() % SPACES.len()];
    let (mut out, mut in_string) = (String::new(), false);
    for c in json.chars() {
        in_string ^= c == '"';
        if !in_string && matches!(c, '}' | ']') {
            out.push_str(space());
        }
        out.push(c);
        if !in_string && matches!(c, '{' | '[' | ',') {
            out.push_str(space());
        }
    }
    out
}

#[test]
fn an_element_that_closes_on_its_line_does_not_swallow_the_next() {
    let text = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n  {\n    \"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"n1\"}\n  },\n  {\n    \"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}},\n  {\n    \"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"n2\"}\n  }\n]}";
    for text in [text.to_owned(), text.replace("Namespace", "Widget")] {
        assert_eq!(load(&text).nodes.len(), 2, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn white_space_changes_nothing(choices in proptest::collection::vec(0..5_usize, 1..60)) {
        let plain = format!(r#"{{"kind":"List","apiVersion":"v1","items":[{}]}}"#, mixed_list().join(","));
        let (plain, spaced) = (load(&plain), load(&spaced(&plain, &choices)));
        for kind in [Kind::Node, Kind::Namespace, Kind::Pod] {
            assert_eq!(plain.refs(kind), spaced.refs(kind));
        }
        assert_eq!(plain.coverage().problems, spaced.coverage().problems);
    }

    #[test]
    fn never_panics(text in "(\\{|\\}|\\[|\\]|\"(kind|apiVersion|items|metadata|name|v1|PodList|List|Pod)\"|:|,|---\n|- |kind: Pod\n|items:\n|  |==== START logs for container ){0,30}") {
        let _ = load_stream("-", text.as_bytes(), &Limits::default());
    }
}
