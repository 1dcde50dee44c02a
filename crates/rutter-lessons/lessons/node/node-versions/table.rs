//! What nobody mends any more: dates and where they come from. Only what its makers gave up goes in here, no taste.

use rutter_cluster::{Time, objects::Node};

/// What a version is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Kernel,
    /// The container runtime of that name.
    Runtime(&'static str),
}

/// Versions that are over.
pub(super) struct Entry {
    pub(super) part: Part,
    /// Major and minor version: from this one on, …
    from: (u32, u32),
    /// … and below this.
    below: (u32, u32),
    /// From this day on, as in `2024-06-30`, nobody mends it.
    pub(super) ended: &'static str,
    /// Who says so, for a person.
    pub(super) by: &'static str,
    /// What that means for pods, where something is known.
    pub(super) known: &'static str,
}

/// The table. Sources: Red Hat's life cycle of Enterprise Linux 7; containerd's RELEASES.md; Kubernetes 1.24 (3 May 2022), the
/// first without a driver for Docker, by when 19.03 of July 2019 was itself over. containerd 1.6 is left out: distributions mend it.
pub(super) const TABLE: &[Entry] = &[
    Entry {
        part: Part::Kernel,
        from: (3, 10),
        below: (3, 11),
        ended: "2024-06-30",
        by: "the end of maintenance of Enterprise Linux 7",
        known: "it leaks memory cgroups until no pod can be started (k/k#61937)",
    },
    Entry {
        part: Part::Runtime("docker"),
        from: (1, 0),
        below: (19, 3),
        ended: "2022-05-03",
        by: "at the latest: Kubernetes 1.24 came without a driver for Docker",
        known: "",
    },
    Entry {
        part: Part::Runtime("containerd"),
        from: (1, 0),
        below: (1, 3),
        ended: "2020-10-15",
        by: "containerd's RELEASES.md",
        known: "",
    },
    Entry {
        part: Part::Runtime("containerd"),
        from: (1, 3),
        below: (1, 4),
        ended: "2021-03-04",
        by: "containerd's RELEASES.md",
        known: "",
    },
    Entry {
        part: Part::Runtime("containerd"),
        from: (1, 4),
        below: (1, 5),
        ended: "2022-03-03",
        by: "containerd's RELEASES.md",
        known: "",
    },
    Entry {
        part: Part::Runtime("containerd"),
        from: (1, 5),
        below: (1, 6),
        ended: "2023-02-28",
        by: "containerd's RELEASES.md",
        known: "",
    },
];

impl Entry {
    /// When it ends, if its date is one.
    pub(super) fn ends(&self) -> Option<Time> {
        Time::parse(&format!("{}T00:00:00Z", self.ended))
    }

    /// The node's version, if it is one of these.
    pub(super) fn version<'n>(&self, node: &'n Node) -> Option<&'n str> {
        let info = &node.status.node_info;
        let version = match self.part {
            Part::Kernel if info.operating_system != "windows" => info.kernel_version.as_str(),
            Part::Kernel => return None,
            Part::Runtime(name) => info.container_runtime_version.strip_prefix(name)?.strip_prefix("://")?,
        };
        let number = numbers(version)?;
        (number >= self.from && number < self.below).then_some(version)
    }

    /// The field of `status.nodeInfo`.
    pub(super) fn field(&self) -> &'static str {
        match self.part {
            Part::Kernel => "kernelVersion",
            Part::Runtime(_) => "containerRuntimeVersion",
        }
    }

    /// `kernel`, `docker`.
    pub(super) fn name(&self) -> &'static str {
        match self.part {
            Part::Kernel => "kernel",
            Part::Runtime(name) => name,
        }
    }
}

/// Major and minor version of `3.10.0-1160.el7.x86_64`, `v1.5.18`, `18.09.9`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(numbers("3.10.0-1160.el7.x86_64"), Some((3, 10)));
        assert_eq!(numbers("18.09.9"), Some((18, 9)));
        assert_eq!(numbers("v1.7.27+k3s"), Some((1, 7)));
        for wrong in ["", "v", "1", "x.y", "1.é", "99999999999.1"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_dates() {
        assert!(TABLE.iter().all(|entry| entry.ends().is_some() && entry.from < entry.below));
    }
}
