//! Breaking and healing.

use anyhow::{Result, bail};

use super::spec::{Action, PartOfNode, Scenario};
use crate::{Folder, Node, NodeOptions};

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
            Action::Cri { node, rules } => cluster.node(node)?.set_cri_rules(rules),
            Action::CutNetwork(node) => cluster.node(node)?.cut_network(),
            Action::RestoreNetwork(node) => cluster.node(node)?.restore_network(),
            Action::BreakCni(node) => cluster.node(node)?.break_cni(),
            Action::RestoreCni(node) => cluster.node(node)?.restore_cni(),
            Action::BreakCertificate(node) => cluster.node(node)?.break_certificate(),
            Action::RestoreCertificate(node) => cluster.node(node)?.restore_certificate(),
            Action::StopAddon(addon) => cluster.stop_addon(*addon),
            Action::StartAddon(addon) => cluster.start_addon(*addon),
            Action::Push { image, name } => cluster.push(image, name),
            Action::Cloud(cloud) => cluster.set_cloud(cloud),
            Action::Run { node, command } => {
                let args: Vec<_> = command.iter().map(String::as_str).collect();
                let (program, args) = args.split_first().unwrap_or((&"true", &[]));
                cluster.node(node)?.run(program, args).map(drop)
            }
        }
    }

    fn kubectl(&self, cluster: &Folder, args: &[&str]) -> Result<()> {
        cluster.kubectl(&[&["-n", self.name.as_str()], args].concat()).map(drop)
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).display().to_string()
    }
}
