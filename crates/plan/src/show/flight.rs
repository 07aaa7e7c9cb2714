//! The show as far as it is planned: where everybody is, what is written, what is reported.

use kapok_show::{Chapter, ChapterKind, DVec3, Jet, Reporter, Storyboard, Trajectory};

use super::clear::Clearance;
use super::lights::LightScript;
use super::outcome::PlanError;
use super::settings::PlanSettings;
use super::track::Track;
use crate::environment::{Room, Surroundings};
use crate::infeasible::Infeasibility;
use crate::transition::TransitionReport;
use crate::vehicle_scale::vehicle_rounding_m;
use kapok_motion::PositionGrid;
use kapok_motion::timing::MotionLimits;

/// Parts by which the length of a curved piece is measured.
const PATH_STEPS: u32 = 16;
/// How far the closest pair is looked for where none is known, in multiples of the separation.
pub(super) const FARTHEST_LOOK: f64 = 4.0;

/// The show as far as it is planned.
pub(super) struct Flight<'a> {
    pub(super) storyboard: &'a Storyboard,
    pub(super) settings: &'a PlanSettings,
    pub(super) grid: PositionGrid,
    pub(super) around: Surroundings<'a>,
    pub(super) reporter: &'a dyn Reporter,
    pub(super) now_ms: i64,
    /// Where every vehicle is.
    pub(super) at_m: Vec<DVec3>,
    /// How every vehicle moves at this moment; nothing if all rest.
    pub(super) motion: Option<Vec<Jet>>,
    /// What the rounding of the vehicles' own files takes from a distance, metres.
    pub(super) file_rounding_m: f64,
    /// What every vehicle may do.
    pub(super) limits: Vec<MotionLimits>,
    pub(super) group_of_vehicle: Vec<u8>,
    /// Length of every vehicle's way so far.
    pub(super) flown_m: Vec<f64>,
    pub(super) writers: Vec<Track>,
    pub(super) lights: Vec<LightScript>,
    pub(super) chapters: Vec<Chapter>,
    pub(super) takeoff: Option<TransitionReport>,
    pub(super) descent: Option<TransitionReport>,
    pub(super) transitions: Vec<TransitionReport>,
    /// Of scenes that move.
    pub(super) moves: Vec<TransitionReport>,
}

impl<'a> Flight<'a> {
    pub(super) fn new(
        storyboard: &'a Storyboard,
        settings: &'a PlanSettings,
        grid: PositionGrid,
        around: Surroundings<'a>,
        reporter: &'a dyn Reporter,
        pads_m: &[DVec3],
    ) -> Result<Self, PlanError> {
        let writers = pads_m
            .iter()
            .enumerate()
            .map(|(vehicle, &pad)| Track::starting_at(pad).map_err(|source| PlanError::Write { vehicle, source }))
            .collect::<Result<_, _>>()?;
        let places = storyboard.scenes.iter().flat_map(|s| s.points.iter().map(|p| p.position_m));
        let farthest_m = places.chain(pads_m.iter().copied()).fold(0.0, |m: f64, p| m.max(p.abs().max_element()));
        let group_of_vehicle = storyboard.group_of_vehicle();
        let limits = group_of_vehicle
            .iter()
            .map(|&group| match usize::from(group).checked_sub(1).and_then(|k| storyboard.fleet.groups.get(k)) {
                Some(group) => MotionLimits::from(&group.limits),
                None => MotionLimits::from(&storyboard.limits),
            })
            .collect();
        Ok(Self {
            storyboard,
            settings,
            grid,
            around,
            reporter,
            now_ms: 0,
            at_m: pads_m.to_vec(),
            motion: None,
            file_rounding_m: vehicle_rounding_m(farthest_m),
            limits,
            group_of_vehicle,
            flown_m: vec![0.0; pads_m.len()],
            writers,
            lights: vec![LightScript::default(); pads_m.len()],
            chapters: Vec::new(),
            takeoff: None,
            descent: None,
            transitions: Vec::new(),
            moves: Vec::new(),
        })
    }

    pub(super) fn blank_report(&self, from: &str, to: &str, duration_ms: i64) -> TransitionReport {
        TransitionReport {
            name: if from == to { from.to_owned() } else { format!("{from} → {to}") },
            from: from.to_owned(),
            to: to.to_owned(),
            start_ms: self.now_ms,
            duration_ms,
            shortest_ms: duration_ms,
            bound_ms: 0.0,
            ratio: 1.0,
            spread_factor: 1.0,
            lift_m: 0.0,
            reassigned_count: 0,
            detour_count: 0,
            longest_detour_m: 0.0,
            longest_trip_m: 0.0,
            bottleneck_m: 0.0,
            assignment_cost_m2: 0.0,
            assignment_gap_m2: 0.0,
            min_separation_m: f64::INFINITY,
            min_separation_pair: (0, 0),
            min_separation_t_ms: 0.0,
            peak_velocity_xy_m_s: 0.0,
            peak_velocity_up_m_s: 0.0,
            peak_velocity_down_m_s: 0.0,
            peak_acceleration_m_s2: 0.0,
            peak_jerk_m_s3: 0.0,
        }
    }

    /// How far the closest pair of a stretch must be looked for, in multiples of the separation, so that the closest pair of
    /// the show is known: as far as the closest pair that is known by now.
    pub(super) fn look(&self, own: &TransitionReport) -> f64 {
        let reports = self.takeoff.iter().chain(&self.transitions).chain(&self.moves).chain([own]);
        let known_m = reports.map(|r| r.min_separation_m).fold(f64::INFINITY, f64::min);
        let look = known_m / self.storyboard.limits.min_separation_m;
        if look.is_finite() { look.max(1.0) } else { FARTHEST_LOOK }
    }

    /// Takes the closest pair of a stretch that starts now into its report.
    pub(super) fn note_closest(&self, report: &mut TransitionReport, found: &Clearance) {
        if let Some(closest) = found.closest {
            report.min_separation_m = closest.distance_m;
            report.min_separation_pair = closest.pair;
            report.min_separation_t_ms = self.now_ms as f64 + closest.t_ms;
        }
    }

    /// Appends tracks that start now, of all vehicles. Time does not move on.
    pub(super) fn write(&mut self, tracks: &[Trajectory]) -> Result<(), PlanError> {
        for (vehicle, (writer, track)) in self.writers.iter_mut().zip(tracks).enumerate() {
            writer.append(self.now_ms, track).map_err(|source| PlanError::Write { vehicle, source })?;
            self.flown_m[vehicle] += track.path_length_m(PATH_STEPS);
            self.at_m[vehicle] = track.end_point_m();
        }
        Ok(())
    }

    pub(super) fn rest(&mut self, duration_ms: i64) {
        self.now_ms += duration_ms;
        for writer in &mut self.writers {
            writer.rest_until(self.now_ms);
        }
    }

    pub(super) fn chapter(&mut self, name: String, kind: ChapterKind, start_ms: i64) {
        if self.now_ms > start_ms {
            self.chapters.push(Chapter { name, kind, start_ms, end_ms: self.now_ms });
        }
    }

    pub(super) fn room(&self) -> Room<'a> {
        Room::of(&self.storyboard.limits, self.around)
    }

    pub(super) fn battery(&self) -> Option<Infeasibility> {
        let (duration_s, allowed_s) = (self.now_ms as f64 / 1000.0, self.allowed_s());
        let reserve = self.storyboard.limits.battery_reserve;
        (duration_s > allowed_s).then_some(Infeasibility::BatteryTooSmall { duration_s, allowed_s, reserve })
    }

    pub(super) fn allowed_s(&self) -> f64 {
        self.storyboard.fleet.profile.endurance_s * (1.0 - self.storyboard.limits.battery_reserve)
    }
}
