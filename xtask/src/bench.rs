//! Measuring: the planner against solvers from public registries, its cost curve, tight spacing; instruction counts.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{answers, cargo, root, step, target_dir};

/// Sizes of the instances.
const SIZES: [&str; 8] = ["1000", "2500", "5000", "10000", "15000", "20000", "22580", "25000"];
/// Must be the version in bench/Cargo.lock.
const RUNNER: &str = "gungraun-runner@0.20.0";
/// How much a count may grow before it is a regression.
const TOLERANCE: f64 = 0.05;

/// Where the bench workspace builds.
fn target() -> PathBuf {
    target_dir().join("bench")
}

/// Runs everything, one measurement at a time, and writes results, plots and tables to docs/bench; with `quick` only small
/// sizes, to target/bench.
pub fn bench(quick: bool) -> Result<()> {
    if !answers("python3") {
        bail!("the benchmark needs Python 3 for its instances and for the rivals: install it (Debian: python3-venv)");
    }
    let folder = root().join("bench");
    let instances = target().join("instances");
    let python = target().join("python");
    if !python.join("bin/python").exists() {
        step("make a Python environment", Command::new("python3").args(["-m", "venv"]).arg(&python))?;
    }
    let interpreter = python.join("bin/python");
    let requirements = folder.join("requirements.txt");
    step(
        "install the rivals",
        Command::new(&interpreter).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements),
    )?;
    let sizes = if quick { &SIZES[..2] } else { &SIZES };
    step(
        "write the instances",
        Command::new("python3").arg(folder.join("instances.py")).arg("all").args(sizes).arg("--out").arg(&instances),
    )?;
    step("build the benchmark", cargo_in_bench().args(["build", "--release", "--locked"]))?;
    let out = if quick { target().join("quick") } else { root().join("docs/bench") };
    let mut run = Command::new(target().join("release/kapok-bench"));
    run.arg("--instances").arg(&instances).arg("--python").arg(&interpreter).arg("--out").arg(&out);
    if quick {
        run.arg("--quick");
    }
    step("measure", &mut run)?;
    println!("\nwrote {}", out.display());
    Ok(())
}

/// Counts the instructions of the hot kernels with Valgrind and holds them against bench/instructions.txt; with `accept`
/// writes that file anew.
pub fn instructions(accept: bool) -> Result<()> {
    if !answers("valgrind") {
        bail!("instructions are counted by Valgrind: install it (Debian: apt-get install valgrind)");
    }
    let tools = target().join("tools");
    if !tools.join("bin/gungraun-runner").exists() {
        let mut install = cargo();
        install.args(["install", "--quiet", "--locked", RUNNER, "--root"]).arg(&tools);
        step("install the runner that reads Valgrind's counts", &mut install)?;
    }
    println!("\n== count instructions");
    let output = cargo_in_bench()
        .args(["bench", "--locked", "--bench", "instructions"])
        .env("GUNGRAUN_RUNNER", tools.join("bin/gungraun-runner"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("counting ended with {}", output.status);
    }
    let counts = counts(&String::from_utf8(output.stdout)?);
    let file = root().join("bench/instructions.txt");
    if accept {
        let lines: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}\n")).collect();
        return std::fs::write(&file, lines.concat()).with_context(|| format!("cannot write {}", file.display()));
    }
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut grown = Vec::new();
    for (name, count) in &counts {
        let before = text.lines().filter_map(|l| l.split_once(' ')).find(|(known, _)| known == name);
        let Some(before) = before.and_then(|(_, count)| count.parse::<u64>().ok()) else {
            bail!("{name} is not in bench/instructions.txt: run `cargo xtask bench --instructions --accept`");
        };
        let change = *count as f64 / before as f64 - 1.0;
        println!("{name:<20} {count:>12}  {:+.2} %", change * 100.0);
        if change > TOLERANCE {
            grown.push(name.as_str());
        }
    }
    if !grown.is_empty() {
        bail!(
            "more than {:.0} % more instructions than in bench/instructions.txt: {}",
            TOLERANCE * 100.0,
            grown.join(", ")
        );
    }
    Ok(())
}

/// Name and instructions of each kernel, from the runner's text.
fn counts(text: &str) -> Vec<(String, u64)> {
    let mut counts = Vec::new();
    let mut name = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("instructions::kernels::") {
            name = rest.split(' ').next().unwrap_or_default();
        } else if let Some(rest) = line.trim_start().strip_prefix("Instructions:")
            && let Ok(count) = rest.split('|').next().unwrap_or_default().trim().parse()
        {
            counts.push((name.to_owned(), count));
        }
    }
    counts
}

fn cargo_in_bench() -> Command {
    let mut command = cargo();
    command.current_dir(root().join("bench")).env("CARGO_TARGET_DIR", target());
    command
}
