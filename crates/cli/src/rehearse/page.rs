use kapok_jobs::{FaultFigures, RehearsalAnswer, RehearsalRun, ShareOfRuns, SweepFigures};

use crate::page::{Column, Page, Table};

/// Runs that are told one by one.
const TOLD_RUNS: usize = 20;

/// The answer for people.
pub fn of(answer: &RehearsalAnswer) -> Page {
    let mut page = Page::default();
    let times = if answer.runs == 1 { "once".to_owned() } else { format!("{} times", answer.runs) };
    let wind = match &answer.sweep {
        Some(sweep) => {
            let from = sweep.winds.first().map_or(0.0, |w| w.wind_m_s);
            format!("{from} to {} m/s of wind", answer.wind_m_s)
        }
        None => format!("{} m/s of wind", answer.wind_m_s),
    };
    page.line(0, format!("{}: rehearsed {times} in {wind}, seed {}", answer.title, answer.seed));
    if let Some(faults) = &answer.faults {
        fault_lines(&mut page, faults);
    }
    page.gap();
    facts(&mut page, answer);
    if let Some(sweep) = &answer.sweep {
        page.gap();
        winds(&mut page, answer, sweep);
    } else if answer.runs > 1 {
        page.gap();
        runs(&mut page, answer);
    }
    page.gap();
    if answer.runs_missing > 0 {
        page.line(2, format!("{} runs of the campaign are in other shards.", answer.runs_missing));
    }
    let bound = 100.0 * answer.collision_run_upper_95;
    page.line(2, format!("At 95 % confidence a run has a collision with at most {bound:.1} % probability."));
    page.line(2, "Simulated, not proved: kapok prove judges the file itself.");
    page
}

fn fault_lines(page: &mut Page, faults: &FaultFigures) {
    let state = if faults.protections { "on" } else { "off" };
    let count = if faults.count == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.count) };
    page.line(0, format!("{}: {count}, protections {state}", faults.title));
    for what in &faults.not_simulated {
        page.line(2, format!("not simulated here: {what}"));
    }
}

/// A distance, or that none came near.
fn metres(value: Option<f64>, limit_m: f64) -> String {
    value.map_or_else(|| format!("over {} m", 2.0 * limit_m), |m| format!("{m:.2} m"))
}

fn facts(page: &mut Page, answer: &RehearsalAnswer) {
    let limit_m = answer.separation_limit_m;
    let fewest = if answer.runs == 1 { "" } else { " in the run with the fewest" };
    let sum = |of: fn(&RehearsalRun) -> u32| answer.each.iter().map(of).sum::<u32>();
    let mut rows = vec![
        ("vehicles", format!("{}, each a {}", answer.vehicles, answer.profile)),
        ("landed", format!("{} of {}{fewest}", answer.landed, answer.vehicles)),
    ];
    let down = [
        ("fell", sum(|run| run.fallen)),
        ("still in the air", sum(|run| run.aloft)),
        ("outside the fence", sum(|run| run.outside_fence)),
        ("among spectators", sum(|run| run.among_spectators)),
    ];
    rows.extend(down.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name, count.to_string())));
    rows.extend([
        ("collisions", format!("{}", answer.collisions)),
        ("least separation", format!("{}, {limit_m} m asked for", metres(answer.min_separation_m, limit_m))),
        (
            "off the plan",
            format!("{:.2} m at 99 %, {:.2} m at most", answer.tracking_error_p99_m, answer.tracking_error_max_m),
        ),
        ("energy", format!("{:.0} % of a pack beyond the reserve", 100.0 * answer.energy_margin_min)),
        ("failsafes", format!("{}", answer.failsafes)),
    ]);
    let reasons = |of: fn(&RehearsalRun) -> Option<&String>| {
        let mut told: Vec<&String> = answer.each.iter().filter_map(of).collect();
        let count = told.len();
        told.dedup();
        told.first().map(|why| format!("{why} ({count} of {} runs)", answer.runs))
    };
    rows.extend(reasons(|run| run.refused.as_ref()).map(|why| ("start refused", why)));
    rows.extend(reasons(|run| run.stopped.as_ref()).map(|why| ("show stopped", why)));
    page.facts(rows);
}

fn runs(page: &mut Page, answer: &RehearsalAnswer) {
    let columns = ["run", "landed", "collisions", "least separation", "off the plan", "energy"].map(Column::figure);
    let mut table = Table::new(&columns);
    for run in answer.each.iter().take(TOLD_RUNS) {
        table.row(vec![
            run.run.to_string(),
            run.landed.to_string(),
            run.collisions.to_string(),
            metres(run.min_separation_m, answer.separation_limit_m),
            format!("{:.2} m", run.tracking_error_p99_m),
            format!("{:.0} %", 100.0 * run.energy_margin_min),
        ]);
    }
    page.table(2, table);
    if answer.each.len() > TOLD_RUNS {
        page.line(2, format!("and {} more; --json has them all", answer.each.len() - TOLD_RUNS));
    }
}

/// How much wind the show takes: a line and a table.
fn winds(page: &mut Page, answer: &RehearsalAnswer, sweep: &SweepFigures) {
    page.line(2, taken(sweep));
    page.gap();
    let columns =
        ["wind", "flown whole", "collisions", "not landed", "failsafes", "least separation", "off the plan", "energy"];
    let mut table = Table::new(&columns.map(Column::figure));
    for wind in &sweep.winds {
        table.row(vec![
            format!("{} m/s", wind.wind_m_s),
            format!("{} of {}", wind.whole.count, wind.runs),
            wind.collision_runs.count.to_string(),
            wind.not_landed.to_string(),
            wind.failsafes.to_string(),
            metres(wind.min_separation_m, answer.separation_limit_m),
            format!("{:.2} m", wind.tracking_error_p99_m),
            format!("{:.0} %", 100.0 * wind.energy_margin_min),
        ]);
    }
    page.table(2, table);
}

/// The answer to "how much wind can this show take?", and how sure it is.
fn taken(sweep: &SweepFigures) -> String {
    let percent = |share: &ShareOfRuns| format!("{:.1} %", 100.0 * (1.0 - share.lower_95));
    let at = |wind_m_s: f64| sweep.winds.iter().find(|w| w.wind_m_s == wind_m_s);
    let next = sweep.winds.iter().find(|w| w.runs > 0 && w.whole.count < w.runs);
    let held = sweep.taken_m_s.and_then(at);
    let text = match held {
        Some(wind) => format!(
            "The show takes {} m/s of wind: flown whole in all {} runs there; at 95 % confidence it is not in at most {}.",
            wind.wind_m_s,
            wind.runs,
            percent(&wind.whole)
        ),
        None => "The show takes none of these winds.".to_owned(),
    };
    let end = match next {
        Some(wind) => {
            format!("At {} m/s {} of {} runs failed.", wind.wind_m_s, wind.runs - wind.whole.count, wind.runs)
        }
        None => "No stronger wind was rehearsed.".to_owned(),
    };
    format!("{text} {end}")
}
