//! The demo: everything built, the Guangzhou show planned, proven, written and shown.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{build_kapok, kapok, root, step};
use crate::web;

/// The demo's options.
#[derive(Debug)]
pub struct Options {
    /// End after the files are written.
    no_serve: bool,
    /// Port of the viewer; 0 takes a free one.
    port: u16,
}

impl Options {
    /// From the command line.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self { no_serve: false, port: 0 };
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            match word {
                "--no-serve" => options.no_serve = true,
                "--port" => {
                    let value = words.next().context("--port needs a number")?;
                    options.port = value.parse().with_context(|| format!("--port {value} is not a port number"))?;
                }
                other => bail!("unknown option {other}: the demo takes --no-serve and --port N"),
            }
        }
        Ok(options)
    }
}

/// Builds, plans, proves, writes; then serves until interrupted.
pub fn demo(options: &Options) -> Result<()> {
    web::build()?;
    build_kapok()?;
    plan_demo()?;
    let file = "out/guangzhou-2017.skyc";
    if options.no_serve {
        println!("\nThe show is in {file}. Watch it with: target/debug/kapok view {file}");
        return Ok(());
    }
    let mut view = Command::new(kapok());
    view.current_dir(root()).args(["view", file, "--open", "--port", &options.port.to_string()]);
    step("open the viewer (Ctrl-C ends it)", &mut view)
}

/// Writes the demo's files into `out/`.
pub fn plan_demo() -> Result<()> {
    std::fs::create_dir_all(root().join("out"))?;
    let mut plan = Command::new(kapok());
    plan.current_dir(root()).args(["plan", "shows/guangzhou-2017.toml"]);
    // Ten rows a second keep the CSV at a size that is quick to write; 25 is the default elsewhere.
    plan.args(["-o", "out/guangzhou-2017.skyc", "-o", "out/guangzhou-2017.zip", "--csv-rate", "10"]);
    step("plan and prove shows/guangzhou-2017.toml", &mut plan)
}
