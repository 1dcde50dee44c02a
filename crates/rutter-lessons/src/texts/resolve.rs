//! Lines of programs that could not resolve a name: of Go, the C libraries, Java, Node.js, Python, curl, busybox and others.
//!
//! Wordings from Go's `net` (1.10–1.24), `gai_strerror` of glibc and musl, libc's users (curl, libpq, MySQL, nginx), Node.js
//! (`getaddrinfo`), the JDK, and busybox' `nslookup`, `wget` and `ping`.

use super::scan::{after, has, looked_up, non_empty, quoted, word};

/// What the resolver got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A server said that there is no such name.
    NotFound,
    /// No server answered, or it said that it can't at present.
    None,
    /// The wording doesn't tell which.
    Unknown,
}

/// A name that was not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unresolved<'a> {
    /// The name, where the line has it, without a full stop or a port at its end.
    pub host: Option<&'a str>,
    /// What the resolver got.
    pub answer: Answer,
}

/// In lower case, the surest first.
const MARKS: [(&str, Answer); 26] = [
    ("nxdomain", Answer::NotFound),
    ("no such host", Answer::NotFound),
    ("name or service not known", Answer::NotFound),
    ("name does not resolve", Answer::NotFound),
    ("nodename nor servname provided", Answer::NotFound),
    ("no address associated with hostname", Answer::NotFound),
    ("enotfound ", Answer::NotFound),
    ("temporary failure in name resolution", Answer::None),
    ("eai_again ", Answer::None),
    ("server misbehaving", Answer::None),
    ("no servers could be reached", Answer::None),
    ("dns resolution timed out", Answer::None),
    ("resolving timed out", Answer::None),
    ("can't resolve '", Answer::Unknown),
    ("bad address '", Answer::Unknown),
    ("could not resolve host", Answer::Unknown),
    ("couldn't resolve host", Answer::Unknown),
    ("unable to resolve host", Answer::Unknown),
    ("could not translate host name", Answer::Unknown),
    ("unknownhostexception", Answer::Unknown),
    ("unknown mysql server host", Answer::Unknown),
    ("host not found in upstream", Answer::Unknown),
    ("failed to resolve '", Answer::Unknown),
    ("failed to lookup address information", Answer::Unknown),
    ("unknown host ", Answer::Unknown),
    ("name resolution failure", Answer::Unknown),
];

/// What stands before a name, as it is written.
const BEFORE: [&str; 19] = [
    "server can't find ",
    "an't resolve '",
    "bad address '",
    "ENOTFOUND ",
    "EAI_AGAIN ",
    "ould not resolve host: ",
    "ouldn't resolve host ",
    "ould not resolve hostname ",
    "nable to resolve host address ",
    "nable to resolve host ",
    "ould not translate host name ",
    "UnknownHostException: ",
    "nknown MySQL server host ",
    "host not found in upstream ",
    "ailed to resolve '",
    "esolving timed out for ",
    "nknown host ",
    "etaddrinfo for ",
    "getaddrinfo: ",
];

/// Reads one line of a log. `None` if it isn't about a name that could not be resolved.
pub fn parse(line: &str) -> Option<Unresolved<'_>> {
    let lower = line.to_lowercase();
    // Busybox' nslookup, which resolves the server's own name first; harmless.
    if lower.contains("resolve '(null)'") {
        return None;
    }
    let told = MARKS.iter().find(|(mark, _)| lower.contains(mark)).map(|(_, answer)| *answer);
    // Go: `lookup db on 10.96.0.10:53: read udp 10.0.0.1:1->10.96.0.10:53: i/o timeout`.
    let unanswered = || {
        let asked = line.contains("lookup ") && has(line, &[":53: ", ":53->", "[::1]:53"]);
        (asked && has(line, &["i/o timeout", "connection refused"])).then_some(Answer::None)
    };
    let answer = told.or_else(unanswered)?;
    Some(Unresolved { host: host(line), answer })
}

fn host(line: &str) -> Option<&str> {
    let announced = BEFORE.iter().find_map(|mark| after(line, mark));
    let by_mark = announced.and_then(|rest| name(unquoted(rest)));
    by_mark.or_else(|| looked_up(line).and_then(name)).or_else(|| before_reason(line))
}

/// The value of a quoted text, or the text.
fn unquoted(text: &str) -> &str {
    let starts = text.starts_with(['"', '\\']);
    starts.then(|| quoted(text)).flatten().unwrap_or(text)
}

/// `java.net.UnknownHostException: db: Name or service not known`, `ssh: … db: Name or service not known`.
fn before_reason(line: &str) -> Option<&str> {
    const REASONS: [&str; 3] =
        [": Name or service not known", ": Temporary failure in name resolution", ": Name does not resolve"];
    let end = REASONS.iter().find_map(|reason| line.find(reason))?;
    name(line.get(..end)?.rsplit(char::is_whitespace).next()?)
}

/// A name of hosts at the start of a text: small letters, digits, dots and hyphens.
fn name(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['\'', '"', '`']);
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let found = word(text.get(..end)?).trim_end_matches('.');
    let named = found.chars().any(|c| c.is_ascii_lowercase());
    non_empty(found).filter(|_| named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Option<&str>, Answer)> {
        parse(line).map(|found| (found.host, found.answer))
    }

    #[test]
    fn names_that_do_not_exist() {
        let lines = [
            "dial tcp: lookup web-1.web on 10.96.0.10:53: no such host",
            "dial tcp: lookup web-1.web: no such host",
            "** server can't find web-1.web: NXDOMAIN",
            "Error: getaddrinfo ENOTFOUND web-1.web",
            "java.net.UnknownHostException: web-1.web: Name or service not known",
            "ping: web-1.web: Name or service not known",
            "nc: getaddrinfo for host \"web-1.web\" port 80: Name does not resolve",
            "could not translate host name \"web-1.web\" to address: Name or service not known",
        ];
        for line in lines {
            assert_eq!(parse(line).map(|found| found.answer), Some(Answer::NotFound), "{line}");
        }
        for line in lines.iter().filter(|line| !line.starts_with("nc:")) {
            assert_eq!(parse(line).and_then(|found| found.host), Some("web-1.web"), "{line}");
        }
    }

    #[test]
    fn names_without_an_answer() {
        assert_eq!(
            read(
                "dial tcp: lookup api.example.com on 10.96.0.10:53: read udp 10.1.2.3:4->10.96.0.10:53: i/o timeout"
            ),
            Some((Some("api.example.com"), Answer::None))
        );
        assert_eq!(read("getaddrinfo EAI_AGAIN db"), Some((Some("db"), Answer::None)));
        assert_eq!(read("[Errno -3] Temporary failure in name resolution"), Some((None, Answer::None)));
    }

    #[test]
    fn names_of_which_it_is_not_told() {
        assert_eq!(read("wget: bad address 'db:8080'"), Some((Some("db"), Answer::Unknown)));
        assert_eq!(read("nslookup: can't resolve 'db.shop'"), Some((Some("db.shop"), Answer::Unknown)));
        assert_eq!(
            read("curl: (6) Could not resolve host: db.shop"),
            Some((Some("db.shop"), Answer::Unknown))
        );
        assert_eq!(read("Unknown MySQL server host 'db' (-2)"), Some((Some("db"), Answer::Unknown)));
    }

    #[test]
    fn other_lines() {
        assert_eq!(read("nslookup: can't resolve '(null)': Name does not resolve"), None);
        assert_eq!(read("dial tcp 10.0.0.1:5432: i/o timeout"), None);
        assert_eq!(read("lookup of the user failed"), None);
        assert_eq!(read(""), None);
    }
}
