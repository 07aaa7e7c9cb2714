use super::fleet_rules::{FleetMotion, FleetRules, MoveRequest, PlannedMove, Stretch, all_rest};
use super::straight_move::StraightMove;
use crate::outcome::Step;

impl FleetRules<'_> {
    /// One move of all vehicles: straight from rest to rest, else on ways that join the motion at either end.
    ///
    /// The closest pair is known if it comes within `look` times the separation, `look` from 1.
    pub fn plan_move(&self, now: FleetMotion<'_>, to: &MoveRequest<'_>, look: f64) -> Step<PlannedMove> {
        if now.jets.is_some() || !all_rest(to.goals) {
            return self.with_moving_ends(now, to, look);
        }
        let StraightMove { place_of, report, tracks } = self.rest_to_rest(now.at_m, to)?;
        // A law that was slowed down may end a few milliseconds early.
        let stretches = vec![Stretch { duration_ms: report.duration_ms, tracks }];
        Ok(PlannedMove { place_of, report, stretches })
    }
}
