//! The folder that a cluster works in: what lies where, and the state file.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::addons::{Addon, Addons};
use crate::namespace::Namespace;
use crate::node::Node;
use crate::pki::Authority;
use crate::process::{self, Process};
use crate::{cache, cgroup, pki};

/// What the lab wrote down about a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Where the API server listens, as `ADDRESS:PORT`: on loopback if there are no nodes.
    pub server: String,
    /// The processes of the control plane, in the order of their start.
    pub processes: Vec<Process>,
    /// The lab's network, if there are nodes.
    pub(crate) network: Option<Namespace>,
    /// The names of the nodes; fake ones are not among them.
    pub nodes: Vec<String>,
    /// What the cluster was started with.
    pub addons: Addons,
    /// How many fake nodes it was started with.
    pub fake_nodes: u32,
    /// The processes of add-ons, which come and go.
    pub(crate) beside: BTreeMap<Addon, Process>,
    /// Whom the processes are not to outlive.
    pub(crate) owner: Option<Process>,
}

impl State {
    /// Whether there are so many fake nodes that two cores can do little but renew their leases at the usual rate.
    pub(crate) fn has_slow_leases(&self) -> bool {
        self.fake_nodes >= 1000
    }
}

/// The folder of a cluster. Everything that the cluster needs or writes is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// A process of the control plane.
    pub(crate) fn controller(&self, name: &str) -> Result<Process> {
        let mut all = self.state()?.unwrap_or_default().processes.into_iter();
        all.find(|process| process.name == name).with_context(|| format!("the control plane has no {name}"))
    }

    /// The folder at `path`, which need not exist.
    pub fn new(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("not a folder: {}", path.display()))?;
        Ok(Self(path.canonicalize().unwrap_or(path)))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The kubeconfig of a user who may do everything.
    pub fn admin_kubeconfig(&self) -> PathBuf {
        self.0.join("admin.kubeconfig")
    }

    /// The kubeconfig of the user `viewer`, who may do nothing until some role is bound to it.
    pub fn viewer_kubeconfig(&self) -> PathBuf {
        self.0.join("viewer.kubeconfig")
    }

    /// The API server's audit log: a JSON object a line.
    pub fn audit_log(&self) -> PathBuf {
        self.0.join("audit.log")
    }

    /// What the process `name` wrote to its outputs.
    pub fn log(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.log"))
    }

    /// What was written down, if a cluster was ever started here.
    pub fn state(&self) -> Result<Option<State>> {
        match fs::read(self.state_file()) {
            Ok(text) => {
                let state = serde_json::from_slice(&text);
                state
                    .map(Some)
                    .with_context(|| format!("{} is damaged: run `lab clean`", self.state_file().display()))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.state_file().display())),
        }
    }

    /// The processes of this cluster that run now: those written down, and any that carry the folder's name.
    pub fn running(&self) -> Vec<Process> {
        // A damaged state file must not hide a process.
        let known = self.state().ok().flatten().unwrap_or_default().processes;
        let mut running: Vec<_> = known.into_iter().filter(Process::is_alive).collect();
        running.extend(process::of_folder(&self.0.canonicalize().unwrap_or_else(|_| self.0.clone())));
        // Stable: of two names for one process, that of the state file stays.
        running.sort_by_key(|process| process.pid);
        running.dedup_by_key(|process| process.pid);
        running
    }

    /// The command `lab VERB` for this folder, to be copied.
    pub fn command(&self, verb: &str) -> String {
        match cache::default_work_folder() {
            Ok(default) if default == self.0 => format!("lab {verb}"),
            _ => format!("lab {verb} --dir {}", self.0.display()),
        }
    }

    /// Ends the cluster's processes, and what the kernel keeps for its nodes; the files stay.
    pub fn end(&self, patience: Duration) -> Result<Vec<Process>> {
        let running = self.running();
        // With the process that holds a node ends everything inside, containers too.
        let (nodes, others): (Vec<_>, _) =
            running.iter().cloned().partition(|process| process.name == "unshare");
        process::end(&nodes, Duration::ZERO)?;
        process::end(&others, patience)?;
        // What was started while this looked.
        process::end(&self.running(), Duration::ZERO)?;
        cgroup::remove(&self.cgroup())?;
        Ok(running)
    }

    /// The node with this name, of the cluster that was started here.
    pub fn node(&self, name: &str) -> Result<Node> {
        Node::open(self, name)
    }

    /// The cluster's certificate authority.
    pub(crate) fn authority(&self) -> Result<Authority> {
        let read = |name: &str| {
            let path = self.0.join(name);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        Authority::open(&read("ca.key")?, read("ca.crt")?)
    }

    /// The cgroup of the cluster, below that of each controller.
    pub fn cgroup(&self) -> String {
        let path = self.0.canonicalize().unwrap_or_else(|_| self.0.clone());
        let digest = ring::digest::digest(&ring::digest::SHA256, path.as_os_str().as_encoded_bytes());
        cgroup::of_lab(&pki::hex(&digest.as_ref()[..4]))
    }

    /// Deletes the folder, if it is one of the lab's.
    pub fn remove(&self) -> Result<()> {
        if !self.0.exists() {
            return Ok(());
        }
        if !self.marker().exists() {
            bail!("{} was not made by the lab and is left alone", self.0.display());
        }
        fs::remove_dir_all(&self.0).with_context(|| format!("cannot delete {}", self.0.display()))
    }

    /// Makes the folder empty, and this process the only one that starts a cluster in it while the file is held.
    pub(crate) fn claim(&mut self) -> Result<File> {
        let fresh = fs::read_dir(&self.0).map_or(true, |mut entries| entries.next().is_none());
        if !fresh && !self.marker().exists() {
            bail!("{} holds files that are not the lab's: give an empty or a new folder", self.0.display());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.with_context(|| {
            format!(
                "cannot make {}, where the cluster is to work; --dir chooses another folder",
                self.0.display()
            )
        })?;
        // A process is recognised by the folder in its environment, which so has one name only.
        self.0 = self.0.canonicalize()?;
        let lock =
            File::create(self.marker()).with_context(|| format!("cannot write to {}", self.0.display()))?;
        if lock.try_lock().is_err() {
            bail!(
                "another `lab up` is at work in {0}: wait for it, or choose another folder with --dir",
                self.0.display()
            );
        }
        let running: Vec<_> = self.running().iter().map(Process::to_string).collect();
        if !running.is_empty() {
            bail!(
                "a cluster, or what is left of one, runs in {} already: {}. `{}` tells more, `{}` ends it, and \
                 --dir chooses another folder for a second one",
                self.0.display(),
                running.join(", "),
                self.command("status"),
                self.command("down"),
            );
        }
        self.empty()?;
        Ok(lock)
    }

    fn empty(&self) -> Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            if path == self.marker() {
                continue;
            }
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.with_context(|| format!("cannot delete {}", path.display()))?;
        }
        Ok(())
    }

    /// Writes `text` to the file `name`, readable by its owner alone, and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        use std::io::Write;
        let path = self.0.join(name);
        let file = File::options().create(true).write(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Writes the state under another name and renames, so that it is never half there.
    pub(crate) fn save(&self, state: &State) -> Result<()> {
        let unfinished = self.write("state.json.unfinished", &serde_json::to_string_pretty(state)?)?;
        fs::rename(unfinished, self.state_file()).context("cannot put state.json in its place")
    }

    fn state_file(&self) -> PathBuf {
        self.0.join("state.json")
    }

    /// Says that the folder is the lab's, and is the lock.
    fn marker(&self) -> PathBuf {
        self.0.join(".rutter-lab")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
        let mut folder = Folder::new(dir.path()).unwrap();
        assert!(folder.claim().is_err());
        assert!(folder.remove().is_err());
        assert!(dir.path().join("thesis.txt").exists());
    }

    #[test]
    fn one_claim_at_a_time_and_each_starts_empty() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(&dir.path().join("new")).unwrap();
        let held = folder.claim().unwrap();
        folder.save(&State { server: "a:1".to_owned(), ..State::default() }).unwrap();
        assert!(folder.claim().is_err());
        drop(held);
        assert_eq!(folder.state().unwrap().unwrap().server, "a:1");
        folder.claim().unwrap();
        assert_eq!(folder.state().unwrap(), None);
        folder.remove().unwrap();
        assert!(!folder.path().exists());
    }
}
