use std::fmt;

use kapok_show::{DVec3, figure, figure_beside, seconds};

/// Most pairs that are named one by one.
pub(crate) const MAX_NAMED_PAIRS: usize = 20;

/// Two vehicles or places that come too close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosePair {
    /// Indices: of vehicles for a transition, of places or pads for a formation.
    pub pair: (usize, usize),
    /// Their least distance, metres, z divided by the downwash scale.
    pub distance_m: f64,
    /// How many times less z counts in that distance.
    pub downwash_scale: f64,
}

/// A motion limit that a vehicle exceeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    /// The vehicle.
    pub vehicle: usize,
    /// Which limit.
    pub what: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What would be flown.
    pub value: f64,
    /// What may be flown.
    pub limit: f64,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vehicle, what, unit, value, limit } = self;
        let (value, limit) = (figure_beside(*value, *limit), figure(*limit));
        write!(f, "vehicle {vehicle} would fly a {what} of {value} {unit}, but {limit} {unit} are allowed")
    }
}

/// Where a point is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A pad on the ground.
    Pad(usize),
    /// Above a pad at the end of the rise.
    AbovePadAtTakeoff(usize),
    /// Above a pad before the descent.
    AbovePadAtLanding(usize),
    /// Where a vehicle rests on the way round a conflict.
    Stop {
        /// Name of the transition.
        transition: String,
        /// The vehicle.
        vehicle: usize,
    },
    /// A vehicle on its way.
    OnTheWay {
        /// Name of the transition.
        transition: String,
        /// The vehicle.
        vehicle: usize,
        /// Time since the start of the transition, milliseconds.
        t_ms: i64,
    },
    /// A vehicle in a picture that moves.
    Moving {
        /// Name of the scene.
        scene: String,
        /// The vehicle.
        vehicle: usize,
        /// Time since the start of the hold, milliseconds.
        t_ms: i64,
    },
    /// A place of a scene.
    Scene {
        /// Name of the scene.
        scene: String,
        /// Index of the place.
        place: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pad(i) => write!(f, "pad {i}"),
            Self::AbovePadAtTakeoff(i) => write!(f, "the take-off point above pad {i}"),
            Self::AbovePadAtLanding(i) => write!(f, "the landing point above pad {i}"),
            Self::Stop { transition, vehicle } => {
                write!(f, "the resting place of vehicle {vehicle} in the transition {transition}")
            }
            Self::OnTheWay { transition, vehicle, t_ms } => {
                write!(f, "vehicle {vehicle}, {} into the transition {transition},", seconds(*t_ms))
            }
            Self::Moving { scene, vehicle, t_ms } => {
                write!(f, "vehicle {vehicle}, {} into the motion of scene \"{scene}\",", seconds(*t_ms))
            }
            Self::Scene { scene, place } => write!(f, "place {place} of scene \"{scene}\""),
        }
    }
}

/// A shape vehicles stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormationName {
    /// The pads.
    Pads,
    /// Above the pads, at the end of the rise.
    Takeoff,
    /// Above the pads, before the descent.
    Landing,
    /// A scene.
    Scene(String),
    /// The starts of a single transition.
    Starts,
    /// The goals of a single transition.
    Goals,
}

impl fmt::Display for FormationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pads => write!(f, "the pads"),
            Self::Takeoff => write!(f, "the take-off formation above the pads"),
            Self::Landing => write!(f, "the landing formation above the pads"),
            Self::Scene(name) => write!(f, "scene \"{name}\""),
            Self::Starts => write!(f, "the start formation"),
            Self::Goals => write!(f, "the goal formation"),
        }
    }
}

/// Why a storyboard that makes sense cannot be flown, or not by this planner.
///
/// Indices count from 0. Every message says where, what value, and what would help.
#[derive(Clone, Debug, PartialEq)]
pub enum Infeasibility {
    /// Places of one formation are closer than the separation.
    PlacesTooClose {
        /// Which formation.
        formation: FormationName,
        /// The closest pairs.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed, metres.
        needed_m: f64,
    },
    /// Vehicles come too close on their straight way, although both formations are wide enough, and no detours were found.
    PairsTooClose {
        /// Name of the transition.
        transition: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed on the way, metres, rounding included.
        needed_m: f64,
        /// Spacing of both formations with which straight ways are safe, metres, if the planner may choose who flies where.
        safe_spacing_m: f64,
        /// Is it fixed who flies where?
        is_fixed: bool,
    },
    /// The duration asked for is shorter than the vehicles can.
    TransitionTooShort {
        /// Name of the transition.
        transition: String,
        /// Asked for, milliseconds.
        asked_ms: i64,
        /// The shortest found, milliseconds.
        needed_ms: i64,
    },
    /// A place is below the minimum navigation altitude.
    TooLow {
        /// The place.
        place: Place,
        /// Its altitude, metres.
        altitude_m: f64,
        /// Least altitude, metres.
        limit_m: f64,
    },
    /// A place is above the ceiling.
    TooHigh {
        /// The place.
        place: Place,
        /// Its altitude, metres.
        altitude_m: f64,
        /// Ceiling, metres.
        limit_m: f64,
    },
    /// A place is outside the geofence or within the rounding of its edge.
    OutsideGeofence {
        /// The place.
        place: Place,
        /// Where it is.
        point_m: DVec3,
    },
    /// A place is inside a keep-out volume or within the rounding of its surface.
    InsideKeepOut {
        /// The place.
        place: Place,
        /// Where it is.
        point_m: DVec3,
        /// Name of the volume.
        keep_out: String,
    },
    /// A straight way leaves the geofence between two points inside, and no way round was found.
    PathLeavesGeofence {
        /// Name of the transition.
        transition: String,
        /// First vehicle concerned.
        vehicle: usize,
        /// Start of its way.
        from_m: DVec3,
        /// End of its way.
        to_m: DVec3,
        /// Number of vehicles concerned.
        count: usize,
    },
    /// A straight way runs through a keep-out volume, and no way round was found.
    PathThroughKeepOut {
        /// Name of the transition.
        transition: String,
        /// First vehicle concerned.
        vehicle: usize,
        /// Start of its way.
        from_m: DVec3,
        /// End of its way.
        to_m: DVec3,
        /// Name of the volume.
        keep_out: String,
        /// Number of vehicles concerned.
        count: usize,
    },
    /// Straight ways conflict, no detours were found, and there is no room to spread out on the way.
    NoRoomToSpread {
        /// Name of the transition.
        transition: String,
        /// How many times wider the formations would have to be on the way.
        spread_factor: f64,
        /// What is in the way.
        obstacle: Box<Infeasibility>,
    },
    /// The limits are so tight that they drown in the rounding of positions.
    GridTooCoarse {
        /// Name of the transition.
        transition: String,
        /// Step of the position grid, metres.
        position_grid_m: f64,
    },
    /// The motion of a scene exceeds a limit.
    MotionTooFast {
        /// Name of the scene.
        scene: String,
        /// What is exceeded, by whom.
        excess: Excess,
        /// The hold as it is, milliseconds.
        hold_ms: i64,
        /// A hold in which the same motion keeps the limits, milliseconds, if there is one.
        needed_ms: Option<i64>,
    },
    /// Vehicles of a scene that moves come too close.
    MotionTooClose {
        /// Name of the scene.
        scene: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed, metres.
        needed_m: f64,
        /// When the closest of them meet, milliseconds from the start of the hold.
        t_ms: f64,
    },
    /// The motion of a scene is too jagged for pieces that vehicles can fly.
    MotionTooRough {
        /// Name of the scene.
        scene: String,
        /// The place that is off most.
        place: usize,
        /// By how much, metres.
        deviation_m: f64,
    },
    /// A vehicle of a group cannot keep its limits in the time asked for, or a way that must join a motion exceeds a
    /// limit.
    TooFast {
        /// Name of the transition.
        transition: String,
        /// What is exceeded, by whom.
        excess: Excess,
    },
    /// Vehicles come too close on ways that join a motion, or near the ground.
    TooCloseOnTheWay {
        /// Name of the transition.
        transition: String,
        /// The closest pairs of vehicles.
        pairs: Vec<ClosePair>,
        /// Number of such pairs.
        count: usize,
        /// Distance needed in flight, metres.
        needed_m: f64,
    },
    /// No way was found that joins the motion before or after with its velocity and acceleration.
    NoJoin {
        /// Name of the transition.
        transition: String,
        /// The longest duration that was tried, milliseconds.
        tried_ms: i64,
        /// What was in the way in the attempt that came furthest.
        obstacle: Box<Infeasibility>,
    },
    /// Pinned vehicles and places that ask for a group contradict each other.
    PinsContradict {
        /// Name of the transition.
        transition: String,
    },
    /// The show is longer than the batteries allow.
    BatteryTooSmall {
        /// Duration of the show, seconds.
        duration_s: f64,
        /// Flight time that leaves the reserve, seconds.
        allowed_s: f64,
        /// Share of the endurance to be kept.
        reserve: f64,
    },
}

impl Infeasibility {
    /// The same with all vehicles, places and pads counted from 1 instead of 0, as show scripts count them: for messages.
    #[must_use]
    pub fn counted_from_one(&self) -> Self {
        let mut reason = self.clone();
        reason.count_from_one();
        reason
    }

    /// Name of the scene that this is about: the one that stands, or the one that a transition leads to, which ends with
    /// its name. Nothing for take-off, landing and the show as a whole.
    pub fn scene<'s>(&self, scenes: impl Iterator<Item = &'s str>) -> Option<&'s str> {
        let leads_to =
            |transition: &str, scene: &str| transition.strip_suffix(scene).is_some_and(|from| from.ends_with("→ "));
        let is_meant = |scene: &&str| match self {
            Self::PlacesTooClose { formation: FormationName::Scene(name), .. }
            | Self::MotionTooFast { scene: name, .. }
            | Self::MotionTooClose { scene: name, .. }
            | Self::MotionTooRough { scene: name, .. } => name == scene,
            Self::PairsTooClose { transition, .. }
            | Self::TransitionTooShort { transition, .. }
            | Self::PathLeavesGeofence { transition, .. }
            | Self::PathThroughKeepOut { transition, .. }
            | Self::NoRoomToSpread { transition, .. }
            | Self::GridTooCoarse { transition, .. }
            | Self::TooFast { transition, .. }
            | Self::TooCloseOnTheWay { transition, .. }
            | Self::NoJoin { transition, .. }
            | Self::PinsContradict { transition } => leads_to(transition, scene),
            Self::TooLow { place, .. }
            | Self::TooHigh { place, .. }
            | Self::OutsideGeofence { place, .. }
            | Self::InsideKeepOut { place, .. } => match place {
                Place::Scene { scene: name, .. } | Place::Moving { scene: name, .. } => name == scene,
                Place::Stop { transition, .. } | Place::OnTheWay { transition, .. } => leads_to(transition, scene),
                Place::Pad(_) | Place::AbovePadAtTakeoff(_) | Place::AbovePadAtLanding(_) => false,
            },
            Self::PlacesTooClose { .. } | Self::BatteryTooSmall { .. } => false,
        };
        // Of names that end alike the longest is meant.
        scenes.filter(is_meant).max_by_key(|scene| scene.len())
    }

    fn count_from_one(&mut self) {
        match self {
            Self::PlacesTooClose { pairs, .. }
            | Self::PairsTooClose { pairs, .. }
            | Self::MotionTooClose { pairs, .. }
            | Self::TooCloseOnTheWay { pairs, .. } => {
                for near in pairs {
                    near.pair = (near.pair.0 + 1, near.pair.1 + 1);
                }
            }
            Self::TooLow { place, .. }
            | Self::TooHigh { place, .. }
            | Self::OutsideGeofence { place, .. }
            | Self::InsideKeepOut { place, .. } => match place {
                Place::Pad(number)
                | Place::AbovePadAtTakeoff(number)
                | Place::AbovePadAtLanding(number)
                | Place::Stop { vehicle: number, .. }
                | Place::OnTheWay { vehicle: number, .. }
                | Place::Moving { vehicle: number, .. }
                | Place::Scene { place: number, .. } => *number += 1,
            },
            Self::PathLeavesGeofence { vehicle: number, .. }
            | Self::PathThroughKeepOut { vehicle: number, .. }
            | Self::MotionTooRough { place: number, .. } => *number += 1,
            Self::MotionTooFast { excess, .. } | Self::TooFast { excess, .. } => excess.vehicle += 1,
            Self::NoRoomToSpread { obstacle, .. } | Self::NoJoin { obstacle, .. } => obstacle.count_from_one(),
            Self::TransitionTooShort { .. }
            | Self::GridTooCoarse { .. }
            | Self::PinsContradict { .. }
            | Self::BatteryTooSmall { .. } => {}
        }
    }

    /// This reason as it is, or, met on a way round a conflict, as the lack of room that it is.
    pub(crate) fn for_lack_of_room(self, transition: String, is_way_round: bool, spread_factor: f64) -> Self {
        if is_way_round { Self::NoRoomToSpread { transition, spread_factor, obstacle: Box::new(self) } } else { self }
    }
}

/// The first pairs with their distances, and in which metric these are.
fn list(pairs: &[ClosePair], count: usize, needed_m: f64) -> String {
    let named: Vec<String> = pairs
        .iter()
        .take(5)
        .map(|p| format!("{} and {} ({} m)", p.pair.0, p.pair.1, figure_beside(p.distance_m, needed_m)))
        .collect();
    let more = match count.saturating_sub(named.len()) {
        0 => String::new(),
        1 => " and 1 more pair".to_owned(),
        more => format!(" and {more} more pairs"),
    };
    let metric = match pairs.first().map(|p| p.downwash_scale).filter(|scale| *scale > 1.0) {
        Some(scale) => format!(", with heights counted {} times less (`downwash_scale`)", figure(scale)),
        None => String::new(),
    };
    format!("{}{more}{metric}", named.join(", "))
}

/// A point, metres.
fn at(p: &DVec3) -> String {
    format!("({}, {}, {}) m", figure(p.x), figure(p.y), figure(p.z))
}

impl fmt::Display for Infeasibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlacesTooClose { formation, pairs, count, needed_m } => write!(
                f,
                "in {formation} these places are closer than {} m: {}; spread them out or ask for a smaller separation",
                figure(*needed_m),
                list(pairs, *count, *needed_m)
            ),
            Self::PairsTooClose { transition, pairs, count, needed_m, safe_spacing_m, is_fixed } => write!(
                f,
                "in the transition {transition} these vehicles come closer than {needed_m:.4} m on their straight ways, and no detours \
                 were found: {}; {}formations with a spacing of {} m have no such trouble",
                list(pairs, *count, *needed_m),
                if *is_fixed { "it is fixed who flies where: with that left open, " } else { "" },
                // Rounded up: less would not do.
                figure((safe_spacing_m * 1000.0).ceil() / 1000.0)
            ),
            Self::TransitionTooShort { transition, asked_ms, needed_ms } => write!(
                f,
                "the transition {transition} is to take {}, but the vehicles need {}; give it more time, or no duration \
                 at all for the shortest",
                seconds(*asked_ms),
                seconds(*needed_ms)
            ),
            Self::TooLow { place, altitude_m, limit_m } => write!(
                f,
                "{place} is at {} m, below the minimum navigation altitude of {} m; raise it",
                figure_beside(*altitude_m, *limit_m),
                figure(*limit_m)
            ),
            Self::TooHigh { place, altitude_m, limit_m } => {
                let (altitude_m, limit_m) = (figure_beside(*altitude_m, *limit_m), figure(*limit_m));
                write!(f, "{place} is at {altitude_m} m, above the ceiling of {limit_m} m; lower or shrink it")
            }
            Self::OutsideGeofence { place, point_m } => {
                write!(f, "{place} at {} is outside the geofence or on its edge; move or shrink it", at(point_m))
            }
            Self::InsideKeepOut { place, point_m, keep_out } => {
                write!(f, "{place} at {} is inside the keep-out \"{keep_out}\" or on its surface; move it", at(point_m))
            }
            Self::PathLeavesGeofence { transition, vehicle, from_m, to_m, count } => write!(
                f,
                "in the transition {transition} vehicle {vehicle} would leave the geofence on its straight way from \
                 {} to {} ({count} vehicles in all), and no way round was found; put a formation in between",
                at(from_m),
                at(to_m)
            ),
            Self::PathThroughKeepOut { transition, vehicle, from_m, to_m, keep_out, count } => write!(
                f,
                "in the transition {transition} vehicle {vehicle} would cross the keep-out \"{keep_out}\" on its \
                 straight way from {} to {} ({count} vehicles in all), and no way round was found; put a \
                 formation in between",
                at(from_m),
                at(to_m)
            ),
            Self::NoRoomToSpread { transition, spread_factor, obstacle } => write!(
                f,
                "in the transition {transition} straight ways come too close, so the formation would have to spread \
                 {} times on the way, but {obstacle}; or give the formations on both sides more spacing",
                figure(*spread_factor)
            ),
            Self::GridTooCoarse { transition, position_grid_m } => write!(
                f,
                "the speed, acceleration or jerk limits of the transition {transition} are too small for positions \
                 rounded to {position_grid_m} m; loosen the limits or refine position_grid_m"
            ),
            Self::MotionTooFast { scene, excess, hold_ms, needed_ms } => {
                write!(f, "in scene \"{scene}\" {excess}; the motion takes {}", seconds(*hold_ms))?;
                match needed_ms {
                    Some(needed_ms) => write!(f, ", {} would do", seconds(*needed_ms)),
                    None => write!(f, ", and no longer one does: make it smaller"),
                }
            }
            Self::MotionTooClose { scene, pairs, count, needed_m, t_ms } => write!(
                f,
                "in scene \"{scene}\" these vehicles come closer than {} m, {} s into the motion: {}; give the formation more \
                 spacing or a gentler motion",
                figure(*needed_m),
                figure(t_ms / 1000.0),
                list(pairs, *count, *needed_m)
            ),
            Self::MotionTooRough { scene, place, deviation_m } => write!(
                f,
                "the motion of scene \"{scene}\" is too jagged: place {place} would be {} m off it; use fewer keyframes or \
                 a longer hold",
                figure(*deviation_m)
            ),
            Self::TooFast { transition, excess } => {
                write!(f, "in the transition {transition} {excess}; give it more time")
            }
            Self::TooCloseOnTheWay { transition, pairs, count, needed_m } => write!(
                f,
                "in the transition {transition} these vehicles come closer than allowed ({} m in flight): {}",
                figure(*needed_m),
                list(pairs, *count, *needed_m)
            ),
            Self::NoJoin { transition, tried_ms, obstacle } => write!(
                f,
                "no transition {transition} of up to {} joins the motion beside it: {obstacle}; ease the motion there, so \
                 that it ends at rest",
                seconds(*tried_ms)
            ),
            Self::PinsContradict { transition } => write!(
                f,
                "in the transition {transition} pinned vehicles leave a group too few for the places that ask for it"
            ),
            Self::BatteryTooSmall { duration_s, allowed_s, reserve } => write!(
                f,
                "the show takes {} s, but a battery with {} % in reserve allows {} s; shorten holds or transitions",
                figure(*duration_s),
                figure(reserve * 100.0),
                figure(*allowed_s)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_may_count_from_one_however_deep_the_reason() {
        let pairs = vec![ClosePair { pair: (0, 7), distance_m: 0.5, downwash_scale: 1.0 }];
        let close = Infeasibility::TooCloseOnTheWay { transition: "A → B".into(), pairs, count: 1, needed_m: 1.5 };
        let reason =
            Infeasibility::NoJoin { transition: "A → B".into(), tried_ms: 9000, obstacle: Box::new(close.clone()) };
        assert!(reason.to_string().contains("0 and 7 (0.5 m)"), "{reason}");
        assert!(reason.counted_from_one().to_string().contains("1 and 8 (0.5 m)"), "{}", reason.counted_from_one());
        let place = Place::Scene { scene: "A".into(), place: 4 };
        let low = Infeasibility::TooLow { place, altitude_m: 1.0, limit_m: 2.5 }.counted_from_one();
        assert!(low.to_string().starts_with("place 5 of scene \"A\""), "{low}");
    }

    #[test]
    fn messages_say_seconds_and_the_metric_of_distances() {
        let short =
            Infeasibility::TransitionTooShort { transition: "A → B".into(), asked_ms: 1000, needed_ms: 12_340 };
        assert!(short.to_string().contains("is to take 1 s, but the vehicles need 12.34 s"), "{short}");
        let scenes = ["A", "B", "Bb", "→ B"];
        assert_eq!(short.scene(scenes.into_iter()), Some("B"));
        assert_eq!(short.scene(["A"].into_iter()), None);
        let pairs = vec![ClosePair { pair: (0, 10), distance_m: 1.1, downwash_scale: 2.0 }];
        let formation = FormationName::Scene("A".into());
        let close = Infeasibility::PlacesTooClose { formation, pairs, count: 1, needed_m: 1.5 };
        let expected = "closer than 1.5 m: 0 and 10 (1.1 m), with heights counted 2 times less (`downwash_scale`)";
        assert!(close.to_string().contains(expected), "{close}");
    }
}
