//! What to do, by what is missing.

use super::{
    create, rollout, security,
    workload::{Kind, Workload},
};
use crate::{
    Context, Finding, Remedy, Risk,
    texts::{
        webhook_call,
        workload_create::{self, Cause},
    },
    webhooks,
};

/// Columns for `kubectl get`.
const NODES: &str = "NAME:.metadata.name,UNSCHEDULABLE:.spec.unschedulable,TAINTS:.spec.taints[*].key,\
                     CPU:.status.allocatable.cpu,MEMORY:.status.allocatable.memory";
const REQUESTS: &str = "NAME:.metadata.name,CPU:.spec.containers[*].resources.requests.cpu,\
                        MEMORY:.spec.containers[*].resources.requests.memory";
const LEAVING: &str = "NAME:.metadata.name,SET:.metadata.ownerReferences[*].name,NODE:.spec.nodeName,\
                       DELETED:.metadata.deletionTimestamp,FINALIZERS:.metadata.finalizers";
const HOOKS: &str =
    "KIND:.kind,NAME:.metadata.name,HOOKS:.webhooks[*].name,POLICY:.webhooks[*].failurePolicy";

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(workload) = Workload::of(context, &finding.object) else { return Vec::new() };
    let at = At { context, workload: &workload };
    match finding.variant {
        "cannot-create" => at.refused(),
        "cannot-schedule" => vec![at.pending()],
        "not-observed" | "stale" | "missing-pods" => vec![at.controller()],
        "surplus" => vec![at.left_over(), at.controller()],
        "new-revision" => [Some(at.look()), at.undo()].into_iter().flatten().collect(),
        _ => [Some(at.look()), at.resume()].into_iter().flatten().collect(),
    }
}

/// CPU, memory, storage: amounts that a container asks for.
fn is_compute(resource: &str) -> bool {
    let name = resource.strip_prefix("requests.").or(resource.strip_prefix("limits.")).unwrap_or(resource);
    matches!(name, "cpu" | "memory" | "ephemeral-storage")
}

/// ` --requests=cpu=<cpu>`: those of a quota's resources that are requests, or limits, to be filled in.
fn flag(side: &str, resources: &[&str]) -> String {
    let of_side = |resource: &&str| match resource.split_once('.') {
        Some((prefix, name)) => (prefix == side && is_compute(name)).then(|| format!("{name}=<{name}>")),
        None => (side == "requests" && is_compute(resource)).then(|| format!("{resource}=<{resource}>")),
    };
    let all: Vec<String> = resources.iter().filter_map(of_side).collect();
    if all.is_empty() { String::new() } else { format!(" --{side}={}", all.join(",")) }
}

struct At<'w, 'c> {
    context: &'w Context<'c>,
    workload: &'w Workload<'c>,
}

fn read(title: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Remedy {
    Remedy::new(Risk::ReadOnly, title, commands)
}

impl At<'_, '_> {
    fn kubectl(&self, rest: &str) -> String {
        format!("kubectl -n {} {rest}", self.workload.object.namespace)
    }

    /// `deployment/web`, as kubectl takes it.
    fn name(&self) -> String {
        format!("{}/{}", self.workload.object.kind.to_ascii_lowercase(), self.workload.object.name)
    }

    fn labels(&self) -> String {
        self.workload.template.meta.labels.to_string()
    }

    fn look(&self) -> Remedy {
        read(
            "See what keeps its pods from being ready: the state and the events of one of them tell",
            [
                self.kubectl(&format!("get pods -l '{}' -o wide", self.labels())),
                self.kubectl(&format!("describe pods -l '{}'", self.labels())),
            ],
        )
    }

    fn pending(&self) -> Remedy {
        read(
            "See what the scheduler says of each pod, and which nodes could take them",
            [
                self.kubectl(&format!("describe pods -l '{}' | grep -A5 '^Events'", self.labels())),
                format!("kubectl get nodes -o custom-columns={NODES}"),
            ],
        )
    }

    fn controller(&self) -> Remedy {
        read(
            "See whether the controller-manager, which makes and counts the pods, runs, renews its lease \
             and logs errors about this workload",
            [
                "kubectl -n kube-system get lease kube-controller-manager -o \
                 jsonpath='{.spec.holderIdentity} {.spec.renewTime}'"
                    .to_owned(),
                format!(
                    "kubectl -n kube-system logs -l component=kube-controller-manager --tail=200 | \
                 grep '{}'",
                    self.workload.object.name
                ),
                self.kubectl(&format!("describe {}", self.name())),
            ],
        )
    }

    /// A pod too many: whose it is, and what keeps it.
    fn left_over(&self) -> Remedy {
        let labels = self.labels();
        read(
            "See which ReplicaSet the pod too many belongs to, and what keeps it: a deletion that its node \
             doesn't confirm, a finalizer, or a ReplicaSet that was not scaled down",
            [
                self.kubectl(&format!(
                    "get replicasets -o wide | grep -E '^NAME|^{}-'",
                    self.workload.object.name
                )),
                self.kubectl(&format!("get pods -l '{labels}' -o custom-columns={LEAVING}")),
            ],
        )
    }

    /// Only where the revision before is known to serve.
    fn undo(&self) -> Option<Remedy> {
        let Kind::Deployment(deployment) = self.workload.kind else { return None };
        let old = rollout::serving_revision(self.context, deployment)?;
        let (history, undo) = (
            format!("rollout history {} --revision={old}", self.name()),
            format!("rollout undo {} --to-revision={old}", self.name()),
        );
        Some(Remedy::new(
            Risk::Disruptive,
            format!(
                "If the new revision can't be mended soon, go back to revision {old}, which still serves: not \
                 if the new one has changed a database schema or ConfigMaps that the old one reads, and in \
                 the source first where GitOps applies it"
            ),
            [self.kubectl(&history), self.kubectl(&undo)],
        ))
    }

    fn resume(&self) -> Option<Remedy> {
        let title = "Its rollout is paused, so a corrected template reaches no pod: ask who paused it, \
         then resume it";
        rollout::is_paused(self.workload).then(|| {
            Remedy::new(Risk::Disruptive, title, [self.kubectl(&format!("rollout resume {}", self.name()))])
        })
    }

    fn refused(&self) -> Vec<Remedy> {
        let Some(refused) = create::refused(self.context, self.workload) else { return vec![self.look()] };
        let events = self.kubectl("get events --field-selector reason=FailedCreate --sort-by=.lastTimestamp");
        let mut all = vec![read(
            "Read the refusal in full: it stands in an event, and in the condition ReplicaFailure",
            [events, self.kubectl(&format!("describe {}", self.name()))],
        )];
        let cause = workload_create::parse(refused.text);
        all.extend(self.by_cause(&cause));
        all
    }

    fn by_cause(&self, cause: &Cause<'_>) -> Vec<Remedy> {
        match cause {
            Cause::PodSecurity { violations, .. } => self.pod_security(&security::violations(violations)),
            Cause::QuotaExceeded { quota, items } => {
                self.quota(quota, &items.iter().map(|item| item.resource).collect::<Vec<_>>())
            }
            Cause::QuotaOther { detail } => self.quota(detail, &[]),
            Cause::QuotaMustSpecify { resources, .. } => vec![self.must_specify(resources)],
            Cause::WebhookUnreachable { webhook, detail, .. } => self.webhook(webhook, detail),
            Cause::ServiceAccountMissing { name } => vec![self.account(name)],
            Cause::LimitRange { .. } => vec![self.resources(
                "Bring requests and limits into what the namespace's LimitRange allows",
                "get limitrange -o yaml",
                &["requests.cpu", "requests.memory", "limits.memory"],
            )],
            Cause::SecurityContextDeny { .. }
            | Cause::PodSecurityPolicy { .. }
            | Cause::SecurityContextConstraints { .. }
            | Cause::WebhookDenied { .. }
            | Cause::PolicyDenied { .. }
            | Cause::InvalidSpec { .. } => vec![self.template()],
            Cause::PriorityClassMissing { .. } => vec![read(
                "Name a PriorityClass that exists in the template, or have the missing one created",
                ["kubectl get priorityclass".to_owned()],
            )],
            Cause::RuntimeClassMissing { .. } => vec![read(
                "Name a RuntimeClass that exists in the template, or have the missing one created",
                ["kubectl get runtimeclass".to_owned()],
            )],
            Cause::Timeout | Cause::RbacForbidden { .. } | Cause::Unknown { .. } => vec![self.controller()],
            Cause::NamespaceTerminating | Cause::AlreadyExists => Vec::new(),
        }
    }

    /// A patch of the pod template, tried without effect first.
    fn patch(&self, title: String, pod_spec: &str) -> Remedy {
        let patch = format!("{{\"spec\":{{\"template\":{{\"spec\":{pod_spec}}}}}}}");
        let command = |more: &str| {
            let object = &self.workload.object;
            self.kubectl(&format!(
                "patch {} {} -p '{patch}'{more}",
                object.kind.to_ascii_lowercase(),
                object.name
            ))
        };
        Remedy::new(Risk::Disruptive, title, [command(" --dry-run=server"), command("")])
    }

    /// The template is brought to the level, never the level to the template.
    fn pod_security(&self, violations: &[security::Violation<'_>]) -> Vec<Remedy> {
        let fix = security::fix(self.workload.template, violations);
        let mut all = Vec::new();
        if let Some(patch) = &fix.patch {
            let root =
                if fix.not_root { "; the image must be able to run as another user than root" } else { "" };
            all.push(self.patch(
                format!(
                    "Set just what is asked for in its template, and in the source that it is applied \
                 from{root}"
                ),
                patch,
            ));
        }
        if !fix.give_up.is_empty() {
            let title = format!(
                "Give up in the template what the namespace's level forbids ({}), or run it in a \
                 namespace that is meant for such pods: lowering this one's level would open it to all \
                 its pods",
                fix.give_up.join(", ")
            );
            all.push(read(
                title,
                [format!("kubectl get namespace {} --show-labels", self.workload.object.namespace)],
            ));
        }
        all
    }

    /// What is counted (pods) isn't had back by asking for less, nor is CPU or memory by deleting what has finished.
    fn quota(&self, quota: &str, resources: &[&str]) -> Vec<Remedy> {
        let name = quota.split_whitespace().next().unwrap_or_default();
        let describe = self.kubectl(&format!("describe quota {name}"));
        if !resources.is_empty() && !resources.iter().any(|resource| is_compute(resource)) {
            return vec![self.counted(describe), self.scale_down()];
        }
        let top = self.kubectl("top pods --sum");
        let title = "See what uses it up: pods that are no longer needed, or requests far above use";
        let mut all = vec![read(title, [describe, top])];
        if !resources.is_empty() {
            all.push(self.resources(
                "Ask for less where requests exceed use, or have the quota raised by whoever owns it",
                &format!("get pods -o custom-columns={REQUESTS}"),
                resources,
            ));
        }
        all
    }

    fn counted(&self, describe: String) -> Remedy {
        read(
            "See what is counted: pods that are finished count in count/pods and not in pods; those that are \
             idle, or left over from earlier trials, in both",
            [
                describe,
                self.kubectl("get pods --sort-by=.metadata.creationTimestamp"),
                self.kubectl("get deployments,statefulsets,jobs"),
            ],
        )
    }

    fn scale_down(&self) -> Remedy {
        Remedy::new(
            Risk::Disruptive,
            "Scale down what is not needed now, after asking whose it is, or have the quota raised by whoever \
             owns it",
            [self.kubectl("scale <kind>/<name> --replicas=<number>")],
        )
    }

    fn resources(&self, title: &str, look: &str, resources: &[&str]) -> Remedy {
        let containers = &self.workload.template.spec.containers;
        let container = match containers.iter().as_slice() {
            [only] => only.name.as_str(),
            _ => "<container>",
        };
        let set = format!(
            "set resources {} --containers={container}{}{}",
            self.name(),
            flag("requests", resources),
            flag("limits", resources)
        );
        Remedy::new(
            Risk::Disruptive,
            format!("{title}; that rolls its pods"),
            [self.kubectl(look), self.kubectl(&format!("{set} --dry-run=server")), self.kubectl(&set)],
        )
    }

    fn must_specify(&self, resources: &[&str]) -> Remedy {
        let title = format!(
            "State {} in its template, in all its containers; a LimitRange with defaults does it for all \
             pods of the namespace",
            resources.join(", ")
        );
        self.resources(&title, "get quota,limitrange -o yaml", resources)
    }

    fn webhook(&self, webhook: &str, detail: &str) -> Vec<Remedy> {
        let mut commands = vec![format!(
            "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o custom-columns={HOOKS}"
        )];
        if let Some((namespace, name)) =
            webhooks::service_of(self.context, webhook, webhook_call::host(detail))
        {
            commands.push(format!("kubectl -n {namespace} get service,endpoints {name}"));
            commands.push(format!("kubectl -n {namespace} get pods -o wide"));
        }
        let title = format!(
            "Bring back what answers for webhook {webhook}: its pods, its certificate, the way there; \
             removing the webhook or setting failurePolicy Ignore lets every pod pass unchecked"
        );
        vec![Remedy::new(Risk::Reversible, title, commands)]
    }

    fn account(&self, name: &str) -> Remedy {
        Remedy::new(
            Risk::Reversible,
            format!(
                "If the name is right, create the ServiceAccount {name} (without rights it harms \
                 nothing); else correct the template"
            ),
            [self.kubectl("get serviceaccounts"), self.kubectl(&format!("create serviceaccount {name}"))],
        )
    }

    fn template(&self) -> Remedy {
        let kind = match self.workload.kind {
            Kind::Deployment(_) => "its template",
            _ => "the workload's template",
        };
        let title = format!(
            "Change {kind} by just what the refusal names, not the rule; try it without effect first, in \
             the source that it is applied from"
        );
        Remedy::new(
            Risk::Reversible,
            title,
            [
                self.kubectl(&format!("get {} -o yaml > {}.yaml", self.name(), self.workload.object.name)),
                self.kubectl(&format!("apply -f {}.yaml --dry-run=server", self.workload.object.name)),
            ],
        )
    }
}
