//! Every source gives exactly the asked count with at least the asked spacing, or refuses honestly.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use crate::formation_support;

use formation_support::{least_distance, size_m, small_sources, svg, text};
use kapok_design::formation::{FormationError, MAX_COUNT, Source, sample};
use proptest::prelude::*;

fn check(source: &Source, count: usize, spacing_m: f64, seed: u64) -> Result<(), TestCaseError> {
    match sample(source, count, spacing_m, seed) {
        Ok(formation) => {
            prop_assert_eq!(formation.points.len(), count);
            let least = least_distance(&formation.points);
            prop_assert!(least >= spacing_m, "{} < {}", least, spacing_m);
            prop_assert_eq!(least, formation.spacing_m);
            for p in &formation.points {
                prop_assert!(p.position_m.is_finite());
                prop_assert!((0.0..=1.0).contains(&p.u) && (0.0..=1.0).contains(&p.v), "u {} v {}", p.u, p.v);
            }
        }
        Err(FormationError::TooMany { asked, fits, .. }) => {
            prop_assert_eq!(asked, count);
            prop_assert!(fits < count);
        }
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn count_and_spacing_hold_for_all_sources(
        which in 0..small_sources().len(), count in 1_usize..160, spacing_m in 0.2_f64..1.5, seed in 0_u64..1_000,
    ) {
        check(&small_sources()[which].1, count, spacing_m, seed)?;
    }
}

#[test]
fn count_and_spacing_hold_where_it_is_tight() {
    let source = text("25", 12.0);
    let Err(FormationError::TooMany { fits, .. }) = sample(&source, 200, 1.5, 4) else { panic!("200 fit") };
    for count in fits * 3 / 4..=fits {
        check(&source, count, 1.5, 4).unwrap();
    }
}

#[test]
fn every_source_takes_small_and_middle_counts() {
    for (name, source) in small_sources() {
        for count in [1, 2, 3, 7, 40] {
            let formation = sample(&source, count, 0.3, 5).unwrap_or_else(|e| panic!("{name} with {count}: {e}"));
            assert_eq!(formation.points.len(), count, "{name}");
        }
    }
}

#[test]
fn the_count_that_is_said_to_fit_fits_and_one_more_does_not() {
    for (name, source) in small_sources() {
        let spacing_m = 2.0;
        let Err(FormationError::TooMany { asked, fits, size_needed_m, size, .. }) = sample(&source, 600, spacing_m, 3)
        else {
            panic!("{name}: 600 fit");
        };
        assert_eq!(asked, 600, "{name}");
        assert!(fits >= 1, "{name}");
        assert!(sample(&source, fits, spacing_m, 3).is_ok(), "{name}: {fits} said to fit");
        let more = sample(&source, fits + 1, spacing_m, 3);
        assert!(
            matches!(more, Err(FormationError::TooMany { fits: f, .. }) if f == fits),
            "{name}: {fits} + 1 gives {more:?}"
        );
        if let Some(needed_m) = size_needed_m {
            let factor = needed_m / size_m(&source, size);
            assert!(factor > 1.0, "{name}");
            assert!(sample(&source.scaled(factor), asked, spacing_m, 3).is_ok(), "{name}: {needed_m} m said to do");
        } else {
            assert_eq!(name, "grid", "a larger figure holds more");
        }
    }
}

#[test]
fn tight_pictures_use_most_of_their_area() {
    // A square of 40 m: rows √3 m apart with 21 and 20 points would be about 490.
    let square = svg("<path d='M0 0H10V10H0Z' fill='#f00'/>", 40.0);
    let Err(FormationError::TooMany { fits, .. }) = sample(&square, 5_000, 2.0, 1) else { panic!("5,000 fit") };
    assert!((380..=500).contains(&fits), "{fits}");
}

#[test]
fn the_message_names_both_remedies() {
    let error = sample(&Source::Circle { radius_m: 10.0 }, 100, 1.0, 0).unwrap_err();
    let FormationError::TooMany { fits, size_needed_m: Some(size_m), .. } = error else { panic!("{error}") };
    assert_eq!(fits, 62);
    let message = error.to_string();
    assert!(message.contains("62 fit") && message.contains(&format!("radius_m = {size_m}")), "{message}");
}

#[test]
fn settings_out_of_range_are_named() {
    let field = |source: &Source, count, spacing_m| match sample(source, count, spacing_m, 0) {
        Err(FormationError::BadSetting { field, .. }) => field.to_owned(),
        other => format!("{other:?}"),
    };
    let ring = Source::Circle { radius_m: 10.0 };
    for spacing_m in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(field(&ring, 5, spacing_m), "spacing_m");
    }
    for radius_m in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_eq!(field(&Source::Sphere { radius_m }, 5, 1.0), "radius_m");
    }
    let grid = Source::Grid { columns: 0, rows: 2, layers: 1, pitch_m: None, upright: true };
    assert_eq!(field(&grid, 5, 1.0), "columns");
    let grid = Source::Grid { columns: 4, rows: 4, layers: 1, pitch_m: Some(1.0), upright: true };
    assert_eq!(field(&grid, 5, 2.0), "pitch_m");
    let tower = Source::Hyperboloid {
        base_radius_m: 5.0,
        waist_radius_m: 6.0,
        top_radius_m: 8.0,
        height_m: 20.0,
        strands: 0,
        rings: 0,
    };
    assert_eq!(field(&tower, 5, 1.0), "waist_radius_m");
    assert!(matches!(sample(&ring, 0, 1.0, 0), Err(FormationError::BadCount { count: 0, max: MAX_COUNT })));
    assert!(matches!(sample(&ring, MAX_COUNT + 1, 1.0, 0), Err(FormationError::BadCount { .. })));
}
