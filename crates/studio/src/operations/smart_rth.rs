use kapok_certify::{Rule, Verdict, judge_motion};
use kapok_plan::{SmartReturn, SmartReturnLimits, SmartReturnOutcome, smart_return};
use kapok_show::{DVec3, LightProgram, Limits, Show, Silent, Vehicle};
use serde::{Deserialize, Serialize};

use crate::json::VersionOne;
use crate::points::points;
use crate::refusal::{Refusal, shortened};

#[derive(Deserialize)]
pub struct SmartRthRequest {
    #[serde(default, rename = "version")]
    _version: VersionOne,
    source: Vec<[f64; 3]>,
    target: Vec<[f64; 3]>,
    max_velocity_xy: f64,
    max_velocity_z: f64,
    max_acceleration: f64,
    min_distance: f64,
    rth_model: String,
}

#[derive(Debug, Serialize)]
pub struct SmartRthAnswer {
    version: u8,
    start_times: Vec<f64>,
    durations: Vec<f64>,
    /// By drone: seconds from the start of the manoeuvre, then x, y, z.
    inner_points: Vec<Vec<[f64; 4]>>,
}

/// The add-on lands at most this fast, m/s.
const LANDING_M_S: f64 = 0.5;
/// The add-on takes so much off the velocities before it sends them, m/s.
const TAKEN_OFF_M_S: f64 = 0.002;
/// Most drones: more take longer than the add-on waits.
const MAX_DRONES: usize = 20_000;

pub fn answer(request: &SmartRthRequest) -> Result<SmartRthAnswer, Refusal> {
    let sources = points("source", &request.source)?;
    let targets = points("target", &request.target)?;
    if sources.len() > MAX_DRONES {
        let count = sources.len();
        return Err(Refusal::BadRequest(format!(
            "{count} drones are more than the {MAX_DRONES} that a return is planned for"
        )));
    }
    let vertical_m_s = request.max_velocity_z;
    let landing_m_s = match request.rth_model.as_str() {
        "straight_line_with_neck" => Some((vertical_m_s + TAKEN_OFF_M_S).min(LANDING_M_S)),
        "straight_line_with_neck_to_layers" => None,
        other => {
            let other = shortened(other);
            return Err(Refusal::BadRequest(format!("rth_model \"{other}\" is not known")));
        }
    };
    let limits = SmartReturnLimits {
        horizontal_m_s: request.max_velocity_xy,
        vertical_m_s,
        acceleration_m_s2: request.max_acceleration,
        min_distance_m: request.min_distance,
        landing_m_s,
    };
    let flights = match smart_return(&sources, &targets, &limits).map_err(Refusal::bad)? {
        SmartReturnOutcome::Planned(flights) => flights,
        SmartReturnOutcome::Infeasible(why) => return Err(Refusal::bad(why)),
    };
    prove(&sources, &flights, &limits)?;
    Ok(SmartRthAnswer {
        version: 1,
        start_times: flights.iter().map(|f| f.start_s() as f64).collect(),
        durations: flights.iter().map(|f| f.duration_s() as f64).collect(),
        inner_points: flights.iter().map(inner_points).collect(),
    })
}

fn inner_points(flight: &SmartReturn) -> Vec<[f64; 4]> {
    flight.bends().into_iter().map(|(at_s, p)| [at_s as f64, p.x, p.y, p.z]).collect()
}

/// No return leaves here that is not proved: the motion that the add-on builds, in continuous time.
fn prove(sources: &[DVec3], flights: &[SmartReturn], limits: &SmartReturnLimits) -> Result<(), Refusal> {
    if sources.is_empty() {
        return Ok(());
    }
    let mut vehicles = Vec::with_capacity(flights.len());
    for (i, flight) in flights.iter().enumerate() {
        let trajectory = flight.trajectory(limits.landing_m_s).map_err(Refusal::internal)?;
        vehicles.push(Vehicle::new(i.to_string(), sources[i], trajectory, LightProgram::dark()));
    }
    let show = Show {
        limits: Limits {
            min_separation_m: limits.kept_distance_m(),
            // Below the least distance drones start and land on pads that are closer; there they only go up and down.
            min_navigation_altitude_m: limits.min_distance_m,
            max_altitude_m: 1e6,
            max_velocity_xy_m_s: limits.horizontal_m_s,
            max_velocity_up_m_s: limits.vertical_m_s,
            max_velocity_down_m_s: limits.vertical_m_s + TAKEN_OFF_M_S,
            ..Limits::default()
        },
        ..Show::of_vehicles(vehicles)
    };
    let findings = judge_motion(&show, &Silent);
    for rule in [Rule::Separation, Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::GroundMotion] {
        let Some(report) = findings.rule(rule) else { continue };
        if !matches!(report.verdict, Verdict::Proved | Verdict::NotApplicable) {
            let (title, detail) = (&report.title, &report.detail);
            return Err(Refusal::Internal(format!("the planned return was not proved ({title}: {detail})")));
        }
    }
    Ok(())
}
