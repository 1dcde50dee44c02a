//! What a cluster is made of, and which of it runs.

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;

use crate::folder::Folder;
use crate::process::Process;

/// A process that was started for a cluster and is not to end by itself.
#[derive(Debug, Clone)]
pub struct Member {
    /// What it is, for example `etcd`, or `kubelet of node-a`.
    pub name: String,
    /// The process.
    pub process: Process,
    /// What it wrote to its outputs.
    pub log: PathBuf,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.process.is_alive() {
            write!(f, "{} runs (process {})", self.name, self.process.pid)
        } else {
            write!(f, "{} does not run; its log: {}", self.name, self.log.display())
        }
    }
}

impl Folder {
    /// What was started for the cluster: the control plane first, then node by node.
    pub fn members(&self) -> Result<Vec<Member>> {
        let state = self.state()?.unwrap_or_default();
        let control_plane = state.processes.into_iter();
        let mut members: Vec<_> = control_plane
            .map(|process| Member { name: process.name.clone(), log: self.log(&process.name), process })
            .collect();
        for name in &state.nodes {
            // Of a start that is under way, or that was killed, a node may not be there yet.
            let Ok(node) = self.node(name) else { continue };
            members.extend(node.processes().map(|(part, process)| Member {
                name: format!("{} of {name}", part.name()),
                process: process.clone(),
                log: node.log(part),
            }));
        }
        Ok(members)
    }
}
