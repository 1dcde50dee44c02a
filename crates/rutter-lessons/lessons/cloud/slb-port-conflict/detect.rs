//! Finding Services that want what another has.

use rutter_cluster::{Resource, objects::Service};

use super::{
    ID,
    share::{self, Port},
};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, words};

/// So many Services are named.
const NAMED: usize = 3;

pub(super) fn evaluate(context: &Context<'_>, service: &Service, findings: &mut Findings) -> Outcome {
    let Some((key, id)) = share::shared(service) else { return Ok(()) };
    let sharing = share::sharing(context);
    let Some(names) = sharing.get(id) else { return Ok(()) };
    let others: Vec<&Service> = names
        .iter()
        .filter_map(|(namespace, name)| context.service(namespace, name).ok().flatten())
        .collect();
    for port in service.spec.ports.iter().map(share::port) {
        let wanting = wanting(&others, port);
        // The last to come speaks: it is the one that broke what worked.
        let last = wanting.iter().max_by_key(|one| (one.meta.created, &one.meta.namespace, &one.meta.name));
        if wanting.len() > 1 && last.is_some_and(|last| last.object_ref().same(&service.object_ref())) {
            findings.push(finding(service, &wanting, port, key));
            // One port tells all.
            return Ok(());
        }
    }
    Ok(())
}

fn wanting<'c>(services: &[&'c Service], port: Port) -> Vec<&'c Service> {
    let wants = |service: &&&Service| service.spec.ports.iter().any(|one| share::port(one) == port);
    services.iter().filter(wants).copied().collect()
}

fn finding(service: &Service, wanting: &[&Service], (port, protocol): Port, key: &'static str) -> Finding {
    let mut finding = Finding::about(ID, service);
    let id = service.meta.annotations.get(key).cloned().unwrap_or_default();
    let others: Vec<&Service> =
        wanting.iter().copied().filter(|other| !other.object_ref().same(&service.object_ref())).collect();
    let names: Vec<String> =
        others.iter().map(|other| format!("{}/{}", other.meta.namespace, other.meta.name)).collect();
    let taking = wanting.iter().find_map(|one| Some((*one, share::overrides(one)?)));
    finding.since = service.meta.created;
    let verb = if names.len() == 1 { "does" } else { "do" };
    let what = format!(
        "it wants port {port}/{protocol} of load balancer {id}, as {} {verb}",
        words::list(&names, NAMED)
    );
    if let Some((one, annotation)) = taking {
        finding.variant = "override";
        finding.severity = Severity::High;
        finding.confidence = Confidence::Certain;
        finding.message = format!(
            "{what}, and {}/{} takes over what is there: clients of one reach the pods of another",
            one.meta.namespace, one.meta.name
        );
        finding.evidence.push(Evidence::field(
            one,
            format!("metadata.annotations[{annotation}]"),
            "true",
            None,
        ));
    } else {
        finding.variant = "shared";
        finding.severity = Severity::Medium;
        finding.confidence = Confidence::Possible;
        finding.message =
            format!("{what}: only one can have it, and which one depends on who came last or asked first");
    }
    for one in wanting.iter().take(NAMED) {
        let value = format!("{port}/{protocol} of {id}");
        finding.evidence.push(Evidence::field(*one, "spec.ports", value, one.meta.created));
    }
    finding
}
