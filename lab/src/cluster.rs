//! A running control plane.

mod nodes;
mod options;
mod outage;

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::addons::Addons;
use crate::control_plane::{self, Endpoints, Files};
use crate::folder::{Folder, State};
use crate::kubeconfig::{self, Proof};
use crate::namespace::{Kind, Namespace};
use crate::node::{Node, NodeOptions};
use crate::pki::{self, Authority};
use crate::process::{self, POLL, Process, tail};

use crate::{audit, cache, client, host, interrupt, network};

/// What an API server and its store may soon write.
const ROOM: u64 = 1 << 29;
/// What a node may soon write: images and logs. Its disk takes only the room that is used.
const ROOM_FOR_A_NODE: u64 = 3 << 28;

/// How often to try again when a chosen port was taken before its process had it.
const ATTEMPTS: usize = 3;
/// What to say when it was tried often enough.
const PORTS_LOST: &str =
    "another program took a port that was free a moment ago, each time that it was tried: try again";

/// Somebody whom the API server knows by a token.
#[derive(Debug, Clone)]
pub struct User {
    /// The name.
    pub name: String,
    /// The bearer token.
    pub token: String,
    /// The groups, `system:authenticated` aside.
    pub groups: Vec<String>,
}

/// How to start a cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long the cluster may take until it is ready, once its programs are built.
    pub timeout: Duration,
    /// Users besides `admin` and `viewer`.
    pub users: Vec<User>,
    /// The nodes, called `node-a`, `node-b` and so on. Without any, there are no controllers either, and nothing changes
    /// what is put into the API server.
    pub nodes: Vec<NodeOptions>,
    /// What it has besides; only with nodes.
    pub addons: Addons,
    /// How many fake nodes it has, which kwok answers for; only with real ones.
    pub fake_nodes: u32,
}

/// A running etcd and kube-apiserver, which end when this is dropped.
pub struct Cluster {
    folder: Folder,
    authority: Authority,
    admin_kubeconfig: PathBuf,
    viewer_kubeconfig: PathBuf,
    state: State,
    children: Vec<(&'static str, Child)>,
    /// Whom the processes are not to outlive; nobody, if they are to be left running.
    owner: Option<Process>,
    /// How the API server was started.
    api_server: Option<Command>,
    /// Where etcd listens.
    etcd_address: Option<String>,
}

impl Cluster {
    /// Starts a cluster that works in the folder `dir`, which is made, or emptied if the lab made it.
    ///
    /// The programs are built first if need be, which takes minutes. When this returns, the API server is ready.
    pub fn start(dir: &Path) -> Result<Self> {
        Self::start_with(dir, &Options::default())
    }

    /// As [`Cluster::start`], with `options`.
    pub fn start_with(dir: &Path, options: &Options) -> Result<Self> {
        let this_process =
            Process::of(std::process::id().cast_signed()).context("the lab needs Linux, and /proc")?;
        Self::launch(dir, options, Some(this_process), Endpoints::choose)
    }

    /// As [`Cluster::start_with`], but the processes stay when the program ends, until [`Folder::end`].
    pub fn start_detached(dir: &Path, options: &Options) -> Result<Folder> {
        let mut cluster = Self::launch(dir, options, None, Endpoints::choose)?;
        cluster.children.clear();
        interrupt::disown(&cluster.folder);
        Ok(cluster.folder.clone())
    }

    /// The kubeconfig of `admin`, who may do everything.
    pub fn admin_kubeconfig(&self) -> &Path {
        &self.admin_kubeconfig
    }

    /// The kubeconfig of `viewer`, who may do nothing until some role is bound to it.
    pub fn viewer_kubeconfig(&self) -> &Path {
        &self.viewer_kubeconfig
    }

    /// Writes a kubeconfig with any token, also one that the API server does not know ([`Options::users`] are those
    /// that it knows).
    pub fn kubeconfig_for(&self, user: &str, token: &str) -> Result<PathBuf> {
        self.write_kubeconfig(user, &Proof::Token(token))
    }

    /// Writes a kubeconfig with a client certificate, which makes any name a user.
    pub fn kubeconfig_with_certificate(&self, user: &str, group: Option<&str>) -> Result<PathBuf> {
        self.write_kubeconfig(user, &Proof::Certificate(&self.authority.client(user, group)?))
    }

    /// The API server's audit log: a JSON object a line.
    pub fn audit_log(&self) -> PathBuf {
        self.folder.audit_log()
    }

    /// What `user` asked of the API server so far, as the audit log has it. A watch is there twice: when it starts and
    /// when it ends.
    pub fn requests_of(&self, user: &str) -> Result<Vec<audit::Request>> {
        let all = audit::read(&self.audit_log())?;
        Ok(all.into_iter().filter(|request| request.user == user).collect())
    }

    /// Where the API server listens, as `ADDRESS:PORT`.
    pub fn server(&self) -> &str {
        &self.state.server
    }

    /// Runs kubectl as the cluster's administrator, and gives what it printed.
    pub fn kubectl(&self, args: &[&str]) -> Result<String> {
        self.folder.kubectl(args)
    }

    /// Waits for the cluster's DNS, the last to come: what is broken before breaks what is still starting, too.
    pub(crate) fn wait_for_dns(&self) -> Result<()> {
        let command = ["-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=300s"];
        self.kubectl(&command).map(drop)
    }

    /// The node with this name.
    pub fn node(&self, name: &str) -> Result<Node> {
        self.folder.node(name)
    }

    /// The folder that the cluster works in.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// `choose` gives the ports of a cluster without nodes.
    fn launch(
        dir: &Path,
        options: &Options,
        owner: Option<Process>,
        mut choose: impl FnMut() -> Result<Endpoints>,
    ) -> Result<Self> {
        options.check()?;
        // Before the time starts to run.
        options.build()?;
        let deadline = Instant::now() + options.timeout;

        let mut folder = Folder::new(dir)?;
        let _claim = folder.claim()?;
        interrupt::own(&folder);
        let room = ROOM + ROOM_FOR_A_NODE * options.nodes.len() as u64;
        cache::check_room(folder.path(), room, "--dir chooses another place for the cluster")?;
        if !options.nodes.is_empty() {
            host::check_kernel(folder.path())?;
        }
        let mut cluster = Self {
            admin_kubeconfig: folder.admin_kubeconfig(),
            viewer_kubeconfig: folder.viewer_kubeconfig(),
            authority: Authority::new()?,
            state: State {
                addons: options.all_addons(),
                fake_nodes: options.fake_nodes,
                owner: owner.clone(),
                ..State::default()
            },
            children: Vec::new(),
            folder,
            owner,
            api_server: None,
            etcd_address: None,
        };
        let users = users(options)?;
        let place = cluster.make_network(options)?;
        let address = place.map_or(Ipv4Addr::LOCALHOST, |place| place.address);
        let files = Files::write(&cluster.folder, &cluster.authority, address, &token_file(&users))?;
        for attempt in 1.. {
            let at = place.map_or_else(&mut choose, Ok)?;
            match cluster.run(at, &files, &users, deadline) {
                Ok(()) => break,
                // In a network of the lab's own, nobody else takes a port.
                Err(error) if place.is_some() || !cluster.lost_a_port() => return Err(error),
                Err(error) if attempt == ATTEMPTS => return Err(error.context(PORTS_LOST)),
                Err(_) => cluster.end(),
            }
        }
        if !options.nodes.is_empty() {
            cluster.run_nodes(options, &files, deadline)?;
        }
        Ok(cluster)
    }

    /// The network that nodes need, and where the control plane listens in it.
    fn make_network(&mut self, options: &Options) -> Result<Option<Endpoints>> {
        if options.nodes.is_empty() {
            return Ok(None);
        }
        self.spawn("network", Namespace::holder(Kind::Network, ["sleep", "infinity"]))?;
        let holder = self.state.processes.first().context("the lab's network is gone")?.clone();
        let log = self.folder.log("network");
        self.wait("there is a network", Instant::now() + Duration::from_secs(5), || {
            holder.has_own_network().then_some(()).map_or(Some(tail(&log)), |()| None)
        })?;
        let namespace = Namespace::of(Kind::Network, &holder)?;
        let address = network::set_up(&namespace, options.nodes.len() as u8)?;
        self.state.network = Some(namespace);
        Ok(Some(Endpoints::in_network(address)))
    }

    fn run(&mut self, at: Endpoints, files: &Files, users: &[User], deadline: Instant) -> Result<()> {
        self.state.server = at.server();
        let etcd = control_plane::etcd(&self.folder, at)?;
        self.spawn_in_network("etcd", &etcd)?;
        self.wait("etcd listens", deadline, || {
            TcpStream::connect((at.address, at.etcd)).err().map(|error| error.to_string())
        })?;
        let api_server = control_plane::kube_apiserver(&self.folder, at, files)?;
        self.spawn_in_network("kube-apiserver", &api_server)?;
        self.api_server = Some(api_server);
        self.etcd_address = Some(format!("{}:{}", at.address, at.etcd));
        for user in users {
            self.kubeconfig_for(&user.name, &user.token)?;
        }
        let admin = self.admin_kubeconfig.clone();
        self.wait("kube-apiserver is ready", deadline, || match client::block_on(|| ready(&admin)) {
            Ok(unready) => unready,
            Err(error) => Some(format!("{error:#}")),
        })
    }

    /// Starts a process of the control plane where the control plane is.
    fn spawn_in_network(&mut self, name: &'static str, command: &Command) -> Result<()> {
        let mut inside = match &self.state.network {
            Some(network) => network.command(command.get_program()),
            None => Command::new(command.get_program()),
        };
        inside.args(command.get_args());
        self.spawn(name, inside)
    }

    fn spawn(&mut self, name: &'static str, mut command: Command) -> Result<()> {
        let log = self.folder.log(name);
        let child = process::spawn(&mut command, self.folder.path(), self.owner.as_ref(), &log)?;
        let process = Process::of(child.id().cast_signed());
        self.children.push((name, child));
        let process = process.with_context(|| format!("{name} is gone; its log: {}", log.display()))?;
        // Its program may be the one that enters a namespace.
        self.state.processes.push(Process { name: name.to_owned(), ..process });
        self.folder.save(&self.state)
    }

    /// Waits until `unready` has nothing to say, or a process ended, or the time is over.
    fn wait(&mut self, what: &str, deadline: Instant, unready: impl Fn() -> Option<String>) -> Result<()> {
        loop {
            self.check_children()?;
            let asked = Instant::now();
            let Some(why) = unready() else { return Ok(()) };
            if Instant::now() >= deadline {
                bail!("the time is over before {what}: {why} (logs are in {})", self.folder.path().display());
            }
            // Not all of a processor, which those need that are waited for.
            thread::sleep(POLL.max(3 * asked.elapsed()));
        }
    }

    fn check_children(&mut self) -> Result<()> {
        for (name, child) in &mut self.children {
            if let Some(status) = child.try_wait()? {
                let log = self.folder.log(name);
                return Err(anyhow!("{name} ended ({status}); {} ends with:\n{}", log.display(), tail(&log)));
            }
        }
        Ok(())
    }

    fn lost_a_port(&self) -> bool {
        let in_use = |name| tail(&self.folder.log(name)).contains("address already in use");
        self.children.iter().any(|(name, _)| in_use(name))
    }

    fn write_kubeconfig(&self, user: &str, proof: &Proof<'_>) -> Result<PathBuf> {
        let text = kubeconfig::text(self.server(), self.authority.certificate(), user, proof);
        self.folder.write(&format!("{}.kubeconfig", file_name(user)), &text)
    }

    /// Ends the processes that this started, the last one first. Nothing here is worth waiting for: they are killed.
    fn end(&mut self) {
        while let Some((_, mut child)) = self.children.pop() {
            // If it cannot be done, `lab clean` finds it.
            let _ = child.kill().and_then(|()| child.wait());
        }
        self.state.processes.clear();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let has_nodes = !self.children.is_empty() && self.state.network.is_some();
        self.end();
        if has_nodes {
            // If it cannot be done, `lab clean` finds it.
            let _ = self.folder.end(Duration::ZERO);
        }
        interrupt::disown(&self.folder);
    }
}

/// What of a node ended, and what it said at last.
fn ended_part(node: &Node) -> Option<String> {
    let (part, _) = node.processes().find(|(_, process)| !process.is_alive())?;
    let log = node.log(part);
    let (part, name) = (part.name(), node.name());
    Some(format!("{part} of {name} ended, and {} ends with:\n{}", log.display(), tail(&log)))
}

async fn ready(kubeconfig: &Path) -> Result<Option<String>> {
    Ok(client::unready(&client::connect(kubeconfig).await?).await)
}

/// `admin` and `viewer`, and those that were asked for.
fn users(options: &Options) -> Result<Vec<User>> {
    let masters = vec!["system:masters".to_owned()];
    let mut users = vec![
        User { name: "admin".to_owned(), token: pki::token()?, groups: masters },
        User { name: "viewer".to_owned(), token: pki::token()?, groups: Vec::new() },
    ];
    users.extend(options.users.iter().cloned());
    Ok(users)
}

/// The form of `--token-auth-file`: token, user, uid, groups.
fn token_file(users: &[User]) -> String {
    let line =
        |user: &User| format!("{},{},{},\"{}\"\n", user.token, user.name, user.name, user.groups.join(","));
    users.iter().map(line).collect()
}

/// A user may be called `system:serviceaccount:…` or have a slash in its name.
fn file_name(user: &str) -> String {
    user.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests;
