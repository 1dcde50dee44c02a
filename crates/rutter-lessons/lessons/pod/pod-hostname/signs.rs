//! Signs that somebody needs the names of pods, where no line of a log says so.

use rutter_cluster::objects::Pod;

use crate::Evidence;

/// A command or an argument of the pod's own that names members under a Service: `--peers=web-0.web:7000`.
pub(super) fn in_command(pod: &Pod, subdomain: &str) -> Option<Evidence> {
    for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
        let words = container.command.iter().map(|word| ("command", word));
        let words = words.chain(container.args.iter().map(|word| ("args", word)));
        for (field, word) in words {
            if let Some(name) = named(word, subdomain) {
                let path = format!("spec.containers[{}].{field}", container.name);
                return Some(Evidence::field(pod, path, name, None));
            }
        }
    }
    None
}

/// The first name under the Service in a text; its end may be a variable of a shell: `${HOSTNAME}.web`.
fn named(text: &str, subdomain: &str) -> Option<String> {
    let dotted = format!(".{subdomain}");
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    text.match_indices(&dotted).find_map(|(at, _)| {
        let (head, tail) = (text.get(..at)?, text.get(at + dotted.len()..)?);
        let ends = !tail.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let before = head.chars().next_back()?;
        // The domain of a foreign name, a file's extension or a field of a JSON path are no members.
        let member = numbered(head) || matches!(before, '}' | ')') || head.ends_with("HOSTNAME");
        let foreign = tail.starts_with('.') && !is_in_cluster(tail);
        let start =
            head.rfind(|c| !is_name(c) && !matches!(c, '$' | '{' | '}' | '(' | ')')).map_or(0, |at| at + 1);
        let shown = format!("{}{dotted}", head.get(start..).unwrap_or_default());
        (ends && member && !foreign).then_some(shown)
    })
}

/// Whether a text ends as the name of a member: `db-0`.
fn numbered(text: &str) -> bool {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.len() < text.len() && stem.ends_with('-')
}

/// What follows a Service's name is its namespace, and then nothing or `svc`.
fn is_in_cluster(tail: &str) -> bool {
    let end =
        tail.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))).unwrap_or(tail.len());
    let mut labels = tail.get(1..end).unwrap_or_default().split('.');
    let _namespace = labels.next();
    labels.next().is_none_or(|label| label == "svc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_commands() {
        let found = |text| named(text, "web");
        assert_eq!(found("--peers=web-0.web:7000,web-1.web:7000").as_deref(), Some("web-0.web"));
        assert_eq!(
            found("exec db --advertise $(HOSTNAME).web.shop.svc.cluster.local").as_deref(),
            Some("$(HOSTNAME).web")
        );
        assert_eq!(found("--advertise=${POD_NAME}.web").as_deref(), Some("${POD_NAME}.web"));
        for other in [
            "web",
            "cp v1.web.tar",
            "--host=api-1.web.example.com",
            "--file=app.web",
            "x-0.website",
            "x-0.web-y",
            "",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
