use kapok_show::{LightProgram, Rgb, Show};
use rayon::prelude::*;

use super::answer::LightChange;
use super::motion::Pairs;
use super::request::{LEVELS, RUN_MS};

/// Where lights differ by more than a few levels for longer than a moment; `None` if nowhere.
pub fn compare(a: &Show, b: &Show, pairs: &Pairs) -> Option<LightChange> {
    let end_ms = a.duration_ms().max(b.duration_ms());
    let runs: Vec<Vec<(f64, f64)>> = pairs
        .of_both
        .par_iter()
        .map(|&(i, j)| differences(&a.vehicles[i].lights, &b.vehicles[j].lights, end_ms))
        .collect();
    let vehicles = runs.iter().filter(|runs| !runs.is_empty()).count();
    let first_ms = runs.iter().flatten().map(|run| run.0).min_by(f64::total_cmp)?;
    let vehicle_seconds = runs.iter().flatten().map(|(from, to)| (to - from) / 1000.0).sum::<f64>();
    let all = pairs.of_both.len() as f64 * end_ms as f64 / 1000.0;
    // Each run begins and ends once; of the times at which most differ the middle of the first.
    let mut turns: Vec<(f64, i32)> = runs.iter().flatten().flat_map(|&(from, to)| [(from, 1), (to, -1)]).collect();
    turns.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let (mut now, mut most, mut most_ms) = (0, 0, first_ms);
    for (k, &(t_ms, turn)) in turns.iter().enumerate() {
        now += turn;
        if now > most {
            let next = turns.get(k + 1).map_or(t_ms, |next| next.0);
            (most, most_ms) = (now, 0.5 * (t_ms + next));
        }
    }
    let share = if all > 0.0 { vehicle_seconds / all } else { 0.0 };
    Some(LightChange { vehicles, vehicle_seconds, share, first_ms, most_ms: most_ms.round() as i64 })
}

/// Times from 0 to the end in which two lights differ, milliseconds.
fn differences(a: &LightProgram, b: &LightProgram, end_ms: i64) -> Vec<(f64, f64)> {
    if a == b {
        return Vec::new();
    }
    let keys = [a, b].into_iter().flat_map(|program| program.keys().iter().map(|key| key.t_ms));
    let mut bounds: Vec<i64> = keys.filter(|t| (0..end_ms).contains(t)).chain([0, end_ms]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for ends in bounds.windows(2) {
        let (from, to) = (ends[0] as f64, ends[1] as f64);
        // Between two keys both are straight lines: what they are just before its end is what a switch there leaves.
        let at = |t_ms: f64| difference(a.sample(t_ms), b.sample(t_ms));
        let (start, end) = (at(from), at(to - 1e-3));
        for (low, high) in beyond(start, end) {
            let (low, high) = (from + low * (to - from), from + high * (to - from));
            match runs.last_mut() {
                Some(last) if low - last.1 < 1e-6 => last.1 = high,
                _ => runs.push((low, high)),
            }
        }
    }
    runs.retain(|(from, to)| to - from > RUN_MS);
    runs
}

fn difference(a: Rgb, b: Rgb) -> [i32; 3] {
    [(a.r, b.r), (a.g, b.g), (a.b, b.b)].map(|(x, y)| i32::from(x) - i32::from(y))
}

/// Shares of a stretch in which any channel of a straight line is beyond the levels that count.
fn beyond(start: [i32; 3], end: [i32; 3]) -> Vec<(f64, f64)> {
    let limit = f64::from(LEVELS) + 0.5;
    let mut cuts = vec![0.0, 1.0];
    for (x, y) in start.into_iter().zip(end).filter(|(x, y)| x != y) {
        let (x, y) = (f64::from(x), f64::from(y));
        cuts.extend([limit, -limit].map(|level| (level - x) / (y - x)).into_iter().filter(|u| (0.0..1.0).contains(u)));
    }
    cuts.sort_by(f64::total_cmp);
    let is_beyond =
        |u: f64| start.into_iter().zip(end).any(|(x, y)| (f64::from(x) + u * f64::from(y - x)).abs() > limit);
    let mut found: Vec<(f64, f64)> = Vec::new();
    for pair in cuts.windows(2).filter(|pair| is_beyond(0.5 * (pair[0] + pair[1]))) {
        match found.last_mut() {
            Some(last) if last.1 == pair[0] => last.1 = pair[1],
            _ => found.push((pair[0], pair[1])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use kapok_show::LightKey;

    use super::*;

    fn program(keys: &[(i64, u8, bool)]) -> LightProgram {
        let key = |&(t_ms, v, fade): &(i64, u8, bool)| LightKey { t_ms, colour: Rgb::new(v, 0, 0), fade };
        LightProgram::from_keys(keys.iter().map(key).collect()).unwrap()
    }

    #[test]
    fn what_lasts_counts_and_what_flickers_does_not() {
        let plain = program(&[(0, 200, false)]);
        assert!(differences(&plain, &program(&[(0, 203, false)]), 10_000).is_empty(), "three levels");
        assert_eq!(differences(&plain, &program(&[(0, 204, false)]), 10_000), [(0.0, 10_000.0)]);
        let late = program(&[(0, 200, false), (4000, 0, false), (4040, 200, false)]);
        assert!(differences(&plain, &late, 10_000).is_empty(), "a row of 25 a second");
        let dark = program(&[(0, 200, false), (4000, 0, false), (5000, 200, false)]);
        assert_eq!(differences(&plain, &dark, 10_000), [(4000.0, 5000.0)]);
    }

    #[test]
    fn stairs_of_a_fade_are_the_fade() {
        let fade = program(&[(0, 0, false), (1000, 250, true)]);
        let stairs: Vec<_> = (0..=25).map(|k| (40 * k, (10 * k) as u8, false)).collect();
        assert!(differences(&fade, &program(&stairs), 2000).is_empty());
        let other = program(&[(0, 0, false), (1000, 100, true)]);
        let found = differences(&fade, &other, 2000);
        assert!(found.len() == 1 && (20.0..30.0).contains(&found[0].0) && found[0].1 == 2000.0, "{found:?}");
    }
}
