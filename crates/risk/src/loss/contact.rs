use kapok_proof::VehicleRef;

use super::figures::{LossFigure, LossWitness};
use super::search::LossSearch;

/// The earliest contact of one figure, or the nearest approach without one: what is known so far.
#[derive(Clone, Copy)]
pub struct EarliestContact {
    pub touched: bool,
    /// What was left open could touch at this at the earliest, milliseconds after the loss.
    pub lo_ms: i64,
    /// A vehicle is touched at this, milliseconds after the loss; the horizon if none is known to be.
    pub hi_ms: i64,
    /// Least gap known to be attained, and a bound of it from below for what was left open.
    pub gap_m: f64,
    pub gap_low_m: f64,
    pub case: Option<ContactCase>,
    /// Work ran out while contacts, or gaps, were sought.
    pub cut: bool,
    pub gap_cut: bool,
}

/// A loss, another vehicle, and how near they come.
#[derive(Clone, Copy)]
pub struct ContactCase {
    /// The lost vehicle and the other.
    pub pair: (u32, u32),
    pub t_ms: f64,
    pub after_ms: f64,
    pub gap_m: f64,
}

impl EarliestContact {
    pub fn new(horizon_ms: i64) -> Self {
        Self {
            touched: false,
            lo_ms: horizon_ms,
            hi_ms: horizon_ms,
            gap_m: f64::INFINITY,
            gap_low_m: f64::INFINITY,
            case: None,
            cut: false,
            gap_cut: false,
        }
    }

    /// Search cutoff: contacts from here on are pruned. The earliest known one is no more than a sixteenth, and no more than
    /// 16 ms, later. Monotonically decreasing, so pruning stays sound.
    pub fn limit_ms(&self) -> i64 {
        if self.touched { self.hi_ms - (self.hi_ms / 16).clamp(1, 16) } else { self.hi_ms }
    }

    /// Both together; ties go to the first, so that the order of merging is all that counts.
    pub fn merge(&mut self, other: &Self) {
        self.lo_ms = self.lo_ms.min(other.lo_ms);
        self.gap_low_m = self.gap_low_m.min(other.gap_low_m);
        self.cut |= other.cut;
        self.gap_cut |= other.gap_cut;
        let earlier = other.touched && (!self.touched || other.hi_ms < self.hi_ms);
        let nearer = !other.touched && !self.touched && other.gap_m < self.gap_m;
        if earlier || nearer {
            (self.touched, self.hi_ms, self.gap_m, self.case) = (other.touched, other.hi_ms, other.gap_m, other.case);
        }
    }

    pub fn figure(&self, search: &LossSearch) -> LossFigure {
        let horizon_s = search.horizon_ms as f64 / 1000.0;
        let attained_s = self.case.filter(|_| self.touched).map_or(horizon_s, |c| c.after_ms / 1000.0);
        let searched_s = self.lo_ms.min(self.limit_ms()).max(0) as f64 / 1000.0;
        let untouched_s = searched_s.max(search.least_free_s()).min(attained_s);
        let safe = !self.touched && untouched_s >= horizon_s;
        let vehicles = &search.fleet.show.vehicles;
        let vehicle = |v: u32| VehicleRef { index: v as usize, name: vehicles[v as usize].name.clone() };
        LossFigure {
            mode: search.scenario.mode,
            horizon_s,
            untouched_s,
            left_m: match (safe, self.gap_cut) {
                (false, _) => 0.0,
                (true, false) => self.gap_low_m.min(self.gap_m).min(search.fleet.radius_m),
                (true, true) => search.fleet.touch_m,
            },
            worst: self.case.map(|c| LossWitness {
                lost: vehicle(c.pair.0),
                other: vehicle(c.pair.1),
                t_ms: c.t_ms,
                after_s: c.after_ms / 1000.0,
                distance_m: c.gap_m,
            }),
            touches: self.touched,
            // Whatever was left out, an answer that is enclosed closely enough is one.
            cut_short: (self.cut && 1000.0 * untouched_s < self.limit_ms() as f64) || (safe && self.gap_cut),
        }
    }
}
