//! Pods of CoreDNS that say themselves why they do not answer.

use rutter_cluster::objects::{ContainerStatus, Pod};

use super::ID;
use crate::{
    Context, Evidence, Finding, Findings, Outcome, Severity,
    containers::{self, clean, shortened},
    dns,
};

pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !dns::is_server(pod) || pod.is_ready() || pod.is_finished() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    for (status, _) in pod.container_statuses().filter(|(status, _)| status.restart_count > 0) {
        findings.extend(said(context, pod, status));
    }
    Ok(())
}

fn said(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Finding> {
    let message = containers::last_end(status).map_or("", |end| end.ended.message.as_str());
    let log = context.log(pod, &status.name).filter(|log| log.previous || status.state.running.is_none());
    let logged = log.into_iter().flat_map(|log| log.lines.iter().rev()).map(rutter_cluster::Str::as_str);
    let mut lines = message.lines().rev().chain(logged);
    let (variant, phrase, line) = lines.find_map(reason)?;
    let mut finding = Finding::about_pod(ID, context, pod);
    finding.variant = variant;
    finding.severity = Severity::High;
    finding.container = Some(status.name.clone());
    finding.since = containers::since(context, pod, status);
    finding.message = phrase;
    finding.evidence.push(Evidence::log(pod, &status.name, clean(line)));
    finding.evidence.extend(containers::last_end(status).map(|end| end.evidence(pod, status)));
    Some(finding)
}

/// `[FATAL] plugin/loop: Loop (127.0.0.1:46967 -> :53) detected for zone "."` (CoreDNS 1.2.1 and later), `Corefile:8 - Error
/// during parsing: Unknown directive 'forwad'` (all versions).
fn reason(line: &str) -> Option<(&'static str, String, &str)> {
    if line.contains("plugin/loop: ") || (line.contains("Loop (") && line.contains("detected for zone")) {
        let phrase =
            "CoreDNS ends because it forwards what it does not know to a server that asks it again (a loop)";
        return Some(("loop", phrase.to_owned(), line));
    }
    let (_, error) = line.split_once("Error during parsing: ")?;
    let place =
        line.split_once("Corefile:").and_then(|(_, rest)| rest.split_once(' ')).map(|(number, _)| number);
    let place = place.filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    let place = place.map_or_else(String::new, |number| format!(" in line {number}"));
    let phrase = format!(
        "CoreDNS does not start because it does not understand its Corefile{place}: {}",
        shortened(&clean(error), 100)
    );
    Some(("corefile", phrase, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_coredns_says() {
        let variant = |line| reason(line).map(|(variant, ..)| variant);
        let loops = "[FATAL] plugin/loop: Loop (127.0.0.1:46967 -> :53) detected for zone \".\", see https://coredns.io/plugins/loop";
        assert_eq!(variant(loops), Some("loop"));
        let (_, phrase, _) =
            reason("/etc/coredns/Corefile:8 - Error during parsing: Unknown directive 'forwad'").unwrap();
        assert!(phrase.ends_with("Corefile in line 8: Unknown directive 'forwad'"), "{phrase}");
        assert_eq!(variant("[INFO] plugin/reload: Running configuration SHA512 = 1"), None);
        assert_eq!(variant("Corefile:"), None);
    }
}
