use kapok_show::{LightKey, LightProgram, Rgb};

use super::bend::Level;
use super::effect::Effect;
use super::lights::Lights;
use super::lit::{LitPoint, base_colour, lit_points};
use super::tick::LIGHT_TICK_MS;
use crate::formation::SourcePoint;
use crate::seed;

/// Most keys a second that the effects of one formation may need together.
pub const MAX_KEYS_PER_S: f64 = 10.0;

/// The light programs of a formation's points for a hold, times counted from its start.
///
/// # Guarantees
/// The first key is at 0; key times are multiples of [`LIGHT_TICK_MS`] and lie in `0..=hold_ms`. If [`Lights::faults`]
/// finds nothing, a program has at most [`MAX_KEYS_PER_S`] keys a second and a few more at its ends.
///
/// # Determinism
/// Depends on the arguments alone.
pub fn programs(lights: &Lights, points: &[SourcePoint], hold_ms: i64, seed: u64) -> Vec<LightProgram> {
    lit_points(points)
        .iter()
        .enumerate()
        .map(|(index, point)| program(lights, point, hold_ms, seed::mix(seed, index as u64)))
        .collect()
}

fn program(lights: &Lights, point: &LitPoint, hold_ms: i64, seed: u64) -> LightProgram {
    let base = base_colour(lights, point);
    let levels: Vec<(Level<'_>, Option<Rgb>)> = lights
        .effects
        .iter()
        .enumerate()
        .map(|(k, effect)| {
            let colour = if let Effect::Bands(bands) = effect { bands.colour.map(|c| c.0) } else { None };
            (Level::new(effect, point, seed::mix(seed, k as u64)), colour)
        })
        .collect();
    let colour_at = |t_ms: i64| {
        let t_s = t_ms as f64 / 1000.0;
        let (mut colour, mut brightness) = (channels(base), lights.brightness);
        for (level, band_colour) in &levels {
            let share = level.at(t_s);
            if let Some(floor) = level.floor() {
                brightness *= floor + (1.0 - floor) * share;
            } else if let Some(over) = band_colour {
                let over = channels(*over);
                colour = [0, 1, 2].map(|k| colour[k] + (over[k] - colour[k]) * share);
            }
        }
        let [r, g, b] = colour.map(|c| (c * brightness).round().clamp(0.0, 255.0) as u8);
        Rgb::new(r, g, b)
    };

    let last_ms = hold_ms - hold_ms.rem_euclid(LIGHT_TICK_MS);
    let mut ticks = Vec::new();
    for (level, _) in &levels {
        level.bends(last_ms as f64 / 1000.0, &mut ticks);
    }
    ticks.retain(|t_ms| (0..=last_ms).contains(t_ms));
    if !levels.is_empty() {
        ticks.push(last_ms);
    }
    ticks.push(0);
    ticks.sort_unstable();
    ticks.dedup();
    keys(ticks.into_iter().map(|t_ms| (t_ms, colour_at(t_ms))))
}

/// Fades through the given colours; a key between two of the same colour says nothing and is left out.
fn keys(colours: impl Iterator<Item = (i64, Rgb)>) -> LightProgram {
    let mut kept: Vec<(i64, Rgb)> = Vec::new();
    for (t_ms, colour) in colours {
        if let [.., (_, before), (last_ms, last)] = kept.as_mut_slice()
            && *before == colour
            && *last == colour
        {
            *last_ms = t_ms;
        } else {
            kept.push((t_ms, colour));
        }
    }
    if let [.., (_, before), (_, last)] = kept.as_slice()
        && before == last
    {
        kept.pop();
    }
    let keys = kept.into_iter().map(|(t_ms, colour)| LightKey { t_ms, colour, fade: t_ms > 0 }).collect();
    LightProgram::from_keys(keys).unwrap_or_default()
}

fn channels(rgb: Rgb) -> [f64; 3] {
    [rgb.r, rgb.g, rgb.b].map(f64::from)
}
