use std::fmt;

use kapok_show::{BadSetting, ReturnToHomePlan};

/// Returns to home for a whole show.
#[derive(Clone, Debug, PartialEq)]
pub struct ReturnToHomeOutcome {
    /// A return plan for each vehicle. Where there is no return to home there is no entry: the next one counts.
    pub plans: Vec<ReturnToHomePlan>,
    /// One for every instant asked for, in order.
    pub instants: Vec<InstantOutcome>,
}

/// What was found for one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InstantOutcome {
    /// The instant, seconds of show time.
    pub time_s: u32,
    /// Milliseconds from the stop until all are down, or why there is no way.
    pub found: Result<i64, NoReturn>,
}

/// Why there is no return to home from an instant, or none that this planner found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NoReturn {
    /// A pair of vehicles comes too close in everything that was tried.
    Meeting {
        /// The two vehicles.
        pair: (usize, usize),
        /// When, milliseconds of show time.
        t_ms: f64,
        /// Their distance then, metres, z divided by the downwash scale.
        distance_m: f64,
    },
    /// A vehicle has no straight way that keeps the fence, the keep-outs and the altitudes.
    NoRoom {
        /// The vehicle.
        vehicle: usize,
    },
    /// The last vehicle would be down after its battery is empty.
    Battery {
        /// When the last one would be down, seconds of show time.
        down_s: f64,
    },
    /// A vehicle would fly longer than ten hours.
    TooLong {
        /// The vehicle.
        vehicle: usize,
    },
    /// There are fewer free pads than vehicles that need one.
    TooFewPlaces,
}

impl fmt::Display for NoReturn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meeting { pair: (i, j), t_ms, distance_m } => {
                write!(f, "vehicles {i} and {j} come as near as {distance_m:.3} m at {:.1} s", t_ms / 1000.0)
            }
            Self::NoRoom { vehicle } => {
                write!(f, "vehicle {vehicle} has no straight way that keeps the fence, the keep-outs and the altitudes")
            }
            Self::Battery { down_s } => {
                write!(f, "the last vehicle would be down at {down_s:.0} s, later than a battery lasts")
            }
            Self::TooLong { vehicle } => write!(f, "vehicle {vehicle} would fly longer than ten hours"),
            Self::TooFewPlaces => write!(f, "there are fewer free pads than vehicles"),
        }
    }
}

impl ReturnToHomeOutcome {
    /// Number of instants with a return to home.
    pub fn safe_count(&self) -> usize {
        self.instants.iter().filter(|i| i.found.is_ok()).count()
    }

    /// The instant from which getting home takes longest, with the milliseconds it takes.
    pub fn longest(&self) -> Option<(u32, i64)> {
        let found = self.instants.iter().filter_map(|i| Some((i.time_s, i.found.ok()?)));
        found.fold(None, |best, next| if best.is_none_or(|(_, ms)| next.1 > ms) { Some(next) } else { best })
    }
}

/// Why returns to home cannot be sought at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReturnToHomeError {
    /// A setting or a limit makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// There are no vehicles.
    #[error("the show has no vehicles")]
    NoVehicles,
    /// The show is longer than a day.
    #[error("the show lasts {duration_ms} ms: returns to home are planned for at most a day (86400000 ms)")]
    TooLong {
        /// Its duration.
        duration_ms: i64,
    },
}
