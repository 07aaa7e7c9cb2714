use kapok_show::DVec3;

use super::best::{Best, Case};
use super::fleet::{Ask, Hull, offset};
use super::{HULL_LOOKS, MAX_NODES, STEP_MS, TOLERANCE_M};

/// Looks at the time after a loss at one instant, and halvings of what they leave.
const PROBES: u32 = 6;

impl Ask<'_> {
    /// Gap between the region of a lost vehicle and another that is somewhere in a range seen from it.
    pub fn gap_m(&self, lost: &Hull, (low, high): (DVec3, DVec3), after_s: f64) -> f64 {
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
        let point = Hull { low: p, high: p, slow: v, fast: v, anchor: p };
        (p.z >= self.fleet.flight_m).then(|| self.gap_m(&point, (there, there), after_ms / 1000.0))
    }

    /// Takes a case in if it is worse than the worst known.
    fn try_case(&self, pair: (u32, u32), t_ms: f64, after_ms: f64, gaps: bool, best: &mut Best) -> bool {
        let Some(gap_m) = self.measured_m(pair, t_ms, after_ms) else { return false };
        let case = Some(Case { pair, t_ms, after_ms, gap_m });
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
    fn probe(&self, pair: (u32, u32), window: (i64, i64), lag: (i64, i64), best: &mut Best) {
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
    pub fn search(&self, pair: (u32, u32), window: (i64, i64), lag: (i64, i64), gaps: bool, best: &mut Best) -> u64 {
        let (fleet, mut open) = (self.fleet, vec![(window, lag)]);
        let (mut nodes, mut looks) = (0, 0);
        while let Some((window, mut lag)) = open.pop() {
            if !gaps {
                lag.1 = lag.1.min(best.limit_ms());
            }
            if lag.0 >= lag.1 {
                continue;
            }
            looks += 2 * HULL_LOOKS;
            let lost = fleet.hull(pair.0, window);
            if lost.high.z < fleet.flight_m {
                continue;
            }
            let other = fleet.hull(pair.1, (window.0 + lag.0, window.1 + lag.1));
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
                looks += 3 * 2 * u64::from(PROBES) * HULL_LOOKS;
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
}
