//! What to do, by what came of the probe.

use rutter_cluster::objects::{Container, IntOrString, Pod, Probe};

use super::{
    detect,
    failing::{Failing, definition},
    port, say,
};
use crate::{Context, Finding, Remedy, Risk, hosting, texts::probe::ProbeKind};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let container = finding.container.as_deref().unwrap_or_default();
    let failing = detect::again(context, pod, container, finding.variant);
    let at = At { context, finding, pod, container, failing };
    let mut all = vec![at.look()];
    all.extend(match finding.variant {
        "refused" => vec![at.listens(), at.correct_port(), at.startup()],
        "named-port" => vec![at.name_port()],
        "timeout" => vec![at.used(), at.longer()],
        "exec-timeout" => vec![at.runtime(), at.used(), at.longer()],
        "exec-failed" => vec![at.runtime(), at.no_exec()],
        "command-missing" => vec![at.no_exec()],
        "http-status" => vec![at.ask(), own_path()],
        "tls" => vec![at.scheme()],
        "dns" => vec![at.no_host()],
        _ => Vec::new(),
    });
    all
}

struct At<'a, 'c> {
    context: &'a Context<'c>,
    finding: &'a Finding,
    pod: &'c Pod,
    container: &'a str,
    failing: Option<Failing<'c>>,
}

fn read(title: &str, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn own_path() -> Remedy {
    Remedy::new(
        Risk::Reversible,
        "Let readiness say whether this replica can serve, and liveness only whether it hangs: a liveness \
         probe that asks databases or other services restarts all replicas when those fail",
        Vec::new(),
    )
}

impl At<'_, '_> {
    fn kubectl(&self, rest: &str) -> String {
        format!("kubectl -n {} {rest}", self.pod.meta.namespace)
    }

    fn kinds(&self) -> &[ProbeKind] {
        // Without an event it is the readiness probe: only that shows in the status.
        self.failing.as_ref().map_or(&[ProbeKind::Readiness], |failing| failing.kinds.as_slice())
    }

    /// The container, and the first of its probes that fail.
    fn probe(&self) -> Option<(&Container, &Probe)> {
        let container = self.pod.container(self.container)?;
        self.kinds().iter().find_map(|kind| Some((container, definition(container, *kind)?)))
    }

    /// A change of the container's probes in the template that makes the pod. `probe` is JSON: what each of the failing
    /// ones gets.
    fn patch(&self, title: &str, probe: &str) -> Remedy {
        let field = |kind: &ProbeKind| format!("\"{kind}Probe\":{{{probe}}}");
        self.patch_container(title, &self.kinds().iter().map(field).collect::<Vec<_>>().join(","))
    }

    fn patch_container(&self, title: &str, fields: &str) -> Remedy {
        let owner = &self.finding.object;
        let kind = owner.kind.to_ascii_lowercase();
        if !matches!(kind.as_str(), "deployment" | "statefulset" | "daemonset") {
            let title = format!(
                "{title}, in what the pod is made from: of a pod that exists, probes can't be changed"
            );
            return Remedy::new(Risk::Reversible, title, Vec::new());
        }
        let title = format!(
            "{title}; that rolls its pods, and belongs into the manifest that it is applied from too"
        );
        let patch = format!(
            "{{\"spec\":{{\"template\":{{\"spec\":{{\"containers\":[{{\"name\":\"{}\",{fields}}}]}}}}}}}}",
            self.container
        );
        let command = |more: &str| self.kubectl(&format!("patch {kind} {} -p '{patch}'{more}", owner.name));
        Remedy::new(Risk::Disruptive, title, [command(" --dry-run=server"), command("")])
    }

    fn look(&self) -> Remedy {
        let (name, container) = (&self.pod.meta.name, self.container);
        let mut commands = vec![
            self.kubectl(&format!("get events --field-selector involvedObject.name={name},reason=Unhealthy")),
            self.kubectl(&format!("logs {name} -c {container} --tail=50")),
        ];
        let stopped = self.failing.as_ref().is_some_and(|failing| failing.stopped().is_some());
        if stopped {
            commands.push(self.kubectl(&format!("logs {name} -c {container} --previous --tail=50")));
        }
        read(
            "See what fails and what the application logs at that time; don't take a probe away to get \
             traffic: it would reach a container that can't answer",
            commands,
        )
    }

    fn listens(&self) -> Remedy {
        let script = "ss -ltn 2>/dev/null || netstat -ltn 2>/dev/null || cat /proc/net/tcp /proc/net/tcp6";
        let command = format!("exec {} -c {} -- sh -c '{script}'", self.pod.meta.name, self.container);
        read(
            "See on which ports and addresses the application listens: on 127.0.0.1 alone the kubelet \
             can't reach it (/proc/net/tcp shows ports in hexadecimal)",
            [self.kubectl(&command)],
        )
    }

    fn correct_port(&self) -> Remedy {
        let action = self.probe().map(|(container, probe)| {
            let field = if probe.tcp_socket.is_some() {
                "tcpSocket"
            } else if probe.grpc.is_some() {
                "grpc"
            } else {
                "httpGet"
            };
            let asked = match &self.failing {
                Some(failing) => port::asked(failing),
                None => probe.port().and_then(|port| port::number(container, port)),
            };
            let meant = port::only(container).filter(|meant| Some(*meant) != asked);
            (field, meant.map_or_else(|| "<the port it listens on>".to_owned(), |port| port.to_string()))
        });
        let (field, port) = action.unwrap_or(("httpGet", "<the port it listens on>".to_owned()));
        self.patch(
            "If it listens on another port, correct the probe's",
            &format!("\"{field}\":{{\"port\":{port}}}"),
        )
    }

    fn startup(&self) -> Remedy {
        let Some(failing) = &self.failing else {
            return read("If it only starts slowly, give it a startupProbe", Vec::new());
        };
        if failing.kinds.contains(&ProbeKind::Startup) {
            return self.patch_container(
                "If it only starts slowly (its log shows it still at work), let its startupProbe fail \
                 more often before it gives up",
                "\"startupProbe\":{\"failureThreshold\":<seconds that it may take / periodSeconds>}",
            );
        }
        let port = port::asked(failing).map_or_else(|| "<port>".to_owned(), |port| port.to_string());
        let probe = format!(
            "\"startupProbe\":{{\"tcpSocket\":{{\"port\":{port}}},\"periodSeconds\":10,\"failureThreshold\":30}}"
        );
        self.patch_container(
            "If it only starts slowly (its log shows it still at work), give it a startupProbe of 5 \
             minutes (1.18+; before that initialDelaySeconds) rather than laxer probes for ever",
            &probe,
        )
    }

    fn name_port(&self) -> Remedy {
        let said = self.failing.as_ref().and_then(|failing| port::unknown_name(failing.failure.outcome));
        let name = said.or_else(|| match self.probe()?.1.port()? {
            IntOrString::Name(name) => Some(name.as_str()),
            IntOrString::Int(_) => None,
        });
        let only = self.probe().and_then(|(container, _)| port::only(container));
        let number = only.map_or_else(|| "<port>".to_owned(), |port| port.to_string());
        let ports =
            format!("\"ports\":[{{\"containerPort\":{number},\"name\":\"{}\"}}]", name.unwrap_or("<name>"));
        self.patch_container(
            "Give the container's port the name that the probe asks for, or write the number into the probe",
            &ports,
        )
    }

    fn used(&self) -> Remedy {
        let pod = &self.pod.meta.name;
        read(
            "See whether it is starved: use near the CPU limit means that it is throttled, so raise that \
             limit before the time-out",
            [
                self.kubectl(&format!("top pod {pod} --containers")),
                self.kubectl(&format!("get pod {pod} -o jsonpath='{{.spec.containers[*].resources}}'")),
            ],
        )
    }

    fn longer(&self) -> Remedy {
        let now = self.failing.as_ref().map_or(1, say::timeout);
        let more = now.saturating_mul(5).min(30).max(now);
        self.patch(
            "If the answer is right but slow, give it more time",
            &format!("\"timeoutSeconds\":{more}"),
        )
    }

    fn runtime(&self) -> Remedy {
        let node = self.context.node(&self.pod.spec.node_name).ok().flatten();
        let unit = hosting::runtime_unit(node);
        read(
            &format!(
                "An exec probe is a call to the container runtime: on {} as root, see whether that answers",
                self.pod.spec.node_name
            ),
            [
                "timeout 10 crictl version".to_owned(),
                format!("journalctl -u {unit} -u kubelet --since -15min | tail -50"),
            ],
        )
    }

    fn no_exec(&self) -> Remedy {
        read(
            "Ask by httpGet, tcpSocket or grpc instead of a command: that needs neither the runtime nor a \
             binary in the image",
            [self.kubectl(&format!(
                "get pod {} -o jsonpath='{{.spec.containers[*].ports}}'",
                self.pod.meta.name
            ))],
        )
    }

    fn ask(&self) -> Remedy {
        let get = self.failing.as_ref().and_then(|failing| {
            let probe = failing.kinds.iter().find_map(|kind| definition(failing.container, *kind))?;
            let path = probe.http_get.as_ref()?.path.as_str();
            Some((port::asked(failing)?, if path.is_empty() { "/" } else { path }))
        });
        let (port, path) = get.map_or(("<port>".to_owned(), "/"), |(port, path)| (port.to_string(), path));
        let (namespace, name) = (&self.pod.meta.namespace, &self.pod.meta.name);
        read(
            "Ask what the probe asks, and read the answer's body",
            [format!("kubectl get --raw '/api/v1/namespaces/{namespace}/pods/{name}:{port}/proxy{path}'")],
        )
    }

    fn scheme(&self) -> Remedy {
        self.patch(
            "If the port speaks the other of HTTP and HTTPS, say so in the probe (the kubelet does \
         not check certificates)",
            "\"httpGet\":{\"scheme\":\"<HTTP or HTTPS>\"}",
        )
    }

    fn no_host(&self) -> Remedy {
        self.patch(
            "Leave the host out of the probe: the kubelet then asks the pod's own address (a Host \
         header belongs into httpHeaders)",
            "\"httpGet\":{\"host\":null}",
        )
    }
}
