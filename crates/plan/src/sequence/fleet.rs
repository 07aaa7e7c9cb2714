use kapok_show::{DVec3, Jet, Rgb, ScenePoint, Trajectory, TransitionLights};

use super::light_script::LightScript;
use crate::outcome::PlanError;
use crate::trajectory_writer::TrajectoryWriter;
use crate::transition::FleetMotion;

/// Parts by which the length of a curved piece is measured.
const PATH_STEPS: u32 = 16;

/// What every vehicle has done so far.
pub struct FleetState {
    /// Where every vehicle is.
    pub at_m: Vec<DVec3>,
    /// How every vehicle moves at this moment; nothing if all rest.
    pub jets: Option<Vec<Jet>>,
    /// Length of every vehicle's way so far.
    pub flown_m: Vec<f64>,
    pub writers: Vec<TrajectoryWriter>,
    pub lights: Vec<LightScript>,
}

impl FleetState {
    /// At rest on the pads, dark.
    pub fn on(pads_m: &[DVec3]) -> Result<Self, PlanError> {
        let writer = |(vehicle, &pad): (usize, &DVec3)| {
            TrajectoryWriter::starting_at(pad).map_err(|source| PlanError::Write { vehicle, source })
        };
        Ok(Self {
            at_m: pads_m.to_vec(),
            jets: None,
            flown_m: vec![0.0; pads_m.len()],
            writers: pads_m.iter().enumerate().map(writer).collect::<Result<_, _>>()?,
            lights: vec![LightScript::default(); pads_m.len()],
        })
    }

    /// Where every vehicle is, and how it moves.
    pub fn motion(&self) -> FleetMotion<'_> {
        FleetMotion { at_m: &self.at_m, jets: self.jets.as_deref() }
    }

    /// Appends tracks that start at `start_ms`, of all vehicles.
    pub fn write(&mut self, start_ms: i64, tracks: &[Trajectory]) -> Result<(), PlanError> {
        for (vehicle, (writer, track)) in self.writers.iter_mut().zip(tracks).enumerate() {
            writer.append(start_ms, track).map_err(|source| PlanError::Write { vehicle, source })?;
            self.flown_m[vehicle] += track.path_length_m(PATH_STEPS);
            self.at_m[vehicle] = track.end_point_m();
        }
        Ok(())
    }

    /// All rest where they are.
    pub fn rest_until(&mut self, t_ms: i64) {
        for writer in &mut self.writers {
            writer.rest_until(t_ms);
        }
    }

    /// The light of the way to a scene, and of its hold: from `start_ms`, from `hold_ms`, until `end_ms`.
    pub fn light_scene(
        &mut self,
        points: &[ScenePoint],
        place_of: &[u32],
        style: TransitionLights,
        [start_ms, hold_ms, end_ms]: [i64; 3],
    ) {
        for (light, &place) in self.lights.iter_mut().zip(place_of) {
            let program = &points[place as usize].lights;
            light.transition(start_ms, hold_ms, program.sample(0.0), style);
            light.hold(hold_ms, end_ms, program);
        }
    }

    /// All lights that are on go out.
    pub fn fade_out(&mut self, start_ms: i64, end_ms: i64) {
        for light in self.lights.iter_mut().filter(|light| light.colour() != Rgb::BLACK) {
            light.transition(start_ms, end_ms, Rgb::BLACK, TransitionLights::Fade);
        }
    }
}
