use glam::DVec3;
use kapok_show::math;

use super::{Fix, GnssField};
use crate::{Random, Stream};

/// Time from the end of a disturbance to a single, a float and a fixed solution, seconds. A choice: no figure for re-acquisition of
/// show receivers is published.
const REGAIN_S: [(f64, Fix); 3] = [(3.0, Fix::Single), (8.0, Fix::Float), (20.0, Fix::Fixed)];

/// Slow errors that receivers share: unit Gauss–Markov processes, one vector each for every base station and sector.
///
/// Advanced once a tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    stations: Vec<DVec3>,
    sectors: Vec<DVec3>,
}

impl Shared {
    /// Processes of that many stations and sectors, in their stationary state.
    pub fn new(stations: usize, sectors: usize, random: &Random) -> Self {
        let start = |index: usize, kind: u32| normal3(random, index as u32, kind, Stream::Shared);
        Self {
            stations: (0..stations).map(|i| start(i, 0)).collect(),
            sectors: (0..sectors).map(|i| start(i, 1)).collect(),
        }
    }

    /// Advances by `dt_s`; `tick` counts from 1.
    pub fn advance(&mut self, dt_s: f64, tick: u32, random: &Random) {
        /// Time constant of what receivers share, seconds.
        const SLOW_S: f64 = 60.0;
        let all = self.stations.iter_mut().map(|p| (p, 0)).enumerate();
        let sectors = self.sectors.iter_mut().map(|p| (p, 1)).enumerate();
        for (i, (process, kind)) in all.chain(sectors) {
            *process = markov(*process, dt_s, SLOW_S, normal3(random, i as u32, 2 * tick + kind, Stream::Shared));
        }
    }

    fn of(&self, station: u16, sector: u16) -> (DVec3, DVec3) {
        let get = |list: &[DVec3], i: u16| list.get(usize::from(i)).copied().unwrap_or_default();
        (get(&self.stations, station), get(&self.sectors, sector))
    }
}

/// One step of a unit Gauss–Markov process: `b ← b e^(−dt/τ) + √(1 − e^(−2 dt/τ)) n`.
pub(crate) fn markov(process: DVec3, dt_s: f64, tau_s: f64, noise: DVec3) -> DVec3 {
    let left = math::exp(-dt_s / tau_s);
    process * left + noise * (1.0 - left * left).sqrt()
}

/// Three normal numbers.
pub(crate) fn normal3(random: &Random, vehicle: u32, tick: u32, stream: Stream) -> DVec3 {
    let [x, y, z, _] = random.normal(vehicle, tick, stream);
    DVec3::new(x, y, z)
}

/// One vehicle's receiver: its fix and its own slow error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Receiver {
    /// The fix that it has.
    pub fix: Fix,
    /// Base station, by index.
    pub station: u16,
    /// Sector, by index.
    pub sector: u16,
    /// The best fix that it can have, whatever the field: [`Fix::None`] for a receiver that is jammed or broken.
    pub limit: Fix,
    /// A false place that it follows.
    pub deception: Option<Deception>,
    /// Its own slow process, of unit variance.
    own: DVec3,
    /// Seconds since it last was disturbed.
    clear_s: f64,
}

/// A false place that moves away from the vehicle's own, told with good figures of quality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deception {
    /// Since when, seconds.
    pub since_s: f64,
    /// How fast it moves off, m/s.
    pub drift_m_s: DVec3,
}

/// What a receiver says, as errors: what it says minus what is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// Of the position, metres.
    pub position_m: DVec3,
    /// Of the velocity, m/s.
    pub velocity_m_s: DVec3,
}

impl Receiver {
    /// A receiver with the fix that it begins with.
    pub fn new(vehicle: u32, fix: Fix, station: u16, sector: u16, random: &Random) -> Self {
        let own = normal3(random, vehicle, 0, Stream::Receiver);
        Self { fix, station, sector, limit: Fix::Indoor, deception: None, own, clear_s: f64::INFINITY }
    }

    /// Measures after `dt_s` at a place; `None` without a fix.
    pub fn measure(
        &mut self,
        vehicle: u32,
        clock: (f64, u32, f64),
        place_m: DVec3,
        field: &GnssField,
        shared: &Shared,
        random: &Random,
    ) -> Option<Measurement> {
        let (t_s, tick, dt_s) = clock;
        let best = field.best(self.station, place_m, t_s).min(self.limit);
        self.clear_s = if best == Fix::None { 0.0 } else { self.clear_s + dt_s };
        let regained = REGAIN_S.iter().rev().find(|(after, _)| self.clear_s >= *after).map_or(Fix::None, |r| r.1);
        self.fix = if best == Fix::Indoor { best } else { best.min(regained) };
        let quality = self.fix.quality();
        self.own = markov(self.own, dt_s, quality.slow_s, normal3(random, vehicle, tick, Stream::Receiver));
        if self.fix == Fix::None {
            return None;
        }
        let (station, sector) = shared.of(self.station, self.sector);
        let own_share = (1.0 - quality.station_share - quality.sector_share).max(0.0);
        let slow =
            station * quality.station_share.sqrt() + sector * quality.sector_share.sqrt() + self.own * own_share.sqrt();
        let (mut offset, mut speed) = field.deception(self.station, place_m, t_s);
        if let Some(Deception { since_s, drift_m_s }) = self.deception {
            offset += drift_m_s * (t_s - since_s).max(0.0);
            speed += drift_m_s;
        }
        let white = normal3(random, vehicle, tick, Stream::Position);
        let noise = normal3(random, vehicle, tick, Stream::Velocity);
        Some(Measurement {
            position_m: offset + slow * quality.slow_m + white * quality.white_m,
            velocity_m_s: speed + noise * quality.velocity_m_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Jammer;
    use super::*;

    fn errors(vehicle: u32, station: u16, fix: Fix, count: u32) -> Vec<DVec3> {
        let random = Random::new(11, 0);
        let field = GnssField { stations: vec![super::super::Station::working(fix); 2], ..GnssField::clear(fix) };
        let mut shared = Shared::new(2, 2, &random);
        let mut receiver = Receiver::new(vehicle, fix, station, 0, &random);
        (1..=count)
            .map(|tick| {
                shared.advance(0.2, tick, &random);
                let clock = (f64::from(tick) * 0.2, tick, 0.2);
                receiver.measure(vehicle, clock, DVec3::ZERO, &field, &shared, &random).unwrap().position_m
            })
            .collect()
    }

    fn variance(list: &[f64]) -> f64 {
        let mean = list.iter().sum::<f64>() / list.len() as f64;
        list.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / list.len() as f64
    }

    /// Variance and covariance over time are those of white noise and a Gauss–Markov process.
    #[test]
    fn the_spectrum_is_the_one_stated() {
        for fix in [Fix::Fixed, Fix::Single] {
            let quality = fix.quality();
            let xs: Vec<f64> = errors(1, 0, fix, 400_000).iter().map(|e| e.x).collect();
            let (white, slow) = (quality.white_m.x * quality.white_m.x, quality.slow_m.x * quality.slow_m.x);
            let total = variance(&xs);
            assert!((total / (white + slow) - 1.0).abs() < 0.15, "{fix:?}: {total} against {}", white + slow);
            // 80,000 s are 1,300 time constants: a standard error of about 4 %.
            let lag = 150;
            let found = xs.iter().zip(&xs[lag..]).map(|(a, b)| a * b).sum::<f64>() / (xs.len() - lag) as f64;
            let stated = slow * math::exp(-0.5);
            assert!((found - stated).abs() < 0.2 * slow, "{fix:?}: {found} against {stated}");
            // From one measurement to the next only the white part is new.
            let steps: Vec<f64> = xs.windows(2).map(|w| w[1] - w[0]).collect();
            let stated = 2.0 * white + 2.0 * slow * (1.0 - math::exp(-0.2 / 60.0));
            assert!((variance(&steps) / stated - 1.0).abs() < 0.03, "{fix:?}");
        }
    }

    #[test]
    fn receivers_of_one_station_err_together() {
        let correlation = |a: &[DVec3], b: &[DVec3]| {
            let pair =
                |f: fn(&DVec3) -> f64| (a.iter().map(f).collect::<Vec<_>>(), b.iter().map(f).collect::<Vec<_>>());
            let (a, b) = pair(|e| e.y);
            let (ma, mb) = (a.iter().sum::<f64>() / a.len() as f64, b.iter().sum::<f64>() / b.len() as f64);
            let both = a.iter().zip(&b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / a.len() as f64;
            both / (variance(&a) * variance(&b)).sqrt()
        };
        let first = errors(1, 0, Fix::Single, 50_000);
        assert!(correlation(&first, &errors(2, 0, Fix::Single, 50_000)) > 0.75);
        assert!(correlation(&first, &errors(2, 1, Fix::Single, 50_000)) < 0.45, "another station, the same sector");
    }

    #[test]
    fn jamming_takes_the_fix_and_it_comes_back_in_stages() {
        let random = Random::new(3, 0);
        let mut field = GnssField::clear(Fix::Fixed);
        field.jammers.push(Jammer { place_m: DVec3::ZERO, active_s: (10.0, 20.0), lost_m: 50.0, degraded_m: 200.0 });
        let shared = Shared::new(1, 1, &random);
        let run = |place: DVec3| {
            let mut receiver = Receiver::new(0, Fix::Fixed, 0, 0, &random);
            (0..250u32)
                .map(|tick| {
                    let clock = (f64::from(tick) * 0.2, tick, 0.2);
                    receiver.measure(0, clock, place, &field, &shared, &random);
                    receiver.fix
                })
                .collect::<Vec<_>>()
        };
        let near = run(DVec3::X * 20.0);
        assert_eq!((near[49], near[50], near[99]), (Fix::Fixed, Fix::None, Fix::None));
        assert_eq!((near[105], near[116], near[150], near[220]), (Fix::None, Fix::Single, Fix::Float, Fix::Fixed));
        let far = run(DVec3::X * 100.0);
        assert_eq!((far[49], far[60], far[101]), (Fix::Fixed, Fix::Single, Fix::Fixed));
        assert!(run(DVec3::X * 300.0).iter().all(|&fix| fix == Fix::Fixed));
    }
}
