//! An API server that plays a script: for what a real one can't be made to show on demand.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rutter_cluster::Kind;

use super::super::{Encoding, Options};
use crate::decode::protobuf::tests::encode;

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// `name: value` with the name in lower case.
    pub(super) headers: Vec<String>,
}

impl Request {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }
    pub(super) fn has(&self, part: &str) -> bool {
        self.target.contains(part)
    }
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ String| line.strip_prefix(name)?.strip_prefix(": ").map(str::len);
        self.headers.iter().find_map(|line| value(line).map(|length| &line[line.len() - length..]))
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A whole answer.
    Whole { code: u16, headers: Vec<String>, body: Vec<u8> },
    /// Status 200 and a body that is longer than what is sent.
    Cut(Encoding, Vec<u8>),
    /// Status 200 and the beginning of a body, then nothing for a long time.
    Stuck(String),
    /// Nothing for a long time.
    Silence,
    /// A closed connection.
    Nothing,
}

pub(super) fn json(code: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Whole { code, headers: vec!["Content-Type: application/json".into()], body: body.into() }
}

pub(super) fn protobuf(code: u16, body: Vec<u8>) -> Reply {
    Reply::Whole { code, headers: vec![format!("Content-Type: {}", media(Encoding::Protobuf))], body }
}

fn media(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Json => "application/json",
        Encoding::Protobuf => "application/vnd.kubernetes.protobuf",
    }
}

pub(super) fn html(code: u16) -> Reply {
    let headers = vec!["Content-Type: text/html; charset=utf-8".into()];
    Reply::Whole { code, headers, body: b"<html>Please log in</html>".into() }
}

pub(super) fn status(code: u16, message: &str) -> Reply {
    json(
        code,
        format!(
            r#"{{"kind":"Status","apiVersion":"v1","metadata":{{}},"message":"{message}","code":{code}}}"#
        ),
    )
}

impl Reply {
    pub(super) fn with(mut self, header: &str) -> Self {
        if let Reply::Whole { headers, .. } = &mut self {
            headers.push(header.into());
        }
        self
    }
}

/// A list with these items, and where it goes on.
pub(super) fn list(kind: &str, names: &[&str], token: Option<&str>) -> String {
    let items: Vec<_> = names.iter().map(|name| format!(r#"{{"metadata":{{"name":"{name}"}}}}"#)).collect();
    let more =
        token.map(|token| format!(r#","continue":"{token}","remainingItemCount":3"#)).unwrap_or_default();
    let items = items.join(",");
    format!(
        r#"{{"kind":"{kind}","apiVersion":"v1","metadata":{{"resourceVersion":"7"{more}}},"items":[{items}]}}"#
    )
}

/// A list of a kind in either encoding.
pub(super) fn page(encoding: Encoding, kind: Kind, names: &[&str], token: Option<&str>) -> Vec<u8> {
    match encoding {
        Encoding::Json => list(&format!("{kind}List"), names, token).into(),
        Encoding::Protobuf => {
            let item = |name: &&str| serde_json::json!({"metadata": {"name": name}});
            let items: Vec<_> = names.iter().map(item).collect();
            encode::list(kind, &items, token.unwrap_or_default(), token.map(|_| 3))
        }
    }
}

/// A page as an answer.
pub(super) fn in_pages(encoding: Encoding, kind: Kind, names: &[&str], token: Option<&str>) -> Reply {
    let headers = vec![format!("Content-Type: {}", media(encoding))];
    Reply::Whole { code: 200, headers, body: page(encoding, kind, names, token) }
}

/// A refusal in either encoding, and where a list goes on.
pub(super) fn refuse(encoding: Encoding, code: u16, message: &str, token: &str) -> Reply {
    match encoding {
        Encoding::Json => json(
            code,
            format!(
                r#"{{"kind":"Status","metadata":{{"continue":"{token}"}},"message":"{message}","code":{code}}}"#
            ),
        ),
        Encoding::Protobuf => protobuf(code, encode::status(message, token)),
    }
}

type Script = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

/// The server.
pub(super) struct Server {
    pub(super) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts one that answers as the script says; where that says nothing, as an empty cluster.
    pub(super) fn start(script: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                thread::spawn(move || serve(&stream, &*script, &seen));
            }
        });
        Self { address, requests, folder: tempfile::tempdir().unwrap() }
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests had this in their target.
    pub(super) fn count(&self, part: &str) -> usize {
        self.requests().iter().filter(|request| request.has(part)).count()
    }

    /// Options with a kubeconfig for it, in which the user has these properties (JSON).
    pub(super) fn options_for(&self, user: &str) -> Options {
        let path = self.folder.path().join("config");
        let text = format!(
            "{{clusters: [{{name: c, cluster: {{server: '{}'}}}}], users: [{{name: u, user: {user}}}],\n\
             contexts: [{{name: lab, context: {{cluster: c, user: u, namespace: shop}}}}], current-context: lab}}",
            self.address
        );
        std::fs::write(&path, text).unwrap();
        Options {
            kubeconfig: Some(path),
            request_timeout: Some(Duration::from_secs(5)),
            ..Options::default()
        }
    }

    /// Options with a kubeconfig for it.
    pub(super) fn options(&self) -> Options {
        self.options_for("{token: secret}")
    }
}

fn serve(stream: &TcpStream, script: &Script, seen: &Mutex<Vec<Request>>) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let first = lines.next()?.ok()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let lines = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty());
        let lower = |line: String| match line.split_once(':') {
            Some((name, value)) => format!("{}:{value}", name.to_lowercase()),
            None => line,
        };
        let request = Request { method, target, headers: lines.map(lower).collect() };
        seen.lock().unwrap().push(request.clone());
        let reply = script(&request).unwrap_or_else(|| empty(&request));
        write(stream, reply)?;
    }
}

fn write(mut stream: &TcpStream, reply: Reply) -> Option<()> {
    let long = Duration::from_secs(20);
    let start = |encoding| {
        format!("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: 99999\r\n\r\n", media(encoding))
    };
    match reply {
        Reply::Whole { code, headers, body } => {
            let headers = headers.iter().fold(String::new(), |all, line| all + line + "\r\n");
            let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
            let length = body.len();
            let head = format!("HTTP/1.1 {code} X\r\n{date}\r\n{headers}Content-Length: {length}\r\n\r\n");
            stream.write_all(&[head.as_bytes(), &body].concat()).ok()
        }
        Reply::Cut(encoding, body) => {
            stream.write_all(&[start(encoding).as_bytes(), &body].concat()).ok()?;
            stream.shutdown(std::net::Shutdown::Both).ok()?;
            None
        }
        Reply::Stuck(body) => {
            stream.write_all(format!("{}{body}", start(Encoding::Json)).as_bytes()).ok()?;
            thread::sleep(long);
            None
        }
        Reply::Silence => {
            thread::sleep(long);
            None
        }
        Reply::Nothing => {
            stream.shutdown(std::net::Shutdown::Both).ok()?;
            None
        }
    }
}

/// What an empty cluster of today answers.
fn empty(request: &Request) -> Reply {
    match request.path() {
        "/version" => json(200, r#"{"gitVersion":"v1.34.4"}"#),
        "/apis" => status(403, "no"),
        _ if request
            .header("accept")
            .is_some_and(|accept| accept.contains("as=PartialObjectMetadataList")) =>
        {
            json(200, list("PartialObjectMetadataList", &[], None))
        }
        _ => json(200, list("SomeList", &[], None)),
    }
}
