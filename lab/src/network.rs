//! The lab's network: a namespace with a bridge, on which the nodes and the control plane are; and one link to the host.
//!
//! All addresses but those of the link are the same in every lab, for nobody outside sees them. They are those that
//! recordings have.

use std::net::Ipv4Addr;

use anyhow::{Result, bail};

use crate::namespace::{Namespace, run};
use std::process::Command;

/// The control plane as nodes and pods see it.
pub(crate) const CONTROL_PLANE: Ipv4Addr = Ipv4Addr::new(10, 240, 0, 1);
/// Where the registry of images listens on the control plane.
pub(crate) const REGISTRY_PORT: u16 = 5000;
/// The name that nodes know the registry's host by.
pub(crate) const REGISTRY_HOST: &str = "registry.lab";
/// Where pods have their addresses.
pub(crate) const PODS: &str = "10.244.0.0/16";
/// Where Services have theirs: kubeadm's range, where most recordings have them.
pub(crate) const SERVICES: &str = "10.96.0.0/12";
/// The first of them, which is the Service `kubernetes`.
pub(crate) const KUBERNETES_SERVICE: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 1);
/// The cluster's DNS.
pub(crate) const DNS_SERVICE: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 10);

/// The address of the node with this index.
pub(crate) fn node_address(index: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 240, 0, 11 + index)
}

/// Where the pods of the node with this index have their addresses.
pub(crate) fn pod_range(index: u8) -> String {
    format!("10.244.{index}.0/24")
}

/// Makes the bridge and the link to the host; gives the control plane's address on that link.
pub(crate) fn set_up(namespace: &Namespace, nodes: u8) -> Result<Ipv4Addr> {
    let routes: String = (0..nodes).map(route).collect();
    namespace.shell(&format!(
        "ip link set lo up
         echo 1 > /proc/sys/net/ipv4/ip_forward
         ip link add nodes type bridge
         ip address add {CONTROL_PLANE}/24 dev nodes
         ip link set nodes up
         {routes}"
    ))?;
    link_to_host(namespace)
}

/// The first free number is the lab's: making an interface fails when its name is taken.
fn link_to_host(namespace: &Namespace) -> Result<Ipv4Addr> {
    for number in 0..=u8::MAX {
        let name = format!("rutter-lab{number}");
        let holder = namespace.holder.pid.to_string();
        let made = run(Command::new("ip")
            .args(["link", "add", &name, "type", "veth", "peer"])
            .args(["name", "host", "netns", &holder]));
        match made {
            Err(error) if error.to_string().contains("File exists") => continue,
            other => other?,
        };
        let (host, control_plane) = (Ipv4Addr::new(10, 213, number, 2), Ipv4Addr::new(10, 213, number, 1));
        run(Command::new("ip").args(["address", "add", &format!("{host}/30"), "dev", &name]))?;
        run(Command::new("ip").args(["link", "set", &name, "up"]))?;
        namespace.shell(&format!("ip address add {control_plane}/30 dev host; ip link set host up"))?;
        return Ok(control_plane);
    }
    bail!("256 labs run on this machine already: `lab clean` ends those that nobody needs")
}

/// Puts the node with this index on the bridge.
pub(crate) fn attach(network: &Namespace, node: &Namespace, index: u8, name: &str, nodes: u8) -> Result<()> {
    let holder = node.holder.pid;
    network.shell(&format!(
        "ip link add {name} type veth peer name eth0 netns {holder}
         ip link set {name} master nodes up"
    ))?;
    let address = node_address(index);
    let routes = node_routes(index, nodes);
    node.shell(&format!(
        "ip link set lo up; ip address add {address}/24 dev eth0; ip link set eth0 up\n{routes}"
    ))?;
    Ok(())
}

/// The script that gives the node with this index its routes to the control plane and to the pods of the others.
pub(crate) fn node_routes(index: u8, nodes: u8) -> String {
    let others = (0..nodes).filter(|other| *other != index).map(route);
    format!("ip route replace default via {CONTROL_PLANE}\n{}", others.collect::<String>())
}

fn route(index: u8) -> String {
    format!("ip route replace {} via {}\n", pod_range(index), node_address(index))
}
