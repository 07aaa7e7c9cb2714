use std::fmt;

use kapok_show::seconds;

/// The name of a place, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceName {
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
    /// A vehicle in a scene that moves.
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

impl PlaceName {
    /// Index of the vehicle, place or pad.
    pub fn index_mut(&mut self) -> &mut usize {
        match self {
            Self::Pad(index)
            | Self::AbovePadAtTakeoff(index)
            | Self::AbovePadAtLanding(index)
            | Self::Stop { vehicle: index, .. }
            | Self::OnTheWay { vehicle: index, .. }
            | Self::Moving { vehicle: index, .. }
            | Self::Scene { place: index, .. } => index,
        }
    }
}

impl fmt::Display for PlaceName {
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

/// Names of a transition and of its ends, for messages and reports.
#[derive(Debug)]
pub struct TransitionNames {
    /// The formation it leaves.
    pub from: FormationName,
    /// The formation it makes.
    pub to: FormationName,
    /// The same for people.
    pub from_label: String,
    /// The same for people.
    pub to_label: String,
}

impl TransitionNames {
    /// "from → to".
    pub fn transition(&self) -> String {
        format!("{} → {}", self.from_label, self.to_label)
    }
}
