//! The sentences.

use rutter_cluster::Resource;

use super::{
    ID,
    server::{Complaint, Server},
    sufferer::Sufferer,
};
use crate::{Confidence, Context, Evidence, Finding, Severity, containers, dns, words};

/// So many workloads or names are told.
const NAMED: usize = 3;

pub(super) fn finding(context: &Context<'_>, server: &Server<'_>, all: &[Sufferer<'_>]) -> Finding {
    let complaint = server.complaint(context);
    let outside: Vec<&str> = all.iter().filter_map(|one| one.outside(context)).collect();
    let only_outside = outside.len() == all.len();
    let mut finding = Finding::about(ID, server.service);
    finding.variant = match complaint {
        Some((Complaint::Limit(_), _)) => "overloaded",
        _ if only_outside => "upstream",
        _ => "unanswered",
    };
    finding.severity = Severity::High;
    let told = complaint.as_ref().filter(|(said, _)| only_outside || matches!(said, Complaint::Limit(_)));
    finding.confidence = if told.is_some() { Confidence::Likely } else { Confidence::Possible };
    finding.since = all.iter().filter_map(|one| containers::since(context, one.pod, one.said.status)).min();
    finding.instances = all.iter().map(|one| one.pod.object_ref()).collect();
    finding.instances.sort();
    let mut parts = vec![lead(server, all)];
    parts.extend(why(told.map(|(said, _)| *said), finding.variant, &outside));
    parts.extend(burdens(context, server, all, finding.variant));
    finding.message = parts.join("; ");
    // First what the DNS itself says: that decides.
    finding.evidence = told.map(|(_, line)| line.clone()).into_iter().collect();
    finding.evidence.extend(all.iter().take(NAMED).map(|one| one.said.evidence(one.pod)));
    let ready = format!("{} ({} ready)", server.service.spec.selector, server.ready.len());
    finding.evidence.push(Evidence::field(server.service, "spec.selector", ready, server.since()));
    finding
}

fn lead(server: &Server<'_>, all: &[Sufferer<'_>]) -> String {
    let owners: Vec<String> =
        all.iter().map(|one| format!("{}/{}", one.owner.namespace, one.owner.name)).collect();
    let (number, has) = match server.ready.len() {
        1 => ("the only pod".to_owned(), "is"),
        number => (format!("{number} pods"), "are"),
    };
    format!(
        "{} unrelated workloads ({}) end because nobody answers in time when they look up a name, although {number} of the \
         cluster's DNS {has} ready",
        all.len(),
        words::list(&owners, NAMED),
    )
}

fn why(told: Option<Complaint<'_>>, variant: &str, outside: &[&str]) -> Option<String> {
    let mut names = outside.to_vec();
    names.sort_unstable();
    names.dedup();
    let names = words::list(&names, NAMED);
    Some(match (told, variant) {
        (Some(Complaint::Limit(number)), _) => {
            format!("the DNS says that it is asked more than the {number} questions at once that it takes")
        }
        (Some(Complaint::Upstream(server)), _) => {
            format!(
                "all these names lie outside ({names}), and the DNS says that {server}, which it asks for them, does not answer"
            )
        }
        (None, "upstream") => {
            format!(
                "all these names lie outside ({names}), so the servers that the DNS asks for them are suspected"
            )
        }
        (None, _) => "its load, or the network to it, is suspected".to_owned(),
    })
}

/// What makes more questions, or fewer answers, than need be: no cause by itself, but worth a change now that it hurts.
fn burdens(context: &Context<'_>, server: &Server<'_>, all: &[Sufferer<'_>], variant: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let searched =
        all.iter().filter(|one| one.outside(context).is_some_and(|host| one.searches_first(host))).count();
    if searched > 0 {
        parts.push(
            "names outside are first tried with every search domain (ndots), which multiplies the questions"
                .to_owned(),
        );
    }
    let namespace = &server.service.meta.namespace;
    if namespace == "kube-system"
        && context.daemon_sets_in(namespace).is_ok()
        && !dns::is_cached(context, namespace)
    {
        parts.push("no cache runs on the nodes".to_owned());
    }
    // Too much, or no answer from outside, is no matter of TCP.
    let alpine = all.iter().find_map(Sufferer::old_alpine).filter(|_| variant == "unanswered");
    parts.extend(alpine.map(|image| {
        format!("{image} stands on Alpine before 3.18, whose resolver can't ask for long answers by TCP")
    }));
    if all.iter().any(Sufferer::has_nscd) {
        parts.push(
            "nscd, which runs beside one, helps only programs of glibc that share its socket".to_owned(),
        );
    }
    parts
}
