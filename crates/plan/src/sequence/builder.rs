use kapok_motion::PositionGrid;
use kapok_motion::timing::MotionLimits;
use kapok_show::{ChapterKind, DVec3, Reporter, Storyboard};

use super::fleet::FleetState;
use super::record::Record;
use super::settings::PlanSettings;
use crate::airspace::Surroundings;
use crate::assignment::AssignmentConstraints;
use crate::outcome::{LimitConflict, PlanError, Step, TransitionNames, TransitionReport};
use crate::transition::{FleetRules, MoveRequest, PlannedMove, resting};
use crate::vehicle_scale::vehicle_rounding_m;

/// The show as far as it is planned.
pub struct SequenceBuilder<'a> {
    pub storyboard: &'a Storyboard,
    pub rules: FleetRules<'a>,
    /// The clock of the show.
    pub now_ms: i64,
    pub fleet: FleetState,
    pub record: Record,
    pub group_of_vehicle: Vec<u8>,
}

impl<'a> SequenceBuilder<'a> {
    /// All vehicles on their pads.
    pub fn new(
        storyboard: &'a Storyboard,
        settings: &PlanSettings,
        grid: PositionGrid,
        around: Surroundings<'a>,
        reporter: &'a dyn Reporter,
        pads_m: &[DVec3],
    ) -> Result<Self, PlanError> {
        let places = storyboard.scenes.iter().flat_map(|s| s.points.iter().map(|p| p.position_m));
        let farthest_m = places.chain(pads_m.iter().copied()).fold(0.0, |m: f64, p| m.max(p.abs().max_element()));
        let group_of_vehicle = storyboard.group_of_vehicle();
        let groups = &storyboard.fleet.groups;
        let limits_of = |&group: &u8| match usize::from(group).checked_sub(1).and_then(|k| groups.get(k)) {
            Some(group) => MotionLimits::from(&group.limits),
            None => MotionLimits::from(&storyboard.limits),
        };
        let rules = FleetRules {
            limits: &storyboard.limits,
            motion: group_of_vehicle.iter().map(limits_of).collect(),
            has_groups: !groups.is_empty(),
            around,
            grid,
            limit_margin: settings.limit_margin,
            file_rounding_m: vehicle_rounding_m(farthest_m),
            reporter,
        };
        let (fleet, record) = (FleetState::on(pads_m)?, Record::default());
        Ok(Self { storyboard, rules, now_ms: 0, fleet, record, group_of_vehicle })
    }

    /// How far the closest pair must be looked for, in multiples of the separation; `own_m` is the closest of the stretch itself.
    pub fn look(&self, own_m: f64) -> f64 {
        self.record.look(self.storyboard.limits.min_separation_m, own_m)
    }

    /// Moves all vehicles; the place of each, and the report.
    pub fn go(&mut self, to: &MoveRequest<'_>) -> Step<(Vec<u32>, TransitionReport)> {
        let planned = self.rules.plan_move(self.fleet.motion(), to, self.look(f64::INFINITY))?;
        self.rules.reporter.advance(1);
        Ok(self.perform(planned)?)
    }

    /// Moves all vehicles to rest at these places, in any duration.
    pub fn go_to_rest(
        &mut self,
        goals_m: &[DVec3],
        constraints: &AssignmentConstraints,
        names: &TransitionNames,
    ) -> Step<(Vec<u32>, TransitionReport)> {
        self.go(&MoveRequest { goals: &resting(goals_m), constraints, names, duration_ms: None })
    }

    /// Writes a move that starts now.
    pub fn perform(&mut self, planned: PlannedMove) -> Result<(Vec<u32>, TransitionReport), PlanError> {
        let PlannedMove { place_of, mut report, stretches } = planned;
        report.shift(self.now_ms);
        for stretch in stretches {
            self.fleet.write(self.now_ms, &stretch.tracks)?;
            self.rest(stretch.duration_ms);
        }
        self.fleet.jets = None;
        Ok((place_of, report))
    }

    /// Lets time pass; vehicles rest where their tracks end.
    pub fn rest(&mut self, duration_ms: i64) {
        self.now_ms += duration_ms;
        self.fleet.rest_until(self.now_ms);
    }

    /// Notes a chapter that ends now.
    pub fn chapter(&mut self, name: String, kind: ChapterKind, start_ms: i64) {
        self.record.chapter(name, kind, start_ms, self.now_ms);
    }

    /// The show must not be longer than the batteries allow.
    pub fn battery(&self) -> Option<LimitConflict> {
        let (duration_s, allowed_s) = (self.now_ms as f64 / 1000.0, self.allowed_s());
        let reserve = self.storyboard.limits.battery_reserve;
        (duration_s > allowed_s).then_some(LimitConflict::BatteryTooSmall { duration_s, allowed_s, reserve })
    }

    /// Flight time that leaves the battery reserve, seconds.
    pub fn allowed_s(&self) -> f64 {
        self.storyboard.fleet.profile.endurance_s * (1.0 - self.storyboard.limits.battery_reserve)
    }
}
