//! What measures Kapok: the planner against solvers from public registries, its own cost curve, tight spacing, and the
//! referee.
//!
//! Every single measurement runs in a process of its own, one after the other, so that peak memory is its own and nothing
//! competes for the cores. The parent judges every answer in the same way: cost, longest trip, exact least distance of
//! synchronised straight lines, and the time these take against the lower bound.
#![allow(clippy::print_stdout, reason = "a command-line program: its output is its interface")]

mod child;
mod instance;
mod judge;
mod letters;
mod measure;
mod plots;
mod table;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
kapok-bench --instances DIR [--python PATH] [--out DIR] [--quick]

  --instances DIR   folder with KIND_N.csv
  --python PATH     interpreter that has the rivals of requirements.txt; without it they are left out
  --out DIR         where results.json, the plots and tables.md go
  --quick           small sizes only
  --rivals-up-to N  largest size at which solvers are compared
  --tight-up-to N   largest size at which tight spacing is flown
";

fn number(text: Option<&String>) -> Result<usize> {
    let text = text.context("a number is missing")?;
    text.parse().with_context(|| format!("\"{text}\" is no number"))
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == "child") {
        return child::run(&args[1..]);
    }
    let mut options = measure::Options::default();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().map(PathBuf::from).with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--instances" => options.instances = value()?,
            "--python" => options.python = Some(value()?),
            "--out" => options.out = value()?,
            "--quick" => options.quick = true,
            "--rivals-up-to" => options.rivals_up_to = number(rest.next())?,
            "--tight-up-to" => options.tight_up_to = number(rest.next())?,
            _ => bail!("unknown argument \"{arg}\"\n\n{HELP}"),
        }
    }
    letters::write(&options.instances)?;
    let results = measure::all(&options)?;
    std::fs::create_dir_all(&options.out)?;
    plots::draw(&results, &options.out)?;
    let tables = table::markdown(&results);
    println!("\n{tables}");
    std::fs::write(options.out.join("tables.md"), tables)?;
    std::fs::write(options.out.join("results.json"), serde_json::to_string_pretty(&results)? + "\n")?;
    Ok(())
}
