use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_design::AssetFolder;
use kapok_plan::{Plan, PlanSettings, Planned, plan};
use kapok_proof::{Certificate, Verdict};
use kapok_show::{Reporter, Storyboard};
use serde::Serialize;

use crate::Outcome;
use crate::args::PlanArgs;
use crate::files::{self, Batch};
use crate::progress::Terminal;
use crate::prove::{self, clock, in_pool, judge_bytes, word};
use crate::table::Table;

/// A file the command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Skyc,
    CsvZip,
}

/// `kapok plan`: script → storyboard → plan → bytes → decoded → proved → files.
pub fn run(args: &PlanArgs) -> Result<Outcome> {
    let targets = targets(&args.outputs)?;
    let reporter = Terminal::new();
    let made = in_pool(args.threads, || make(args, &targets, &reporter))?;
    reporter.finish();
    let made = made?;
    if made.certificate.verdict != Verdict::Proved {
        eprint!("{}", prove::report(&made.certificate));
        eprintln!("\nThe plan is {}, so nothing was written.", word(made.certificate.verdict));
        return Ok(Outcome::NotProved);
    }
    let mut batch = Batch::default();
    for file in &made.files {
        batch.add(&file.path, &file.bytes)?;
    }
    batch.commit()?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&Answer::of(&made))?);
    } else {
        print!("{}", summary(&made));
    }
    Ok(Outcome::Done)
}

/// Everything made, nothing written yet.
struct Made {
    plan: Plan,
    certificate: Certificate,
    files: Vec<MadeFile>,
}

struct MadeFile {
    path: PathBuf,
    bytes: Vec<u8>,
    note: String,
}

fn make(args: &PlanArgs, targets: &[(PathBuf, Target)], reporter: &dyn Reporter) -> Result<Made> {
    let storyboard = load(&args.script, reporter)?;
    let plan = match plan(&storyboard, &PlanSettings::default(), reporter)? {
        Planned::Complete(plan) => *plan,
        Planned::Infeasible(reason) => bail!("{} cannot be planned: {reason}", args.script.display()),
    };
    reporter.phase("writing", 0);
    let skyc = kapok_format::write_skyc(&plan.show)?;
    let name = targets.iter().find(|(_, t)| *t == Target::Skyc).map_or(Path::new("show.skyc"), |(p, _)| p.as_path());
    let judged = judge_bytes(&skyc, &file_name(name), reporter)?;
    let mut files = Vec::new();
    for (path, target) in targets {
        match target {
            Target::Skyc => {
                let certificate = judged.certificate.clone();
                let certificate = prove::certificate_json(&certificate)?;
                files.push(MadeFile { path: path.clone(), bytes: skyc.clone(), note: String::new() });
                let path = path.with_extension("certificate.json");
                files.push(MadeFile { path, bytes: certificate, note: "the certificate".into() });
            }
            Target::CsvZip => {
                let csv = kapok_format::write_csv_zip(&judged.show, args.csv_rate)?;
                let note = format!(
                    "{} rows a second; straight lines between rows stay within {:.1} mm of the flown curve",
                    args.csv_rate,
                    csv.max_deviation_m * 1000.0
                );
                files.push(MadeFile { path: path.clone(), bytes: csv.bytes, note });
            }
        }
    }
    Ok(Made { plan, certificate: judged.certificate, files })
}

fn load(script: &Path, reporter: &dyn Reporter) -> Result<Storyboard> {
    let bytes = files::read(script)?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("{} is not UTF-8 text, so it is no show script", script.display()))?;
    let folder = script.parent().map(Path::to_path_buf).unwrap_or_default();
    reporter.phase("reading the script", 0);
    kapok_design::load(&text, &script.display().to_string(), &AssetFolder::new(folder), reporter)
        .map_err(|diagnostics| anyhow::anyhow!("{diagnostics}"))
}

/// What each output is, by its ending.
fn targets(outputs: &[PathBuf]) -> Result<Vec<(PathBuf, Target)>> {
    let mut targets: Vec<(PathBuf, Target)> = Vec::new();
    for path in outputs {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        let target = match ending.as_str() {
            "skyc" => Target::Skyc,
            "zip" => Target::CsvZip,
            _ => bail!("{}: the ending says the format, and only .skyc and .zip (CSV) are written", path.display()),
        };
        if targets.iter().any(|(known, _)| known == path) {
            bail!("{} is given twice", path.display());
        }
        targets.push((path.clone(), target));
    }
    Ok(targets)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
