//! Kubeconfigs, credentials, impersonation.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use super::{
    super::kubeconfig::{Found, Missing, from_files},
    server::Server,
    *,
};

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn chosen(options: &Options, files: &[PathBuf]) -> Result<(String, String), String> {
    match from_files(options, files, Missing::IsSkipped) {
        Ok(Found::Chosen(chosen)) => Ok((chosen.name, chosen.cluster.server.unwrap_or_default())),
        Ok(Found::Nothing { looked_at }) => Err(format!("nothing at {looked_at}")),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn files_are_merged_as_kubectl_does() {
    let folder = tempfile::tempdir().unwrap();
    let one = file(
        &folder,
        "one",
        "{kind: Config, current-context: '', clusters: [{name: a, cluster: {server: 'https://one'}}]}",
    );
    let two = file(
        &folder,
        "two",
        "{current-context: two, clusters: [{name: a, cluster: {server: 'https://two'}}, {name: b, cluster: {server: b}}],\
          contexts: [{name: two, context: {cluster: a, user: nobody}}, {name: other, context: {cluster: b, user: x}}]}",
    );
    let files = [folder.path().join("missing"), one, two];
    let default = Options::default();
    assert_eq!(chosen(&default, &files), Ok(("two".into(), "https://one".into())));
    let with = |context: &str| Options { context: Some(context.into()), ..Options::default() };
    assert_eq!(chosen(&with("other"), &files), Ok(("other".into(), "b".into())));
    let text = chosen(&with("prod"), &files).unwrap_err();
    assert!(text.contains(r#"no context "prod""#) && text.ends_with("there are: two, other"), "{text}");
    let cluster = Options { cluster: Some("b".into()), ..Options::default() };
    assert_eq!(chosen(&cluster, &files), Ok(("b".into(), "b".into())));
    let user = Options { user: Some("jane".into()), ..Options::default() };
    assert!(chosen(&user, &files).unwrap_err().contains(r#"no user "jane""#));
    assert!(chosen(&default, &files[..1]).unwrap_err().starts_with("nothing at "));
    assert!(chosen(&default, &files[..2]).unwrap_err().contains("choose one with --context"));
}

#[test]
fn a_named_kubeconfig_must_be_there() {
    let options = Options { kubeconfig: Some("/no/such/file".into()), ..Options::default() };
    let text = error(&options).to_string();
    assert!(text.starts_with("can't read the kubeconfig /no/such/file"), "{text}");
}

#[test]
fn a_broken_certificate_authority_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    for data in ["!", "bm90aGluZw=="] {
        let text = format!(
            "{{current-context: x, contexts: [{{name: x, context: {{cluster: x, user: x}}}}],\
              clusters: [{{name: x, cluster: {{server: 'https://x', certificate-authority-data: '{data}'}}}}]}}"
        );
        let options = Options { kubeconfig: Some(file(&folder, "config", &text)), ..Options::default() };
        let text = error(&options).to_string();
        assert!(text.starts_with("the cluster's certificate authority can't be used"), "{text}");
    }
}

fn header(server: &Server, name: &str) -> Option<String> {
    server.requests().last().unwrap().header(name).map(str::to_owned)
}

#[test]
fn the_user_and_the_program_introduce_themselves() {
    let server = Server::start(|_| None);
    read(&server.options(), &[Kind::Pod]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer secret"));
    assert_eq!(header(&server, "user-agent"), Some(concat!("rutter/", env!("CARGO_PKG_VERSION")).into()));
    assert_eq!(
        header(&server, "accept-encoding"),
        None,
        "compression costs more than it saves on one machine"
    );
}

#[test]
fn a_token_replaces_the_user_s_credentials() {
    let server = Server::start(|_| None);
    let options =
        Options { token: Some("mine".into()), ..server.options_for("{username: jane, password: x}") };
    read(&options, &[Kind::Pod]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer mine"));
}

#[test]
fn others_can_be_impersonated() {
    let server = Server::start(|_| None);
    let options = Options {
        as_user: Some("jane".into()),
        as_groups: vec!["dev".into(), "ops".into()],
        ..server.options()
    };
    read(&options, &[Kind::Pod]);
    assert_eq!(header(&server, "impersonate-user").as_deref(), Some("jane"));
    let groups = server
        .requests()
        .last()
        .unwrap()
        .headers
        .iter()
        .filter(|line| line.starts_with("impersonate-group"))
        .count();
    assert_eq!(groups, 2);
    let options = Options { as_user: None, ..options };
    assert!(error(&options).to_string().contains("add --as"));
}

fn plugin(folder: &tempfile::TempDir, script: &str) -> String {
    let path = file(folder, "plugin", &format!("#!/bin/sh\necho run >> \"$0.runs\"\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = path.display();
    format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {path}, args: [a], interactiveMode: Never,\
         env: [{{name: WORD, value: hidden}}], provideClusterInfo: true, installHint: install it}}}}"
    )
}

#[test]
fn a_credential_plugin_is_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| None);
    let user = plugin(
        &folder,
        r#"case "$KUBERNETES_EXEC_INFO" in *'"server":"http'*) ;; *) exit 1;; esac
        echo '{"kind":"ExecCredential","status":{"token":"'$WORD-$1'","expirationTimestamp":"2030-01-01T00:00:00Z"}}'"#,
    );
    read(&server.options_for(&user), &[Kind::Pod]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer hidden-a"));
    assert_eq!(std::fs::read_to_string(folder.path().join("plugin.runs")).unwrap(), "run\n");
}

#[test]
fn a_credential_plugin_that_fails_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| None);
    let user = plugin(&folder, "echo 'token expired: run login' >&2; exit 7");
    let text = error(&server.options_for(&user)).to_string();
    assert!(text.contains("exit status: 7 (token expired: run login)"), "{text}");
    assert!(text.contains("(install it)"), "{text}");
    let text = error(&server.options_for(&plugin(&folder, "echo nonsense"))).to_string();
    assert!(text.contains("not an ExecCredential"), "{text}");
    let text = error(&server.options_for("{exec: {command: no-such-plugin}}")).to_string();
    assert!(text.contains("not installed"), "{text}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_credential_plugin_that_hangs_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| None);
    let options = Options {
        timeout: Some(std::time::Duration::from_millis(400)),
        ..server.options_for(&plugin(&folder, "exec sleep 20"))
    };
    let start = std::time::Instant::now();
    let text = error(&options).to_string();
    assert!(text.contains("time limit"), "{text}");
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}
