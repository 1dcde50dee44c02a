//! The same cluster, whatever it comes in.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{recording, rutter, rutter_reading};

/// The demo's objects, by the file that `kubectl get PLURAL -A -o json > PLURAL.json` would make.
fn lists() -> BTreeMap<String, Vec<Value>> {
    let text = fs::read_to_string(recording()).unwrap();
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let list = documents.find_map(|document| document.unwrap().get("items").cloned()).unwrap();
    let mut lists = BTreeMap::<String, Vec<Value>>::new();
    for item in list.as_array().unwrap() {
        let kind = item["kind"].as_str().unwrap().to_lowercase();
        let plural = if kind.ends_with('s') { kind } else { format!("{kind}s") };
        lists.entry(plural).or_default().push(item.clone());
    }
    lists
}

/// A folder of lists in that format.
fn folder(dir: &Path, as_yaml: bool) {
    for (plural, items) in lists() {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        let text = if as_yaml { block_yaml(&list) } else { format!("{list:#}") };
        fs::write(dir.join(format!("{plural}.{}", if as_yaml { "yaml" } else { "json" })), text).unwrap();
    }
    fs::write(dir.join("version.json"), r#"{"serverVersion":{"gitVersion":"v1.34.4"}}"#).unwrap();
}

/// Block YAML with its keys in kubectl's order, which is the alphabet's.
fn block_yaml(value: &Value) -> String {
    let text = serde_saphyr::to_string(value).unwrap();
    assert!(text.starts_with("apiVersion: v1\nitems:\n"), "{}", text.lines().next().unwrap_or_default());
    text
}

/// The report but for what says where it comes from.
fn report(arguments: &[&str], input: &[u8]) -> Value {
    let run = rutter_reading(["diagnose"].iter().chain(arguments).chain(&["-o", "json"]), input);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut report = run.json();
    report["scope"]["sources"] = Value::Null;
    report
}

#[test]
fn every_form_of_one_recording_gives_the_same_report() {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("lists");
    fs::create_dir(&files).unwrap();
    folder(&files, false);
    let expected = report(&[files.to_str().unwrap()], b"");
    assert_eq!(expected["incidents"][0]["root"]["object"]["name"], "node-a");

    let yaml = dir.path().join("yaml");
    fs::create_dir(&yaml).unwrap();
    folder(&yaml, true);
    assert_eq!(report(&[yaml.to_str().unwrap()], b""), expected, "YAML");

    let documents: Vec<String> = lists()
        .into_values()
        .map(|items| block_yaml(&json!({"apiVersion": "v1", "kind": "List", "items": items})))
        .chain(["serverVersion: {gitVersion: v1.34.4}\n".to_owned()])
        .collect();
    assert_eq!(
        report(&["-"], documents.join("---\n").as_bytes())["findings"],
        expected["findings"],
        "documents"
    );

    for (flag, name) in [("-cf", "a.tar"), ("-czf", "a.tar.gz")] {
        let archive = dir.path().join(name);
        let tar = Command::new("tar").arg(flag).arg(&archive).arg("-C").arg(dir.path()).arg("lists").status();
        assert!(tar.unwrap().success());
        assert_eq!(report(&[archive.to_str().unwrap()], b""), expected, "{name}");
        assert_eq!(report(&["-"], &fs::read(&archive).unwrap()), expected, "{name} on standard input");
    }

    let stream = fs::read(recording()).unwrap();
    assert_eq!(report(&["-"], &stream), expected, "standard input");
    assert_eq!(report(&[recording().to_str().unwrap()], b""), expected, "one file");
    assert_eq!(report(&["--demo"], b""), expected, "the demo");
}

#[test]
fn yaml_that_is_cut_is_reported_as_cut() {
    let items = lists().remove("pods").unwrap();
    let whole = block_yaml(&json!({"apiVersion": "v1", "kind": "List", "items": items}));
    let cut = &whole[..whole.rfind("kind: List").unwrap()];
    let problems = |text: &str| report(&["-"], text.as_bytes()).to_string().contains("ends inside a list");
    assert!(problems(cut) && problems(&cut[..cut.len() / 2]) && !problems(&whole));
}

#[test]
fn several_sources_are_one_cluster() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    let whole = report(&[dir.path().to_str().unwrap()], b"");
    let files: Vec<String> =
        fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect();
    let each: Vec<&str> = files.iter().map(String::as_str).collect();
    let parts = report(&each, b"");
    assert_eq!(parts["findings"], whole["findings"]);
}

#[test]
fn a_part_shows_less_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), false);
    fs::remove_file(dir.path().join("pods.json")).unwrap();
    let less = report(&[dir.path().to_str().unwrap()], b"");
    let undecided = less["undecided"].as_array().unwrap();
    assert!(undecided.iter().any(|one| one["lesson"] == "crash-loop"), "{undecided:?}");
    let strict = rutter(["diagnose", dir.path().to_str().unwrap(), "--require-complete"]);
    assert_eq!(strict.code, 3, "{}", strict.err);
}

/// The recording with something else in each of its objects of a kind.
fn with(kind: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut items: Vec<Value> = lists().into_values().flatten().collect();
    items.iter_mut().filter(|item| item["kind"] == kind).for_each(change);
    serde_json::to_vec(&serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items})).unwrap()
}

#[test]
fn what_changed_since_an_earlier_state_is_told_with_the_incident() {
    let dir = tempfile::tempdir().unwrap();
    let earlier = dir.path().join("earlier.json");
    fs::write(&earlier, with("Node", |node| node["status"]["nodeInfo"]["kubeletVersion"] = "v1.33.0".into()))
        .unwrap();
    let now = with("Node", |_| {});
    let run = rutter_reading(["diagnose", "--since", earlier.to_str().unwrap(), "-", "-o", "json"], &now);
    let report = run.json();
    let differences = report["since"]["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!((&differences[0]["field"], &differences[0]["before"]), (&"kubelet".into(), &"v1.33.0".into()));
    assert_eq!(report["incidents"][0]["changes"][0]["field"], "kubelet");
    let text = rutter_reading(["diagnose", "--since", earlier.to_str().unwrap(), "-"], &now).out;
    assert!(text.contains("changed  Node node-a: kubelet: v1.33.0 → v1.34.4"), "{text}");
    assert!(text.contains("the same incidents, 1 change\n"), "{text}");
}

#[test]
fn another_cluster_or_a_later_state_is_no_earlier_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, kind: &str, change: &dyn Fn(&mut Value)| {
        let path = dir.path().join(name);
        fs::write(&path, with(kind, change)).unwrap();
        path.display().to_string()
    };
    let now = file("now.json", "Node", &|_| {});
    let other = file("other.json", "Namespace", &|namespace| namespace["metadata"]["uid"] = "another".into());
    let later = file("later.json", "Lease", &|lease| {
        lease["spec"]["renewTime"] = "2026-11-24T08:00:00.000000Z".into();
    });
    let run = rutter(["diagnose", "--since", &other, &now]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("is a dump of another cluster"), "{}", run.err);
    let run = rutter(["diagnose", "--since", &later, &now]);
    assert!(run.code == 2 && run.err.contains("is the newer of the two"), "{}{}", run.out, run.err);
    let run = rutter(["diagnose", "--since", "/nonexistent/dump", &now]);
    assert!(run.code == 2 && run.err.contains("does not exist"), "{}", run.err);
    let run = rutter(["diagnose", "--since", "-", "-"]);
    assert!(run.code == 2 && run.err.contains("standard input"), "{}", run.err);
}

#[test]
fn static_pods_are_read_from_the_folder_of_a_kubelet() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("etc/kubernetes/manifests");
    fs::create_dir_all(&folder).unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec: {containers: [{name: etcd, image: etcd:3}]}\n";
    fs::write(folder.join("etcd.yaml"), pod).unwrap();
    fs::write(folder.join(".etcd.yaml.swp"), "not: [yaml").unwrap();
    let run = rutter(["diagnose", folder.to_str().unwrap()]);
    assert!(run.out.contains("1 file of a static pod\n") && run.out.contains("Nothing found"), "{}", run.out);
    assert!(run.out.contains("Nothing of a cluster was given"), "{}", run.out);
    fs::write(folder.join("etcd.yaml~"), pod).unwrap();
    let report = report(&[folder.to_str().unwrap()], b"");
    assert_eq!(report["incidents"][0]["root"]["variant"], "twice");
    assert_eq!(report["incidents"][0]["root"]["object"]["name"], "etcd.yaml~");
    // Two nodes have files of the same names.
    let other = dir.path().join("b/etc/kubernetes/manifests");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("etcd.yaml"), "kind: [").unwrap();
    let both = rutter(["diagnose", folder.to_str().unwrap(), other.to_str().unwrap()]);
    assert!(both.out.contains("3 files of static pods") && both.out.contains("2 incidents"), "{}", both.out);
    // What an API server shows of such a pod is a dump, whatever its file is called.
    let dump = dir.path().join("etcd.yaml");
    fs::write(&dump, format!("{pod}status: {{phase: Running}}\n")).unwrap();
    assert!(!rutter(["diagnose", dump.to_str().unwrap()]).out.contains("static pod"), "read as a static pod");
    let single = rutter(["diagnose", folder.join("etcd.yaml").to_str().unwrap()]);
    assert!(single.out.contains("1 file of a static pod\n"), "{}", single.out);
}

/// A static pod with a flag that its version doesn't have.
const BAD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    \
                   image: registry.k8s.io/kube-apiserver:v1.34.4\n    command: [kube-apiserver, --insecure-port=8080]\n";

/// The commands of the first incident.
fn commands(run: &crate::Run) -> Vec<String> {
    let report = run.json();
    let remedies = report["incidents"][0]["remedies"].as_array().unwrap();
    let all = remedies.iter().flat_map(|remedy| remedy["commands"].as_array().unwrap());
    all.map(|command| command.as_str().unwrap().to_owned()).collect()
}

#[test]
fn commands_name_the_folder_of_static_pods_that_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().display().to_string();
    fs::write(dir.path().join("kube-apiserver.yaml"), BAD).unwrap();
    // What only looks like such a folder, or is a copy outside of it, is corrected where it is.
    let file = dir.path().join("kube-apiserver.yaml").display().to_string();
    let correct = [format!("${{EDITOR:-vi}} {file}"), format!("rutter diagnose --fail-on high {file}")];
    for given in [&path, &file] {
        assert_eq!(commands(&rutter(["diagnose", given, "-o", "json"])), correct);
    }
    // Only the kubelet's own has two files of one pod too many.
    fs::write(dir.path().join("kube-apiserver.yaml.1700000000"), BAD).unwrap();
    let run = rutter(["diagnose", &path]);
    assert!(run.out.contains("insecure-port") && !run.out.contains("defines kube-system"), "{}", run.out);
    fs::remove_file(dir.path().join("kube-apiserver.yaml.1700000000")).unwrap();
    // Only what needs a name that a shell would run is left out.
    let folder = dir.path().join("etc/kubernetes/manifests");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("kube-apiserver.yaml"), BAD).unwrap();
    let all = commands(&rutter(["diagnose", folder.to_str().unwrap(), "-o", "json"]));
    let put = format!("mv {}/.kube-apiserver.yaml.new", folder.display());
    assert!(all.iter().any(|command| command.contains(&put)), "{all:?}");
    fs::remove_file(folder.join("kube-apiserver.yaml")).unwrap();
    fs::write(folder.join("kube-apiserver.yaml;reboot"), BAD).unwrap();
    let all = commands(&rutter(["diagnose", folder.to_str().unwrap(), "-o", "json"]));
    assert!(all.iter().any(|command| command.starts_with("journalctl")), "{all:?}");
    assert!(!all.iter().any(|command| command.contains("reboot")), "{all:?}");
    // A folder with anything else in it is none of a kubelet's.
    fs::write(dir.path().join("nodes.json"), r#"{"apiVersion":"v1","kind":"NodeList","items":[]}"#).unwrap();
    let run = rutter(["diagnose", &path]);
    assert!(run.out.contains("1 pod, 0 nodes"), "{}", run.out);
}

#[test]
fn the_manifest_of_a_pod_is_no_pod_of_a_cluster() {
    let run = rutter_reading(["diagnose", "-", "-o", "json"], BAD.as_bytes());
    assert_eq!(run.json()["incidents"][0]["root"]["variant"], "flag", "{}", run.out);
    assert_eq!(commands(&run), ["${EDITOR:-vi} <file>", "rutter diagnose --fail-on high <file>"]);
    let text = rutter_reading(["diagnose", "-"], BAD.as_bytes()).out;
    assert!(text.contains("it was taken for") && !text.contains("pending"), "{text}");
    // A pod that is meant for the API may refer to what the API has.
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: web:1\n    \
               envFrom: [{configMapRef: {name: web}}]\n";
    let text = rutter_reading(["diagnose", "-"], web.as_bytes()).out;
    assert!(text.contains("Nothing found"), "{text}");
    // What an API server showed is a pod.
    for seen in ["status: {phase: Running}\n", "---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n"] {
        let text = rutter_reading(["diagnose", "-"], format!("{BAD}{seen}").as_bytes()).out;
        assert!(!text.contains("static pod"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_of_a_kubelet_are_followed_to_files() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("etc/kubernetes/manifests");
    fs::create_dir_all(&folder).unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.yaml"), BAD).unwrap();
    symlink(outside.path().join("a.yaml"), folder.join("kube-apiserver.yaml")).unwrap();
    symlink(outside.path(), folder.join("other.yaml")).unwrap();
    symlink("/dev/zero", folder.join("zero.yaml")).unwrap();
    symlink("loop.yaml", folder.join("loop.yaml")).unwrap();
    let run = rutter(["diagnose", folder.to_str().unwrap(), "-o", "json"]);
    let report = run.json();
    assert_eq!(report["incidents"].as_array().unwrap().len(), 1, "{}", run.out);
    assert_eq!(report["incidents"][0]["root"]["object"]["name"], "kube-apiserver.yaml");
    // Of any other folder they are not, whatever it looks like.
    let run = rutter(["diagnose", dir.path().to_str().unwrap()]);
    assert!(!run.out.contains("insecure-port"), "{}", run.out);
    let like = tempfile::tempdir().unwrap();
    fs::write(like.path().join("kube-apiserver.yaml"), BAD).unwrap();
    fs::write(outside.path().join("shadow"), "root:sekrit:0").unwrap();
    symlink(outside.path().join("shadow"), like.path().join("kube-scheduler.yaml")).unwrap();
    let run = rutter(["diagnose", like.path().to_str().unwrap(), "-o", "json"]);
    assert!(run.out.contains("insecure-port") && !run.out.contains("sekrit"), "{}", run.out);
    assert_eq!(run.json()["incidents"].as_array().unwrap().len(), 1, "{}", run.out);
}

/// The remedy's commands, with another root than `/root`.
#[cfg(unix)]
#[test]
fn what_a_remedy_checks_is_not_put_in_place_while_it_is_broken() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("etc/kubernetes/manifests");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("kube-apiserver.yaml");
    let second = format!("{BAD}---\napiVersion: v1\nkind: Node\nmetadata: {{name: a}}\n");
    let scheduled = BAD.replace("spec:\n", "spec:\n  nodeName: a\n");
    let good = BAD.replace("insecure-port=8080", "secure-port=6443");
    for (broken, text) in [(true, second), (true, scheduled), (true, BAD.to_owned()), (false, good)] {
        fs::write(&path, BAD).unwrap();
        let all = commands(&rutter(["diagnose", folder.to_str().unwrap(), "-o", "json"]));
        let root = dir.path().join("root");
        let edited = dir.path().join("edited");
        fs::write(&edited, text).unwrap();
        let find = |what: &str| all.iter().find(|command| command.contains(what)).unwrap().as_str();
        let script = [find("mkdir -p"), find("EDITOR"), find("--fail-on")].join("\n");
        let script = script.replace("/root/", &format!("{}/", root.display()));
        let rutter = format!("rutter() {{ '{}' \"$@\"; }}", env!("CARGO_BIN_EXE_rutter"));
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(format!("{rutter}\n{script}")).env("EDITOR", format!("cp {}", edited.display()));
        let run = crate::run(shell, b"");
        assert_eq!(run.code != 0, broken, "{script}\n{}{}", run.out, run.err);
        let is_put = fs::read_to_string(&path).unwrap() == fs::read_to_string(&edited).unwrap();
        // The first was broken, too, and is what stays.
        assert!(is_put != broken || fs::read_to_string(&edited).unwrap() == BAD, "{script}\n{}", run.out);
    }
}

#[test]
fn credentials_of_a_static_pod_are_in_no_form_of_a_comparison() {
    let dir = tempfile::tempdir().unwrap();
    let folder = |n: u32| {
        let folder = dir.path().join(format!("m{n}/etc/kubernetes/manifests"));
        fs::create_dir_all(&folder).unwrap();
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: etcd, namespace: kube-system}}\nspec:\n  containers:\n  - name: etcd\n    image: etcd:3\n    \
             command: [etcd, --root-password=hunter{n}, --token, sekrit{n}, --aws-secret-key=wJalr{n}]\n"
        );
        fs::write(folder.join("etcd.yaml"), pod).unwrap();
        folder.display().to_string()
    };
    let (before, after) = (folder(1), folder(2));
    for form in ["text", "wide", "json", "html"] {
        let run = rutter(["diagnose", &after, "--since", &before, "-o", form]);
        assert!(run.out.contains("root-password of etcd"), "{form}: {}{}", run.out, run.err);
        for secret in ["hunter", "sekrit", "wJalr"] {
            assert!(!run.out.contains(secret), "{form} tells {secret}: {}", run.out);
        }
    }
}
