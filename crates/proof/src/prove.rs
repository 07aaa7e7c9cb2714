use kapok_show::{Reporter, Show};

use crate::airspeed::airspeed;
use crate::effects::effects;
use crate::energy::energy;
use crate::failure::{FailureFigures, failure};
use crate::findings::Findings;
use crate::help::help;
use crate::loss::Known;
use crate::motion::{Motion, motion};
use crate::refusal::refusal;
use crate::report::without_cases;
use crate::return_to_home::{ReturnEntryReport, return_to_home};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::separation::separation;
use crate::settings::ProofSettings;
use crate::site::site;
use crate::statistics::Statistics;
use crate::yaw::yaw_rate;

/// Holds a show against every rule and says what was proved.
///
/// # Shapes, units and frames
/// The show is what was decoded from the bytes that fly; site frame, metres, milliseconds. Limits come with it.
///
/// # Guarantees
/// A rule is [`Verdict::Proved`] only if it holds at every instant, between samples too, for the polynomials that the
/// control points define: see the crate's page for how. A witness can be checked by evaluating trajectories. A show that
/// makes no sense (no vehicles, illegal limits or settings, coordinates beyond 1,000 km, longer than a day) has every rule
/// undecided, with the reason. Never panics.
///
/// # Complexity
/// In practice linear in vehicles × duration; memory linear in vehicles plus duration.
///
/// # Determinism
/// The same show and settings give the same findings on any number of threads.
pub fn prove(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Findings {
    let judged = match refusal(show, settings) {
        Some(why) => Judged { rules: refused(show, &why), ..Judged::default() },
        None => judged(show, settings, reporter),
    };
    Findings {
        title: show.title.clone(),
        vehicle_count: show.vehicles.len(),
        duration_ms: show.duration_ms(),
        limits: show.limits,
        verdict: Verdict::overall(&judged.rules),
        rules: judged.rules,
        separation_per_second_m: judged.separation_per_second_m,
        ground_separation_per_second_m: judged.ground_separation_per_second_m,
        return_entries: judged.return_entries,
        failure: judged.failure,
        statistics: judged.statistics,
    }
}

#[derive(Default)]
struct Judged {
    rules: Vec<RuleReport>,
    separation_per_second_m: Vec<f64>,
    ground_separation_per_second_m: Vec<f64>,
    return_entries: Vec<ReturnEntryReport>,
    failure: Option<FailureFigures>,
    statistics: Statistics,
}

fn judged(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Judged {
    let distances = separation(show, settings, reporter);
    let closest_per_second = distances.closest_of_all();
    let known = Known {
        first_s: distances.first_s,
        flight_per_second_m: &distances.flight_per_second_m,
        closest_per_second: &closest_per_second,
    };
    let mut rules: Vec<RuleReport> = distances.reports.to_vec();
    let Motion { reports, speeds } = motion(show, settings, reporter);
    rules.extend(reports);
    rules.extend(site(show, settings, reporter));
    rules.push(energy(show, settings));
    rules.push(yaw_rate(show, settings));
    let (falls, figures) = failure(show, settings, reporter);
    rules.extend(falls);
    let ways = return_to_home(show, settings, reporter);
    let fastest = rules.iter().find(|r| r.rule == Rule::VelocityXy).and_then(|r| r.worst.as_ref());
    let speed_m_s = fastest.map_or(0.0, |w| w.bound).max(ways.speed_m_s);
    rules.push(ways.report);
    rules.push(airspeed(show, &speeds, ways.speed_m_s, settings));
    rules.extend(effects(show, settings, reporter));
    for report in &mut rules {
        report.help = help(show, report, settings);
    }
    let [separation_per_second_m, ground_separation_per_second_m] = distances.per_second_m;
    Judged {
        rules,
        separation_per_second_m,
        ground_separation_per_second_m,
        return_entries: ways.entries,
        failure: Some(figures.with_losses(show, &known, settings).with_speed(show, speed_m_s, settings)),
        statistics: distances.statistics,
    }
}

/// What a proof takes for granted beyond what the reader of the file does, one sentence each.
pub fn assumptions(show: &Show, settings: &ProofSettings) -> Vec<String> {
    let mut all = Vec::new();
    if settings.airborne_ends {
        all.push(
            "the motion may begin and end in the air, as was asked for: that vehicles get there and back is not proved"
                .to_string(),
        );
    }
    let (least_m, diameter_m) = (show.limits.min_separation_m, show.profile.diameter_m);
    if least_m < diameter_m {
        all.push(format!(
            "the least distance in flight, {least_m} m, is less than a vehicle's diameter of {diameter_m} m: vehicles \
             that keep it can touch"
        ));
    }
    let stated_m = show.limits.min_navigation_altitude_m;
    if show.limits.ground_rule_altitude_m() < stated_m {
        all.push(format!(
            "below the minimum navigation altitude of {stated_m} m the rule of the ground holds up to {} m only, the rule \
             of flight above",
            show.limits.ground_rule_altitude_m()
        ));
    }
    all
}

fn refused(show: &Show, why: &str) -> Vec<RuleReport> {
    Rule::ALL.iter().map(|&rule| without_cases(show, rule, 0.0, Verdict::Undecided, why)).collect()
}
