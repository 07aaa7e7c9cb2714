use kapok_show::{Reporter, Show};

use crate::findings::{Evidence, Findings};
use crate::help::help;
use crate::invalid_input::invalid_input;
use crate::report::without_cases;
use crate::rule::{Rule, RuleReport, Verdict};
use crate::rules::airspeed::airspeed;
use crate::rules::effects::effects;
use crate::rules::energy::energy;
use crate::rules::falls::falls;
use crate::rules::motion::limits::{Motion, motion};
use crate::rules::payload::payload;
use crate::rules::return_to_home::{ReturnEntryReport, return_to_home};
use crate::rules::separation::separation;
use crate::rules::site::site;
use crate::rules::yaw::yaw_rate;
use crate::settings::ProofSettings;
use crate::statistics::Statistics;

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
    let results = match invalid_input(show, settings) {
        Some(why) => RuleResults { rules: refused(show, &why), ..RuleResults::default() },
        None => judge(show, settings, reporter),
    };
    Findings {
        title: show.title.clone(),
        vehicle_count: show.vehicles.len(),
        duration_ms: show.duration_ms(),
        limits: show.limits,
        verdict: Verdict::overall(&results.rules),
        rules: results.rules,
        separation_per_second_m: results.separation_per_second_m,
        ground_separation_per_second_m: results.ground_separation_per_second_m,
        return_entries: results.return_entries,
        statistics: results.statistics,
        evidence: results.evidence,
    }
}

#[derive(Default)]
struct RuleResults {
    rules: Vec<RuleReport>,
    separation_per_second_m: Vec<f64>,
    ground_separation_per_second_m: Vec<f64>,
    return_entries: Vec<ReturnEntryReport>,
    statistics: Statistics,
    evidence: Evidence,
}

fn judge(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> RuleResults {
    let distances = separation(show, settings, reporter);
    let mut rules: Vec<RuleReport> = distances.reports.to_vec();
    let Motion { reports, speeds } = motion(show, settings, reporter);
    rules.extend(reports);
    rules.extend(site(show, settings, reporter));
    rules.push(energy(show, settings));
    rules.push(yaw_rate(show, settings));
    rules.extend(falls(show, settings, reporter));
    let ways = return_to_home(show, settings, reporter);
    rules.push(ways.report);
    rules.push(airspeed(show, &speeds, ways.speed_m_s, settings));
    rules.extend(effects(show, settings, reporter));
    rules.push(payload(show, settings));
    for report in &mut rules {
        report.help = help(show, report, settings);
    }
    let [separation_per_second_m, ground_separation_per_second_m] = distances.per_second_m;
    RuleResults {
        rules,
        separation_per_second_m,
        ground_separation_per_second_m,
        return_entries: ways.entries,
        statistics: distances.statistics,
        evidence: Evidence { distances: distances.distances, fastest_return_m_s: ways.speed_m_s },
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
