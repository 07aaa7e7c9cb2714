use kapok_proof::{Fall, Findings, ProofSettings, Rule, VehicleRef, area_margins, invalid_input};
use kapok_show::{DVec2, Reporter, Show};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::loss::{LossFigure, LossMode, LossScenario, losses};
use crate::sectors::{SectorLoss, Sectors};
use crate::settings::RiskSettings;
use crate::wind::{WindReserve, wind_reserve};

/// What happens if something fails, beyond what the rules decide. Distances are lower bounds; negative: it is reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureFigures {
    /// Wind that is assumed, from any direction, m/s.
    pub wind_m_s: f64,
    /// Altitude at which falls end: the lowest of the site's origin and all starts and ends, metres.
    pub ground_m: f64,
    /// No vehicle comes down further than this from below the place where it fails, metres; absent if the profile
    /// makes no sense.
    pub largest_reach_m: Option<f64>,
    /// The footprint that comes nearest to water, or reaches furthest into it.
    pub water: Option<AreaFigure>,
    /// Time for which vehicles drift with the wind before they notice that they have lost their position, seconds.
    pub gnss_reaction_s: f64,
    /// One vehicle at a time is lost, whichever it is and whenever it flies, and all others fly on: it stops, drifts or
    /// falls.
    #[serde(default)]
    pub one_lost: Vec<LossFigure>,
    /// Loss of position for one sector at a time: the group of a vehicle, or the eighth of the compass around the
    /// site's origin in which its pad lies if there are no groups.
    pub sectors: Vec<SectorLoss>,
    /// What the wind leaves.
    pub wind: WindReserve,
}

/// How near a footprint comes to an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AreaFigure {
    /// Name of the area.
    pub name: String,
    /// Distance left, metres.
    pub distance_m: f64,
    /// When, milliseconds.
    pub t_ms: f64,
    /// Which vehicle.
    pub vehicle: VehicleRef,
}

/// What happens if something fails: one vehicle anywhere at any instant, the satellites for one sector, more wind than expected.
///
/// # Shapes, units and frames
/// The show and the findings of its proof, with the settings of that proof.
///
/// # Guarantees
/// Distances and times are bounds on the safe side, and every case that is named is attained. `None` for a show that the proof
/// does not look at, or settings that are illegal. Never panics.
///
/// # Complexity
/// In practice linear in vehicles × duration; the loss-of-vehicle analysis ends at its budget.
///
/// # Determinism
/// The same on any number of threads.
///
/// ```
/// use kapok_proof::{ProofSettings, prove};
/// use kapok_risk::{RiskSettings, failure};
/// # use kapok_show::{DVec3, LightProgram, Limits, Show, Silent, Trajectory, Vehicle};
/// # let hover = |x: f64| {
/// #     let mut t = Trajectory::starting_at(0, DVec3::new(x, 0.0, 20.0)).unwrap();
/// #     t.push_hold(30_000).unwrap();
/// #     Vehicle::new(format!("at {x}"), t.start_point_m(), t, LightProgram::dark())
/// # };
/// # let mut show = Show { limits: Limits { max_wind_m_s: 2.0, ..Limits::default() }, ..Show::of_vehicles(vec![hover(0.0), hover(10.0)]) };
/// // Two vehicles hover 10 m apart in wind of 2 m/s: one that drifts touches the other after about 4.8 s.
/// let settings = ProofSettings { airborne_ends: true, ..ProofSettings::default() };
/// let findings = prove(&show, &settings, &Silent);
/// let figures = failure(&show, &findings, &settings, &RiskSettings::default(), &Silent).unwrap();
/// assert!((figures.one_lost[1].untouched_s - 4.8).abs() < 0.1);
/// ```
pub fn failure(
    show: &Show,
    findings: &Findings,
    proof: &ProofSettings,
    risk: &RiskSettings,
    reporter: &dyn Reporter,
) -> Option<FailureFigures> {
    if invalid_input(show, proof).is_some() || risk.validate().is_err() {
        return None;
    }
    reporter.phase("failure figures", 0);
    let e = &show.environment;
    let audiences_m: Vec<&[DVec2]> = e.audience_areas().map(|a| a.polygon_m.as_slice()).collect();
    let fall = Fall::new(show, proof).ok();
    let sectors = Sectors::of(show);
    let alone = |mode| LossScenario { mode, figure_of: vec![0; show.vehicles.len()], figures: 1, together: false };
    let mut scenarios: Vec<LossScenario> =
        [LossMode::Stops, LossMode::Drifts, LossMode::Falls].into_iter().map(alone).collect();
    let by_sector = sectors.scenario();
    let has_sectors = by_sector.is_some();
    scenarios.extend(by_sector);
    let mut sectors = sectors.losses(show, &audiences_m, (proof, risk), reporter);
    let mut found = losses(show, &scenarios, &findings.evidence.distances, (proof, risk));
    if has_sectors {
        for (sector, figure) in sectors.iter_mut().zip(found.pop().unwrap_or_default()) {
            sector.others_left_m = Some(figure.left_m);
            sector.others = Some(figure);
        }
    }
    let fastest = findings.rule(Rule::VelocityXy).and_then(|r| r.worst.as_ref());
    let speed_m_s = fastest.map_or(0.0, |w| w.bound).max(findings.evidence.fastest_return_m_s);
    Some(FailureFigures {
        wind_m_s: show.limits.max_wind_m_s,
        ground_m: fall.as_ref().map_or(0.0, |f| f.ground_m),
        largest_reach_m: fall.as_ref().map(|f| f.largest_reach_m(show, proof)),
        water: fall.as_ref().and_then(|f| nearest_water(show, f, proof, reporter)),
        gnss_reaction_s: risk.gnss_reaction_s,
        one_lost: found.into_iter().flatten().collect(),
        sectors,
        wind: wind_reserve(show, speed_m_s + show.limits.max_wind_m_s, (proof, risk)),
    })
}

/// The footprint that comes nearest to water; `None` without water or if an outline of it is no polygon.
fn nearest_water(show: &Show, fall: &Fall, proof: &ProofSettings, reporter: &dyn Reporter) -> Option<AreaFigure> {
    let waters = &show.environment.waters;
    if waters.is_empty() {
        return None;
    }
    let outlines_m: Vec<&[DVec2]> = waters.iter().map(|w| w.polygon_m.as_slice()).collect();
    let each = area_margins(show, &outlines_m, Some(fall), proof, reporter)?;
    let of_vehicles = each.iter().enumerate().filter_map(|(v, m)| m.map(|m| (v, m)));
    let (v, (margin, area)) = of_vehicles.min_by(|a, b| a.1.0.bound_m.total_cmp(&b.1.0.bound_m))?;
    let vehicle = VehicleRef { index: v, name: show.vehicles[v].name.clone() };
    Some(AreaFigure { name: waters[area].name.clone(), distance_m: margin.bound_m, t_ms: margin.t_ms, vehicle })
}
