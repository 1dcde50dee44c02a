//! What a cluster is to have.

use std::time::Duration;

use anyhow::{Result, bail};

use super::Options;
use crate::addons::{Addon, Addons};
use crate::host;
use crate::toolchain::{self, Program};

impl Default for Options {
    fn default() -> Self {
        Self {
            timeout: Duration::from_mins(2),
            users: Vec::new(),
            nodes: Vec::new(),
            addons: Addons::default(),
            fake_nodes: 0,
        }
    }
}

impl Options {
    /// Builds all that a cluster like this runs.
    pub(super) fn build(&self) -> Result<()> {
        let nodes = if self.nodes.is_empty() { &[][..] } else { &Program::NODES[..] };
        let addons = self.all_addons().0.into_iter().map(Addon::program);
        for program in Program::CONTROL_PLANE.into_iter().chain(nodes.iter().copied()).chain(addons) {
            toolchain::ensure(program)?;
        }
        Ok(())
    }

    pub(super) fn all_addons(&self) -> Addons {
        let mut addons = self.addons.clone();
        if self.fake_nodes > 0 {
            addons.0.insert(Addon::Kwok);
        }
        addons
    }

    pub(super) fn check(&self) -> Result<()> {
        if !self.nodes.is_empty() {
            return host::check();
        }
        if !self.all_addons().0.is_empty() {
            bail!("add-ons and fake nodes need a cluster that has at least one node");
        }
        Ok(())
    }
}
