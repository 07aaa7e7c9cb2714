//! Times of an edit: from a script to its pictures, to its plan, to its verdict, with what was planned before still known.
//!
//! `cargo run --release -p kapok-jobs --example edits -- SCRIPT.toml ['TEXT' 'OTHER TEXT']...`: the script as it is, then after
//! each replacement, all of which count from the script as it is.
#![allow(clippy::print_stdout, reason = "an example prints")]
#![allow(clippy::disallowed_methods, reason = "times are what it measures")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use kapok_certify::{Options, certify_skyc};
use kapok_design::AssetFolder;
use kapok_jobs::{FormationMemory, PlanMemory, ScriptMotion, ScriptSource, load_script};
use kapok_show::Silent;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, edits @ ..] = arguments.as_slice() else { return Err("a script is asked for".into()) };
    let script = std::fs::read_to_string(path)?;
    let memory = (FormationMemory::default(), PlanMemory::default());
    time("as it is", path, &script, &memory)?;
    for edit in edits.chunks_exact(2) {
        if !script.contains(&edit[0]) {
            return Err(format!("the script has no \"{}\"", edit[0]).into());
        }
        time(&format!("{} → {}", edit[0], edit[1]), path, &script.replacen(&edit[0], &edit[1], 1), &memory)?;
    }
    Ok(())
}

fn time(
    what: &str,
    path: &str,
    script: &str,
    (formations, moves): &(FormationMemory, PlanMemory),
) -> Result<(), Box<dyn Error>> {
    let assets = AssetFolder::new(Path::new(path).parent().unwrap_or(Path::new(".")));
    let known = moves.recalled();
    let begun = Instant::now();
    let s = |since: Instant| since.elapsed().as_secs_f64();
    let source = ScriptSource { name: path, bytes: script.as_bytes(), assets: &assets };
    let loaded = load_script(formations, &source, &Silent)?;
    loaded.pictures(&[])?;
    let (pictures_s, planning) = (s(begun), Instant::now());
    let ScriptMotion::Planned(show) = loaded.plan(moves, &Silent)? else { return Err("infeasible".into()) };
    let (plan_s, proving) = (s(planning), Instant::now());
    let (_, judged) =
        certify_skyc(&show, "show.skyc", &Options { without_losses: true, ..Options::default() }, &Silent)?;
    println!("{what}");
    println!(
        "  pictures {pictures_s:.2} s, plan {plan_s:.2} s ({} moves known), proof {:.2} s, verdict {} after {:.2} s",
        moves.recalled() - known,
        s(proving),
        judged.certificate().headline(),
        s(begun)
    );
    Ok(())
}
