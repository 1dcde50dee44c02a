//! What a cluster with nodes has only when it is asked for.
//!
//! A registry of images, the cloud's controllers and kwok run beside the control plane and can be stopped and started;
//! what serves metrics and makes volumes runs in the cluster, as it does in others.

pub(crate) mod fake;
mod run;

use std::collections::BTreeSet;
use std::str::FromStr;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::toolchain::Program;

/// Something that a cluster has only when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addon {
    /// A registry of images, `registry.lab:5000` to the nodes.
    Registry,
    /// metrics-server: `kubectl top`, and what autoscalers go by.
    Metrics,
    /// local-path-provisioner, with the default StorageClass.
    Storage,
    /// The controllers of a cloud that gives addresses to Services and routes to nodes, or refuses them.
    Cloud,
    /// What answers for fake nodes and runs their pods.
    Kwok,
}

impl Addon {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Registry, Self::Metrics, Self::Storage, Self::Cloud, Self::Kwok];

    /// What it is called in arguments and in scenarios.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Metrics => "metrics",
            Self::Storage => "storage",
            Self::Cloud => "cloud",
            Self::Kwok => "kwok",
        }
    }

    /// The program that it is.
    pub fn program(self) -> Program {
        match self {
            Self::Registry => Program::Registry,
            Self::Metrics => Program::MetricsServer,
            Self::Storage => Program::LocalPathProvisioner,
            Self::Cloud => Program::CloudController,
            Self::Kwok => Program::Kwok,
        }
    }

    /// How it runs in the cluster, if it does.
    pub(crate) fn manifest(self) -> Option<Manifest> {
        match self {
            Self::Metrics => Some(Manifest {
                file: "metrics-server.yaml",
                text: include_str!("../../addons/metrics-server.yaml"),
                namespace: "kube-system",
                ready: &["deployment/metrics-server", "apiservice/v1beta1.metrics.k8s.io"],
            }),
            Self::Storage => Some(Manifest {
                file: "local-path.yaml",
                text: include_str!("../../addons/local-path.yaml"),
                namespace: "local-path-storage",
                ready: &["deployment/local-path-provisioner"],
            }),
            Self::Registry | Self::Cloud | Self::Kwok => None,
        }
    }
}

/// What makes an add-on in the cluster, and what is Available once it is there.
pub(crate) struct Manifest {
    pub(crate) file: &'static str,
    pub(crate) text: &'static str,
    pub(crate) namespace: &'static str,
    pub(crate) ready: &'static [&'static str],
}

impl FromStr for Addon {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|addon| addon.name() == name);
        match found {
            Some(addon) => Ok(addon),
            None => bail!("{name:?} is none of {}", Self::ALL.map(Self::name).join(", ")),
        }
    }
}

/// A set of them; as an argument, `all` or names with commas between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Addons(pub BTreeSet<Addon>);

impl Addons {
    /// Whether `addon` is one of them.
    pub fn has(&self, addon: Addon) -> bool {
        self.0.contains(&addon)
    }

    /// Those of them that are processes beside the control plane, not workloads in the cluster.
    pub fn beside(&self) -> impl Iterator<Item = Addon> {
        self.0.iter().copied().filter(|addon| addon.manifest().is_none())
    }
}

impl FromStr for Addons {
    type Err = anyhow::Error;

    fn from_str(list: &str) -> Result<Self> {
        if list == "all" {
            return Ok(Self(Addon::ALL.into()));
        }
        list.split(',').map(str::parse).collect::<Result<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_them() {
        let two: Addons = "cloud,registry".parse().unwrap();
        assert_eq!(two, Addons([Addon::Registry, Addon::Cloud].into()));
        assert_eq!("all".parse::<Addons>().unwrap().0.len(), Addon::ALL.len());
        let refused = "cloud,dns".parse::<Addons>().unwrap_err().to_string();
        assert_eq!(refused, "\"dns\" is none of registry, metrics, storage, cloud, kwok");
    }

    #[test]
    fn the_names_are_those_of_scenarios() {
        for addon in Addon::ALL {
            assert_eq!(serde_json::to_value(addon).unwrap(), addon.name());
        }
    }
}
