//! Folders on disk.

use std::fs;

use super::build::{gzip, tar};
use super::*;

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn files_come_in_sorted_order_at_any_depth() {
    let root = folder(&[("b/z/deep.json", b"1"), ("b/a.json", b"2"), ("a.json", b"3"), ("c.json", b"")]);
    let seen = walked(root.path());
    assert_eq!(seen.paths(), ["a.json", "b/a.json", "b/z/deep.json", "c.json"]);
    let expected = format!("{}/b/a.json", root.path().display());
    assert_eq!(seen.origins()[1], expected);
    assert!(walked(tempfile::tempdir().unwrap().path()).documents.is_empty());
}

#[test]
fn archives_and_compressed_files_are_opened() {
    let inner = gzip(&tar(&[("pods.json", b"{}")]));
    let root = folder(&[("dumps/monday.tgz", &inner), ("events.yaml.gz", &gzip(b"x"))]);
    let seen = walked(root.path());
    assert_eq!(seen.paths(), ["dumps/monday.tgz/pods.json", "events.yaml"]);
    assert_eq!(seen.asked, ["dumps/monday.tgz", "dumps/monday.tgz/pods.json", "events.yaml"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_read_inside_the_root_only() {
        let secret = folder(&[("secret.json", b"secret")]);
        let root = folder(&[("real/pods.json", b"{}")]);
        let link = |target: &Path, name: &str| symlink(target, root.path().join(name)).unwrap();
        link(Path::new("real/pods.json"), "a-inside.json");
        link(&secret.path().join("secret.json"), "b-outside.json");
        link(secret.path(), "c-outside-folder");
        link(Path::new(".."), "d-parent");
        link(Path::new("."), "e-loop");
        link(Path::new("nowhere"), "f-dangling");
        link(Path::new("g-self"), "g-self");
        let seen = walked(root.path());
        assert_eq!(seen.paths(), ["a-inside.json", "real/pods.json"]);
        let reasons = seen.reasons();
        assert_eq!(
            reasons[..5],
            [
                &SkipReason::LinkLeavesRoot,
                &SkipReason::LinkLeavesRoot,
                &SkipReason::LinkLeavesRoot,
                &SkipReason::LinkToFolder,
                &SkipReason::DanglingLink,
            ]
        );
        assert!(matches!(reasons[5], SkipReason::Unreadable(_)));
    }

    #[test]
    fn the_root_itself_may_be_a_link() {
        let root = folder(&[("pods.json", b"{}")]);
        let other = tempfile::tempdir().unwrap();
        let link = other.path().join("link");
        symlink(root.path(), &link).unwrap();
        assert_eq!(walked(&link).paths(), ["pods.json"]);
    }

    #[test]
    fn pipes_and_sockets_in_a_folder_are_not_opened() {
        let root = folder(&[]);
        let _listener = UnixListener::bind(root.path().join("socket")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.path().join("fifo")).status();
        let expected = if made.is_ok_and(|status| status.success()) { 2 } else { 1 };
        let seen = walked(root.path());
        assert_eq!(seen.reasons(), vec![&SkipReason::Special; expected]);
    }

    #[test]
    fn unwanted_and_unreadable_files_are_not_opened() {
        let root = folder(&[("a.log", b"x"), ("b.json", b"{}"), ("closed/c.json", b"{}")]);
        let closed = root.path().join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(root.path().join("a.log"), fs::Permissions::from_mode(0o000)).unwrap();
        let is_root = fs::read_dir(&closed).is_ok();
        let mut seen = Seen { refused: vec![".log"], ..Seen::default() };
        walk(root.path(), &Limits::default(), &mut seen).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if is_root {
            assert_eq!(seen.paths(), ["b.json", "closed/c.json"]);
        } else {
            assert_eq!(seen.paths(), ["b.json"]);
            assert_eq!(seen.reasons(), [&SkipReason::Unreadable(io::ErrorKind::PermissionDenied)]);
        }
    }

    #[test]
    fn names_are_made_safe_to_show() {
        let root = folder(&[("\u{1b}[2J\u{202e}.json", b"{}")]);
        let seen = walked(root.path());
        assert_eq!(seen.paths(), ["\u{fffd}[2J\u{fffd}.json"]);
        assert!(!seen.origins()[0].contains('\u{1b}'));
    }

    #[test]
    fn a_pipe_that_the_user_names_is_read() {
        let root = folder(&[]);
        let path = root.path().join("fifo");
        if !std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
            return;
        }
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || fs::write(path, gzip(b"{}")).unwrap())
        };
        assert_eq!(walked(&path).texts(), ["{}"]);
        writer.join().unwrap();
    }
}
