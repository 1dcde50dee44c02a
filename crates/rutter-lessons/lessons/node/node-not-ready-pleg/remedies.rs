//! What to do: capture, find what hangs, and only then restart something.

use crate::{
    Context, Finding, Remedy, Risk,
    hosting::{self, Guests},
    hung::Hung,
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let node = hosting::node_of(context, finding);
    let hung = Hung::on(&finding.object.name, node);
    let at = At { name: &finding.object.name, unit: hung.unit };
    match finding.variant {
        "recovered" => vec![at.look_back()],
        "flapping" => vec![at.look_back(), hung.waits_for(), hung.stacks(), at.cordon()],
        "runtime-not-ready" => vec![hung.ask(), at.log(), at.cordon(), hung.restart()],
        _ => {
            let guests = node.and_then(|node| Guests::of(context, node));
            vec![
                hung.ask(),
                hung.waits_for(),
                hung.stacks(),
                at.cordon(),
                hung.restart(),
                hung.reboot(guests.as_ref()),
            ]
        }
    }
}

/// What commands need.
struct At<'a> {
    name: &'a str,
    /// The systemd unit of the runtime.
    unit: &'static str,
}

impl At<'_> {
    fn log(&self) -> Remedy {
        let title = format!("on {} as root, read what the runtime says about itself", self.name);
        let all = [
            format!("systemctl status {} --no-pager", self.unit),
            format!(
                "journalctl -u {} --since -30min | grep -i -e level=error -e level=fatal -e panic | tail -30",
                self.unit
            ),
            "df -h /var/lib /run; df -i /var/lib /run".to_owned(),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }

    fn cordon(&self) -> Remedy {
        let title = format!(
            "keep new pods off {} until it has been Ready for a while, before anything is restarted",
            self.name
        );
        Remedy::new(Risk::Reversible, title, [format!("kubectl cordon {}", self.name)])
    }

    fn look_back(&self) -> Remedy {
        let title = format!("on {} as root, read what hung while it was NotReady", self.name);
        let all = [
            "journalctl -u kubelet --since -2h | grep -i -e PLEG -e 'skipping pod synchronization' -e DeadlineExceeded | tail -30"
                .to_owned(),
            format!("journalctl -u {} --since -2h | grep -i -e error -e timeout | tail -30", self.unit),
            format!("kubectl get events -A --field-selector involvedObject.kind=Node,involvedObject.name={}", self.name),
        ];
        Remedy::new(Risk::ReadOnly, title, all)
    }
}
