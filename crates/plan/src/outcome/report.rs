use super::names::{FormationName, TransitionNames};

/// Where two vehicles come closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosestApproach {
    /// Their distance in the metric of the separation, before the rounding of straight ways, metres; infinite for one vehicle
    /// and where it is not known.
    pub distance_m: f64,
    /// The two vehicles.
    pub pair: (usize, usize),
    /// When, milliseconds of show time.
    pub t_ms: f64,
}

impl ClosestApproach {
    /// None is known.
    pub const UNKNOWN: Self = Self { distance_m: f64::INFINITY, pair: (0, 0), t_ms: 0.0 };

    /// The closer of two; of equal ones this one.
    #[must_use]
    pub fn closer(self, other: Self) -> Self {
        if other.distance_m < self.distance_m { other } else { self }
    }
}

/// Largest speeds, acceleration and jerk of motions: never too small; where a way is no straight line, bounds that are
/// not much above what is flown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MotionPeaks {
    /// Largest horizontal speed, m/s.
    pub velocity_xy_m_s: f64,
    /// Largest climb rate, m/s.
    pub velocity_up_m_s: f64,
    /// Largest rate of descent, m/s.
    pub velocity_down_m_s: f64,
    /// Largest acceleration, m/s².
    pub acceleration_m_s2: f64,
    /// Largest jerk, m/s³.
    pub jerk_m_s3: f64,
}

impl MotionPeaks {
    /// The larger of each.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            velocity_xy_m_s: self.velocity_xy_m_s.max(other.velocity_xy_m_s),
            velocity_up_m_s: self.velocity_up_m_s.max(other.velocity_up_m_s),
            velocity_down_m_s: self.velocity_down_m_s.max(other.velocity_down_m_s),
            acceleration_m_s2: self.acceleration_m_s2.max(other.acceleration_m_s2),
            jerk_m_s3: self.jerk_m_s3.max(other.jerk_m_s3),
        }
    }
}

/// What a transition costs and how good it is.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionReport {
    /// Name for people, "from → to".
    pub name: String,
    /// Name of the formation it leaves.
    pub from: String,
    /// Name of the formation it makes.
    pub to: String,
    /// Start, milliseconds of show time.
    pub start_ms: i64,
    /// Duration as planned, milliseconds.
    pub duration_ms: i64,
    /// The shortest duration this planner found, milliseconds; less than `duration_ms` where a longer one was asked for.
    pub shortest_ms: i64,
    /// No plan is shorter than this, milliseconds: bottleneck assignment, or the longest trip where the order is fixed. 0 where
    /// no vehicle moves, and where no bound is known: of motions, and of transitions that join one.
    pub bound_ms: f64,
    /// `duration_ms` / `bound_ms`; 1 where the bound is 0.
    pub ratio: f64,
    /// By how much the formations are spread on the way to keep the separation; 1 where straight lines do.
    pub spread_factor: f64,
    /// By how much the formations are lifted on the way to pass over obstacles, metres; 0 where they are not.
    pub lift_m: f64,
    /// Number of vehicles that fly to another goal than in the assignment of least Σd², to shorten the longest trips.
    pub reassigned_count: usize,
    /// Number of vehicles that leave the straight line to keep the separation or to go round obstacles.
    pub detour_count: usize,
    /// How far the farthest of them is off its straight line, metres.
    pub longest_detour_m: f64,
    /// Longest straight stretch, metres.
    pub longest_trip_m: f64,
    /// The trip that sets the bound, metres.
    pub bottleneck_m: f64,
    /// Sum of squared trips in the metric of the separation, m².
    pub assignment_cost_m2: f64,
    /// At most so much above the least possible sum, m²; 0 where the order is fixed.
    pub assignment_gap_m2: f64,
    /// Where two vehicles come closest on the way.
    pub closest: ClosestApproach,
    /// The largest speeds, acceleration and jerk.
    pub peaks: MotionPeaks,
}

impl TransitionReport {
    /// Of a transition of which nothing is known yet; it starts at 0.
    pub fn of(names: &TransitionNames) -> Self {
        Self {
            name: names.transition(),
            from: names.from_label.clone(),
            to: names.to_label.clone(),
            start_ms: 0,
            duration_ms: 0,
            shortest_ms: 0,
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
            closest: ClosestApproach::UNKNOWN,
            peaks: MotionPeaks::default(),
        }
    }

    /// Of a scene that moves during its hold.
    pub fn of_motion(scene: &str, hold_ms: i64) -> Self {
        let ends = || FormationName::Scene(scene.to_owned());
        let (from_label, to_label) = (scene.to_owned(), scene.to_owned());
        let mut report = Self::of(&TransitionNames { from: ends(), to: ends(), from_label, to_label });
        scene.clone_into(&mut report.name);
        report.set_duration_ms(hold_ms);
        report
    }

    /// Takes as long as this, and could not be shorter.
    pub fn set_duration_ms(&mut self, duration_ms: i64) {
        (self.duration_ms, self.shortest_ms) = (duration_ms, duration_ms);
    }

    /// No plan is shorter than this, milliseconds; the trip that says so, metres.
    pub fn set_bound(&mut self, bound_ms: f64, bottleneck_m: f64) {
        (self.bound_ms, self.bottleneck_m) = (bound_ms, bottleneck_m);
        self.ratio = if bound_ms > 0.0 { self.duration_ms as f64 / bound_ms } else { 1.0 };
    }

    /// The same transition, flown as a part of another that starts so much earlier, milliseconds.
    pub fn shift(&mut self, by_ms: i64) {
        self.start_ms += by_ms;
        if self.closest.distance_m.is_finite() {
            self.closest.t_ms += by_ms as f64;
        }
    }
}
