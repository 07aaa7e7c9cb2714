use std::sync::Arc;

use kapok_motion::PositionGrid;
use kapok_motion::timing::MotionLimits;
use kapok_show::{ChapterKind, DVec3, Reporter, Storyboard};

use super::fleet::FleetState;
use super::memory::{MoveKey, PlanMemory};
use super::order::ByStart;
use super::record::Record;
use super::settings::PlanSettings;
use crate::airspace::Surroundings;
use crate::assignment::AssignmentConstraints;
use crate::outcome::{LimitConflict, PlanError, Step, Stop, TransitionNames, TransitionReport};
use crate::transition::{FleetMotion, FleetRules, MoveRequest, PlannedMove, all_rest, resting};
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
    pub memory: &'a PlanMemory,
    /// What all moves of this plan depend on, as the beginning of their keys.
    shared: Vec<u8>,
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
        memory: &'a PlanMemory,
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
        let shared = format!(
            "{:?}",
            (&storyboard.limits, groups, around.environment, around.margin_m, settings, rules.file_rounding_m)
        );
        let (fleet, record) = (FleetState::on(pads_m)?, Record::default());
        let shared = shared.into_bytes();
        Ok(Self { storyboard, rules, now_ms: 0, fleet, record, group_of_vehicle, memory, shared })
    }

    /// How far the closest pair must be looked for, in multiples of the separation; `own_m` is the closest of the stretch itself.
    pub fn look(&self, own_m: f64) -> f64 {
        self.record.look(self.storyboard.limits.min_separation_m, own_m)
    }

    /// Moves all vehicles; the place of each, and the report.
    pub fn go(&mut self, to: &MoveRequest<'_>) -> Step<(Vec<u32>, TransitionReport)> {
        self.go_on()?;
        let planned = self.planned(to)?;
        self.rules.reporter.advance(1);
        Ok(self.perform(planned)?)
    }

    /// Is the plan still asked for?
    pub fn go_on(&self) -> Result<(), PlanError> {
        if self.rules.reporter.go_on() { Ok(()) } else { Err(PlanError::Abandoned) }
    }

    /// A key that begins with what all moves of this plan share.
    pub fn key(&self) -> MoveKey {
        MoveKey::within(&self.shared)
    }

    /// The move, by the numbers of the vehicles. Where they are alike they are planned in the order of their starts.
    fn planned(&self, to: &MoveRequest<'_>) -> Step<PlannedMove> {
        let now = self.fleet.motion();
        if !to.constraints.is_free() || self.rules.has_groups {
            return Ok(self.recalled(now, to)?.as_ref().clone());
        }
        let by_start = ByStart::of(now);
        match self.recalled(by_start.motion(), to) {
            Ok(planned) => Ok(by_start.numbered(&planned)),
            // A reason names vehicles by their numbers.
            Err(Stop::Refused(_)) => self.rules.plan_move(now, to, self.look(f64::INFINITY)),
            Err(failed) => Err(failed),
        }
    }

    fn recalled(&self, now: FleetMotion<'_>, to: &MoveRequest<'_>) -> Step<Arc<PlannedMove>> {
        let look = self.look(f64::INFINITY);
        // Between rests the closest pair is known without a look.
        let looks = now.jets.is_some() || !all_rest(to.goals);
        let key = self
            .key()
            .and(&"move")
            .and_points(now.at_m.iter().copied())
            .and(&now.jets.is_some())
            .and_jets(now.jets.unwrap_or_default())
            .and_jets(to.goals)
            .and(&(to.constraints, to.names, to.duration_ms, looks.then_some(look)));
        self.memory.recall(key, || self.rules.plan_move(now, to, look))
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
