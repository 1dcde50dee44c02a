use super::{in_container, step, translate};
use crate::{Remedy, Risk};

#[test]
fn has_the_powershell_of_a_command() {
    for (linux, windows) in [
        ("systemctl restart containerd", "Restart-Service containerd"),
        ("systemctl start kubelet   # restart, if it runs and hangs", "Start-Service kubelet"),
        ("timeout 10 crictl pods -q | wc -l", "crictl --timeout 10s pods -q | Measure-Object -Line"),
        (
            "pods=$(timeout 20 crictl pods -q) && echo \"$pods\" | wc -l || echo 'hangs'",
            "crictl --timeout 20s pods -q",
        ),
        ("timeout 10 crictl info >/dev/null && echo answers", "crictl --timeout 10s info"),
        ("df -h /var/lib /run; df -i /var/lib /run", "Get-PSDrive -PSProvider FileSystem"),
        ("getent ahosts quay.io", "Resolve-DnsName quay.io"),
        ("time crictl pull quay.io/a/b:1", "Measure-Command { crictl pull quay.io/a/b:1 | Out-Default }"),
        ("kubectl get pods | grep -i csi", "kubectl get pods | grep -i csi"),
    ] {
        let mut found = translate(linux);
        found.dedup();
        assert_eq!(found, [windows], "{linux}");
    }
}

#[test]
fn enters_containers_by_what_they_have() {
    let exec = |inner: &str| in_container(&format!("kubectl -n a exec b -c c -- {inner}"));
    assert_eq!(exec("df -h"), "kubectl -n a exec b -c c -- cmd /c dir C:\\");
    assert_eq!(exec("sh -c 'cat /sys/fs/cgroup/memory.peak'"), "kubectl -n a exec -it b -c c -- cmd");
    assert_eq!(exec("sh -c 'ss -ltn || netstat -ltn'"), "kubectl -n a exec b -c c -- netstat -an");
}

#[test]
fn leaves_out_a_step_that_only_linux_has() {
    let stacks = Remedy::new(
        Risk::Reversible,
        "on n as root, keep the stacks (SIGUSR1 makes it write them)",
        ["kill -USR1 $(pidof containerd); sleep 2; journalctl -u containerd".to_owned()],
    );
    assert_eq!(step(stacks), None);
    let trust = Remedy::new(Risk::Reversible, "renew its certificate", ["cat /etc/a".to_owned()]);
    assert!(step(trust).is_some_and(|step| step.commands.is_empty()));
}
