use anyhow::{Context, Result};
use kapok_certify::Source;
use kapok_jobs::{RehearsalAnswer, RehearsalRequest, rehearse};

use crate::args::RehearseArgs;
use crate::inputs;
use crate::outcome::Outcome;
use crate::page::{Column, Page, Table};
use crate::progress::Terminal;
use crate::work::{in_flags, in_pool, print_answer};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 3] = [("runs", "--runs"), ("wind_m_s", "--wind"), ("profile", "--profile")];
/// Runs that are told one by one.
const TOLD_RUNS: usize = 20;

/// `kapok rehearse`: flies a show with simulated vehicles.
pub fn run(args: &RehearseArgs) -> Result<Outcome> {
    let request =
        RehearsalRequest { runs: args.runs, wind_m_s: args.wind, seed: args.seed, profile: args.profile.clone() };
    inputs::expect_show(&args.file)?;
    let reporter = Terminal::of_equal_steps();
    let fly = || {
        let source = Source::load(&args.file)?;
        rehearse(&source, &request, &reporter).map_err(|error| in_flags(error, &FLAGS))
    };
    let answer = in_pool(args.work.threads, fly)?;
    reporter.finish();
    let answer = answer.with_context(|| format!("cannot rehearse {}", args.file.display()))?;
    if args.work.json {
        print_answer(&answer)?;
    } else {
        page(&answer).print()?;
    }
    Ok(Outcome::Done)
}

/// The answer for people.
fn page(answer: &RehearsalAnswer) -> Page {
    let limit_m = answer.separation_limit_m;
    let metres =
        |value: Option<f64>| value.map_or_else(|| format!("over {} m", 2.0 * limit_m), |m| format!("{m:.2} m"));
    let fewest = if answer.runs == 1 { "" } else { " in the run with the fewest" };
    let mut page = Page::default();
    let times = if answer.runs == 1 { "once".to_owned() } else { format!("{} times", answer.runs) };
    let (wind, seed) = (answer.wind_m_s, answer.seed);
    page.line(0, format!("{}: rehearsed {times} in {wind} m/s of wind, seed {seed}", answer.title));
    page.gap();
    page.facts([
        ("vehicles", format!("{}, each a {}", answer.vehicles, answer.profile)),
        ("landed", format!("{} of {}{fewest}", answer.landed, answer.vehicles)),
        ("collisions", format!("{}", answer.collisions)),
        ("least separation", format!("{}, {limit_m} m asked for", metres(answer.min_separation_m))),
        (
            "off the plan",
            format!("{:.2} m at 99 %, {:.2} m at most", answer.tracking_error_p99_m, answer.tracking_error_max_m),
        ),
        ("energy", format!("{:.0} % of a pack beyond the reserve", 100.0 * answer.energy_margin_min)),
        ("failsafes", format!("{}", answer.failsafes)),
    ]);
    if answer.runs > 1 {
        let columns = ["run", "landed", "collisions", "least separation", "off the plan", "energy"].map(Column::figure);
        let mut table = Table::new(&columns);
        for run in answer.each.iter().take(TOLD_RUNS) {
            table.row(vec![
                run.run.to_string(),
                run.landed.to_string(),
                run.collisions.to_string(),
                metres(run.min_separation_m),
                format!("{:.2} m", run.tracking_error_p99_m),
                format!("{:.0} %", 100.0 * run.energy_margin_min),
            ]);
        }
        page.gap();
        page.table(2, table);
        if answer.each.len() > TOLD_RUNS {
            page.line(2, format!("and {} more; --json has them all", answer.each.len() - TOLD_RUNS));
        }
    }
    page.gap();
    let bound = 100.0 * answer.collision_run_upper_95;
    page.line(2, format!("At 95 % confidence a run has a collision with at most {bound:.1} % probability."));
    page.line(2, "Simulated, not proved: kapok prove judges the file itself.");
    page
}
