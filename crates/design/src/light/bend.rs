//! The level of an effect over time: where it bends, and its value at an instant.

use kapok_show::math;

use super::effect::{Bands, Effect, Pulse, Sweep, Twinkle};
use super::lit::LitPoint;
use super::paint::Along;
use super::tick::{Round, tick_ms};
use crate::seed;

/// One effect at one point: a level in 0..1, piecewise linear in time (seconds from the start of the hold).
pub(super) enum Level<'a> {
    Bands { bands: &'a Bands, phase: f64 },
    Twinkle { twinkle: &'a Twinkle, seed: u64 },
    Pulse { pulse: &'a Pulse },
    Sweep { sweep: &'a Sweep, front_s: f64 },
}

/// Corners of the pulse in a period; between them the cosine is drawn straight.
const PULSE_PARTS: i64 = 8;

impl<'a> Level<'a> {
    pub(super) fn new(effect: &'a Effect, point: &LitPoint, seed: u64) -> Self {
        match effect {
            Effect::Bands(bands) => Self::Bands {
                bands,
                phase: bands.u_cycles * point.along(Along::U) + bands.v_cycles * point.along(Along::V),
            },
            Effect::Twinkle(twinkle) => Self::Twinkle { twinkle, seed },
            Effect::Pulse(pulse) => Self::Pulse { pulse },
            Effect::Sweep(sweep) => {
                let at = point.along(sweep.along).clamp(0.0, 1.0);
                let share = if sweep.reverse { 1.0 - at } else { at };
                Self::Sweep { sweep, front_s: sweep.start_s + share * sweep.duration_s }
            }
        }
    }

    /// The level at an instant.
    pub(super) fn at(&self, t_s: f64) -> f64 {
        match self {
            Self::Bands { bands, phase } => band_profile(bands, fraction(phase - t_s / bands.period_s)),
            Self::Twinkle { twinkle, seed } => {
                let start_s = flash_start_s(twinkle, *seed, twinkle_cell(twinkle, *seed, t_s));
                let share = (t_s - start_s) / twinkle.flash_s;
                (1.0 - (2.0 * share - 1.0).abs()).clamp(0.0, 1.0)
            }
            Self::Pulse { pulse } => {
                let at = fraction(t_s / pulse.period_s) * PULSE_PARTS as f64;
                let (from, share) = (at.floor(), at - at.floor());
                let corner = |k: f64| f64::midpoint(1.0, math::cos(k / PULSE_PARTS as f64 * std::f64::consts::TAU));
                corner(from) * (1.0 - share) + corner(from + 1.0) * share
            }
            Self::Sweep { sweep, front_s } => {
                let lit = ((t_s - front_s) / sweep.edge_s).clamp(0.0, 1.0);
                if sweep.out { 1.0 - lit } else { lit }
            }
        }
    }

    /// Appends the ticks, milliseconds, where the level bends until about `end_s`, in no special order. A bend at the
    /// end of a rest is put on the tick before it and one at its start on the tick after it, so that the level at the
    /// ticks is exact and a rest stays a rest.
    pub(super) fn bends(&self, end_s: f64, out_ms: &mut Vec<i64>) {
        match self {
            Self::Bands { bands, phase } => {
                for (corner, round) in band_corners(bands) {
                    // phase − t/period ≡ corner: t = (phase − corner − n)·period for whole n.
                    let first_s = fraction(phase - corner) * bands.period_s;
                    every(first_s, bands.period_s, end_s, round, out_ms);
                }
            }
            Self::Twinkle { twinkle, seed } => {
                for cell in 0..=twinkle_cell(twinkle, *seed, end_s) {
                    let start_s = flash_start_s(twinkle, *seed, cell);
                    let at = |share: f64, round: Round| tick_ms(start_s + share * twinkle.flash_s, round);
                    out_ms.extend([at(0.0, Round::Before), at(0.5, Round::Nearest), at(1.0, Round::After)]);
                }
            }
            Self::Pulse { pulse } => {
                every(0.0, pulse.period_s / PULSE_PARTS as f64, end_s, Round::Nearest, out_ms);
            }
            Self::Sweep { sweep, front_s } => {
                out_ms.extend([tick_ms(*front_s, Round::Before), tick_ms(front_s + sweep.edge_s, Round::After)]);
            }
        }
    }

    /// What the level does to the brightness; `None` for bands that have a colour of their own.
    pub(super) fn floor(&self) -> Option<f64> {
        match self {
            Self::Bands { bands, .. } => bands.colour.is_none().then_some(bands.floor),
            Self::Twinkle { twinkle, .. } => Some(twinkle.floor),
            Self::Pulse { pulse } => Some(pulse.floor),
            Self::Sweep { sweep, .. } => Some(sweep.floor),
        }
    }
}

fn fraction(x: f64) -> f64 {
    x - x.floor()
}

/// Corners of a band's trapezoid in its cycle. A point's phase falls with time: it begins to rise at the last one.
fn band_corners(bands: &Bands) -> [(f64, Round); 4] {
    let (middle, half, ramp) = (0.5, bands.width / 2.0, bands.edge / 2.0);
    [
        (middle - half - ramp, Round::After),
        (middle - half + ramp, Round::Before),
        (middle + half - ramp, Round::After),
        (middle + half + ramp, Round::Before),
    ]
}

fn band_profile(bands: &Bands, phase: f64) -> f64 {
    let distance = (phase - 0.5).abs();
    ((bands.width / 2.0 - distance) / bands.edge + 0.5).clamp(0.0, 1.0)
}

fn every(first_s: f64, step_s: f64, end_s: f64, round: Round, out_ms: &mut Vec<i64>) {
    let mut k = 0.0;
    while first_s + k * step_s <= end_s {
        out_ms.push(tick_ms(first_s + k * step_s, round));
        k += 1.0;
    }
}

/// How far a point's periods are ahead of the first one, so that the points' periods do not begin together.
fn twinkle_lead_s(twinkle: &Twinkle, seed: u64) -> f64 {
    seed::unit(seed) * twinkle.period_s
}

/// The period an instant lies in.
fn twinkle_cell(twinkle: &Twinkle, seed: u64, t_s: f64) -> i64 {
    ((t_s + twinkle_lead_s(twinkle, seed)) / twinkle.period_s).floor() as i64
}

/// When the sparkle of a period begins. It ends inside the period, so sparkles never overlap.
fn flash_start_s(twinkle: &Twinkle, seed: u64, cell: i64) -> f64 {
    let room_s = (twinkle.period_s - twinkle.flash_s).max(0.0);
    let start_s = cell as f64 * twinkle.period_s - twinkle_lead_s(twinkle, seed);
    start_s + seed::unit(seed::mix(seed, cell as u64)) * room_s
}
