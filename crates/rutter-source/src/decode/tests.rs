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
fn what_is_no_cluster_is_an_error_that_says_so() {
    for (text, says) in [("", "no file"), ("{}", "one document"), ("<html></html>", "HTML"), ("[[[[", "")] {
        let error = load_stream("-", text.as_bytes(), &Limits::default()).unwrap_err().to_string();
        assert!(error.contains("nothing to read") && error.contains(says), "{error}");
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(\\{|\\}|\\[|\\]|\"(kind|apiVersion|items|metadata|name|v1|PodList|List|Pod)\"|:|,|---\n|- |kind: Pod\n|items:\n|  |==== START logs for container ){0,30}") {
        let _ = load_stream("-", text.as_bytes(), &Limits::default());
    }
}
