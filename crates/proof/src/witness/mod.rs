mod window;

use kapok_show::{DVec2, DVec3, Limits, Segment, Show, Trajectory};

use crate::kernel::track::standing_m;
use crate::rule::{Rule, Witness};
use crate::rules::effects::{burns, fault_count};
use crate::rules::ends::ends_off_m;
use crate::rules::falls::footprint_distance_m;
use crate::rules::motion::limits::bend_m_s;
use crate::rules::site::{fence_distance_m, ground_m, keep_out_distance_m, outside_m};
use crate::settings::ProofSettings;

/// Positions and distances agree if they differ by no more than this, metres; other values by no more than this part of
/// one plus themselves.
const AGREEMENT: f64 = 1e-6;
/// Relative error of a coordinate that differences of control points may have gathered.
const ROUNDING: f64 = 1e-14;

/// Why a witness does not speak of a show.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WitnessFault {
    /// A time that is no number.
    #[error("its time is {t_ms} ms")]
    Time {
        /// The time stated.
        t_ms: f64,
    },
    /// Too few or too many vehicles or positions.
    #[error("it names {vehicles} vehicles and {positions} positions, but this rule concerns {expected}")]
    Count {
        /// Vehicles named.
        vehicles: usize,
        /// Positions stated.
        positions: usize,
        /// How many the rule concerns.
        expected: usize,
    },
    /// There is no such vehicle, or it has another name, or it is named twice.
    #[error("it names vehicle {index} \"{stated}\", but {actual}")]
    Vehicle {
        /// Place in the show, from 0.
        index: usize,
        /// The name stated.
        stated: String,
        /// What the show says.
        actual: String,
    },
    /// The vehicle is elsewhere at that instant.
    #[error("at {t_ms} ms vehicle \"{vehicle}\" is at {actual_m}, not at {stated_m}")]
    Position {
        /// Show time.
        t_ms: f64,
        /// Its name.
        vehicle: String,
        /// The position stated.
        stated_m: DVec3,
        /// Where the trajectory is.
        actual_m: DVec3,
    },
    /// The rule has nothing to say at that instant.
    #[error("at {t_ms} ms the rule does not govern what it names")]
    NotGoverned {
        /// Show time.
        t_ms: f64,
    },
    /// The value is another one.
    #[error("at {t_ms} ms the value is {actual}, not {stated}")]
    Value {
        /// Show time.
        t_ms: f64,
        /// The value stated.
        stated: f64,
        /// The value measured.
        actual: f64,
    },
}

/// Measures a witness on the trajectories of a show, by plain evaluation at its instant.
///
/// # Guarantees
/// `Ok` says that the vehicles are there, that they are where the witness says at that instant, that the rule governs
/// them then, and that the value is really attained, at the instant or as the mean over the window, all to 1e-6. It says nothing of other instants: the bound of a
/// witness, and that there is no worse one, only [`crate::prove`] can say. The limits are those of the show and the
/// settings must be those of the proof. Shares no code with the searches; the distance of a point to a polygon is common.
/// At a joint of pieces the value of either side is right.
///
/// # Errors
/// [`WitnessFault`], the first that is found.
///
/// # Complexity
/// Logarithmic in the pieces of the vehicles concerned; linear in those of a window.
pub fn verify_witness(
    show: &Show,
    rule: Rule,
    witness: &Witness,
    settings: &ProofSettings,
) -> Result<(), WitnessFault> {
    let t_ms = witness.t_ms;
    if !t_ms.is_finite() {
        return Err(WitnessFault::Time { t_ms });
    }
    let expected = if matches!(rule, Rule::Separation | Rule::GroundSeparation | Rule::PyroNeighbours) { 2 } else { 1 };
    let (vehicles, positions) = (witness.vehicles.len(), witness.positions_m.len());
    if vehicles != expected || positions != expected {
        return Err(WitnessFault::Count { vehicles, positions, expected });
    }
    let (mut concerned, mut places_m) = (Vec::with_capacity(expected), Vec::with_capacity(expected));
    for (k, (named, &stated_m)) in witness.vehicles.iter().zip(&witness.positions_m).enumerate() {
        let fault =
            |actual: String| Err(WitnessFault::Vehicle { index: named.index, stated: named.name.clone(), actual });
        let Some(vehicle) = show.vehicles.get(named.index) else {
            return fault(format!("the show has {} vehicles", show.vehicles.len()));
        };
        if vehicle.name != named.name {
            return fault(format!("that vehicle's name is \"{}\"", vehicle.name));
        }
        if witness.vehicles[..k].iter().any(|other| other.index == named.index) {
            return fault("it is named twice".into());
        }
        // Only the rules of distance know where vehicles stand before their trajectories begin.
        let standing = matches!(rule, Rule::Separation | Rule::GroundSeparation) && !settings.airborne_ends;
        let actual_m = if standing { standing_m(vehicle, t_ms) } else { vehicle.trajectory.sample(t_ms).position_m };
        // A coordinate that is no number does not agree.
        let agrees = (actual_m - stated_m).length() <= AGREEMENT;
        if !agrees {
            return Err(WitnessFault::Position { t_ms, vehicle: vehicle.name.clone(), stated_m, actual_m });
        }
        concerned.push(&vehicle.trajectory);
        places_m.push(actual_m);
    }
    let first = witness.vehicles[0].index;
    let measured = if witness.window_ms.is_empty() {
        measured(show, rule, (&concerned, &places_m), first, t_ms, settings)
    } else {
        window::mean(show, rule, concerned[0], witness, settings)
    };
    let agrees = |m: &Measured| (m.value - witness.value).abs() <= AGREEMENT * (1.0 + m.value.abs()) + m.rounding;
    match measured.iter().min_by(|a, b| (a.value - witness.value).abs().total_cmp(&(b.value - witness.value).abs())) {
        None => Err(WitnessFault::NotGoverned { t_ms }),
        Some(_) if measured.iter().any(agrees) => Ok(()),
        Some(nearest) => Err(WitnessFault::Value { t_ms, stated: witness.value, actual: nearest.value }),
    }
}

/// A value at an instant, on one side of a joint.
struct Measured {
    value: f64,
    /// How far rounding may move it.
    rounding: f64,
}

/// The values of a rule at an instant, one per side where there are two sides; empty if the rule does not govern it.
fn measured(
    show: &Show,
    rule: Rule,
    (of, at_m): (&[&Trajectory], &[DVec3]),
    first: usize,
    t_ms: f64,
    settings: &ProofSettings,
) -> Vec<Measured> {
    let l = &show.limits;
    let plain = |value: f64| vec![Measured { value, rounding: 0.0 }];
    let p = at_m[0];
    let step_m = settings.coordinate_step_m;
    match rule {
        Rule::Separation | Rule::GroundSeparation => {
            let q = at_m[1];
            let flight = rule == Rule::Separation;
            let nearest_to_governed_m = p.z.max(q.z) - l.ground_rule_altitude_m();
            let governed =
                if flight { nearest_to_governed_m >= -AGREEMENT } else { nearest_to_governed_m <= AGREEMENT };
            let scale = if flight { l.downwash_scale } else { 1.0 };
            let d = p - q;
            if !governed {
                return Vec::new();
            }
            let value = DVec3::new(d.x, d.y, d.z / scale).length();
            // The proof bounds squares: near 0 the root of their rounding is more than any other.
            let places = at_m.iter().copied().chain(of.iter().map(|t| t.start_point_m()));
            let here_m = places.fold(1.0f64, |m, p| m.max(p.abs().max_element()));
            let reach_m = of.iter().flat_map(|t| sides(t, t_ms)).map(|s| reach_m(&s)).fold(here_m, f64::max);
            let square = 4.0 * ROUNDING * reach_m * reach_m;
            vec![Measured { value, rounding: square / (value + square.sqrt()) }]
        }
        Rule::VelocityXy => {
            rates(of[0], t_ms, 1, settings, |v, allowance| (v.truncate().length() - 2f64.sqrt() * allowance).max(0.0))
        }
        Rule::Airspeed => {
            let rates = measured(show, Rule::VelocityXy, (of, at_m), first, t_ms, settings);
            rates.into_iter().map(|m| Measured { value: m.value + l.max_wind_m_s, ..m }).collect()
        }
        Rule::VelocityUp => rates(of[0], t_ms, 1, settings, |v, allowance| v.z - allowance),
        Rule::VelocityDown => rates(of[0], t_ms, 1, settings, |v, allowance| -v.z - allowance),
        Rule::Acceleration => {
            rates(of[0], t_ms, 2, settings, |a, allowance| (a.length() - 3f64.sqrt() * allowance).max(0.0))
        }
        Rule::Jerk => rates(of[0], t_ms, 3, settings, |j, allowance| (j.length() - 3f64.sqrt() * allowance).max(0.0)),
        Rule::Continuity => jump(of[0], t_ms, 1, settings, l),
        Rule::AccelerationJump => jump(of[0], t_ms, 2, settings, l),
        Rule::Floor => plain(p.z - ground_m(&show.vehicles[first], settings)),
        Rule::Ends => {
            let [start_m, end_m] = ends_off_m(show, first, settings);
            let sides = [(t_ms <= of[0].start_ms() as f64, start_m), (t_ms >= of[0].end_ms() as f64, end_m)];
            let there = sides.into_iter().filter(|(there, _)| *there);
            there.map(|(_, value)| Measured { value, rounding: 0.0 }).collect()
        }
        Rule::GroundMotion if p.z >= l.min_navigation_altitude_m - step_m + AGREEMENT => Vec::new(),
        Rule::GroundMotion => {
            let mut all = rates(of[0], t_ms, 1, settings, |v, allowance| {
                (v.truncate().length() - 2f64.sqrt() * allowance).max(0.0)
            });
            // The rests before and after are pieces too.
            if t_ms <= of[0].start_ms() as f64 || t_ms >= of[0].end_ms() as f64 {
                all.push(Measured { value: 0.0, rounding: 0.0 });
            }
            all
        }
        Rule::Geofence => {
            fence_distance_m(&show.environment, show.vehicles[first].home_m, p).map_or_else(Vec::new, plain)
        }
        Rule::KeepOut => keep_out_distance_m(&show.environment.keep_outs, p).map_or_else(Vec::new, plain),
        Rule::Energy => plain((of[0].end_ms() - of[0].start_ms()) as f64 / 1000.0),
        Rule::YawRate => turning(show, first, t_ms),
        Rule::FallOnAudience => {
            let areas: Vec<&[DVec2]> = show.environment.audience_areas().map(|a| a.polygon_m.as_slice()).collect();
            falling(show, &areas, of[0], t_ms, settings)
        }
        Rule::FallOnRoad => {
            let areas: Vec<&[DVec2]> = show.environment.roads.iter().map(|r| r.polygon_m.as_slice()).collect();
            falling(show, &areas, of[0], t_ms, settings)
        }
        Rule::Lights | Rule::Pyro => fault_count(show, rule, first).map_or_else(Vec::new, plain),
        Rule::PyroAltitude | Rule::PyroNeighbours | Rule::PyroAudience if !burns(show, first, t_ms, settings) => {
            Vec::new()
        }
        Rule::Altitude | Rule::PyroAltitude => plain(p.z),
        Rule::PyroNeighbours => plain((p - at_m[1]).length()),
        Rule::PyroAudience => {
            let areas: Option<Vec<f64>> =
                show.environment.audience_areas().map(|a| outside_m(&a.polygon_m, p.truncate())).collect();
            areas.and_then(|m| m.into_iter().reduce(f64::min)).map_or_else(Vec::new, plain)
        }
        Rule::Payload => settings.payload_bytes.get(first).map_or_else(Vec::new, |&b| plain(b as f64)),
        // Counts entries; the cases are on the returns to home, for `verify_return_witness`.
        Rule::ReturnToHome => Vec::new(),
    }
}

/// Rates of turn on both sides of an instant.
fn turning(show: &Show, vehicle: usize, t_ms: f64) -> Vec<Measured> {
    let keys = show.vehicles[vehicle].yaw.as_ref().map_or(&[] as &[_], |y| y.keys());
    let mut all: Vec<Measured> = keys
        .windows(2)
        .filter(|w| (w[0].t_ms as f64..=w[1].t_ms as f64).contains(&t_ms))
        .map(|w| Measured {
            value: (w[1].yaw_deg - w[0].yaw_deg).abs() * 1000.0 / (w[1].t_ms - w[0].t_ms) as f64,
            rounding: 0.0,
        })
        .collect();
    if all.is_empty() && show.vehicles[vehicle].yaw.is_some() {
        all.push(Measured { value: 0.0, rounding: 0.0 });
    }
    all
}

/// Distance of footprints, with the velocity of either side of the instant.
fn falling(show: &Show, areas: &[&[DVec2]], of: &Trajectory, t_ms: f64, settings: &ProofSettings) -> Vec<Measured> {
    let position_m = of.sample(t_ms).position_m;
    let mut velocities: Vec<DVec3> = sides(of, t_ms).map(|s| derivative(&s, t_ms, 1)).collect();
    if velocities.is_empty() || t_ms <= of.start_ms() as f64 {
        velocities.push(DVec3::ZERO);
    }
    let each = velocities.iter().filter_map(|&v| footprint_distance_m(show, areas, position_m, v, settings));
    each.map(|value| Measured { value, rounding: 0.0 }).collect()
}

/// The pieces that hold an instant: two at a joint, none outside the motion.
fn sides(of: &Trajectory, t_ms: f64) -> impl Iterator<Item = Segment<'_>> {
    let first = of.segment_at(t_ms);
    let next = first.map(|i| i + 1).filter(|&i| i < of.segment_count() && of.segment(i).start_ms as f64 <= t_ms);
    first.into_iter().chain(next).map(|i| of.segment(i))
}

/// A derivative of order `order` on each side of an instant, made a value; at rest it is zero.
fn rates(
    of: &Trajectory,
    t_ms: f64,
    order: i32,
    settings: &ProofSettings,
    value: impl Fn(DVec3, f64) -> f64,
) -> Vec<Measured> {
    let mut all: Vec<Measured> = sides(of, t_ms)
        .map(|s| {
            let rounding = ROUNDING * reach_m(&s) * growth(&s, order);
            Measured { value: value(derivative(&s, t_ms, order), allowance(&s, order, settings)), rounding }
        })
        .collect();
    if all.is_empty() {
        all.push(Measured { value: value(DVec3::ZERO, 0.0), rounding: 0.0 });
    }
    all
}

/// How much a derivative jumps at a joint, at the start or at the end, less what rounding explains, and less what a limit
/// of acceleration allows between samples.
fn jump(of: &Trajectory, t_ms: f64, order: i32, settings: &ProofSettings, l: &Limits) -> Vec<Measured> {
    let j = joint(of, t_ms, order, settings, l);
    vec![Measured { value: (j.jump - j.excused).max(0.0), rounding: j.rounding }]
}

/// A derivative at a joint.
struct Joint {
    jump: f64,
    /// What rounding explains, and of samples what the limit of acceleration allows.
    excused: f64,
    rounding: f64,
}

fn joint(of: &Trajectory, t_ms: f64, order: i32, settings: &ProofSettings, l: &Limits) -> Joint {
    let before = sides(of, t_ms).find(|s| s.end_ms as f64 == t_ms);
    let after = sides(of, t_ms).find(|s| s.start_ms as f64 == t_ms);
    let at = |s: &Option<Segment>| s.as_ref().map_or(DVec3::ZERO, |s| derivative(s, t_ms, order));
    let grown = |s: &Option<Segment>| s.as_ref().map_or(0.0, |s| growth(s, order));
    let reach = |s: &Option<Segment>| s.as_ref().map_or(0.0, reach_m);
    let growth = grown(&before) + grown(&after);
    let explained = |s: &Option<Segment>| s.as_ref().map_or(0.0, |s| allowance(s, order, settings));
    let moving_ms = |s: &Option<Segment>| s.as_ref().filter(|s| moves(s)).map(|s| s.end_ms - s.start_ms);
    let bends = settings.samples && order == 1;
    let bend = if bends { bend_m_s(moving_ms(&before), moving_ms(&after), l.max_acceleration_m_s2) } else { 0.0 };
    Joint {
        jump: (at(&after) - at(&before)).length(),
        excused: 3f64.sqrt() * (explained(&before) + explained(&after)) + bend,
        rounding: ROUNDING * reach(&before).max(reach(&after)) * growth,
    }
}

fn moves(s: &Segment) -> bool {
    s.control_m.iter().any(|p| *p != s.control_m[0])
}

fn reach_m(s: &Segment) -> f64 {
    s.control_m.iter().fold(1.0, |m, p| m.max(p.abs().max_element()))
}

/// `d!/(d−m)! · 2^m / T^m`: what an error of each control point can grow to in the derivative of order m. A vehicle at rest is
/// written as resting.
fn growth(s: &Segment, order: i32) -> f64 {
    if !moves(s) {
        return 0.0;
    }
    (0..order).map(|m| 2.0 * (s.degree() as f64 - f64::from(m)).max(0.0) / s.duration_s()).product()
}

/// What rounding of points, and of the times of both ends, can explain on an axis.
fn allowance(s: &Segment, order: i32, settings: &ProofSettings) -> f64 {
    let largest = differences(s, order).iter().fold(0.0f64, |m, p| m.max(p.abs().max_element()));
    0.5 * settings.coordinate_step_m * growth(s, order) + largest * settings.warp(s.end_ms - s.start_ms, order)
}

/// Differences of control points, then de Casteljau's scheme.
fn derivative(s: &Segment, t_ms: f64, order: i32) -> DVec3 {
    let mut points = differences(s, order);
    let u = (t_ms - s.start_ms as f64) / (s.end_ms - s.start_ms) as f64;
    while points.len() > 1 {
        points = points.windows(2).map(|w| w[0] * (1.0 - u) + w[1] * u).collect();
    }
    points.first().copied().unwrap_or(DVec3::ZERO)
}

/// Control points of a derivative.
fn differences(s: &Segment, order: i32) -> Vec<DVec3> {
    let mut points = s.control_m.to_vec();
    for _ in 0..order {
        let degree = points.len() as f64 - 1.0;
        points = points.windows(2).map(|w| (w[1] - w[0]) * (degree / s.duration_s())).collect();
    }
    points
}
