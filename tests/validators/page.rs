//! The page of `trackgen plan --html` in a real browser: Debian's Chromium, without a head and without a network.
//! Screenshots are left in `target/report/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::tool::{ROOT, Verdict, read, require, run, tool};

/// As wide as a phone and as a desk, in both of the colours that a person may prefer.
const VIEWS: [(&str, &str, u8); 4] =
    [("phone", "390,844", 1), ("phone-dark", "390,844", 0), ("desk", "1280,900", 1), ("desk-dark", "1280,900", 0)];

/// Asks axe, and measures whether anything is wider than the page; the answer becomes an attribute of the document.
const PROBE: &str = r"
axe.run(document, { resultTypes: ['violations'] }).then(function (found) {
  var said = found.violations.map(function (v) { return v.id + ' at ' + v.nodes.map(function (n) { return n.target }).join(', '); });
  if (document.documentElement.scrollWidth > window.innerWidth) { said.push('wider than the window'); }
  document.documentElement.setAttribute('data-said', 'asked;' + said.join(';'));
});";

struct Browser {
    home: tempfile::TempDir,
}

impl Browser {
    fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a directory") }
    }

    /// What the browser says of a page in a view: its document afterwards, and what came to the console.
    fn open(&self, page: &Path, (_, size, scheme): (&str, &str, u8), more: &[String]) -> (String, Vec<String>) {
        let mut chromium = tool("chromium");
        chromium.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-sync",
        ]);
        chromium.args(["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]);
        chromium.args(["--enable-logging=stderr", "--virtual-time-budget=20000", "--allow-file-access-from-files"]);
        chromium.arg(format!("--user-data-dir={}", self.home.path().join("profile").display()));
        chromium.arg(format!("--window-size={size}")).arg(format!("--blink-settings=preferredColorScheme={scheme}"));
        let said = run(chromium.args(more).arg(format!("file://{}", page.display())));
        assert!(said.success, "{}", said.stderr);
        let console = said.stderr.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
        (said.stdout, console)
    }

    fn judge(&self, html: &str) -> Verdict {
        let axe = Path::new(ROOT).join("target/tools/lib/python3.11/site-packages/axe_playwright_python/axe.min.js");
        let page = self.home.path().join("page.html");
        let probe = format!("<script>{}</script><script>{PROBE}</script></body>", read(&axe));
        fs::write(&page, html.replace("</body>", &probe)).expect("a page");
        for view in VIEWS {
            let (document, console) = self.open(&page, view, &["--dump-dom".to_owned()]);
            let said = document.split("data-said=\"asked;").nth(1).and_then(|rest| rest.split('"').next());
            let said = said.ok_or_else(|| format!("{}: axe gave no answer: {console:?}", view.0))?;
            require(said.is_empty(), format!("{}: {said}", view.0))?;
            require(console.is_empty(), format!("{}: {console:?}", view.0))?;
        }
        Ok(())
    }
}

/// Samples that show everything: an estimate, a server, a time zone, no schedule, a cluster.
const SAMPLES: [&str; 5] = ["large", "mysql", "systemd", "disabled", "kubernetes"];

fn trackgen() -> Command {
    Command::new(env!("CARGO_BIN_EXE_trackgen"))
}

fn page(name: &str, directory: &Path) -> PathBuf {
    let page = directory.join(format!("{name}.html"));
    let said = run(trackgen()
        .current_dir(ROOT)
        .args(["plan", &format!("envs/{name}.json"), "--from", "2026-11-21", "--html"])
        .arg(&page));
    assert!(said.success, "{}", said.stderr);
    page
}

#[test]
fn a_browser_shows_the_page_to_everybody() {
    let browser = Browser::new();
    let directory = Path::new(ROOT).join("target/report");
    fs::create_dir_all(&directory).expect("a directory");
    for name in SAMPLES {
        let html = read(&page(name, &directory));
        assert!(html.len() < 300_000, "{name} has {} bytes", html.len());
        assert!(!html.contains("<script") && !html.contains("http"), "{name} wants more than it brings");
        if let Err(said) = browser.judge(&html) {
            panic!("{name}, {said}");
        }
    }
}

#[test]
fn the_page_is_seen_at_both_widths() {
    let browser = Browser::new();
    let directory = Path::new(ROOT).join("target/report");
    fs::create_dir_all(&directory).expect("a directory");
    let page = page("large", browser.home.path());
    for view in VIEWS {
        let picture = directory.join(format!("large-{}.png", view.0));
        browser.open(&page, view, &[format!("--screenshot={}", picture.display())]);
        let bytes = fs::read(&picture).expect("a screenshot");
        let [width, height] = [16, 20].map(|at| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes")));
        assert_eq!(format!("{width},{height}"), view.1);
        // An empty page of this size is a few hundred bytes.
        assert!(bytes.len() > 20_000, "{}: {} bytes", view.0, bytes.len());
    }
}

/// The test of these tests.
#[test]
fn a_page_that_is_wrong_is_seen() {
    let browser = Browser::new();
    let html = read(&page("large", browser.home.path()));
    for (instead_of, put, said) in [
        ("<html lang=\"en\">", "<html>", "html-has-lang"),
        ("--soft: #57606a", "--soft: #b0b8c0", "color-contrast"),
        ("<main id=\"main\">", "<main id=\"main\"><img src=\"data:,\">", "image-alt"),
        ("<h2 id=\"night\">", "<div style=\"width:200rem\">x</div><h2 id=\"night\">", "wider than the window"),
        ("</main>", "</main><script>throw new Error('broken')</script>", "broken"),
    ] {
        assert!(html.contains(instead_of), "{instead_of}");
        let found = browser.judge(&html.replacen(instead_of, put, 1));
        assert!(found.as_ref().is_err_and(|found| found.contains(said)), "{said}: {found:?}");
    }
}
