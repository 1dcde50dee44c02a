//! What can be broken on a node, and put right again.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::config::{CRI_RULES, CRI_RULES_BY};
use super::{Node, Part};
use crate::network;
use crate::pki::Authority;

impl Node {
    /// Stops `part` where it is: it is there, and does nothing.
    pub fn freeze(&self, part: Part) {
        if let Some(process) = self.process(part) {
            process.freeze();
        }
    }

    /// Lets `part` go on.
    pub fn thaw(&self, part: Part) {
        if let Some(process) = self.process(part) {
            process.thaw();
        }
    }

    /// Sets what becomes of kubelet's calls to containerd, a list of rules in the form that `lab/go/README.md` tells;
    /// `[]` lets all pass.
    pub fn set_cri_rules(&self, rules: &Value) -> Result<()> {
        let unfinished = format!("{CRI_RULES}.unfinished");
        self.write(&unfinished, &rules.to_string())?;
        let folder = self.folder();
        fs::rename(folder.join(unfinished), folder.join(CRI_RULES))
            .context("cannot put the rules in their place")
    }

    /// Sets the rules of `who` alone: several scenarios may break one node at a time.
    pub fn set_cri_rules_of(&self, who: &str, rules: &[Value]) -> Result<()> {
        let known = fs::read(self.folder().join(CRI_RULES_BY)).ok();
        let known = known.and_then(|text| serde_json::from_slice(&text).ok());
        let mut all: BTreeMap<String, Vec<Value>> = known.unwrap_or_default();
        all.insert(who.to_owned(), rules.to_owned());
        self.write(CRI_RULES_BY, &serde_json::to_string(&all)?)?;
        self.set_cri_rules(&all.into_values().flatten().collect())
    }

    /// Writes messages into the node's own kernel log, as its kernel would. Of each reader only one gets a message.
    pub fn write_kernel_log(&self, messages: &[String]) -> Result<()> {
        // Each is to be read by itself.
        let script = r#"for message do
            read -r uptime _ < /proc/uptime
            printf '4,1,%s,-;%s\n' "${uptime%.*}000000" "$message" > /dev/kmsg
            sleep 0.2
        done"#;
        let messages = messages.iter().map(String::as_str);
        let args: Vec<_> = ["-euc", script, "kernel"].into_iter().chain(messages).collect();
        self.run("sh", &args).map(drop)
    }

    /// Pulls the cable: nothing reaches the node, nor leaves it.
    pub fn cut_network(&self) -> Result<()> {
        self.run("ip", &["link", "set", "eth0", "down"]).map(drop)
    }

    /// Puts the cable back.
    pub fn restore_network(&self) -> Result<()> {
        self.run("ip", &["link", "set", "eth0", "up"])?;
        // The kernel forgets the routes of an interface that is down.
        self.record.namespace.shell(&network::node_routes(self.record.index, self.record.nodes)).map(drop)
    }

    /// Takes the configuration of the pod network away. containerd sees it at once.
    pub fn break_cni(&self) -> Result<()> {
        self.run("mv", &["/etc/cni/net.d/10-lab.conflist", "/etc/cni/10-lab.conflist"]).map(drop)
    }

    /// Puts it back.
    pub fn restore_cni(&self) -> Result<()> {
        // Written anew, for containerd looks only when a file is written, not when one is moved there.
        let script =
            "cat /etc/cni/10-lab.conflist > /etc/cni/net.d/10-lab.conflist; rm /etc/cni/10-lab.conflist";
        self.record.namespace.shell(script).map(drop)
    }

    /// Gives kubelet a certificate that the API server does not trust, and starts it again.
    pub fn break_certificate(&mut self) -> Result<()> {
        self.write_kubeconfigs(&Authority::new()?)?;
        self.restart_kubelet()
    }

    /// Gives it a good one, and starts it again.
    pub fn restore_certificate(&mut self) -> Result<()> {
        self.write_kubeconfigs(&self.cluster.authority()?)?;
        self.restart_kubelet()
    }

    fn restart_kubelet(&mut self) -> Result<()> {
        self.stop(Part::Kubelet)?;
        self.start(Part::Kubelet)
    }
}
