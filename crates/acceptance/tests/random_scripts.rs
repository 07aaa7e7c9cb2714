//! Random scripts: whatever they ask for, the answer is diagnostics, a reason why it cannot be flown, or a show that is
//! proved; and no proved show brings vehicles closer than its script allows, as seen by a sampler that shares no code with
//! planner and proof.

mod generator;
mod sampler;

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use kapok_certify::{Options, Verdict, certify_skyc};
use kapok_design::load;
use kapok_plan::{PlanSettings, Planned, plan};
use kapok_show::Silent;
use rayon::prelude::*;

/// Slack of the sampler: the rounding of positions in a file is a tenth of it, metres.
const SLACK_M: f64 = 1e-3;
/// Of so many scripts at least one must be planned, or the law says nothing.
const PLANNED_OF: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Refused,
    Infeasible,
    Proved,
}

/// What comes of the script of a seed, or how the law is broken.
fn outcome(seed: u64) -> Result<Outcome, String> {
    let script = generator::script(seed);
    let files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let Ok(storyboard) = load(&script, "random.toml", &files, &Silent) else { return Ok(Outcome::Refused) };
    let planned =
        plan(&storyboard, &PlanSettings::default(), &Silent).map_err(|e| format!("the planner failed: {e}"))?;
    let Planned::Complete(plan) = planned else { return Ok(Outcome::Infeasible) };
    let options = Options { without_losses: true, ..Options::default() };
    let (_, certified) =
        certify_skyc(&plan.show, "random.skyc", &options, &Silent).map_err(|e| format!("no certificate: {e}"))?;
    let verdict = certified.certificate().findings().verdict;
    if verdict != Verdict::Proved {
        return Err(format!("the plan is {verdict:?}"));
    }
    match sampler::closest(certified.show()) {
        Some(near) if near.lacks_m > SLACK_M => Err(format!("proved, but {near}")),
        _ => Ok(Outcome::Proved),
    }
}

fn assert_law(seeds: std::ops::Range<u64>) {
    let count = (seeds.end - seeds.start) as usize;
    let outcomes: Vec<(u64, Result<Outcome, String>)> = seeds
        .into_par_iter()
        .map(|seed| (seed, catch_unwind(|| outcome(seed)).unwrap_or_else(|_| Err("a panic".to_owned()))))
        .collect();
    let mut tally: BTreeMap<Outcome, usize> = BTreeMap::new();
    for (seed, outcome) in outcomes {
        match outcome {
            Ok(outcome) => *tally.entry(outcome).or_default() += 1,
            Err(fault) => panic!("seed {seed}: {fault}\n\n{}", generator::script(seed)),
        }
    }
    let proved = tally.get(&Outcome::Proved).copied().unwrap_or(0);
    assert!(proved * PLANNED_OF >= count, "too few scripts are planned: {tally:?}");
}

#[test]
fn random_scripts_are_refused_or_proved() {
    assert_law(0..40);
}

#[test]
#[ignore = "nightly size: 1,800 scripts"]
fn many_random_scripts_are_refused_or_proved() {
    assert_law(1_000..2_800);
}

#[test]
fn the_sampler_finds_what_is_too_close() {
    sampler::check_itself();
}
