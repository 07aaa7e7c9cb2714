//! Which measurements are taken, and taking them one after the other.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use kapok_plan::makespan_bound;
use serde::{Deserialize, Serialize};

use crate::child::{Flown, LIMITS, Solved, now};
use crate::instance::read;
use crate::judge::{Worth, worth};

/// Kinds of instances; the sheet is flown with a downwash ellipsoid twice as high as wide.
pub const KINDS: [&str; 5] = ["rand", "surf", "grid", "block", "sheet"];
/// Sizes of the cost curve.
pub const CURVE: [usize; 8] = [1000, 2500, 5000, 10_000, 15_000, 20_000, 22_580, 25_000];
/// A solver is stopped after this time.
const LIMIT: Duration = Duration::from_secs(60);
/// Smallest distance between two places in every instance.
const SPACING_M: f64 = 2.0;

/// Solver, where it comes from, largest size it is given (by the memory of its matrix, or by its time).
const SOLVERS: [(&str, &str, usize); 8] = [
    ("kapok", "this planner's assignment", 22_580),
    ("scipy", "SciPy 1.17 linear_sum_assignment", 5000),
    ("lapjv", "lapjv 1.3.29", 10_000),
    ("lapx", "lapx 0.11 lapjv", 5000),
    ("ortools", "OR-tools 9.15 SimpleLinearSumAssignment", 10_000),
    ("pot", "POT 0.9.7 emd", 5000),
    ("crate lapjv", "Rust crate lapjv 0.3", 5000),
    ("crate pathfinding", "Rust crate pathfinding 4.16 kuhn_munkres_min", 5000),
];

/// What is asked for.
pub struct Options {
    pub instances: PathBuf,
    pub python: Option<PathBuf>,
    pub out: PathBuf,
    pub quick: bool,
    /// Largest size at which solvers are compared.
    pub rivals_up_to: usize,
    /// Largest size at which tight spacing is flown.
    pub tight_up_to: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            instances: PathBuf::new(),
            python: None,
            out: PathBuf::new(),
            quick: false,
            rivals_up_to: usize::MAX,
            tight_up_to: usize::MAX,
        }
    }
}

/// Everything measured.
#[derive(Serialize)]
pub struct Results {
    pub machine: Machine,
    pub assignment: Vec<AssignmentRow>,
    pub curve: Vec<FlightRow>,
    pub letters: Vec<FlightRow>,
    pub tight: Vec<FlightRow>,
}

/// Where it was measured.
#[derive(Serialize)]
pub struct Machine {
    pub cpu: String,
    pub cores: usize,
    /// One-minute load average before the first measurement.
    pub load_before: f64,
}

/// One solver on one instance.
#[derive(Serialize)]
pub struct AssignmentRow {
    pub kind: String,
    pub n: usize,
    pub solver: String,
    pub title: String,
    pub outcome: Outcome,
}

/// How it ended.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It answered.
    Solved { seconds: f64, peak_mb: f64, worth: Worth },
    /// It was stopped.
    TimeLimit,
    /// It failed; its last words.
    Failed(String),
}

/// One whole transition.
#[derive(Serialize)]
pub struct FlightRow {
    pub kind: String,
    pub n: usize,
    pub min_separation_m: f64,
    pub downwash_scale: f64,
    #[serde(flatten)]
    pub flown: Flown,
}

/// Takes all measurements.
pub fn all(options: &Options) -> Result<Results> {
    let machine = machine()?;
    let (sizes, rivals): (&[usize], &[usize]) =
        if options.quick { (&CURVE[..2], &CURVE[..1]) } else { (&CURVE, &[1000, 5000, 10_000, 22_580]) };
    let mut results =
        Results { machine, assignment: Vec::new(), curve: Vec::new(), letters: Vec::new(), tight: Vec::new() };
    for kind in KINDS {
        for &n in sizes {
            let downwash = if kind == "sheet" { 2.0 } else { 1.0 };
            results.curve.push(fly(options, kind, n, 1.414, downwash)?);
        }
    }
    for kind in crate::letters::KINDS {
        for n in crate::letters::SIZES {
            results.letters.push(fly(options, kind, n, 1.414, 1.0)?);
        }
    }
    let tight: &[usize] = if options.quick { &[1000] } else { &[1000, 10_000] };
    for &n in tight.iter().filter(|n| **n <= options.tight_up_to) {
        for kind in KINDS {
            for downwash in [1.0, 2.0, 3.0] {
                for share in [0.8, 0.9, 0.98] {
                    results.tight.push(fly(options, kind, n, SPACING_M * share, downwash)?);
                }
            }
        }
    }
    for kind in ["rand", "surf", "block"] {
        for &n in rivals.iter().filter(|n| **n <= options.rivals_up_to) {
            let file = path(options, kind, n);
            let instance = read(&file)?;
            let bound_s = makespan_bound(&instance.starts, &instance.goals, &LIMITS, None)?.bound_s;
            for (solver, title, largest) in SOLVERS {
                let python = !solver.starts_with("crate") && solver != "kapok";
                if n > largest || python && options.python.is_none() {
                    continue;
                }
                let outcome = solve(options, solver, python, &file, |goals| worth(&instance, goals, bound_s))?;
                println!("{kind}_{n} {solver}: {}", serde_json::to_string(&outcome)?);
                let (kind, solver, title) = (kind.to_owned(), solver.to_owned(), title.to_owned());
                results.assignment.push(AssignmentRow { kind, n, solver, title, outcome });
            }
        }
    }
    Ok(results)
}

fn path(options: &Options, kind: &str, n: usize) -> PathBuf {
    options.instances.join(format!("{kind}_{n}.csv"))
}

fn machine() -> Result<Machine> {
    let text = |path| std::fs::read_to_string(path).with_context(|| format!("cannot read {path}: Linux only"));
    let cpu = text("/proc/cpuinfo")?
        .lines()
        .find_map(|l| l.strip_prefix("model name").map(|l| l.trim_start_matches([' ', '\t', ':']).to_owned()))
        .unwrap_or_else(|| "unknown".into());
    let load_before = text("/proc/loadavg")?.split(' ').next().unwrap_or_default().parse()?;
    Ok(Machine { cpu, cores: std::thread::available_parallelism()?.get(), load_before })
}

fn fly(options: &Options, kind: &str, n: usize, min_separation_m: f64, downwash_scale: f64) -> Result<FlightRow> {
    let file = path(options, kind, n);
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["child", "transition"]).arg(&file);
    command.args([min_separation_m.to_string(), downwash_scale.to_string()]);
    let flown = match limited::<Flown>(&mut command)? {
        Some(Ok(flown)) => flown,
        Some(Err(words)) => bail!("{kind}_{n} at {min_separation_m} m, downwash {downwash_scale}: {words}"),
        None => Flown::stopped(LIMIT.as_secs_f64()),
    };
    println!(
        "{kind}_{n} separation {min_separation_m:.3} downwash {downwash_scale}: {:.2} s, {:.0} MB, ratio {}{}",
        flown.plan_s + flown.proof_s,
        flown.peak_mb,
        flown.ratio.map_or("-".into(), |r| format!("{r:.4}")),
        if flown.proved { ", proved" } else { "" },
    );
    Ok(FlightRow { kind: kind.into(), n, min_separation_m, downwash_scale, flown })
}

fn solve(
    options: &Options,
    solver: &str,
    python: bool,
    file: &Path,
    worth: impl Fn(&[usize]) -> Result<Worth>,
) -> Result<Outcome> {
    let out = std::env::temp_dir().join(format!("kapok-bench-{}.txt", std::process::id()));
    let mut command = match &options.python {
        Some(interpreter) if python => {
            let mut command = Command::new(interpreter);
            command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("rivals.py"));
            command
        }
        _ => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("child");
            command
        }
    };
    command.arg(solver).arg(file).arg(&out);
    let solved = match limited::<Solved>(&mut command)? {
        None => return Ok(Outcome::TimeLimit),
        Some(Err(words)) => return Ok(Outcome::Failed(words)),
        Some(Ok(solved)) => solved,
    };
    let goals: Vec<usize> = std::fs::read_to_string(&out)?.lines().map(str::parse).collect::<Result<_, _>>()?;
    std::fs::remove_file(&out)?;
    Ok(match worth(&goals) {
        Ok(worth) => Outcome::Solved { seconds: solved.seconds, peak_mb: solved.peak_mb, worth },
        Err(error) => Outcome::Failed(error.to_string()),
    })
}

/// Runs a child; nothing if it had to be stopped, its last words if it failed.
fn limited<T: for<'a> Deserialize<'a>>(command: &mut Command) -> Result<Option<Result<T, String>>> {
    let begin = now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot run a child")?;
    while child.try_wait()?.is_none() {
        if begin.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Ok(Some(Err(words.trim().lines().last().unwrap_or("no word").to_owned())));
    }
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().context("a child said nothing")?;
    ensure!(line.starts_with('{'), "a child said \"{line}\"");
    Ok(Some(Ok(serde_json::from_str(line)?)))
}
