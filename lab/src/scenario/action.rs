//! Breaking and healing.

use std::process::Command;

use anyhow::{Result, bail};

use super::report::{Asked, Report, Source};
use super::spec::{Action, KernelLog, PartOfNode, Scenario};
use super::{rutter_beside, wait};
use crate::namespace::run;
use crate::{Folder, Node, NodeOptions};

/// How often it is looked, with seconds between, before lines are written into a kernel's log again.
const LOOKS: usize = 5;

impl Scenario {
    /// Fails if the running cluster does not have the nodes and add-ons that the scenario needs.
    pub fn check_cluster(&self, cluster: &Folder) -> Result<()> {
        let (found, needed) = (cluster.state()?.unwrap_or_default(), self.cluster());
        let how = format!("`lab up --scenario {}` starts them", self.name);
        if found.nodes.len() < needed.nodes.len() {
            bail!("{} needs {} nodes: {how}", self.name, needed.nodes.len());
        }
        if let Some(lacks) = needed.addons.0.difference(&found.addons.0).next() {
            bail!("{0} needs the add-on {1}: `lab up --scenario {0}` starts it", self.name, lacks.name());
        }
        for (name, needed) in found.nodes.iter().zip(&needed.nodes) {
            let node = cluster.node(name)?;
            if needed.disk != NodeOptions::default().disk && node.options().disk != needed.disk {
                bail!("{} needs nodes of its own, as the small disk of {name}: {how}", self.name);
            }
            if !needed.kubelet.is_null() && node.options().kubelet != needed.kubelet {
                self.tell(&format!("the kubelet of {name} is set otherwise, and may be slower: {how}"));
            }
        }
        Ok(())
    }

    /// Fails if nothing was broken.
    pub(super) fn check_broken(&self, cluster: &Folder) -> Result<()> {
        if cluster.kubectl(&["get", "namespace", &self.name, "--ignore-not-found", "-o", "name"])?.is_empty()
        {
            bail!("{0} is not broken here: there is no namespace {0}", self.name);
        }
        Ok(())
    }

    /// Makes the scenario's namespace, with what Kubernetes puts into each, for pods are refused before it is there.
    pub(super) fn make_namespace(&self, cluster: &Folder) -> Result<()> {
        if cluster.kubectl(&["get", "namespace", &self.name, "--ignore-not-found", "-o", "name"])?.is_empty()
        {
            cluster.kubectl(&["create", "namespace", &self.name])?;
        }
        for object in ["serviceaccount/default", "configmap/kube-root-ca.crt"] {
            cluster.kubectl(&["-n", &self.name, "wait", "--for=create", object, "--timeout=60s"])?;
        }
        Ok(())
    }

    pub(super) fn run(&self, cluster: &Folder, actions: &[Action]) -> Result<()> {
        actions.iter().try_for_each(|action| self.act(cluster, action))
    }

    fn act(&self, cluster: &Folder, action: &Action) -> Result<()> {
        let part = |at: &PartOfNode, act: fn(&mut Node, crate::Part) -> Result<()>| {
            act(&mut cluster.node(&at.node)?, at.part)
        };
        match action {
            Action::Apply(file) => self.kubectl(cluster, &["apply", "-f", &self.path(file)]),
            Action::Delete(file) => {
                self.kubectl(cluster, &["delete", "--ignore-not-found", "-f", &self.path(file)])
            }
            Action::Kubectl(args) => {
                self.kubectl(cluster, &args.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Action::Stop(at) => part(at, |node, part| node.stop(part)),
            Action::Start(at) => part(at, Node::start),
            Action::Kill(at) => part(at, |node, part| node.kill(part)),
            Action::Freeze(at) => part(at, |node, part| {
                node.freeze(part);
                Ok(())
            }),
            Action::Thaw(at) => part(at, |node, part| {
                node.thaw(part);
                Ok(())
            }),
            Action::Cri { node, rules } => cluster.node(node)?.set_cri_rules_of(&self.name, rules),
            Action::Backdate(object) => self.backdate(cluster, object),
            Action::KernelLog(log) => self.write_kernel_log(cluster, log),
            Action::CutNetwork(node) => cluster.node(node)?.cut_network(),
            Action::RestoreNetwork(node) => cluster.node(node)?.restore_network(),
            Action::BreakCni(node) => cluster.node(node)?.break_cni(),
            Action::RestoreCni(node) => cluster.node(node)?.restore_cni(),
            Action::BreakCertificate(node) => cluster.node(node)?.break_certificate(),
            Action::RestoreCertificate(node) => cluster.node(node)?.restore_certificate(),
            Action::FreezeController(name) => {
                cluster.controller(name)?.freeze();
                Ok(())
            }
            Action::ThawController(name) => {
                cluster.controller(name)?.thaw();
                Ok(())
            }
            Action::StopAddon(addon) => cluster.stop_addon(*addon),
            Action::StartAddon(addon) => cluster.start_addon(*addon),
            Action::Push { image, name } => cluster.push(image, name),
            Action::Cloud(cloud) => cluster.set_cloud(cloud),
            Action::Fix(lesson) => self.fix(cluster, lesson),
            Action::Run { node, command } => {
                let args: Vec<_> = command.iter().map(String::as_str).collect();
                let (program, args) = args.split_first().unwrap_or((&"true", &[]));
                cluster.node(node)?.run(program, args).map(drop)
            }
        }
    }

    /// Fails unless the plan ran to its end and Rutter then saw that the incident is over.
    fn fix(&self, cluster: &Folder, lesson: &str) -> Result<()> {
        let rutter = rutter_beside()?;
        let kubeconfig = cluster.admin_kubeconfig();
        let report = || {
            let asked = Asked { rutter: &rutter, before: None, kubelets: false };
            Report::of(asked, Source::Live(&kubeconfig))
        };
        let Some(id) = report()?.incident(lesson, &self.name) else {
            bail!("{}: there is no incident of {lesson} to fix", self.name);
        };
        let mut command = Command::new(&rutter);
        command.args(["fix", &id, "--yes", "--kubeconfig"]).arg(&kubeconfig);
        command.arg("--journal").arg(cluster.path().join("journals"));
        let said = run(&mut command)?;
        // A plan that waits for a person ends well, too.
        if report()?.incident(lesson, &self.name).is_some_and(|left| left == id) {
            bail!("{}: rutter did not fix {lesson}:\n{said}", self.name);
        }
        self.tell(&format!("fixed by rutter:\n{said}"));
        Ok(())
    }

    /// Writes lines until their effect shows: a kubelet reads its kernel's log twice at a time, and with a pipe in its place
    /// one of the readers takes what was meant for the other.
    fn write_kernel_log(&self, cluster: &Folder, log: &KernelLog) -> Result<()> {
        let node = cluster.node(&log.node)?;
        let mut looks = 0;
        wait(&self.name, &log.until.to_string(), self.timeout(), || {
            let missing = log.until.lacks(cluster, &self.name)?;
            if !missing.is_empty() && looks % LOOKS == 0 {
                node.write_kernel_log(&log.lines)?;
            }
            looks += 1;
            Ok(missing)
        })
    }

    fn kubectl(&self, cluster: &Folder, args: &[&str]) -> Result<()> {
        let mut command = cluster.kubectl_command()?;
        run(command.args(["-n", &self.name]).args(args).current_dir(&self.folder)).map(drop)
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).display().to_string()
    }
}
