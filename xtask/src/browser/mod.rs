//! `xtask browser`: opens HTML reports in a real browser and checks what only one can tell: that nothing is asked for, that
//! the keyboard reaches everything, that both colour schemes can be read, that nothing sticks out of a narrow screen.

mod driver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::repository::{read, root};
use driver::Browser;

const PROBES: &str = include_str!("probes.js");

/// From the narrowest phone to a wall.
const WIDTHS: [u32; 4] = [320, 640, 1024, 1600];
/// So many times is Tab pressed on the way to the first incident, at most.
const MOST_TABS: usize = 8;

/// A cluster of one workload, and what is put into its words.
const SHOP: &str = "crates/rutter-report/tests/shop/cluster.yaml";
const HOSTILE: [(&str, &str); 3] = [
    ("name: app", "name: '</pre><script>document.title=1</script><img src=x onerror=\"document.title=2\">'"),
    ("namespace: shop", "namespace: \"shop\\u202e<style>*{display:none}</style>\""),
    ("node-a", "'node\"onload=alert(1) x=\"]]>--><base href=https://example.com/>'"),
];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program whose reports are opened
    #[arg(long, default_value = "target/debug/rutter")]
    rutter: PathBuf,
    /// Also take pictures of the demo's report, light and dark, into this folder
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let folder = root().join("target/browser");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let demo = report(args, &folder, "demo", &["--demo".to_owned()])?;
    let hostile = report(args, &folder, "hostile", &hostile_sources(&folder)?)?;
    let mut browser = Browser::start(&folder.join("profile"))?;
    for page in [&demo, &hostile] {
        check(&mut browser, page).with_context(|| page.display().to_string())?;
        println!("{} holds in a browser", page.display());
    }
    if let Some(pictures) = &args.pictures {
        picture(&mut browser, &demo, pictures)?;
    }
    Ok(())
}

/// Writes a report, and says where.
fn report(args: &Args, folder: &Path, name: &str, sources: &[String]) -> anyhow::Result<PathBuf> {
    let mut command = Command::new(root().join(&args.rutter));
    let output = command.args(["diagnose", "-o", "html"]).args(sources).output();
    let output = output.with_context(|| format!("can't run {}", args.rutter.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = folder.join(format!("{name}.html"));
    fs::write(&file, output.stdout)?;
    Ok(file)
}

/// A cluster whose names want to be markup, and what it was before.
fn hostile_sources(folder: &Path) -> anyhow::Result<Vec<String>> {
    let shop = root().join(SHOP);
    let mut text = read(&shop)?;
    for (word, hostile) in HOSTILE {
        ensure!(text.contains(word), "{SHOP} has no `{word}`");
        text = text.replace(word, hostile);
    }
    let file = folder.join("hostile.yaml");
    fs::write(&file, text)?;
    Ok(vec!["--since".to_owned(), shop.display().to_string(), file.display().to_string()])
}

fn check(browser: &mut Browser, page: &Path) -> anyhow::Result<()> {
    browser.size(1024, 800)?;
    browser.open(page)?;
    none(browser, "strangers", "holds what it must not")?;
    keyboard(browser)?;
    paper(browser)?;
    probe(browser, "openAll")?;
    schemes(browser)?;
    for width in WIDTHS {
        browser.size(width, 800)?;
        none(browser, "overflow", &format!("sticks out at {width} pixels"))?;
    }
    quiet(browser, page)
}

fn probe(browser: &mut Browser, name: &str) -> anyhow::Result<Value> {
    browser.value(&format!("{PROBES}.{name}()"))
}

/// Fails with what a probe finds.
fn none(browser: &mut Browser, name: &str, what: &str) -> anyhow::Result<()> {
    let found = probe(browser, name)?;
    ensure!(found == json!([]), "{what}: {found:#}");
    Ok(())
}

/// Tab reaches the skip link first, Enter there goes to the incidents, the next Tabs to the first of them, and Enter opens
/// and closes it.
fn keyboard(browser: &mut Browser) -> anyhow::Result<()> {
    browser.press("Tab")?;
    let focus = probe(browser, "focus")?;
    ensure!(focus["class"] == "skip" && focus["outline"] != "none", "the first Tab reaches {focus}");
    browser.press("Enter")?;
    let mut focus = Value::Null;
    for _ in 0..MOST_TABS {
        browser.press("Tab")?;
        focus = probe(browser, "focus")?;
        if focus["incident"] == true {
            break;
        }
    }
    ensure!(
        focus["incident"] == true && focus["outline"] != "none",
        "Tab does not reach an incident: {focus}"
    );
    let mut is_open = focus["open"].clone();
    for _ in 0..2 {
        browser.press("Enter")?;
        let focus = probe(browser, "focus")?;
        ensure!(focus["open"] != is_open, "Enter does nothing: {focus}");
        is_open = focus["open"].clone();
    }
    Ok(())
}

/// Everything is open on paper.
fn paper(browser: &mut Browser) -> anyhow::Result<()> {
    browser.print(true)?;
    none(browser, "closed", "stays closed on paper")?;
    browser.print(false)
}

/// Light and dark differ, and both can be read.
fn schemes(browser: &mut Browser) -> anyhow::Result<()> {
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme)?;
        none(browser, "faint", &format!("too faint where it is {scheme}"))?;
        backgrounds.push(probe(browser, "background")?);
    }
    ensure!(backgrounds[0] != backgrounds[1], "light and dark are both {}", backgrounds[0]);
    Ok(())
}

/// No error was told, and nothing was asked for but the file itself.
fn quiet(browser: &mut Browser, page: &Path) -> anyhow::Result<()> {
    let events = browser.events()?;
    let of = |method: &'static str| events.iter().filter(move |event| event["method"] == method);
    let requests: Vec<&str> = of("Network.requestWillBeSent")
        .filter_map(|event| event["params"]["request"]["url"].as_str())
        .collect();
    let own = format!("file://{}", page.display());
    if requests != [own.as_str()] {
        bail!("asks for {requests:?}");
    }
    let errors: Vec<&Value> = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"]
        .into_iter()
        .flat_map(of)
        .collect();
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    Ok(())
}

/// Takes pictures of the top of a page.
fn picture(browser: &mut Browser, page: &Path, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    browser.size(1280, 1180)?;
    browser.open(page)?;
    for (scheme, name) in [("light", "report.png"), ("dark", "report-dark.png")] {
        browser.prefer(scheme)?;
        let shot = browser.ask("Page.captureScreenshot", &json!({"format": "png"}))?;
        let shot = shot["data"].as_str().context("no picture")?;
        fs::write(folder.join(name), base64::engine::general_purpose::STANDARD.decode(shot)?)?;
    }
    Ok(())
}
