use std::fmt;

use kapok_show::{DVec3, LimitField};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is decided, in the order of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Distance of every pair of which at least one is at or above the altitude at which the rule of the ground ends.
    Separation,
    /// Distance of every pair of which both are below it.
    GroundSeparation,
    /// Horizontal speed.
    VelocityXy,
    /// Speed upwards.
    VelocityUp,
    /// Speed downwards.
    VelocityDown,
    /// Length of the acceleration vector.
    Acceleration,
    /// Length of the jerk vector.
    Jerk,
    /// Jumps of velocity at joints, at the start and at the end.
    Continuity,
    /// Jumps of acceleration at joints, at the start and at the end.
    AccelerationJump,
    /// Highest altitude.
    Altitude,
    /// Not below the ground.
    Floor,
    /// No sideways motion below the minimum navigation altitude.
    GroundMotion,
    /// Inside the fence.
    Geofence,
    /// Outside every keep-out volume.
    KeepOut,
    /// Every motion begins on its pad and ends on a pad or on the ground.
    Ends,
    /// Flight time against the battery.
    Energy,
    /// Rate of turn about the vertical.
    YawRate,
    /// Wherever a vehicle fails, it comes down clear of the spectators.
    FallOnAudience,
    /// Wherever a vehicle fails, it comes down clear of the roads.
    FallOnRoad,
    /// For every instant at which the show can be stopped, the returns to home of the fleet keep all limits.
    ReturnToHome,
    /// Horizontal speed against the air, in the largest wind.
    Airspeed,
    /// Light programs that can be played.
    Lights,
    /// Pyrotechnic programs that can be fired.
    Pyro,
    /// Altitude of a vehicle whose pyrotechnic burns.
    PyroAltitude,
    /// Distance of other vehicles to a vehicle whose pyrotechnic burns.
    PyroNeighbours,
    /// Distance of spectators to a vehicle whose pyrotechnic burns.
    PyroAudience,
    /// Bytes to be loaded into each vehicle.
    Payload,
}

/// What was decided of one rule, or of all together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Holds for every vehicle at every instant.
    Proved,
    /// Does not hold; the worst case is a witness that can be checked by evaluating the trajectories.
    Violated,
    /// Could not be decided. Counts as not safe.
    Undecided,
    /// There is nothing to hold the show against. Never an overall verdict.
    NotApplicable,
}

/// A limit with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleLimit {
    /// The value.
    pub value: f64,
    /// Its unit, as printed: "m", "m/s".
    pub unit: String,
}

/// What was found for one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleReport {
    /// Which rule.
    pub rule: Rule,
    /// Its name for people.
    pub title: String,
    /// What the value is held against.
    pub limit: RuleLimit,
    /// What was decided.
    pub verdict: Verdict,
    /// The worst case; absent if nothing is near the limit (see `detail`) or the rule does not apply.
    pub worst: Option<Witness>,
    /// How far the certified bound of the worst case is on the good side of the limit; negative if it is not. Where the
    /// search stopped counting, as `detail` then says, that of the worst case found.
    pub margin: Option<f64>,
    /// One plain sentence.
    pub detail: String,
    /// Number of pairs (or vehicles) that break the rule; 0 if proved.
    pub violations: u64,
    /// Up to 20 more of those that break it, worst first, one per pair (or vehicle).
    pub witnesses: Vec<Witness>,
    /// What would do, if it does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<Remedy>,
}

/// One way to keep a rule that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// What to do, in a sentence.
    pub text: String,
    /// The number in it; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// An instant, the vehicles concerned, and the value there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Witness {
    /// The value at `t_ms`, to within rounding (about 1e-9).
    pub value: f64,
    /// The certified bound: no instant of the whole show is worse than this. In the worst case of a rule the true
    /// extreme lies between `bound` and `value`, which differ by at most the tolerance (1e-6 by default) unless the
    /// rule's detail says that the search was cut short.
    pub bound: f64,
    /// Show time, milliseconds.
    pub t_ms: f64,
    /// Instants, milliseconds, the first of them `t_ms`, over which the value is a mean: of speed over two, of acceleration
    /// over three, of jerk over four. Empty for a value at `t_ms`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub window_ms: Vec<i64>,
    /// The vehicles concerned: two for distances of vehicles, else one.
    pub vehicles: Vec<VehicleRef>,
    /// Their positions at `t_ms`, site frame, metres.
    #[schemars(with = "Vec<[f64; 3]>")]
    pub positions_m: Vec<DVec3>,
}

/// A vehicle of the show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VehicleRef {
    /// Its place in the show, from 0.
    pub index: usize,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Verdict {
    /// In a word, as reports and messages print it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proved => "proved",
            Self::Violated => "violated",
            Self::Undecided => "undecided",
            Self::NotApplicable => "not applicable",
        })
    }
}

impl Witness {
    /// The same case so many milliseconds later.
    pub(crate) fn later(self, by_ms: i64) -> Self {
        let window_ms = self.window_ms.iter().map(|t| t.saturating_add(by_ms)).collect();
        Self { t_ms: self.t_ms + by_ms as f64, window_ms, ..self }
    }
}

impl Verdict {
    /// Of all rules together.
    pub fn overall(rules: &[RuleReport]) -> Self {
        let any = |v| rules.iter().any(|r| r.verdict == v);
        if any(Self::Violated) {
            Self::Violated
        } else if any(Self::Undecided) {
            Self::Undecided
        } else {
            Self::Proved
        }
    }
}

impl Rule {
    /// All rules, in the order of a certificate.
    pub const ALL: [Self; 27] = [
        Self::Separation,
        Self::GroundSeparation,
        Self::VelocityXy,
        Self::VelocityUp,
        Self::VelocityDown,
        Self::Acceleration,
        Self::Jerk,
        Self::Continuity,
        Self::AccelerationJump,
        Self::Altitude,
        Self::Floor,
        Self::GroundMotion,
        Self::Geofence,
        Self::KeepOut,
        Self::Ends,
        Self::Energy,
        Self::YawRate,
        Self::FallOnAudience,
        Self::FallOnRoad,
        Self::ReturnToHome,
        Self::Airspeed,
        Self::Lights,
        Self::Pyro,
        Self::PyroAltitude,
        Self::PyroNeighbours,
        Self::PyroAudience,
        Self::Payload,
    ];

    /// The limit of the show behind the rule; `None` where there is none.
    pub const fn limit_field(self) -> Option<LimitField> {
        Some(match self {
            Self::Separation => LimitField::MinSeparation,
            Self::GroundSeparation => LimitField::GroundSeparation,
            Self::VelocityXy => LimitField::MaxVelocityXy,
            Self::VelocityUp => LimitField::MaxVelocityUp,
            Self::VelocityDown => LimitField::MaxVelocityDown,
            Self::Acceleration | Self::AccelerationJump => LimitField::MaxAcceleration,
            Self::Jerk => LimitField::MaxJerk,
            Self::YawRate => LimitField::MaxYawRate,
            Self::Altitude => LimitField::MaxAltitude,
            Self::GroundMotion => LimitField::MinNavigationAltitude,
            Self::Energy => LimitField::BatteryReserve,
            _ => return None,
        })
    }

    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Separation => "Separation in flight",
            Self::GroundSeparation => "Separation near the ground",
            Self::VelocityXy => "Horizontal speed",
            Self::VelocityUp => "Climb speed",
            Self::VelocityDown => "Descent speed",
            Self::Acceleration => "Acceleration",
            Self::Jerk => "Jerk",
            Self::Continuity => "Continuity of velocity",
            Self::AccelerationJump => "Continuity of acceleration",
            Self::Altitude => "Altitude",
            Self::Floor => "Clear of the ground",
            Self::GroundMotion => "Straight up and down near the ground",
            Self::Geofence => "Inside the geofence",
            Self::KeepOut => "Clear of keep-out volumes",
            Self::Ends => "From the pad and back to the ground",
            Self::Energy => "Battery",
            Self::YawRate => "Rate of turn",
            Self::FallOnAudience => "A failing vehicle falls clear of the audience",
            Self::FallOnRoad => "A failing vehicle falls clear of roads",
            Self::ReturnToHome => "A return to home from every instant",
            Self::Airspeed => "Airspeed in the largest wind",
            Self::Lights => "Light programs",
            Self::Pyro => "Pyrotechnic programs",
            Self::PyroAltitude => "Pyrotechnics above the ground",
            Self::PyroNeighbours => "Pyrotechnics clear of other vehicles",
            Self::PyroAudience => "Pyrotechnics clear of the audience",
            Self::Payload => "Bytes per vehicle",
        }
    }

    /// Unit of its values.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Separation
            | Self::GroundSeparation
            | Self::Altitude
            | Self::Floor
            | Self::Geofence
            | Self::KeepOut
            | Self::Ends
            | Self::FallOnAudience
            | Self::FallOnRoad
            | Self::PyroAltitude
            | Self::PyroNeighbours
            | Self::PyroAudience => "m",
            Self::VelocityXy
            | Self::VelocityUp
            | Self::VelocityDown
            | Self::Continuity
            | Self::GroundMotion
            | Self::Airspeed => "m/s",
            Self::Acceleration | Self::AccelerationJump => "m/s²",
            Self::Jerk => "m/s³",
            Self::Energy => "s",
            Self::YawRate => "deg/s",
            Self::ReturnToHome => "entries",
            Self::Lights | Self::Pyro => "faults",
            Self::Payload => "bytes",
        }
    }

    /// Are large values bad (limits of speed) or small ones (distances)?
    pub const fn large_is_bad(self) -> bool {
        !matches!(
            self,
            Self::Separation
                | Self::GroundSeparation
                | Self::Floor
                | Self::Geofence
                | Self::KeepOut
                | Self::FallOnAudience
                | Self::FallOnRoad
                | Self::PyroAltitude
                | Self::PyroNeighbours
                | Self::PyroAudience
        )
    }
}
