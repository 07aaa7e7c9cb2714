//! Every test, in the order in which a fault is cheapest to find.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::generate::generate;
use crate::run::{answers, cargo, kapok, root, step};
use crate::{chromium, demo, packages, web};

/// The seed of the property tests.
const SEED: &str = "2017";

/// Runs them all; `nightly` adds the tests that are marked as ignored because they take long, and draws new cases for the
/// property tests.
pub fn test(nightly: bool) -> Result<()> {
    let chromium = chromium::ensure()?;
    web::build()?;
    packages::check()?;
    step("rustfmt", cargo().args(["fmt", "--all", "--check"]))?;
    step("clippy", cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("web: types", &mut web::npm(&["run", "check"]))?;
    step("web: unit tests", &mut web::npm(&["test"]))?;
    let nextest = answers("cargo-nextest");
    step("build the tests and kapok", rust_tests(nextest).arg("--no-run"))?;
    println!("\n== generated files are current");
    generate(true)?;
    demo::plan_demo()?;
    let mut tests = rust_tests(nextest);
    tests.arg("--no-fail-fast");
    if nightly {
        tests.args(if nextest { ["--run-ignored", "all"] } else { ["--", "--include-ignored"] });
        tests.env("PROPTEST_CASES", "2048");
    } else {
        // The same cases in every run: a change is judged by what it changed. New cases are sought at night.
        tests.env("PROPTEST_RNG_SEED", SEED);
    }
    step("tests", &mut tests)?;
    step("examples in the documentation", cargo().args(["test", "--locked", "--workspace", "--doc", "--quiet"]))?;
    let mut doc = cargo();
    doc.args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    step("documentation", &mut doc)?;
    let mut server = Viewer::start()?;
    let mut browser = web::npm(&["run", "test:browser"]);
    browser.env("KAPOK_URL", &server.url).env("KAPOK", kapok()).env("CHROMIUM", &chromium);
    let outcome = step("browser tests, on the real demo", &mut browser);
    server.stop();
    outcome?;
    println!("\nAll tests passed. Screenshots of the demo, one per formation: web/test-results/");
    Ok(())
}

/// Unit, behaviour, law and oracle tests, by the runner that is there.
fn rust_tests(nextest: bool) -> Command {
    let mut tests = cargo();
    if nextest {
        tests.args(["nextest", "run", "--locked", "--workspace"]);
    } else {
        tests.args(["test", "--locked", "--workspace", "--lib", "--bins", "--tests"]);
    }
    tests
}

/// `kapok view` on the demo, stopped when dropped.
struct Viewer {
    child: Child,
    url: String,
}

impl Viewer {
    fn start() -> Result<Self> {
        let mut command = Command::new(kapok());
        command.current_dir(root()).args(["view", "out/guangzhou-2017.skyc", "--port", "0", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start kapok view")?;
        let stdout = child.stdout.take().context("kapok view has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let Some(url) = line.split('"').find(|part| part.starts_with("http://127.0.0.1:")) else {
            let _ = child.kill();
            bail!("kapok view printed no address: {line:?}");
        };
        Ok(Self { url: url.to_owned(), child })
    }

    fn stop(&mut self) {
        // The process may have ended by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.stop();
    }
}
