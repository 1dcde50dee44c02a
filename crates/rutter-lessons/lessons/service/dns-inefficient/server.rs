//! The pods that answer for the cluster's names, and what they say.

use rutter_cluster::{
    Time,
    objects::{Pod, Service},
};

use crate::{Context, Evidence, containers};

/// The ready pods of the cluster's DNS.
pub(super) struct Server<'c> {
    pub(super) service: &'c Service,
    pub(super) ready: Vec<&'c Pod>,
}

/// What a server complains of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaint<'l> {
    /// More questions at once than it takes, and how many those are, as far as it says.
    Limit(&'l str),
    /// The server that it hands questions on to doesn't answer: its address.
    Upstream(&'l str),
}

impl<'c> Server<'c> {
    /// Those of this Service; `None` if none is ready: then it is down.
    pub(super) fn of(context: &Context<'c>, service: &'c Service) -> Option<Self> {
        let pods = context.pods_selected_by(service).ok()?;
        let ready: Vec<&Pod> =
            pods.into_iter().filter(|pod| pod.is_ready() && pod.meta.deleted.is_none()).collect();
        (!ready.is_empty()).then_some(Self { service, ready })
    }

    /// Since when at least one has been ready.
    pub(super) fn since(&self) -> Option<Time> {
        let since = |pod: &&Pod| pod.condition("Ready").and_then(|ready| ready.last_transition_time);
        self.ready.iter().filter_map(since).min()
    }

    /// The gravest complaint in their logs, with its line. A line has no time: it only says more of what is seen now.
    pub(super) fn complaint(&self, context: &Context<'c>) -> Option<(Complaint<'c>, Evidence)> {
        let mut upstream = None;
        for pod in &self.ready {
            for (status, _) in pod.container_statuses() {
                let lines = context.log(pod, &status.name).into_iter().flat_map(|log| log.lines.iter().rev());
                for line in lines {
                    let Some(found) = complaint(line) else { continue };
                    let told = || (found, Evidence::log(pod, &status.name, containers::clean(line)));
                    match found {
                        Complaint::Limit(_) => return Some(told()),
                        Complaint::Upstream(_) => upstream = upstream.or_else(|| Some(told())),
                    }
                }
            }
        }
        upstream
    }
}

/// `[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:41234->10.0.0.2:53: i/o timeout`, with `unreachable backend: ` before
/// it up to CoreDNS 1.3; `… concurrent queries exceeded maximum 1000` (1.7 and later); dnsmasq's `Maximum number of concurrent DNS
/// queries reached (max: 150)`.
fn complaint(line: &str) -> Option<Complaint<'_>> {
    let number = |text: &'_ str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    for mark in ["concurrent queries exceeded maximum ", "concurrent DNS queries reached (max: "] {
        if let Some((_, rest)) = line.split_once(mark) {
            return Some(Complaint::Limit(rest.get(..number(rest))?));
        }
    }
    // The plugin loop asks for HINFO of a random name when it starts; many servers don't answer that.
    if !line.contains("[ERROR]") || !line.contains("i/o timeout") || line.contains(" HINFO: ") {
        return None;
    }
    let (_, asked) = line.split_once("->")?;
    let end = asked.find(": ")?;
    asked.get(..end).map(Complaint::Upstream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_complain_of() {
        let new = "[ERROR] plugin/errors: 2 api.example.com. A: read udp 10.244.0.5:41234->10.0.0.2:53: i/o timeout";
        let old = "[ERROR] 2 api.example.com. AAAA: unreachable backend: read udp 10.99.17.97:60877->[fd00::2]:53: i/o timeout";
        let loops =
            "[ERROR] plugin/errors: 2 774.211. HINFO: read udp 10.244.0.5:45662->10.0.0.2:53: i/o timeout";
        let limit = "[ERROR] plugin/errors: 2 api.example.com. A: concurrent queries exceeded maximum 1000";
        let dnsmasq = "I0302 09:59:01.1 1 nanny.go:119] dnsmasq[12]: Maximum number of concurrent DNS queries reached (max: 150)";
        assert_eq!(complaint(new), Some(Complaint::Upstream("10.0.0.2:53")));
        assert_eq!(complaint(old), Some(Complaint::Upstream("[fd00::2]:53")));
        assert_eq!(complaint(loops), None);
        assert_eq!(complaint(limit), Some(Complaint::Limit("1000")));
        assert_eq!(complaint(dnsmasq), Some(Complaint::Limit("150")));
        for line in [
            "",
            "[ERROR] ->: i/o timeout",
            "[ERROR] i/o timeout -> é",
            "concurrent queries exceeded maximum é",
        ] {
            let _ = complaint(line);
        }
    }
}
