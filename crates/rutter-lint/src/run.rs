//! Asking the checks.

use rayon::prelude::*;

use crate::{
    check::{Check, Found, Look},
    context::Context,
    finding::Finding,
    manifest::Object,
    template::Template,
};

/// Asks these checks about all manifests. The findings come in the order of sources and lines.
pub fn run(context: &Context<'_>, checks: &[&'static Check]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = context
        .objects()
        .par_chunks(64)
        .flat_map_iter(|objects| {
            let mut findings = Vec::new();
            for object in objects {
                ask(context, checks, object, &mut findings);
            }
            findings
        })
        .collect();
    findings.sort_by(|a, b| {
        (a.source, a.span.line, a.span.column, a.check).cmp(&(b.source, b.span.line, b.span.column, b.check))
    });
    findings
}

fn ask(context: &Context<'_>, checks: &[&'static Check], object: &Object, findings: &mut Vec<Finding>) {
    let templates = Template::of(object);
    for check in checks {
        match check.look {
            Look::Object(look) => {
                look(context, object, &mut Found { check, object, container: None, findings });
            }
            // The reader has said it.
            Look::Text => {}
            Look::Template(look) => {
                for template in &templates {
                    look(context, template, &mut Found { check, object, container: None, findings });
                }
            }
            Look::Container(look) => {
                for container in templates.iter().flat_map(Template::containers) {
                    let name = Some(container.name);
                    look(context, &container, &mut Found { check, object, container: name, findings });
                }
            }
        }
    }
}
