use kapok_proof::{GRAVITY_M_S2, Speeds};

use super::figures::{LossMode, LossScenario};
use super::fleet::{LossFleet, VehicleBox};
use crate::settings::RiskSettings;

/// Falls longer than this are not looked at, milliseconds.
const LONGEST_FALL_MS: i64 = 30_000;

/// The search for the worst case of one scenario in one fleet.
pub struct LossSearch<'a> {
    pub fleet: &'a LossFleet<'a>,
    pub scenario: &'a LossScenario,
    /// Time after the loss that is looked at.
    pub horizon_ms: i64,
    /// No vehicle that is lost in that second touches another one for so long.
    free_s: Vec<f64>,
}

impl<'a> LossSearch<'a> {
    pub fn new(fleet: &'a LossFleet<'a>, scenario: &'a LossScenario, settings: &RiskSettings) -> Self {
        let horizon_ms = match scenario.mode {
            // Without drag: a vehicle that takes longer is below all that flew there already.
            LossMode::Falls => {
                let free_s = (2.0 * (fleet.top_m - fleet.ground_m) / GRAVITY_M_S2).sqrt();
                ((1500.0 * free_s).ceil() as i64 + 1).min(LONGEST_FALL_MS)
            }
            _ => (settings.gnss_reaction_s * 1000.0).ceil().min(LONGEST_FALL_MS as f64) as i64,
        };
        let mut search = Self { fleet, scenario, horizon_ms, free_s: Vec::new() };
        search.free_s = search.free_per_second_s();
        search
    }

    /// Which figure the loss of a vehicle counts in.
    pub fn figure_of(&self, vehicle: u32) -> usize {
        self.scenario.figure_of[vehicle as usize] as usize
    }

    /// Is the loss of the first measured against the second?
    pub fn measures(&self, lost: u32, other: u32) -> bool {
        lost != other && !(self.scenario.together && self.figure_of(lost) == self.figure_of(other))
    }

    /// A vehicle that is lost in this stretch touches no other one before this, seconds.
    pub fn free_s(&self, window_ms: (i64, i64)) -> f64 {
        self.free_s[self.fleet.seconds(window_ms)].iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The same for the whole show.
    pub fn least_free_s(&self) -> f64 {
        self.free_s.iter().copied().fold(self.horizon_ms as f64 / 1000.0, f64::min)
    }

    /// Radius, below and above of the region at a time after the loss.
    fn region(&self, after_s: f64, speeds: Speeds) -> [f64; 3] {
        let wind_m_s = self.fleet.wind_m_s;
        let Speeds { xy_m_s, up_m_s, down_m_s } = speeds;
        match self.scenario.mode {
            LossMode::Stops => [0.0; 3],
            LossMode::Drifts => [wind_m_s * after_s, 0.0, 0.0],
            LossMode::Falls => {
                let sideways = xy_m_s.max(wind_m_s) + wind_m_s;
                let vertical = down_m_s + up_m_s + GRAVITY_M_S2 * after_s;
                let air_m_s = (sideways * sideways + vertical * vertical).sqrt();
                let blown_m = 0.5 * wind_m_s * self.fleet.kappa * air_m_s * after_s * after_s;
                let below_m = down_m_s * after_s + 0.5 * GRAVITY_M_S2 * after_s * after_s;
                [(xy_m_s * after_s + blown_m) * (1.0 + 1e-12), below_m * (1.0 + 1e-12), up_m_s * after_s]
            }
        }
    }

    /// The region that grows from a stretch: radius, below (not deeper than the ground), above.
    pub fn region_of(&self, lost: &VehicleBox, after_s: f64) -> [f64; 3] {
        let [radius_m, below_m, above_m] = self.region(after_s, lost.speeds());
        [radius_m, below_m.min((lost.motion.high_m.z - self.fleet.ground_m).max(0.0)), above_m]
    }

    /// Bound 1 of the crate's page: by least distances and greatest speeds alone, second by second.
    fn free_per_second_s(&self) -> Vec<f64> {
        let (fleet, fastest) = (self.fleet, &self.fleet.fastest);
        let length = |s: &Speeds| (s.xy_m_s * s.xy_m_s + s.up_m_s.max(s.down_m_s).powi(2)).sqrt();
        let horizon_s = self.horizon_ms as f64 / 1000.0;
        let of = |(second, s): (usize, &Speeds)| {
            let holds = |after_s: f64| {
                // A loss up to the end of this second meets the others until then and so much later.
                let until = (second + 1 + after_s.ceil() as usize).min(fastest.len());
                let other_m_s = fastest[second..until].iter().map(length).fold(0.0, f64::max);
                let [radius_m, below_m, above_m] = self.region(after_s, *s);
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
