use kapok_show::{figure, seconds};

use super::airspace::AirspaceConflict;
use super::limits::LimitConflict;
use super::separation::SeparationConflict;
use super::subject::Subject;

/// Why a storyboard that makes sense cannot be flown, or not by this planner.
///
/// Indices count from 0. Every message says where, what value, and what would help.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Infeasibility {
    /// Vehicles or places come too close.
    #[error(transparent)]
    Separation(#[from] SeparationConflict),
    /// There is no room between the altitudes, inside the geofence and out of the keep-outs.
    #[error(transparent)]
    Airspace(#[from] AirspaceConflict),
    /// A limit on motion, duration or battery does not suffice.
    #[error(transparent)]
    Limit(#[from] LimitConflict),
    /// Pinned vehicles and places that ask for a group contradict each other.
    #[error("in the transition {transition} pinned vehicles leave a group too few for the places that ask for it")]
    PinsContradict {
        /// Name of the transition.
        transition: String,
    },
    /// Straight ways conflict, no detours were found, and there is no room to spread out on the way.
    #[error(
        "in the transition {transition} straight ways come too close, so the formation would have to spread {} times on the \
         way, but {obstacle}; or give the formations on both sides more spacing",
        figure(*.spread_factor)
    )]
    NoRoomToSpread {
        /// Name of the transition.
        transition: String,
        /// How many times wider the formations would have to be on the way.
        spread_factor: f64,
        /// What is in the way.
        obstacle: Box<Infeasibility>,
    },
    /// No way was found that joins the motion before or after with its velocity and acceleration.
    #[error(
        "no transition {transition} of up to {} joins the motion beside it: {obstacle}; ease the motion there, so that it ends \
         at rest",
        seconds(*.tried_ms)
    )]
    NoJoin {
        /// Name of the transition.
        transition: String,
        /// The longest duration that was tried, milliseconds.
        tried_ms: i64,
        /// What was in the way in the attempt that came furthest.
        obstacle: Box<Infeasibility>,
    },
}

impl Infeasibility {
    /// The same with all vehicles, places and pads counted from 1 instead of 0, as show scripts count them: for messages.
    #[must_use]
    pub fn counted_from_one(&self) -> Self {
        let mut reason = self.clone();
        reason.visit_indices(&mut |index| *index += 1);
        reason
    }

    /// Name of the scene that this is about: the one that stands, or the one that a transition leads to, which ends with
    /// its name. Nothing for take-off, landing and the show as a whole.
    pub fn scene<'s>(&self, scenes: impl Iterator<Item = &'s str>) -> Option<&'s str> {
        let leads_to =
            |transition: &str, scene: &str| transition.strip_suffix(scene).is_some_and(|from| from.ends_with("→ "));
        let is_meant = |scene: &&str| match self.subject() {
            Subject::Scene(name) => name == *scene,
            Subject::Transition(transition) => leads_to(transition, scene),
            Subject::Show => false,
        };
        // Of names that end alike the longest is meant.
        scenes.filter(is_meant).max_by_key(|scene| scene.len())
    }

    /// Visits the index of each vehicle, place and pad that the reason names.
    fn visit_indices(&mut self, visit: &mut dyn FnMut(&mut usize)) {
        match self {
            Self::Separation(conflict) => conflict.visit_indices(visit),
            Self::Airspace(conflict) => conflict.visit_indices(visit),
            Self::Limit(conflict) => conflict.visit_indices(visit),
            Self::NoRoomToSpread { obstacle, .. } | Self::NoJoin { obstacle, .. } => obstacle.visit_indices(visit),
            Self::PinsContradict { .. } => {}
        }
    }

    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Separation(conflict) => conflict.subject(),
            Self::Airspace(conflict) => conflict.subject(),
            Self::Limit(conflict) => conflict.subject(),
            Self::PinsContradict { transition }
            | Self::NoRoomToSpread { transition, .. }
            | Self::NoJoin { transition, .. } => Subject::Transition(transition),
        }
    }

    /// This reason as it is, or, met on a way round a conflict, as the lack of room that it is.
    #[must_use]
    pub fn for_lack_of_room(self, transition: String, is_way_round: bool, spread_factor: f64) -> Self {
        if is_way_round { Self::NoRoomToSpread { transition, spread_factor, obstacle: Box::new(self) } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::ClosePair;
    use super::*;
    use crate::outcome::names::{FormationName, PlaceName};

    #[test]
    fn messages_may_count_from_one_however_deep_the_reason() {
        let pairs = vec![ClosePair { pair: (0, 7), distance_m: 0.5, downwash_scale: 1.0 }];
        let close: Infeasibility =
            SeparationConflict::TooCloseOnTheWay { transition: "A → B".into(), pairs, count: 1, needed_m: 1.5 }.into();
        let reason =
            Infeasibility::NoJoin { transition: "A → B".into(), tried_ms: 9000, obstacle: Box::new(close.clone()) };
        assert!(reason.to_string().contains("0 and 7 (0.5 m)"), "{reason}");
        assert!(reason.counted_from_one().to_string().contains("1 and 8 (0.5 m)"), "{}", reason.counted_from_one());
        let place = PlaceName::Scene { scene: "A".into(), place: 4 };
        let low = AirspaceConflict::TooLow { place, altitude_m: 1.0, limit_m: 2.5 };
        let low = Infeasibility::from(low).counted_from_one();
        assert!(low.to_string().starts_with("place 5 of scene \"A\""), "{low}");
    }

    #[test]
    fn messages_say_seconds_and_the_metric_of_distances() {
        let short: Infeasibility =
            LimitConflict::TransitionTooShort { transition: "A → B".into(), asked_ms: 1000, needed_ms: 12_340 }.into();
        assert!(short.to_string().contains("is to take 1 s, but the vehicles need 12.34 s"), "{short}");
        let scenes = ["A", "B", "Bb", "→ B"];
        assert_eq!(short.scene(scenes.into_iter()), Some("B"));
        assert_eq!(short.scene(["A"].into_iter()), None);
        let pairs = vec![ClosePair { pair: (0, 10), distance_m: 1.1, downwash_scale: 2.0 }];
        let formation = FormationName::Scene("A".into());
        let close = SeparationConflict::PlacesTooClose { formation, pairs, count: 1, needed_m: 1.5 };
        let expected = "closer than 1.5 m: 0 and 10 (1.1 m), with heights counted 2 times less (`downwash_scale`)";
        assert!(close.to_string().contains(expected), "{close}");
    }
}
