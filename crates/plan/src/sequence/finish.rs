//! The show and its totals from a flight that is over, and the last look at the vehicles that stayed on the ground.

use kapok_motion::PositionGrid;
use kapok_show::{LightProgram, Show, Storyboard, Trajectory, Vehicle};

use super::builder::SequenceBuilder;
use super::light_script::LightScript;
use super::outcome::{Plan, PlanSummary};
use super::pads::PadFormations;
use crate::conflict::{SeparationRules, clearance};
use crate::outcome::{PlanError, SeparationConflict, Step, Stop};
use crate::trajectory_writer::TrajectoryWriter;

impl SequenceBuilder<'_> {
    pub fn finish(self, pads: &PadFormations) -> Step<Plan> {
        let storyboard = self.storyboard;
        let allowed_s = self.allowed_s();
        let lights: Vec<LightProgram> = self.fleet.lights.into_iter().map(LightScript::finish).collect();
        let digits = (pads.pads.len() + pads.spares.len()).to_string().len().max(4);
        let now_ms = self.now_ms;
        let mut vehicles = Vec::with_capacity(lights.len());
        for (i, (writer, lights)) in self.fleet.writers.into_iter().zip(lights).enumerate() {
            let trajectory = writer.finish().map_err(|source| PlanError::Write { vehicle: i, source })?;
            let name = format!("{:0digits$}", i + 1);
            let group = self.group_of_vehicle[i];
            vehicles.push(Vehicle { group, ..Vehicle::new(name, pads.pads[i], trajectory, lights) });
        }
        for (k, &spare) in pads.spares.iter().enumerate() {
            let vehicle = pads.pads.len() + k;
            let rest = || {
                let mut track = TrajectoryWriter::starting_at(spare)?;
                track.rest_until(now_ms);
                track.finish()
            };
            let trajectory = rest().map_err(|source| PlanError::Write { vehicle, source })?;
            vehicles.push(Vehicle::new(format!("{:0digits$}", vehicle + 1), spare, trajectory, LightProgram::dark()));
        }
        if let Some(reason) = too_low_over_spares(storyboard, &vehicles, pads, &self.rules.grid) {
            return Err(Stop::refused(reason));
        }
        let show = Show {
            title: storyboard.title.clone(),
            site: storyboard.site,
            environment: storyboard.environment.clone(),
            limits: storyboard.limits,
            profile: storyboard.fleet.profile.clone(),
            vehicles,
            chapters: self.record.chapters,
            audio: None,
            draft: false,
        };
        let (Some(takeoff), Some(descent)) = (self.record.takeoff, self.record.descent) else {
            return Err(PlanError::Unfinished.into());
        };
        let summary = PlanSummary::new(
            &takeoff,
            &descent,
            [&self.record.transitions, &self.record.motions],
            &self.fleet.flown_m,
            now_ms,
            allowed_s,
        );
        let (transitions, motions) = (self.record.transitions, self.record.motions);
        Ok(Plan { show, takeoff, transitions, motions, descent, summary })
    }
}

/// Does a vehicle fly too close over vehicles that stay on the ground? In flight it is below the minimum navigation altitude
/// only over its own pad, so that is a question only where the separation reaches so far down.
fn too_low_over_spares(
    storyboard: &Storyboard,
    vehicles: &[Vehicle],
    pads: &PadFormations,
    grid: &PositionGrid,
) -> Option<SeparationConflict> {
    let limits = &storyboard.limits;
    let highest_m = pads.spares.iter().map(|p| p.z).reduce(f64::max)?;
    let above_m = (limits.ground_rule_altitude_m() - highest_m) / limits.downwash_scale;
    if above_m >= limits.min_separation_m {
        return None;
    }
    let tracks: Vec<Trajectory> = vehicles.iter().map(|v| v.trajectory.clone()).collect();
    let end_ms = tracks.iter().map(Trajectory::end_ms).max().unwrap_or(0);
    let found = clearance(&tracks, end_ms, 1.0, &SeparationRules::from(limits), grid);
    (found.conflict_count > 0).then(|| SeparationConflict::TooCloseOnTheWay {
        transition: "over the spare vehicles".into(),
        pairs: found.pairs(),
        count: found.conflict_count,
        needed_m: limits.min_separation_m,
    })
}
