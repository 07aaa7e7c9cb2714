//! Smart return: the vehicles of a fleet fly to one target each from wherever they hover, by prioritised planning.
//!
//! Vehicles are planned one after the other. Each takes the route of a few (straight, or up or down to a level, across, and to
//! its target) on which it arrives first, started late enough to meet none of the vehicles planned before it. A vehicle that is
//! blocked waits until others have left; where all that remain block each other, one of them first goes to a free place in the
//! air. Of a few priority orders the first counts in which no vehicle remains blocked.
//!
//! All times are whole seconds, and between two of them every vehicle moves along a straight line: a program that keys the motion
//! at whole frames flies exactly what was planned.

mod flight;
mod limits;
mod priority;
mod reservations;
mod route;

use kapok_motion::spatial::GrowingGrid;
use kapok_show::{BadSetting, DVec3};

pub use flight::SmartReturn;
pub use limits::SmartReturnLimits;

/// What came of planning a smart return.
#[derive(Clone, Debug, PartialEq)]
pub enum SmartReturnOutcome {
    /// One flight a vehicle.
    Planned(Vec<SmartReturn>),
    /// No return that keeps the distance was found, or there is none.
    Infeasible(NoSmartReturn),
}

/// Why there is no smart return.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoSmartReturn {
    /// Two vehicles that hover closer than the least distance have no way without a collision.
    #[error(
        "{end} {first} and {end} {second} are {distance_m:.2} m apart, but min_distance is {min_distance_m} m: no return can \
         keep it"
    )]
    TooClose {
        /// Source or target.
        end: ReturnEnd,
        /// One vehicle.
        first: usize,
        /// The other.
        second: usize,
        /// Their distance, metres.
        distance_m: f64,
        /// The least distance, metres.
        min_distance_m: f64,
    },
    /// In every priority order tried some vehicles remain blocked.
    #[error(
        "no return without a collision was found: {count} vehicles are blocked by others, the first is number {first} (from 0). \
         More distance between the vehicles, or another return altitude, helps"
    )]
    Blocked {
        /// Number of blocked vehicles.
        count: usize,
        /// The first of them.
        first: usize,
    },
}

/// An end of a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnEnd {
    /// Where it starts.
    Source,
    /// Where it goes.
    Target,
}

impl std::fmt::Display for ReturnEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}

/// Why a smart return was not planned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SmartReturnError {
    /// A limit that makes no sense.
    #[error(transparent)]
    BadSetting(#[from] BadSetting),
    /// Each vehicle has one source and one target.
    #[error("{sources} sources but {targets} targets: each vehicle has one of both")]
    Uneven {
        /// Number of sources.
        sources: usize,
        /// Number of targets.
        targets: usize,
    },
    /// A coordinate is not finite.
    #[error("{end} {index} is at no place: a coordinate is not finite")]
    NotFinite {
        /// Source or target.
        end: ReturnEnd,
        /// The vehicle.
        index: usize,
    },
    /// A place more than 1 m below z = 0.
    #[error("{end} {index} is at {altitude_m} m, below the ground")]
    BelowGround {
        /// Source or target.
        end: ReturnEnd,
        /// The vehicle.
        index: usize,
        /// Its altitude, metres.
        altitude_m: f64,
    },
}

/// Lowest place, metres.
const LOWEST_M: f64 = -1.0;

/// Plans the return of each vehicle from its source to its target. z = 0 is the ground.
///
/// # Guarantees
/// No two vehicles come closer than [`SmartReturnLimits::kept_distance_m`] unless both are below
/// [`SmartReturnLimits::ground_altitude_m`]; below the least distance all go straight up and down. Along each leg the speed limits hold; at its ends velocity jumps by at most a second's acceleration.
///
/// ```
/// use kapok_plan::{SmartReturnLimits, SmartReturnOutcome, smart_return};
/// use kapok_show::DVec3;
/// let limits = SmartReturnLimits {
///     horizontal_m_s: 4.0,
///     vertical_m_s: 2.0,
///     acceleration_m_s2: 4.0,
///     min_distance_m: 3.0,
///     landing_m_s: None,
/// };
/// // Two vehicles change places.
/// let (a, b) = (DVec3::new(0.0, 0.0, 12.0), DVec3::new(30.0, 0.0, 12.0));
/// let SmartReturnOutcome::Planned(flights) = smart_return(&[a, b], &[b, a], &limits)? else { panic!("no return") };
/// let motion: Vec<_> = flights.iter().map(|flight| flight.trajectory(None).unwrap()).collect();
/// assert_eq!([motion[0].end_point_m(), motion[1].end_point_m()], [b, a]);
/// for t_ms in (0..60_000).step_by(50).map(f64::from) {
///     assert!(motion[0].sample(t_ms).position_m.distance(motion[1].sample(t_ms).position_m) >= limits.kept_distance_m());
/// }
/// # Ok::<(), kapok_plan::SmartReturnError>(())
/// ```
///
/// # Errors
/// [`SmartReturnError`]. That no return was found is an outcome.
///
/// # Complexity
/// O(n r t) for r routes a vehicle of t seconds where the airspace is sparse; each delay of a start costs as much again.
pub fn smart_return(
    sources: &[DVec3],
    targets: &[DVec3],
    limits: &SmartReturnLimits,
) -> Result<SmartReturnOutcome, SmartReturnError> {
    limits.validate()?;
    if sources.len() != targets.len() {
        return Err(SmartReturnError::Uneven { sources: sources.len(), targets: targets.len() });
    }
    check_places(ReturnEnd::Source, sources)?;
    check_places(ReturnEnd::Target, targets)?;
    // Vehicles that land leave their targets at once; where they stand then counts if pads may not be closer.
    let stays = match limits.landing_m_s {
        None => targets.to_vec(),
        Some(_) if limits.pads_may_be_closer() => Vec::new(),
        Some(_) => targets.iter().map(|p| p.with_z(0.0)).collect(),
    };
    for (end, places) in [(ReturnEnd::Source, sources), (ReturnEnd::Target, &stays)] {
        if let Some(pair) = too_close(end, places, limits) {
            return Ok(SmartReturnOutcome::Infeasible(pair));
        }
    }
    Ok(match priority::prioritised(sources, targets, limits) {
        Ok(flights) => SmartReturnOutcome::Planned(flights),
        Err(blocked) => SmartReturnOutcome::Infeasible(NoSmartReturn::Blocked {
            count: blocked.len(),
            first: blocked.first().copied().unwrap_or_default(),
        }),
    })
}

fn check_places(end: ReturnEnd, places: &[DVec3]) -> Result<(), SmartReturnError> {
    if let Some(index) = places.iter().position(|p| !p.is_finite()) {
        return Err(SmartReturnError::NotFinite { end, index });
    }
    match places.iter().position(|p| p.z < LOWEST_M) {
        Some(index) => Err(SmartReturnError::BelowGround { end, index, altitude_m: places[index].z }),
        None => Ok(()),
    }
}

/// Two vehicles that hover, or stand where pads may not be closer, below the least distance.
fn too_close(end: ReturnEnd, places: &[DVec3], limits: &SmartReturnLimits) -> Option<NoSmartReturn> {
    let needed_m = limits.kept_distance_m();
    let near = GrowingGrid::of(places, needed_m);
    let is_held = |p: &DVec3| p.z >= limits.ground_altitude_m() || !limits.pads_may_be_closer();
    places.iter().enumerate().filter(|(_, p)| is_held(p)).find_map(|(first, &p)| {
        let (second, distance_m) = near.within(p, needed_m).find(|&(j, _)| j != first)?;
        Some(NoSmartReturn::TooClose { end, first, second, distance_m, min_distance_m: limits.min_distance_m })
    })
}
