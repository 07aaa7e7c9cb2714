use super::fleet::{Ask, Fleet};
use crate::fall::{Speeds, speeds};

/// Greatest speeds of anybody in each second, from `first_s`.
pub fn fastest(fleet: &Fleet) -> Vec<Speeds> {
    let count = fleet.apart_m.len();
    let mut fastest = vec![Speeds { xy_m_s: 0.0, up_m_s: 0.0, down_m_s: 0.0 }; count];
    for piece in fleet.show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        let (xy, up, down) = speeds(piece.control_m, piece.duration_s());
        for s in &mut fastest[fleet.seconds((piece.start_ms, piece.end_ms))] {
            *s = Speeds { xy_m_s: s.xy_m_s.max(xy), up_m_s: s.up_m_s.max(up), down_m_s: s.down_m_s.max(down) };
        }
    }
    fastest
}

impl Ask<'_> {
    /// For how long nobody is touched by whoever is lost in each second, as far as least distances and speeds tell.
    pub fn floor(&self) -> Vec<f64> {
        let (fleet, fastest) = (self.fleet, &self.fleet.fastest);
        let length = |s: &Speeds| (s.xy_m_s * s.xy_m_s + s.up_m_s.max(s.down_m_s).powi(2)).sqrt();
        let horizon_s = self.horizon_ms as f64 / 1000.0;
        let of = |(second, s): (usize, &Speeds)| {
            let holds = |after_s: f64| {
                // Who is lost up to the end of this second meets the others until then and so much later.
                let until = (second + 1 + after_s.ceil() as usize).min(fastest.len());
                let other_m_s = fastest[second..until].iter().map(length).fold(0.0, f64::max);
                let [radius_m, below_m, above_m] = self.region(after_s, s.xy_m_s, s.up_m_s, s.down_m_s);
                let grown_m = (radius_m * radius_m + below_m.max(above_m).powi(2)).sqrt();
                (fleet.apart_m[second] - other_m_s * after_s - grown_m) * (1.0 - 1e-12) > fleet.touch_m
            };
            let (mut good, mut bad) = (0.0, horizon_s);
            if holds(bad) {
                return bad;
            }
            for _ in 0..16 {
                let middle = 0.5 * (good + bad);
                if holds(middle) { good = middle } else { bad = middle }
            }
            good
        };
        fastest.iter().enumerate().map(of).collect()
    }
}
