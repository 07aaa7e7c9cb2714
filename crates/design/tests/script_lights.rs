//! Effects over points that stand still: bands run, sparkles spread, keys stay few and on the raster.

use kapok_design::formation::SourcePoint;
use kapok_design::light::{
    Along, Bands, Colour, Effect, LIGHT_TICK_MS, Lights, MAX_KEYS_PER_S, Pulse, Sweep, Twinkle, programs,
};
use kapok_show::{DVec3, LightProgram, Rgb, math};
use proptest::prelude::*;

const HOLD_MS: i64 = 20_000;

fn tower(columns: u32, rows: u32) -> Vec<SourcePoint> {
    (0..columns * rows)
        .map(|k| {
            let (u, v) = (f64::from(k % columns) / f64::from(columns), f64::from(k / columns) / f64::from(rows - 1));
            let (sin, cos) = math::sin_cos(u * std::f64::consts::TAU);
            SourcePoint {
                position_m: DVec3::new(20.0 * cos, 20.0 * sin, 60.0 * v),
                colour: None,
                u,
                v,
                group: k % columns,
            }
        })
        .collect()
}

fn lit(effects: Vec<Effect>) -> Lights {
    Lights { colour: Some(Colour(Rgb::WHITE)), effects, ..Lights::default() }
}

fn bands(u_cycles: f64, v_cycles: f64, period_s: f64) -> Bands {
    Bands { u_cycles, v_cycles, period_s, width: 0.5, edge: 0.2, floor: 0.0, colour: None }
}

/// The band's trapezoid, written down once more from its description.
fn trapezoid(bands: &Bands, u: f64, v: f64, t_s: f64) -> f64 {
    let phase = (bands.u_cycles * u + bands.v_cycles * v - t_s / bands.period_s).rem_euclid(1.0);
    let from_middle = (phase - 0.5).abs();
    let (full, none) = ((bands.width - bands.edge) / 2.0, f64::midpoint(bands.width, bands.edge));
    if from_middle <= full {
        1.0
    } else if from_middle >= none {
        0.0
    } else {
        (none - from_middle) / (none - full)
    }
}

fn level(program: &LightProgram, t_ms: f64) -> f64 {
    f64::from(program.sample(t_ms).g) / 255.0
}

fn assert_on_the_raster(program: &LightProgram, hold_ms: i64, keys_per_s: f64) {
    let keys = program.keys();
    assert_eq!(keys.first().map(|k| (k.t_ms, k.fade)), Some((0, false)), "the colour is there from the start");
    assert!(keys.iter().all(|k| k.t_ms % LIGHT_TICK_MS == 0 && (0..=hold_ms).contains(&k.t_ms)));
    assert!(keys.windows(2).all(|w| w[0].t_ms < w[1].t_ms));
    let most = keys_per_s * hold_ms as f64 / 1000.0 + 8.0;
    assert!((keys.len() as f64) <= most, "{} keys, at most {most}", keys.len());
}

#[test]
fn bands_are_where_their_formula_says_at_every_time() {
    let points = tower(24, 5);
    let effect = bands(6.0, 2.5, 1.7);
    let all = programs(&lit(vec![Effect::Bands(effect.clone())]), &points, HOLD_MS, 1);
    // A tick off at a corner changes the level by at most 20 ms of a ramp of edge·period.
    let tolerance = 0.02 / (effect.edge * effect.period_s) + 2.0 / 255.0;
    for (point, program) in points.iter().zip(&all) {
        assert_on_the_raster(program, HOLD_MS, 4.0 / effect.period_s);
        for t_ms in (0..HOLD_MS).step_by(7) {
            let wanted = trapezoid(&effect, point.u, point.v, t_ms as f64 / 1000.0);
            let seen = level(program, t_ms as f64);
            assert!((seen - wanted).abs() <= tolerance, "u {} v {} t {t_ms}: {seen}, not {wanted}", point.u, point.v);
        }
    }
}

#[test]
fn a_lattice_seems_to_turn_its_pattern_moves_to_the_next_column_and_keeps_its_shape() {
    let columns = 48;
    let points = tower(columns, 2);
    // 6 bands over 48 columns, 2.4 s a band: a step of one column in 0.3 s.
    let all = programs(&lit(vec![Effect::Bands(bands(6.0, 0.0, 2.4))]), &points, HOLD_MS, 1);
    let pattern = |t_ms: f64| -> Vec<f64> { (0..columns as usize).map(|k| level(&all[k], t_ms)).collect() };
    let start = pattern(1000.0);
    assert!(start.iter().any(|&l| l > 0.9) && start.iter().any(|&l| l < 0.1), "there are bands and gaps");
    for steps in 1..40usize {
        let later = pattern(1000.0 + 300.0 * steps as f64);
        for column in 0..columns as usize {
            let from = start[(column + columns as usize - steps % columns as usize) % columns as usize];
            assert!((later[column] - from).abs() < 0.1, "step {steps}, column {column}");
        }
    }
    let backwards = programs(&lit(vec![Effect::Bands(bands(-6.0, 0.0, 2.4))]), &points, HOLD_MS, 1);
    let (a, b) = (level(&backwards[8], 1000.0), level(&backwards[7], 1300.0));
    assert!((a - b).abs() < 0.1, "a negative number of cycles runs the other way");
}

#[test]
fn coloured_bands_lie_over_the_formations_own_colour() {
    let points = tower(24, 2);
    let effect = Bands { colour: Some("#ff0000".parse().unwrap()), ..bands(3.0, 0.0, 2.0) };
    let lights = Lights { colour: Some("#0000ff".parse().unwrap()), ..lit(vec![Effect::Bands(effect)]) };
    let all = programs(&lights, &points, HOLD_MS, 1);
    let seen: Vec<Rgb> = all.iter().map(|p| p.sample(5000.0)).collect();
    assert!(seen.contains(&Rgb::new(255, 0, 0)) && seen.contains(&Rgb::new(0, 0, 255)));
    for rgb in seen {
        assert!((i32::from(rgb.r) + i32::from(rgb.b) - 255).abs() <= 2, "a mixture of both: {rgb:?}");
    }
}

#[test]
fn every_point_sparkles_once_a_period_at_moments_of_its_own() {
    let points = tower(24, 10);
    let twinkle = Twinkle { period_s: 2.0, flash_s: 0.4, floor: 0.2 };
    let all = programs(&lit(vec![Effect::Twinkle(twinkle)]), &points, HOLD_MS, 5);
    let mut flashing_at = vec![0; 200];
    for program in &all {
        assert_on_the_raster(program, HOLD_MS, 1.5);
        for period in 0..10 {
            // Two sparkles are less than two periods apart.
            let peak = (0..400).map(|k| level(program, f64::from(period * 2000 + k * 10))).fold(0.0, f64::max);
            assert!(period == 9 || peak > 0.85, "a sparkle from period {period} on: {peak}");
        }
        for (k, count) in flashing_at.iter_mut().enumerate() {
            *count += i32::from(level(program, k as f64 * 100.0) > 0.3);
        }
    }
    // 240 points that are above 0.3 for about 0.35 of 2 s: 42 on average; 6 standard deviations of 6 each way.
    assert!(flashing_at.iter().all(|&count| (6..=78).contains(&count)), "{flashing_at:?}");
    let again =
        programs(&lit(vec![Effect::Twinkle(Twinkle { period_s: 2.0, flash_s: 0.4, floor: 0.2 })]), &points, HOLD_MS, 6);
    assert_ne!(all, again, "another seed, other moments");
}

#[test]
fn a_pulse_breathes_between_full_and_floor() {
    let all = programs(&lit(vec![Effect::Pulse(Pulse { period_s: 4.0, floor: 0.25 })]), &tower(4, 2), HOLD_MS, 1);
    for program in &all {
        assert_on_the_raster(program, HOLD_MS, 2.0);
        for period in 0..4 {
            let at = |share: f64| level(program, 4000.0 * (f64::from(period) + share));
            assert!((at(0.0) - 1.0).abs() < 0.01 && (at(0.5) - 0.25).abs() < 0.01);
            assert!((at(0.25) - 0.625).abs() < 0.02 && (at(0.75) - 0.625).abs() < 0.02);
        }
    }
}

#[test]
fn a_sweep_reveals_from_left_to_right_and_back() {
    let points = tower(24, 2);
    let sweep =
        Sweep { along: Along::X, reverse: false, out: false, start_s: 1.0, duration_s: 4.0, edge_s: 0.2, floor: 0.0 };
    let shown = programs(&lit(vec![Effect::Sweep(sweep.clone())]), &points, HOLD_MS, 1);
    let hidden = programs(&lit(vec![Effect::Sweep(Sweep { out: true, ..sweep.clone() })]), &points, HOLD_MS, 1);
    let backwards = programs(&lit(vec![Effect::Sweep(Sweep { reverse: true, ..sweep })]), &points, HOLD_MS, 1);
    for (k, point) in points.iter().enumerate() {
        let share = (point.position_m.x + 20.0) / 40.0;
        let front_ms = 1000.0 + 4000.0 * share;
        assert!(level(&shown[k], front_ms - 50.0) <= 0.0 && level(&shown[k], front_ms + 250.0) >= 1.0);
        assert!(level(&hidden[k], front_ms - 50.0) >= 1.0 && level(&hidden[k], front_ms + 250.0) <= 0.0);
        let back_ms = 1000.0 + 4000.0 * (1.0 - share);
        assert!(level(&backwards[k], back_ms - 50.0) <= 0.0 && level(&backwards[k], back_ms + 250.0) >= 1.0);
        assert!(shown[k].keys().len() <= 4);
    }
}

#[test]
fn without_effects_one_key_says_all() {
    let all = programs(&Lights { brightness: 0.5, ..lit(vec![]) }, &tower(3, 2), HOLD_MS, 1);
    for program in &all {
        assert_eq!(program.keys().len(), 1);
        assert_eq!(program.sample(12_345.0), Rgb::new(128, 128, 128));
    }
}

fn any_effect() -> impl Strategy<Value = Effect> {
    let share = || 0.0..=1.0f64;
    prop_oneof![
        (-20.0..20.0f64, 1.0..5.0f64, 0.4..5.0f64, 0.1..0.9f64, 0.0..1.0f64, share()).prop_map(
            |(u_cycles, v_cycles, period_s, width, edge, floor)| {
                let edge = 0.1 + edge * (width.min(1.0 - width) - 0.1);
                Effect::Bands(Bands { u_cycles, v_cycles, period_s, width, edge, floor, colour: None })
            }
        ),
        (0.5..5.0f64, 0.12..0.5f64, share()).prop_map(|(period_s, flash_s, floor)| Effect::Twinkle(Twinkle {
            period_s,
            flash_s,
            floor
        })),
        (0.8..5.0f64, share()).prop_map(|(period_s, floor)| Effect::Pulse(Pulse { period_s, floor })),
        (0.0..5.0f64, 0.0..9.0f64, 0.04..2.0f64, any::<[bool; 2]>(), share()).prop_map(
            |(start_s, duration_s, edge_s, [reverse, out], floor)| {
                Effect::Sweep(Sweep { along: Along::Z, reverse, out, start_s, duration_s, edge_s, floor })
            }
        ),
    ]
}

proptest! {
    /// Whatever legal effects are combined: keys on the raster and few, the same bytes each time, a shift-free start.
    #[test]
    fn keys_are_bounded_for_every_combination_of_effects(
        effects in prop::collection::vec(any_effect(), 0..=3),
        hold_ms in 0..30_000i64,
        seed in any::<u64>(),
    ) {
        let lights = lit(effects);
        prop_assume!(lights.faults(false).is_empty());
        let points = tower(6, 3);
        let all = programs(&lights, &points, hold_ms, seed);
        for program in &all {
            assert_on_the_raster(program, hold_ms, MAX_KEYS_PER_S);
        }
        prop_assert_eq!(all, programs(&lights, &points, hold_ms, seed));
    }
}
