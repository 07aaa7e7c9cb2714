//! The show and its totals from a flight that is over, and the last look at the vehicles that stayed on the ground.

use kapok_show::{LightProgram, Show, Storyboard, Trajectory, Vehicle};

use super::clear::{Apart, clearance};
use super::fields::Fields;
use super::flight::Flight;
use super::lights::LightScript;
use super::outcome::{Plan, PlanError, PlanSummary, Planned};
use super::track::Track;
use crate::infeasible::Infeasibility;
use kapok_motion::PositionGrid;

impl Flight<'_> {
    pub(super) fn finish(self, fields: &Fields) -> Result<Planned, PlanError> {
        let storyboard = self.storyboard;
        let allowed_s = self.allowed_s();
        let lights: Vec<LightProgram> = self.lights.into_iter().map(LightScript::finish).collect();
        let digits = (fields.pads.len() + fields.spares.len()).to_string().len().max(4);
        let mut vehicles = Vec::with_capacity(lights.len());
        for (i, (writer, lights)) in self.writers.into_iter().zip(lights).enumerate() {
            let trajectory = writer.finish().map_err(|source| PlanError::Write { vehicle: i, source })?;
            let name = format!("{:0digits$}", i + 1);
            let group = self.group_of_vehicle[i];
            vehicles.push(Vehicle { group, ..Vehicle::new(name, fields.pads[i], trajectory, lights) });
        }
        for (k, &spare) in fields.spares.iter().enumerate() {
            let vehicle = fields.pads.len() + k;
            let rest = || {
                let mut track = Track::starting_at(spare)?;
                track.rest_until(self.now_ms);
                track.finish()
            };
            let trajectory = rest().map_err(|source| PlanError::Write { vehicle, source })?;
            vehicles.push(Vehicle::new(format!("{:0digits$}", vehicle + 1), spare, trajectory, LightProgram::dark()));
        }
        if let Some(reason) = too_low_over_spares(storyboard, &vehicles, fields, &self.grid) {
            return Ok(Planned::Infeasible(reason));
        }
        let show = Show {
            title: storyboard.title.clone(),
            site: storyboard.site,
            environment: storyboard.environment.clone(),
            limits: storyboard.limits,
            profile: storyboard.fleet.profile.clone(),
            vehicles,
            chapters: self.chapters,
            audio: None,
        };
        let (Some(takeoff), Some(descent)) = (self.takeoff, self.descent) else {
            return Err(PlanError::Unfinished);
        };
        let summary = PlanSummary::new(
            &takeoff,
            &descent,
            [&self.transitions, &self.moves],
            &self.flown_m,
            self.now_ms,
            allowed_s,
        );
        let (transitions, motions) = (self.transitions, self.moves);
        Ok(Planned::Complete(Box::new(Plan { show, takeoff, transitions, motions, descent, summary })))
    }
}

/// Does anybody fly too close over vehicles that stay on the ground? Nobody who flies is below the minimum navigation
/// altitude but over its own pad, so that is a question only where the separation reaches so far down.
fn too_low_over_spares(
    storyboard: &Storyboard,
    vehicles: &[Vehicle],
    fields: &Fields,
    grid: &PositionGrid,
) -> Option<Infeasibility> {
    let limits = &storyboard.limits;
    let highest_m = fields.spares.iter().map(|p| p.z).reduce(f64::max)?;
    let above_m = (limits.ground_rule_altitude_m() - highest_m) / limits.downwash_scale;
    if above_m >= limits.min_separation_m {
        return None;
    }
    let tracks: Vec<Trajectory> = vehicles.iter().map(|v| v.trajectory.clone()).collect();
    let end_ms = tracks.iter().map(Trajectory::end_ms).max().unwrap_or(0);
    let found = clearance(&tracks, end_ms, 1.0, &Apart::from(limits), grid);
    (found.conflict_count > 0).then(|| Infeasibility::TooCloseOnTheWay {
        transition: "over the spare vehicles".into(),
        pairs: found.pairs(),
        count: found.conflict_count,
        needed_m: limits.min_separation_m,
    })
}
