use glam::DVec3;

use super::Fix;

/// A base station: what it gives to its receivers while it works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// The best fix that its corrections allow.
    pub best: Fix,
    /// From when to when its corrections are missing, seconds; an empty span for never.
    pub silent_s: (f64, f64),
    /// How far its antenna is from where it says, metres: an error that all its receivers share.
    pub offset_m: DVec3,
}

impl Station {
    /// A station that works, of that fix.
    pub fn working(best: Fix) -> Self {
        Self { best, silent_s: (0.0, 0.0), offset_m: DVec3::ZERO }
    }
}

/// A jammer: within `lost_m` no receiver has a fix, within `degraded_m` none is better than a single solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jammer {
    /// Its place, metres.
    pub place_m: DVec3,
    /// From when to when it sends, seconds.
    pub active_s: (f64, f64),
    /// Reach of the loss, metres.
    pub lost_m: f64,
    /// Reach of the degradation, metres.
    pub degraded_m: f64,
}

/// A spoofer: receivers within reach follow a place that drifts away from theirs, with good figures of quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spoofer {
    /// Its place, metres.
    pub place_m: DVec3,
    /// From when to when it sends, seconds.
    pub active_s: (f64, f64),
    /// Reach, metres.
    pub reach_m: f64,
    /// How fast the false place moves off, m/s.
    pub drift_m_s: DVec3,
}

/// What satellite positioning is like over a site.
#[derive(Clone, Debug, PartialEq)]
pub struct GnssField {
    /// The base stations; vehicles name theirs by index.
    pub stations: Vec<Station>,
    /// Jammers.
    pub jammers: Vec<Jammer>,
    /// Spoofers.
    pub spoofers: Vec<Spoofer>,
}

/// Is an instant inside a span?
fn during(span_s: (f64, f64), t_s: f64) -> bool {
    span_s.0 <= t_s && t_s < span_s.1
}

impl GnssField {
    /// One base station that works, nothing that disturbs.
    pub fn clear(best: Fix) -> Self {
        Self { stations: vec![Station::working(best)], jammers: Vec::new(), spoofers: Vec::new() }
    }

    /// The best fix that a receiver of a station can have at a place and an instant; a station that does not exist gives single
    /// solutions.
    pub fn best(&self, station: u16, place_m: DVec3, t_s: f64) -> Fix {
        let mut best = match self.stations.get(usize::from(station)) {
            Some(s) if !during(s.silent_s, t_s) => s.best,
            _ => Fix::Single,
        };
        for jammer in self.jammers.iter().filter(|j| during(j.active_s, t_s)) {
            let distance_m = jammer.place_m.distance(place_m);
            if distance_m < jammer.lost_m {
                return Fix::None;
            }
            if distance_m < jammer.degraded_m {
                best = best.min(Fix::Single);
            }
        }
        best
    }

    /// How far the place that a receiver is made to believe is from its own, and the speed of that; zero where nothing spoofs.
    pub fn deception(&self, station: u16, place_m: DVec3, t_s: f64) -> (DVec3, DVec3) {
        let offset = self.stations.get(usize::from(station)).map_or(DVec3::ZERO, |s| s.offset_m);
        let active = |s: &&Spoofer| during(s.active_s, t_s) && s.place_m.distance(place_m) < s.reach_m;
        self.spoofers.iter().filter(active).fold((offset, DVec3::ZERO), |(place, speed), s| {
            (place + s.drift_m_s * (t_s - s.active_s.0), speed + s.drift_m_s)
        })
    }
}
