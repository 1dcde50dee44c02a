//! JUnit's XML: a suite for each file, a test for each finding, and one that passes for each file without any.

use std::io::{self, Write};

use quick_xml::{
    Writer,
    events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{LintFinding, LintReport};

/// Writes the report. Accepted and known findings are skipped tests, with the reason.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &LintReport) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let failures = report.open().count();
    let skipped = report.findings.len() - failures;
    let clean = |file: &str| !report.findings.iter().any(|finding| finding.file == file);
    let passed = report.files.iter().filter(|file| clean(file)).count();
    let numbers = counts(report.findings.len() + passed, failures, skipped);
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "rutter lint"));
    root.extend_attributes(numbers.iter().map(|(name, value)| (*name, value.as_str())));
    xml.write_event(Event::Start(root))?;
    let mut files: Vec<&str> = report.findings.iter().map(|finding| finding.file.as_str()).collect();
    files.extend(report.files.iter().map(String::as_str));
    files.sort_unstable();
    files.dedup();
    for file in files {
        suite(&mut xml, report, file)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(xml.get_mut())
}

fn counts(tests: usize, failures: usize, skipped: usize) -> [(&'static str, String); 4] {
    [
        ("tests", tests.to_string()),
        ("failures", failures.to_string()),
        ("errors", "0".to_owned()),
        ("skipped", skipped.to_string()),
    ]
}

fn suite<W: Write>(xml: &mut Writer<W>, report: &LintReport, file: &str) -> io::Result<()> {
    let findings: Vec<&LintFinding> = report.findings.iter().filter(|finding| finding.file == file).collect();
    let failures = findings.iter().filter(|finding| finding.state == "open").count();
    let numbers = counts(findings.len().max(1), failures, findings.len() - failures);
    let mut start = BytesStart::new("testsuite");
    let file = legal(file);
    start.push_attribute(("name", file.as_str()));
    start.extend_attributes(numbers.iter().map(|(name, value)| (*name, value.as_str())));
    xml.write_event(Event::Start(start))?;
    if findings.is_empty() {
        let mut case = BytesStart::new("testcase");
        case.extend_attributes([("classname", file.as_str()), ("name", "all checks")]);
        xml.write_event(Event::Empty(case))?;
    }
    for finding in findings {
        self::case(xml, finding)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn case<W: Write>(xml: &mut Writer<W>, finding: &LintFinding) -> io::Result<()> {
    let name = legal(format!("{}: {}", finding.check, finding.subject()).trim_end_matches(": "));
    let (file, line) = (legal(&finding.file), finding.line.to_string());
    let mut start = BytesStart::new("testcase");
    start.extend_attributes([
        ("classname", file.as_str()),
        ("name", name.as_str()),
        ("file", file.as_str()),
        ("line", line.as_str()),
    ]);
    xml.write_event(Event::Start(start))?;
    let message = legal(&finding.message);
    if finding.state == "open" {
        let mut failure = BytesStart::new("failure");
        failure.extend_attributes([("message", message.as_str()), ("type", finding.severity)]);
        xml.write_event(Event::Start(failure))?;
        let advice = finding.advice.as_ref().map(|advice| format!("\nWrite: {advice}")).unwrap_or_default();
        let text =
            format!("{}:{}:{}\n{}{advice}", finding.file, finding.line, finding.column, finding.excerpt);
        // A CDATA section can't hold its own end.
        for part in BytesCData::escaped(&legal(&text)) {
            xml.write_event(Event::CData(part))?;
        }
        xml.write_event(Event::End(BytesEnd::new("failure")))?;
    } else {
        let why = finding
            .accepted
            .as_ref()
            .map_or("in the baseline".to_owned(), |accepted| format!("{}: {}", accepted.by, accepted.reason));
        let why = legal(&why);
        let mut skipped = BytesStart::new("skipped");
        skipped.push_attribute(("message", why.as_str()));
        xml.write_event(Event::Empty(skipped))?;
    }
    xml.write_event(Event::Text(BytesText::new("")))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// XML 1.0 has no way to write most control characters.
fn legal(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}
