//! What a crew and its ground control do that a show does not: the gate before the start, and the stop.

use kapok_show::{Show, math};
use kapok_sim::{Battery, Fix, Fleet, Phase, Profile, WIND_HEIGHT_M};

use super::guidance::HeldShow;

/// Mean wind at the vehicles over the limit that is taken for a gust: a quarter more.
const GUST: f64 = 1.25;
/// Exponent of the wind's height profile over open land.
const EXPONENT: f64 = 0.14;
/// How long what stops a show must last, seconds.
const LASTS_S: f64 = 2.0;
/// Time constant of the mean of the measured wind, seconds.
const MEAN_S: f64 = 3.0;
/// Vehicles, at least, that must have lost their fix together, and their share of the fleet.
const CORRELATED: (usize, f64) = (3, 0.02);

/// The gate before the start and the watch over the show.
pub struct ShowWatch {
    /// The mean wind, 10 m above the ground, that is no reason to stop.
    wind_m_s: f64,
    /// The fix that vehicles have when all is well.
    best: Fix,
    mean_m_s: f64,
    windy_s: f64,
    blind_s: f64,
}

impl ShowWatch {
    /// For a show in a wind that is rehearsed: a rehearsal in more wind than the show allows asks what happens in that wind.
    pub fn new(show: &Show, rehearsed_m_s: f64, best: Fix) -> Self {
        let wind_m_s = show.limits.max_wind_m_s.max(rehearsed_m_s);
        Self { wind_m_s, best, mean_m_s: 0.0, windy_s: 0.0, blind_s: 0.0 }
    }

    /// Why the show must not start; `None` if it may. `wind_m_s` is that at `height_m`, the height of the show.
    pub fn refusal(&self, fleet: &Fleet, held: &HeldShow, wind_m_s: f64, height_m: f64) -> Option<String> {
        let of = |count: usize| format!("{count} of {} vehicles", fleet.crafts().len());
        let (empty, other) = held.wrong_uploads();
        if empty > 0 {
            return Some(format!("read-back: {} hold no show", of(empty)));
        }
        if other > 0 {
            return Some(format!("read-back: {} hold another show than was sent", of(other)));
        }
        let blind = fleet.receivers().iter().filter(|r| r.fix < self.best).count();
        if blind > 0 {
            return Some(format!("positioning: {} have no fix as good as the show needs", of(blind)));
        }
        let weak = fleet.batteries().iter().filter(|b| is_weak(b, fleet.profile())).count();
        if weak > 0 {
            return Some(format!("packs: {} would be at their first alarm in hover", of(weak)));
        }
        let limit_m_s = self.limit_m_s(height_m);
        (wind_m_s > limit_m_s)
            .then(|| format!("wind: {wind_m_s:.1} m/s at {height_m:.0} m, of {limit_m_s:.1} m/s at most"))
    }

    /// Why the show must stop now; to be asked every tick of `dt_s`.
    pub fn stop(&mut self, fleet: &Fleet, dt_s: f64) -> Option<String> {
        let (mut flying, mut blind, mut wind, mut height) = (0usize, 0usize, 0.0, 0.0);
        for (i, (craft, body)) in fleet.crafts().iter().zip(fleet.bodies()).enumerate() {
            if craft.phase != Phase::Flying {
                continue;
            }
            flying += 1;
            blind += usize::from(fleet.receivers()[i].fix < self.best);
            wind += fleet.air_m_s(i).truncate().length();
            height += body.position_m.z - craft.ground_m;
        }
        if flying == 0 {
            (self.windy_s, self.blind_s) = (0.0, 0.0);
            return None;
        }
        let mean = wind / flying as f64;
        self.mean_m_s += (mean - self.mean_m_s) * (dt_s / MEAN_S).min(1.0);
        let limit_m_s = self.limit_m_s(height / flying as f64);
        self.windy_s = if self.mean_m_s > limit_m_s { self.windy_s + dt_s } else { 0.0 };
        let many = blind >= CORRELATED.0 && blind as f64 >= CORRELATED.1 * fleet.crafts().len() as f64;
        self.blind_s = if many { self.blind_s + dt_s } else { 0.0 };
        if self.windy_s >= LASTS_S {
            return Some(format!("wind: {:.1} m/s at the vehicles, of {limit_m_s:.1} m/s at most", self.mean_m_s));
        }
        (self.blind_s >= LASTS_S).then(|| format!("positioning: {blind} vehicles lost their fix together"))
    }

    /// The strongest wind at a height, m/s.
    fn limit_m_s(&self, height_m: f64) -> f64 {
        GUST * self.wind_m_s * math::pow(height_m.max(WIND_HEIGHT_M) / WIND_HEIGHT_M, EXPONENT)
    }
}

/// Would the pack be at its first alarm in hover?
fn is_weak(battery: &Battery, profile: &Profile) -> bool {
    let (frame, pack) = (&profile.airframe, &profile.pack);
    let thrust_n = 0.25 * frame.weight_n();
    let area_m2 = std::f64::consts::PI * frame.rotor_radius_m * frame.rotor_radius_m;
    let induced_w = 4.0 * thrust_n * (thrust_n / (2.0 * kapok_sim::AIR_KG_M3 * area_m2)).sqrt();
    let mut hovering = *battery;
    // Long enough for the slow branch, too short for the charge.
    hovering.draw(pack, induced_w / pack.efficiency + pack.avionics_w, pack.slow_s.min(60.0));
    hovering.draw(pack, induced_w / pack.efficiency + pack.avionics_w, 0.1);
    hovering.voltage_v < pack.low_v
}
