//! A port that is taken between its choice and its use.

use std::net::TcpListener;

use super::*;

/// Starts a cluster; those of its ports that `take` names for an attempt are another's.
fn start_without_ports(dir: &Path, take: impl Fn(usize) -> &'static str) -> Result<Cluster> {
    let another = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let taken = another.local_addr()?.port();
    let mut attempt = 0;
    let owner = Process::of(std::process::id().cast_signed());
    Cluster::launch(dir, &Options::default(), owner, || {
        let mut at = Endpoints::choose()?;
        attempt += 1;
        match take(attempt) {
            "api" => at.api = taken,
            "etcd" => at.etcd = taken,
            _ => {}
        }
        Ok(at)
    })
}

#[test]
fn ports_that_another_program_took_are_chosen_anew() {
    let taken = |attempt| ["etcd", "api", "none"][attempt - 1];
    let dir = tempfile::tempdir().unwrap();
    let cluster = start_without_ports(dir.path(), taken).unwrap();
    let members = cluster.folder().members().unwrap();
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["etcd", "kube-apiserver"], "only what runs counts");
    assert!(members.iter().all(|member| member.process.is_alive()));
}

#[test]
fn no_free_port_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let error = start_without_ports(dir.path(), |_| "etcd").err().unwrap();
    let text = format!("{error:#}");
    assert!(text.starts_with(PORTS_LOST) && text.contains("address already in use"), "{text}");
}
