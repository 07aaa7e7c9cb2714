use kapok_show::{DVec3, figure, figure_beside};

use super::subject::Subject;
use super::text::at;
use crate::outcome::names::PlaceName;

/// A place or a way that the altitudes, the geofence or a keep-out do not leave room for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AirspaceConflict {
    /// A place is below the minimum navigation altitude.
    #[error("{place} is at {} m, below the minimum navigation altitude of {} m; raise it", figure_beside(*.altitude_m, *.limit_m), figure(*.limit_m))]
    TooLow {
        /// The place.
        place: PlaceName,
        /// Its altitude, metres.
        altitude_m: f64,
        /// Least altitude, metres.
        limit_m: f64,
    },
    /// A place is above the ceiling.
    #[error("{place} is at {} m, above the ceiling of {} m; lower or shrink it", figure_beside(*.altitude_m, *.limit_m), figure(*.limit_m))]
    TooHigh {
        /// The place.
        place: PlaceName,
        /// Its altitude, metres.
        altitude_m: f64,
        /// Ceiling, metres.
        limit_m: f64,
    },
    /// A place is outside the geofence or within the rounding of its edge.
    #[error("{place} at {} is outside the geofence or on its edge; move or shrink it", at(*.point_m))]
    OutsideGeofence {
        /// The place.
        place: PlaceName,
        /// Where it is.
        point_m: DVec3,
    },
    /// A place is inside a keep-out volume or within the rounding of its surface.
    #[error("{place} at {} is inside the keep-out \"{keep_out}\" or on its surface; move it", at(*.point_m))]
    InsideKeepOut {
        /// The place.
        place: PlaceName,
        /// Where it is.
        point_m: DVec3,
        /// Name of the volume.
        keep_out: String,
    },
    /// A straight way leaves the geofence between two points inside, and no way round was found.
    #[error(
        "in the transition {transition} vehicle {vehicle} would leave the geofence on its straight way from {} to {} ({count} \
         vehicles in all), and no way round was found; put a formation in between", at(*.from_m), at(*.to_m)
    )]
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
    #[error(
        "in the transition {transition} vehicle {vehicle} would cross the keep-out \"{keep_out}\" on its straight way from {} \
         to {} ({count} vehicles in all), and no way round was found; put a formation in between", at(*.from_m), at(*.to_m)
    )]
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
}

impl AirspaceConflict {
    /// Visits the index of each vehicle, place and pad that the reason names.
    pub fn visit_indices(&mut self, visit: &mut dyn FnMut(&mut usize)) {
        match self {
            Self::TooLow { place, .. }
            | Self::TooHigh { place, .. }
            | Self::OutsideGeofence { place, .. }
            | Self::InsideKeepOut { place, .. } => visit(place.index_mut()),
            Self::PathLeavesGeofence { vehicle, .. } | Self::PathThroughKeepOut { vehicle, .. } => visit(vehicle),
        }
    }

    /// The scene or the transition that this is about.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::TooLow { place, .. }
            | Self::TooHigh { place, .. }
            | Self::OutsideGeofence { place, .. }
            | Self::InsideKeepOut { place, .. } => match place {
                PlaceName::Scene { scene, .. } | PlaceName::Moving { scene, .. } => Subject::Scene(scene),
                PlaceName::Stop { transition, .. } | PlaceName::OnTheWay { transition, .. } => {
                    Subject::Transition(transition)
                }
                PlaceName::Pad(_) | PlaceName::AbovePadAtTakeoff(_) | PlaceName::AbovePadAtLanding(_) => Subject::Show,
            },
            Self::PathLeavesGeofence { transition, .. } | Self::PathThroughKeepOut { transition, .. } => {
                Subject::Transition(transition)
            }
        }
    }
}
