//! `no space left on device`, which the kernel says (ENOSPC) of more than disks.

/// What is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full<'a> {
    /// A file system: its bytes or its inodes.
    Disk {
        /// The file that could not be written, if the text names one.
        path: Option<&'a str>,
    },
    /// The memory cgroups that the kernel can hold: old kernels leak them.
    Cgroups,
    /// The files that a user may watch at a time (`fs.inotify.max_user_watches`).
    Watches,
}

/// Reads a message. `None` if it says nothing of the kind.
pub fn parse(text: &str) -> Option<Full<'_>> {
    const MARK: &str = "no space left on device";
    // In ASCII the places are the same in small letters.
    let at = text.to_ascii_lowercase().find(MARK)?;
    let before = text.get(..at)?;
    let lower = before.to_ascii_lowercase();
    if lower.contains("inotify") || lower.contains("failed to watch") {
        return Some(Full::Watches);
    }
    if before.contains("/cgroup/memory") {
        return Some(Full::Cgroups);
    }
    Some(Full::Disk { path: path(before) })
}

/// `write /var/lib/x: `, `mkdir /x: `, `cannot create '/x': `.
fn path(before: &str) -> Option<&str> {
    let before = before.trim_end().strip_suffix(':')?.trim_end_matches(['\'', '"', '`']);
    let last = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '=')).next()?;
    (last.starts_with('/') && last.len() > 1).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const WRITE: &str =
        "failed to extract layer sha256:1: write /var/lib/containerd/tmp/x: no space left on device: unknown";
    const SHELL: &str = "cp: cannot create regular file '/data/x': No space left on device";
    const CGROUP: &str = "mkdir /sys/fs/cgroup/memory/kubepods/burstable/pod1: no space left on device";
    const WATCH: &str = "inotify_add_watch /sys/fs/cgroup/cpu: no space left on device";

    #[test]
    fn what_is_full() {
        assert_eq!(parse(WRITE), Some(Full::Disk { path: Some("/var/lib/containerd/tmp/x") }));
        assert_eq!(parse(SHELL), Some(Full::Disk { path: Some("/data/x") }));
        assert_eq!(parse("no space left on device"), Some(Full::Disk { path: None }));
        assert_eq!(parse("ENOSPC: no space left on device, write"), Some(Full::Disk { path: None }));
        assert_eq!((parse(CGROUP), parse(WATCH)), (Some(Full::Cgroups), Some(Full::Watches)));
        assert_eq!(parse("there is space left on the device"), None);
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[WRITE, SHELL, CGROUP, WATCH], |text| format!("{:?}", parse(text)));
    }
}
