//! A Chromium without a window, spoken to through a pipe: no port is opened, and nothing but the browser itself is needed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use serde_json::{Value, json};

/// The longest that an answer may take; a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(40);

/// The names that Chromium goes by.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser with one page.
pub(super) struct Browser {
    process: Child,
    input: ChildStdin,
    output: Receiver<Value>,
    /// What it told without being asked, since it was last looked at.
    events: Vec<Value>,
    session: Option<String>,
    asked: u64,
}

impl Browser {
    /// Starts it with a profile of its own in `folder`.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        let program = PROGRAMS.into_iter().find(|name| is_there(name));
        let program = program.context(
            "there is no Chromium here; as root on Debian, `bash scripts/setup chromium` installs it",
        )?;
        // It reads commands from its third descriptor and writes answers to its fourth, which only a shell can set up safely.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null", program]);
        command.args([
            "--headless",
            "--remote-debugging-pipe",
            "--no-first-run",
            "--disable-gpu",
            "--log-level=3",
        ]);
        // In containers there is neither a user for the sandbox nor much shared memory; the pages are our own.
        command.args(["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]);
        // Nothing that a browser does by itself, and no name that resolves.
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.args(["--host-resolver-rules=MAP * ~NOTFOUND", "about:blank"]);
        command.arg(format!("--user-data-dir={}", folder.display()));
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (input, output) = input.zip(output).context("a pipe is missing")?;
        let (send, receive) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { continue };
                if send.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser =
            Self { process, input, output: receive, events: Vec::new(), session: None, asked: 0 };
        browser.open_page().with_context(|| format!("{program} does not answer"))?;
        Ok(browser)
    }

    fn open_page(&mut self) -> anyhow::Result<()> {
        let page = self.ask("Target.createTarget", &json!({"url": "about:blank"}))?;
        let page = json!({"targetId": page["targetId"], "flatten": true});
        let session = self.ask("Target.attachToTarget", &page)?;
        self.session = session["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.ask(&format!("{domain}.enable"), &json!({}))?;
        }
        self.ask("Emulation.setFocusEmulationEnabled", &json!({"enabled": true}))?;
        Ok(())
    }

    /// Asks for something and waits for the answer.
    pub(super) fn ask(&mut self, method: &str, params: &Value) -> anyhow::Result<Value> {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message)?;
        bytes.push(0);
        self.input.write_all(&bytes)?;
        let id = self.asked;
        let mut answer = self.wait(method, |message| message["id"] == id)?;
        match &answer["error"] {
            Value::Null => Ok(answer["result"].take()),
            error => Err(anyhow!("{method}: {}", error["message"])),
        }
    }

    /// Waits for a message, and keeps what else comes until then.
    fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        if let Some(at) = self.events.iter().position(&is_it) {
            return Ok(self.events.remove(at));
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.output.recv_timeout(left).with_context(|| format!("no answer to {what}"))?;
            if is_it(&message) {
                return Ok(message);
            }
            self.events.push(message);
        }
    }

    /// Opens a file.
    pub(super) fn open(&mut self, file: &Path) -> anyhow::Result<()> {
        self.events.clear();
        let address = format!("file://{}", file.display());
        let answer = self.ask("Page.navigate", &json!({"url": address}))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("{address}: {error}");
        }
        self.wait("loading", |message| message["method"] == "Page.loadEventFired").map(drop)
    }

    /// The value of an expression in the page.
    pub(super) fn value(&mut self, expression: &str) -> anyhow::Result<Value> {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.ask("Runtime.evaluate", &params)?;
        match answer["exceptionDetails"]["exception"]["description"].as_str() {
            Some(thrown) => bail!("{expression}: {thrown}"),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Presses a key.
    pub(super) fn press(&mut self, key: &str) -> anyhow::Result<()> {
        let (code, text) = if key == "Enter" { (13, "\r") } else { (9, "") };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let key =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.ask("Input.dispatchKeyEvent", &key)?;
        }
        Ok(())
    }

    /// Makes the page so many pixels wide and high.
    pub(super) fn size(&mut self, width: u32, height: u32) -> anyhow::Result<()> {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", &size).map(drop)
    }

    /// Lets the reader prefer `light` or `dark`.
    pub(super) fn prefer(&mut self, scheme: &str) -> anyhow::Result<()> {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.ask("Emulation.setEmulatedMedia", &features).map(drop)
    }

    /// Shows the page as it would be printed, or as on a screen.
    pub(super) fn print(&mut self, is_printed: bool) -> anyhow::Result<()> {
        let media = json!({"media": if is_printed { "print" } else { "" }});
        self.ask("Emulation.setEmulatedMedia", &media).map(drop)
    }

    /// What was told since the page was opened.
    pub(super) fn events(&mut self) -> anyhow::Result<Vec<Value>> {
        // Whatever was on its way arrives before this answer does.
        self.value("new Promise(done => setTimeout(done, 100))")?;
        Ok(self.events.clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Nobody is left to be told that it was gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}
