//! The order in which vehicles are planned: by where they start, not by their numbers. So a transition is the same plan whichever
//! vehicle came to which place before, and an edit of one scene leaves the transitions behind it as they were.

use kapok_show::{DVec3, Jet};

use crate::transition::{FleetMotion, PlannedMove, Stretch};

/// The vehicles by where they start.
pub struct ByStart {
    /// Number of the vehicle that is planned as the k-th.
    vehicles: Vec<usize>,
    pub at_m: Vec<DVec3>,
    pub jets: Option<Vec<Jet>>,
}

impl ByStart {
    /// The order of x, then y, then z. No two vehicles are in one place.
    pub fn of(now: FleetMotion<'_>) -> Self {
        let mut vehicles: Vec<usize> = (0..now.at_m.len()).collect();
        vehicles.sort_by(|&a, &b| {
            let (a, b) = (now.at_m[a], now.at_m[b]);
            a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)).then(a.z.total_cmp(&b.z))
        });
        let at_m = vehicles.iter().map(|&v| now.at_m[v]).collect();
        let jets = now.jets.map(|jets| vehicles.iter().map(|&v| jets[v]).collect());
        Self { vehicles, at_m, jets }
    }

    /// Where every vehicle is, in this order.
    pub fn motion(&self) -> FleetMotion<'_> {
        FleetMotion { at_m: &self.at_m, jets: self.jets.as_deref() }
    }

    /// A move that was planned in this order, by the numbers of the vehicles.
    pub fn numbered(&self, planned: &PlannedMove) -> PlannedMove {
        let mut rank = vec![0; self.vehicles.len()];
        for (k, &vehicle) in self.vehicles.iter().enumerate() {
            rank[vehicle] = k;
        }
        let mut report = planned.report.clone();
        if report.closest.distance_m.is_finite() {
            let (a, b) = report.closest.pair;
            let (a, b) = (self.vehicles[a], self.vehicles[b]);
            report.closest.pair = (a.min(b), a.max(b));
        }
        let stretch = |s: &Stretch| Stretch {
            duration_ms: s.duration_ms,
            tracks: rank.iter().map(|&k| s.tracks[k].clone()).collect(),
        };
        PlannedMove {
            place_of: rank.iter().map(|&k| planned.place_of[k]).collect(),
            report,
            stretches: planned.stretches.iter().map(stretch).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vehicles_are_ordered_by_their_starts_and_numbered_back() {
        let at_m = [DVec3::new(2.0, 0.0, 1.0), DVec3::new(-1.0, 0.0, 1.0), DVec3::new(2.0, -3.0, 1.0)];
        let by_start = ByStart::of(FleetMotion { at_m: &at_m, jets: None });
        assert_eq!(by_start.vehicles, [1, 2, 0]);
        assert_eq!(by_start.at_m, [at_m[1], at_m[2], at_m[0]]);
    }
}
