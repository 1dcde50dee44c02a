//! A report in which a cluster says whatever it likes.

use rutter_report::{Confidence, Explained, Finding, Report, ShortBudget};

/// Puts a text from outside wherever a cluster's words end up, and so often that what is long is folded.
pub fn with_words(word: &str) -> Report {
    let mut report = super::report();
    word.clone_into(&mut report.cluster.name);
    report.cluster.time = Some(word.to_owned());
    report.scope.sources = vec![word.to_owned(); 3];
    report.problems = vec![word.to_owned(); 9];
    word.clone_into(&mut report.coverage[0].note);
    let other = report.findings[0].id.clone();
    for incident in &mut report.incidents {
        say(&mut incident.root, word);
        for text in [&mut incident.title, &mut incident.id] {
            word.clone_into(text);
        }
        incident.since = Some(word.to_owned());
        let object = &incident.root.object;
        incident.harms = vec![object.clone(); 9];
        incident.hosts = vec![word.to_owned(); 9];
        incident.short_budgets = vec![ShortBudget {
            budget: object.clone(),
            healthy: 0,
            demanded: 2,
            workloads: vec![object.clone()],
        }];
        let effect = Explained {
            finding: incident.root.clone(),
            by: incident.id.clone(),
            why: word.to_owned(),
            cause_confidence: Confidence::Likely,
            also_explained_by: vec![other.clone()],
            stays: Some("it stays".to_owned()),
        };
        incident.explains = vec![effect; 12];
        for remedy in &mut incident.remedies {
            word.clone_into(&mut remedy.title);
            remedy.commands = vec![word.to_owned(); 2];
        }
    }
    report.history.clone_from(&report.incidents);
    report
}

fn say(finding: &mut Finding, word: &str) {
    for text in
        [&mut finding.message, &mut finding.lesson, &mut finding.object.name, &mut finding.object.namespace]
    {
        word.clone_into(text);
    }
    finding.instances = vec![finding.object.clone(); 9];
    for evidence in &mut finding.evidence {
        evidence.value = word.repeat(60);
        evidence.event = Some(word.to_owned());
    }
}
