use kapok_report::{
    BandTracking, FlightEnd, GroundMap, RehearsalReport, RehearsalTable, SeparationOverTime, WindTracking,
    rehearsal_page,
};

use super::answer::RehearsalAnswer;
use super::bounds::ShareOfRuns;
use super::flight::WATCH;
use super::record::{BAND_M, CampaignHead, EndKind, PERCENTS, RunRecord};

/// The report of a campaign as one HTML file, from the records of its answer.
///
/// # Determinism
/// The same head, records and answer give the same bytes.
pub fn rehearsal_report(head: &CampaignHead, records: &[RunRecord], answer: &RehearsalAnswer) -> String {
    let sum = |of: fn(&RunRecord) -> u32| records.iter().map(of).sum::<u32>();
    let (fallen, aloft) = (sum(|r| r.run.fallen), sum(|r| r.run.aloft));
    let (refused, stopped) =
        (records.iter().filter(|r| r.run.refused.is_some()), records.iter().filter(|r| r.run.stopped.is_some()));
    let (refused, stopped) = (refused.count() as u32, stopped.count() as u32);
    let limit_m = head.separation_limit_m;
    let near = |m: Option<f64>| m.map_or_else(|| format!("over {} m", WATCH * limit_m), |m| format!("{m:.2} m"));
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("Landed, fewest of a run", format!("{} of {}", answer.landed, answer.vehicles)),
        fact("Collisions", answer.collisions.to_string()),
        fact("Fell", fallen.to_string()),
        fact("Still in the air at the end", aloft.to_string()),
        fact("Outside the fence", sum(|r| r.run.outside_fence).to_string()),
        fact("Among spectators", sum(|r| r.run.among_spectators).to_string()),
        fact("Least separation", format!("{} of {limit_m} m", near(answer.min_separation_m))),
        fact("Off the plan, 99 %", format!("{:.2} m", answer.tracking_error_p99_m)),
        fact("Off the plan, at most", format!("{:.2} m", answer.tracking_error_max_m)),
        fact("Energy beyond the reserve", format!("{:.0} % of a pack", 100.0 * answer.energy_margin_min)),
        fact("Flights ended by a failsafe", answer.failsafes.to_string()),
    ];
    if answer.placement_m > 0.0 {
        facts.push(fact("Off their pads", format!("{} m", answer.placement_m)));
    }
    let share = |name: &str, count: u32| share_row(name, &ShareOfRuns::new(count, answer.runs));
    let happened = |of: fn(&RunRecord) -> bool| records.iter().filter(|r| of(r)).count() as u32;
    let mut rows = vec![
        share("a collision", answer.collision_runs.count),
        share("a vehicle that fell or did not come down", happened(|r| r.run.fallen + r.run.aloft > 0)),
        share("a vehicle outside the fence", happened(|r| r.run.outside_fence > 0)),
        share("something among spectators", happened(|r| r.run.among_spectators > 0)),
    ];
    if head.faults.is_some() {
        rows.extend([share("the start refused", refused), share("the show stopped", stopped)]);
    }
    let headings = ["Runs with", "runs", "share", "exact 95 %", "Wilson 95 %"].map(str::to_owned).to_vec();
    let whole = fallen + aloft + answer.collisions + answer.failsafes + refused + stopped == 0;
    // A sweep goes on to where it fails.
    let is_whole = match &answer.sweep {
        Some(sweep) => sweep.taken_m_s.is_some(),
        None => whole && answer.energy_margin_min >= 0.0 && answer.runs > 0,
    };
    let report = RehearsalReport {
        title: head.title.clone(),
        rehearsed: rehearsed(head, answer),
        outcome: outcome(answer, whole, (refused, stopped), fallen + aloft),
        is_whole,
        facts,
        notes: notes(answer),
        winds: answer.sweep.as_ref().map(|_| winds(answer)),
        shares: RehearsalTable { headings, rows },
        tracking: tracking(answer),
        separation: separation(head, records),
        ground: GroundMap {
            fences_m: head.site.fences.clone(),
            holes_m: head.site.holes.clone(),
            audiences_m: head.site.audiences.clone(),
            ends_m: records.iter().flat_map(|r| &r.ends_m).map(|&(x, y, end)| (x, y, flight_end(end))).collect(),
        },
        charge: (0..PERCENTS).map(|k| records.iter().map(|r| u64::from(r.charge[k])).sum()).collect(),
        reserve_percent: 100.0 * head.battery_reserve,
        provenance: provenance(head),
    };
    rehearsal_page(&report)
}

fn rehearsed(head: &CampaignHead, answer: &RehearsalAnswer) -> String {
    let times = if answer.runs == 1 { "once".to_owned() } else { format!("{} times", answer.runs) };
    let winds = head.request.winds_m_s();
    let wind = match winds.as_slice() {
        [first, .., last] => format!("{first} to {last} m/s"),
        [only] => format!("{only} m/s"),
        [] => "no".to_owned(),
    };
    let faults = head.faults.as_ref().map(|faults| {
        let state = if faults.protections { "on" } else { "off" };
        format!(" Faults: {}. Protections are {state}.", faults.title.trim_end_matches('.'))
    });
    format!(
        "{} vehicles, each a {}, flown {times} in {wind} of wind.{}",
        head.vehicles,
        head.profile,
        faults.unwrap_or_default()
    )
}

fn outcome(answer: &RehearsalAnswer, whole: bool, (refused, stopped): (u32, u32), lost: u32) -> String {
    let runs = answer.runs;
    if let Some(sweep) = &answer.sweep {
        return match sweep.taken_m_s {
            Some(taken) => format!("The show takes {taken} m/s of wind."),
            None => "The show takes none of the winds that were rehearsed.".to_owned(),
        };
    }
    if refused == runs && runs > 0 {
        return "The start was refused: nothing flew.".to_owned();
    }
    if whole {
        return "Every vehicle of every run flew its show and landed.".to_owned();
    }
    let mut parts = Vec::new();
    let mut part = |count: u32, one: &str, many: &str| {
        if count > 0 {
            parts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    };
    part(answer.collisions, "collision", "collisions");
    part(lost, "vehicle that did not land unhurt", "vehicles that did not land unhurt");
    part(answer.failsafes, "flight ended by a failsafe", "flights ended by a failsafe");
    part(refused, "start refused", "starts refused");
    part(stopped, "show stopped", "shows stopped");
    format!("In {runs} {}: {}.", if runs == 1 { "run" } else { "runs" }, parts.join(", "))
}

fn notes(answer: &RehearsalAnswer) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(least_m) = answer.min_separation_m.filter(|m| *m < answer.separation_limit_m) {
        let limit_m = answer.separation_limit_m;
        notes.push(format!("Vehicles came nearer to each other than the show asks for: {least_m:.2} of {limit_m} m."));
    }
    if answer.runs_missing > 0 {
        notes.push(format!("{} runs of the campaign are in other shards.", answer.runs_missing));
    }
    let mut reasons: Vec<&String> = answer.each.iter().flat_map(|run| run.refused.iter().chain(&run.stopped)).collect();
    reasons.sort_unstable();
    reasons.dedup();
    notes.extend(reasons.iter().take(6).map(|why| (*why).clone()));
    if reasons.len() > 6 {
        notes.push(format!("and {} other reasons", reasons.len() - 6));
    }
    let silent = answer.faults.iter().flat_map(|f| &f.not_simulated);
    notes.extend(silent.map(|what| format!("Not simulated here: {what}.")));
    notes
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn share_row(name: &str, share: &ShareOfRuns) -> Vec<String> {
    let of = f64::from(share.of.max(1));
    vec![
        name.to_owned(),
        format!("{} of {}", share.count, share.of),
        percent(f64::from(share.count) / of),
        format!("{} to {}", percent(share.lower_95), percent(share.upper_95)),
        format!("{} to {}", percent(share.wilson_lower_95), percent(share.wilson_upper_95)),
    ]
}

fn winds(answer: &RehearsalAnswer) -> RehearsalTable {
    let headings = [
        "Wind",
        "flown whole",
        "exact 95 %",
        "with collision",
        "not landed",
        "failsafes",
        "least separation",
        "off the plan",
        "energy",
    ];
    let limit_m = answer.separation_limit_m;
    let near = |m: Option<f64>| m.map_or_else(|| format!("over {} m", WATCH * limit_m), |m| format!("{m:.2} m"));
    let row = |w: &super::answer::WindFigures| {
        vec![
            format!("{} m/s", w.wind_m_s),
            format!("{} of {}", w.whole.count, w.runs),
            format!("{} to {}", percent(w.whole.lower_95), percent(w.whole.upper_95)),
            w.collision_runs.count.to_string(),
            w.not_landed.to_string(),
            w.failsafes.to_string(),
            near(w.min_separation_m),
            format!("{:.2} m", w.tracking_error_p99_m),
            format!("{:.0} %", 100.0 * w.energy_margin_min),
        ]
    };
    let winds = answer.sweep.iter().flat_map(|s| &s.winds);
    RehearsalTable { headings: headings.map(str::to_owned).to_vec(), rows: winds.map(row).collect() }
}

fn tracking(answer: &RehearsalAnswer) -> Vec<WindTracking> {
    let mut winds: Vec<WindTracking> = Vec::new();
    for errors in &answer.tracking_by_height {
        if winds.last().is_none_or(|w| w.wind_m_s != errors.wind_m_s) {
            winds.push(WindTracking { wind_m_s: errors.wind_m_s, bands: Vec::new() });
        }
        if let Some(wind) = winds.last_mut() {
            wind.bands.push(BandTracking {
                from_m: errors.height_m,
                to_m: errors.height_m + BAND_M,
                median_m: errors.median_m,
                p99_m: errors.p99_m,
                max_m: errors.max_m,
            });
        }
    }
    winds
}

fn separation(head: &CampaignHead, records: &[RunRecord]) -> SeparationOverTime {
    let seconds = records.iter().map(|r| r.separation_m.len()).max().unwrap_or(0);
    let least = |second: usize| {
        let near = records.iter().filter_map(|r| r.separation_m.get(second).copied().flatten());
        near.reduce(f64::min)
    };
    SeparationOverTime {
        limit_m: head.separation_limit_m,
        watched_m: WATCH * head.separation_limit_m,
        proved_m: head.proved_separation_m.clone(),
        flown_m: (0..seconds).map(least).collect(),
    }
}

const fn flight_end(end: EndKind) -> FlightEnd {
    match end {
        EndKind::Fell => FlightEnd::Fell,
        EndKind::Landed => FlightEnd::Landed,
        EndKind::Aloft => FlightEnd::Aloft,
    }
}

fn provenance(head: &CampaignHead) -> Vec<(String, String)> {
    let mut rows = vec![
        ("Kapok".to_owned(), head.kapok_version.clone()),
        ("Seed".to_owned(), head.request.seed.to_string()),
        ("SHA-256 of the show".to_owned(), head.show_sha256.clone()),
        ("SHA-256 of all inputs".to_owned(), head.inputs_sha256.clone()),
    ];
    if let Some(faults) = &head.faults {
        rows.push(("SHA-256 of the fault script".to_owned(), faults.sha256.clone()));
    }
    rows
}
