use kapok_motion::bezier::CubicDerivatives;
use kapok_show::DVec3;

use super::candidate::Candidate;

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
    /// nobody moves, and where no bound is known: of motions, and of transitions that join one.
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
    /// Least distance of any two vehicles on the way in the metric of the separation, before the rounding of positions,
    /// metres; infinite for one vehicle.
    pub min_separation_m: f64,
    /// The two vehicles.
    pub min_separation_pair: (usize, usize),
    /// When, milliseconds of show time.
    pub min_separation_t_ms: f64,
    /// Largest horizontal speed, m/s; of detours, like the peaks that follow, a bound that is not much above it.
    pub peak_velocity_xy_m_s: f64,
    /// Largest climb rate, m/s.
    pub peak_velocity_up_m_s: f64,
    /// Largest rate of descent, m/s.
    pub peak_velocity_down_m_s: f64,
    /// Largest acceleration, m/s².
    pub peak_acceleration_m_s2: f64,
    /// Largest jerk, m/s³.
    pub peak_jerk_m_s3: f64,
}

impl TransitionReport {
    /// Takes in one stretch that starts at `start_ms`.
    pub(super) fn add(&mut self, start_ms: i64, candidate: &Candidate) {
        let (ways, extent) = (&candidate.movement, &candidate.extent);
        let (rate, second, third) = ways.law.peaks();
        self.longest_trip_m = self.longest_trip_m.max(extent.distance_m);
        self.peak_velocity_xy_m_s = self.peak_velocity_xy_m_s.max(extent.horizontal_m * rate);
        self.peak_velocity_up_m_s = self.peak_velocity_up_m_s.max(extent.up_m * rate);
        self.peak_velocity_down_m_s = self.peak_velocity_down_m_s.max(extent.down_m * rate);
        self.peak_acceleration_m_s2 = self.peak_acceleration_m_s2.max(extent.distance_m * second);
        self.peak_jerk_m_s3 = self.peak_jerk_m_s3.max(extent.distance_m * third);
        self.detour_count = self.detour_count.max(ways.detours.of.len());
        for &vehicle in ways.detours.of.keys() {
            self.longest_detour_m = self.longest_detour_m.max(ways.farthest_off_m(vehicle));
            for (duration_ms, c) in ways.cubics_m(vehicle) {
                let d = CubicDerivatives::new(&c, duration_ms as f64 / 1000.0);
                let most = |of: fn(&DVec3) -> f64| d.velocity_m_s.iter().map(of).fold(0.0, f64::max);
                self.peak_velocity_xy_m_s = self.peak_velocity_xy_m_s.max(most(|v| v.truncate().length()));
                self.peak_velocity_up_m_s = self.peak_velocity_up_m_s.max(most(|v| v.z));
                self.peak_velocity_down_m_s = self.peak_velocity_down_m_s.max(most(|v| -v.z));
                let [first, last] = d.acceleration_m_s2;
                self.peak_acceleration_m_s2 = self.peak_acceleration_m_s2.max(first.length()).max(last.length());
                self.peak_jerk_m_s3 = self.peak_jerk_m_s3.max(d.jerk_m_s3);
            }
        }
        if let Some(closest) = candidate.approaches.closest.filter(|c| c.distance_m < self.min_separation_m) {
            self.min_separation_m = closest.distance_m;
            self.min_separation_pair = closest.pair;
            self.min_separation_t_ms = start_ms as f64 + ways.law.when_ms(closest.share);
        }
    }
}
