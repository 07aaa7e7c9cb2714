use kapok_proof::PairDistance;
use kapok_show::DVec3;

use super::contact::{ContactCase, EarliestContact};
use super::fleet::{BOX_LOOKS, VehicleBox, offset};
use super::search::LossSearch;

/// Stretches are halved down to this for a pair, milliseconds.
const STEP_MS: i64 = 4;
/// Pairs of stretches that one search may look at.
const MAX_NODES: u32 = 4000;
/// Seconds whose closest pairs are looked at first.
const SEEDS: usize = 48;
/// How closely gaps are enclosed, metres.
const TOLERANCE_M: f64 = 0.25;
/// Looks at the time after a loss at one instant, and halvings of what they leave.
const PROBES: u32 = 6;

impl LossSearch<'_> {
    /// Gap between the region of a lost vehicle and another that is somewhere in a range seen from it.
    pub fn gap_m(&self, lost: &VehicleBox, (low, high): (DVec3, DVec3), after_s: f64) -> f64 {
        let [radius_m, below_m, above_m] = self.region_of(lost, after_s);
        let off = low.max(-high).max(DVec3::ZERO);
        let sideways = (off.truncate().length() - radius_m).max(0.0);
        let upright = (low.z - above_m).max(-high.z - below_m).max(0.0);
        (sideways * sideways + upright * upright).sqrt()
    }

    /// The gap as it is, for one instant of loss and one time after it; `None` if the vehicle does not fly then.
    fn measured_m(&self, (lost, other): (u32, u32), t_ms: f64, after_ms: f64) -> Option<f64> {
        let vehicles = &self.fleet.show.vehicles;
        let at = vehicles[lost as usize].trajectory.sample(t_ms);
        let there = vehicles[other as usize].trajectory.sample(t_ms + after_ms).position_m - at.position_m;
        let (p, v) = (at.position_m, at.velocity_m_s);
        let point = VehicleBox::at_instant(p, v);
        (p.z >= self.fleet.flight_m).then(|| self.gap_m(&point, (there, there), after_ms / 1000.0))
    }

    /// Takes a case in if it is worse than the worst known.
    fn try_case(&self, pair: (u32, u32), t_ms: f64, after_ms: f64, gaps: bool, best: &mut EarliestContact) -> bool {
        let Some(gap_m) = self.measured_m(pair, t_ms, after_ms) else { return false };
        let case = Some(ContactCase { pair, t_ms, after_ms, gap_m });
        if gaps && gap_m < best.gap_m {
            (best.gap_m, best.case) = (gap_m, case);
        }
        let touches = gap_m <= self.fleet.touch_m;
        if !gaps && touches && (!best.touched || after_ms < best.hi_ms as f64) {
            (best.touched, best.hi_ms, best.case) = (true, after_ms.ceil() as i64, case);
        }
        touches
    }

    /// Looks for a good case at both ends of a stretch of loss and in its middle: what is found prunes the rest.
    fn probe(&self, pair: (u32, u32), window: (i64, i64), lag: (i64, i64), best: &mut EarliestContact) {
        for t_ms in [window.0 as f64, 0.5 * (window.0 + window.1) as f64, window.1 as f64 - 1.0] {
            let end_ms = lag.1.min(best.limit_ms()) as f64;
            let at = |k: u32| lag.0 as f64 + (end_ms - lag.0 as f64) * f64::from(k) / f64::from(PROBES);
            let Some(k) = (0..=PROBES).find(|&k| self.try_case(pair, t_ms, at(k), false, best)) else { continue };
            let (mut free, mut touched) = (at(k.saturating_sub(1)), at(k));
            for _ in 0..PROBES {
                let middle = 0.5 * (free + touched);
                *if self.try_case(pair, t_ms, middle, false, best) { &mut touched } else { &mut free } = middle;
            }
        }
    }

    /// One pair on one stretch of loss and one of the time after it; how much work it was.
    pub fn search_pair(
        &self,
        pair: (u32, u32),
        window: (i64, i64),
        lag: (i64, i64),
        gaps: bool,
        best: &mut EarliestContact,
    ) -> u64 {
        let (fleet, mut open) = (self.fleet, vec![(window, lag)]);
        let (mut nodes, mut looks) = (0, 0);
        while let Some((window, mut lag)) = open.pop() {
            if !gaps {
                lag.1 = lag.1.min(best.limit_ms());
            }
            if lag.0 >= lag.1 {
                continue;
            }
            looks += 2 * BOX_LOOKS;
            let lost = fleet.vehicle_box(pair.0, window);
            if lost.motion.high_m.z < fleet.flight_m {
                continue;
            }
            let other = fleet.vehicle_box(pair.1, (window.0 + lag.0, window.1 + lag.1));
            let (wide, long) = (window.1 - window.0, lag.1 - lag.0);
            let (half_s, lag_s) = (wide as f64 / 2000.0, long as f64 / 2000.0);
            let low_m = self.gap_m(&lost, offset(&lost, &other, half_s, (-lag_s, lag_s)), lag.1 as f64 / 1000.0);
            if low_m > fleet.touch_m && !gaps {
                continue;
            }
            if gaps && low_m >= best.gap_m.min(fleet.radius_m) - TOLERANCE_M {
                best.gap_low_m = best.gap_low_m.min(low_m);
                continue;
            }
            let (t_ms, after_ms) = (0.5 * (window.0 + window.1) as f64, 0.5 * (lag.0 + lag.1) as f64);
            self.try_case(pair, t_ms, after_ms, gaps, best);
            if nodes == 0 && !gaps {
                self.probe(pair, window, lag, best);
                looks += 3 * 2 * u64::from(PROBES) * BOX_LOOKS;
            }
            nodes += 1;
            if wide.max(long) <= STEP_MS || nodes >= MAX_NODES {
                // As near as is looked: it counts as touched, or as near, at the earliest.
                if gaps {
                    best.gap_low_m = best.gap_low_m.min(low_m);
                } else {
                    best.lo_ms = best.lo_ms.min(lag.0);
                    best.cut |= wide.max(long) > STEP_MS;
                }
                continue;
            }
            if wide >= long {
                let middle = window.0 + wide / 2;
                open.push(((middle, window.1), lag));
                open.push(((window.0, middle), lag));
            } else {
                // The earlier half is looked at first.
                let middle = lag.0 + long / 2;
                open.push((window, (middle, lag.1)));
                open.push((window, (lag.0, middle)));
            }
        }
        looks
    }

    /// Seeds the search with the closest pairs of the seconds that promise least: what is found there prunes the rest.
    pub fn seeds(&self, closest_per_second: &[Option<PairDistance>]) -> Vec<EarliestContact> {
        let mut best = vec![EarliestContact::new(self.horizon_ms); self.scenario.figures];
        let window_of = |second: usize| (1000 * second as i64, 1000 * second as i64 + 1000);
        let of = |(second, m): (usize, &Option<PairDistance>)| {
            Some((self.free_s(window_of(second)), second, m.as_ref()?.pair))
        };
        let mut pairs: Vec<(f64, usize, (u32, u32))> = closest_per_second.iter().enumerate().filter_map(of).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, second, (a, b)) in pairs.into_iter().take(SEEDS) {
            let window = ((1000 * second as i64 - 500).max(self.fleet.start_ms), 1000 * second as i64 + 1500);
            for (lost, other) in [(a, b), (b, a)] {
                if self.measures(lost, other) && window.0 < window.1 {
                    let slot = &mut best[self.figure_of(lost)];
                    let mut found = *slot;
                    self.search_pair((lost, other), window, (0, slot.hi_ms.max(1)), false, &mut found);
                    // Only what is attained counts here: bounds come from the search of all pairs.
                    (found.lo_ms, found.cut) = (slot.lo_ms, slot.cut);
                    *slot = found;
                }
            }
        }
        best
    }
}
