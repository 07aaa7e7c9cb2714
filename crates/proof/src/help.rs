//! What would do where a rule does not hold, with the number that would.

use kapok_show::{DVec2, Show, Silent};

use crate::kernel::fall::Fall;
use crate::kernel::polygon::Polygon;
use crate::rule::{Remedy, Rule, RuleReport, Verdict, Witness};
use crate::rules::falls::margins;
use crate::rules::site::outside_m;
use crate::settings::ProofSettings;

/// Halvings in the search for a wind or an altitude that would do.
const HALVINGS: u32 = 24;
/// Winds that are tried on the whole fleet, at most.
const WINDS_TRIED: u32 = 4;

/// What would keep the rule, as far as its worst case tells; empty for rules that hold.
pub fn help(show: &Show, report: &RuleReport, settings: &ProofSettings) -> Vec<Remedy> {
    if !matches!(report.verdict, Verdict::Violated | Verdict::Undecided) {
        return Vec::new();
    }
    let (Some(worst), Some(margin)) = (&report.worst, report.margin) else { return Vec::new() };
    // Undecided cases lie within the tolerance of their limits: what is asked for is on the safe side of it.
    let needed = up((-margin).max(0.0) + settings.tolerance);
    let unit = report.rule.unit();
    let one = |text: String| vec![Remedy { text, value: Some(needed), unit: unit.to_owned() }];
    let limit = report.limit.value;
    // A motion that takes s times as long has 1/s of the speed, 1/s² of the acceleration, 1/s³ of the jerk.
    let slower = |order: f64| {
        let longer = up(kapok_show::math::pow(worst.bound / limit, 1.0 / order));
        one(format!("slow down by {needed} {unit}: a motion that takes {longer} times as long does"))
    };
    match report.rule {
        Rule::Separation | Rule::GroundSeparation => one(format!("keep the pair {needed} m farther apart")),
        Rule::VelocityXy | Rule::VelocityUp | Rule::VelocityDown if limit > 0.0 => slower(1.0),
        Rule::Acceleration if limit > 0.0 => slower(2.0),
        Rule::Jerk if limit > 0.0 => slower(3.0),
        Rule::Continuity => {
            one(format!("make the velocity change by {needed} m/s less at once: spread it over a curve"))
        }
        Rule::AccelerationJump => one(format!("make the acceleration change by {needed} m/s² less at once")),
        Rule::Altitude => one(format!("fly {needed} m lower")),
        Rule::Floor => one(format!("fly {needed} m higher")),
        Rule::GroundMotion => {
            let from_m = show.limits.min_navigation_altitude_m;
            let text = format!("move sideways from {from_m} m up only, straight up and down below");
            vec![Remedy { text, value: Some(from_m), unit: "m".to_owned() }]
        }
        Rule::Geofence => one(format!("stay {needed} m farther inside")),
        Rule::KeepOut => one(format!("pass {needed} m farther away")),
        Rule::Ends => {
            let text = "begin on the pad and end on a pad or on the ground; a part of a show that is meant to hang in the \
                        air needs --airborne-ends";
            vec![Remedy { text: text.to_owned(), value: None, unit: String::new() }]
        }
        Rule::Energy => one(format!("fly {needed} s less, or start with batteries that last longer")),
        Rule::YawRate => one(format!("turn {needed} deg/s slower")),
        Rule::FallOnAudience | Rule::FallOnRoad => falls(show, report.rule, worst, needed, settings),
        Rule::Airspeed => one(format!("fly {needed} m/s slower, or in a wind that is {needed} m/s less")),
        Rule::PyroAltitude => one(format!("fire {needed} m higher")),
        Rule::PyroNeighbours => one(format!("keep the others {needed} m farther away while it burns")),
        Rule::PyroAudience => one(format!("fire {needed} m farther from the audience")),
        Rule::Payload => one(format!("load {needed} bytes less")),
        _ => Vec::new(),
    }
}

/// Rounded up to hundredths, so that the number does.
fn up(x: f64) -> f64 {
    (x * 100.0).ceil() / 100.0
}

/// Less wind, a farther area, a lower flight.
fn falls(show: &Show, rule: Rule, worst: &Witness, needed_m: f64, settings: &ProofSettings) -> Vec<Remedy> {
    let areas: Vec<&[DVec2]> = if rule == Rule::FallOnAudience {
        show.environment.audience_areas().map(|a| a.polygon_m.as_slice()).collect()
    } else {
        show.environment.roads.iter().map(|r| r.polygon_m.as_slice()).collect()
    };
    let what = if rule == Rule::FallOnAudience { "audience" } else { "road" };
    let metres = |text: String, value: f64| Remedy { text, value: Some(value), unit: "m".to_owned() };
    let mut ways = Vec::new();
    if let Some(wind_m_s) = calmer(show, &areas, worst, settings) {
        let text = if show.environment.indoor {
            format!("lower the wind to {wind_m_s} m/s; in a hall it is 0")
        } else {
            format!("lower the wind up to which the show may fly to {wind_m_s} m/s")
        };
        ways.push(Remedy { text, value: Some(wind_m_s), unit: "m/s".to_owned() });
    }
    ways.push(metres(format!("move the {what} or the show {needed_m} m farther away"), needed_m));
    if let Some(below_m) = lower(show, &areas, worst, settings) {
        ways.push(metres(format!("fly lower than {below_m} m there"), below_m));
    }
    ways
}

fn position_and_speed(show: &Show, worst: &Witness) -> Option<(kapok_show::DVec3, f64, f64)> {
    let motion = show.vehicles.get(worst.vehicles.first()?.index)?.trajectory.sample(worst.t_ms);
    Some((motion.position_m, motion.velocity_m_s.truncate().length(), motion.velocity_m_s.z))
}

fn distance_m(areas: &[&[DVec2]], p: DVec2) -> Option<f64> {
    areas.iter().map(|a| outside_m(a, p)).collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::min)
}

/// The wind in which the whole fleet falls clear, rounded down to tenths; `None` if even still air does not do.
fn calmer(show: &Show, areas: &[&[DVec2]], worst: &Witness, settings: &ProofSettings) -> Option<f64> {
    let (at_m, xy_m_s, climb_m_s) = position_and_speed(show, worst)?;
    let room_m = distance_m(areas, at_m.truncate())?;
    let polygons = areas.iter().map(|a| Polygon::new(a).ok()).collect::<Option<Vec<Polygon>>>()?;
    let fall = |wind_m_s: f64| Fall::in_wind(show, settings, wind_m_s).ok();
    let clears = |wind_m_s: f64| fall(wind_m_s).is_some_and(|f| f.reach_m(at_m.z, xy_m_s, climb_m_s) <= room_m);
    let (mut good, mut bad) = (0.0, show.limits.max_wind_m_s);
    if !clears(good) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (good + bad);
        *(if clears(middle) { &mut good } else { &mut bad }) = middle;
    }
    // What helps the worst case need not help all: the fleet is looked at.
    let mut wind_m_s = (good * 10.0).floor() / 10.0;
    for _ in 0..WINDS_TRIED {
        let all = margins(show, &polygons, Some(&fall(wind_m_s)?), settings, &Silent);
        if all.iter().flatten().all(|(w, _)| w.bound >= 0.0) {
            return Some(wind_m_s);
        }
        wind_m_s = (wind_m_s * 9.0).floor() / 10.0;
    }
    None
}

/// The altitude below which the worst case falls clear, rounded down to tenths; `None` if none does.
fn lower(show: &Show, areas: &[&[DVec2]], worst: &Witness, settings: &ProofSettings) -> Option<f64> {
    let (at_m, xy_m_s, climb_m_s) = position_and_speed(show, worst)?;
    let room_m = distance_m(areas, at_m.truncate())?;
    let fall = Fall::new(show, settings).ok()?;
    let clears = |z_m: f64| fall.reach_m(z_m, xy_m_s, climb_m_s) <= room_m;
    let (mut good, mut bad) = (0.0, at_m.z);
    if !clears(good) {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (good + bad);
        *(if clears(middle) { &mut good } else { &mut bad }) = middle;
    }
    Some((good * 10.0).floor() / 10.0).filter(|m| *m > 0.0)
}
