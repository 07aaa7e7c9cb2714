//! Pairs that come as near to the limit as can be made: on each the verdict must be the right one.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common;

use common::{certify, fly, hover, judge, line, p, show, verdict};
use kapok_proof::{Rule, Verdict};
use kapok_show::{DVec3, Trajectory};

/// 1.5 m, the default limit.
const LIMIT: f64 = 1.5;

fn separation(a: Trajectory, b: Trajectory) -> kapok_proof::RuleReport {
    let report = judge(&show(vec![a, b]), Rule::Separation);
    if let Some(worst) = &report.worst {
        let width = worst.value - worst.bound;
        assert!((0.0..=1e-6).contains(&width), "enclosure {width} wide");
    }
    report
}

#[track_caller]
fn proved_at(a: Trajectory, b: Trajectory, distance_m: f64) {
    let r = separation(a, b);
    assert_eq!(r.verdict, Verdict::Proved, "{r:?}");
    let w = r.worst.unwrap();
    assert!(
        w.bound <= distance_m + 1e-12 && distance_m <= w.value + 1e-9,
        "{distance_m} not in {} to {}",
        w.bound,
        w.value
    );
}

#[track_caller]
fn violated_at(a: Trajectory, b: Trajectory, distance_m: f64, t_ms: f64) {
    let r = separation(a, b);
    assert_eq!(r.verdict, Verdict::Violated, "{r:?}");
    assert_eq!(r.violations, 1);
    let w = r.worst.unwrap();
    assert!((w.value - distance_m).abs() < 2e-6, "{} is not {distance_m}", w.value);
    assert!((w.t_ms - t_ms).abs() < 60.0, "at {} instead of {t_ms}", w.t_ms);
}

/// Two vehicles that pass each other head on, `offset` apart sideways.
fn head_on(offset: f64) -> (Trajectory, Trajectory) {
    (
        line(p(-20.0, 0.0, 20.0), p(20.0, 0.0, 20.0), 0, 8000),
        line(p(20.0, offset, 20.0), p(-20.0, offset, 20.0), 0, 8000),
    )
}

#[test]
fn sampling_misses_what_is_found_here() {
    let a = line(p(-51.0, 0.0, 20.0), p(51.0, 0.0, 20.0), 0, 10_200);
    let b = line(p(51.0, 2.3, 20.0), p(-51.0, 2.3, 20.0), 0, 10_200);
    // At 5 samples a second the least distance is 3.048 m: a limit of 3 m looks kept.
    let mut s = show(vec![a, b]);
    s.limits.min_separation_m = 3.0;
    let r = judge(&s, Rule::Separation);
    assert_eq!(r.verdict, Verdict::Violated);
    let w = r.worst.unwrap();
    assert!((w.value - 2.3).abs() < 1e-6 && (w.t_ms - 5100.0).abs() < 1.0);
}

#[test]
fn head_on_grazing_at_exactly_the_limit() {
    let (a, b) = head_on(LIMIT);
    proved_at(a, b, LIMIT);
}

#[test]
fn head_on_a_micrometre_either_side() {
    let (a, b) = head_on(LIMIT + 1e-6);
    proved_at(a, b, LIMIT + 1e-6);
    let (a, b) = head_on(LIMIT - 1e-6);
    violated_at(a, b, LIMIT - 1e-6, 4000.0);
}

#[test]
fn head_on_a_picometre_either_side() {
    // Far below the rounding bound: only exact arithmetic can tell.
    let (a, b) = head_on(LIMIT + 1e-12);
    proved_at(a, b, LIMIT);
    let (a, b) = head_on(LIMIT - 1e-12);
    violated_at(a, b, LIMIT, 4000.0);
}

#[test]
fn head_on_grazing_at_an_instant_that_is_no_binary_fraction() {
    // They meet a third of the way through the piece.
    let a = line(p(-20.0, 0.0, 20.0), p(40.0, 0.0, 20.0), 0, 9000);
    let b = line(p(20.0, LIMIT, 20.0), p(-40.0, LIMIT, 20.0), 0, 9000);
    proved_at(a.clone(), b, LIMIT);
    let b = line(p(20.0, LIMIT - 1e-9, 20.0), p(-40.0, LIMIT - 1e-9, 20.0), 0, 9000);
    violated_at(a, b, LIMIT, 3000.0);
}

#[test]
fn grazing_on_decimals_that_floats_cannot_hold() {
    // 0.8 and 2.3 differ by 1.5, their nearest floats by less.
    let (low, high) = (std::hint::black_box(0.8f64), 2.3f64);
    assert!(high - low < 1.5);
    let a = line(p(-20.0, 0.8, 20.1), p(20.0, 0.8, 20.1), 0, 8000);
    let b = line(p(20.0, 2.3, 20.1), p(-20.0, 2.3, 20.1), 0, 8000);
    proved_at(a, b, LIMIT);
    proved_at(hover(p(0.8, 0.1, 20.0), 1000), hover(p(2.3, 0.1, 20.0), 1000), LIMIT);
}

#[test]
fn grazing_at_a_knot() {
    // Both turn round at 3 s where they are exactly at the limit.
    let a = fly(0, p(0.0, 0.0, 20.0), &[(3000, &[p(5.0, 0.0, 20.0)]), (6000, &[p(0.0, 0.0, 20.0)])]);
    let b = fly(0, p(12.0, 0.0, 20.0), &[(3000, &[p(6.5, 0.0, 20.0)]), (6000, &[p(12.0, 0.0, 20.0)])]);
    proved_at(a.clone(), b, LIMIT);
    let b = fly(0, p(12.0, 0.0, 20.0), &[(3000, &[p(6.499_999, 0.0, 20.0)]), (6000, &[p(12.0, 0.0, 20.0)])]);
    violated_at(a, b, LIMIT - 1e-6, 3000.0);
}

#[test]
fn grazing_at_a_knot_of_one_of_them_only() {
    let a = fly(0, p(0.0, 0.0, 20.0), &[(3001, &[p(5.0, 0.0, 20.0)]), (6000, &[p(0.0, 0.0, 20.0)])]);
    proved_at(a.clone(), hover(p(6.5, 0.0, 20.0), 7000), LIMIT);
    violated_at(a, hover(p(6.499_999, 0.0, 20.0), 7000), LIMIT - 1e-6, 3001.0);
}

#[test]
fn shared_end_point_at_the_limit() {
    // The first stops at the limit from the second and stays there after its end.
    let a = line(p(-10.0, 0.0, 20.0), p(0.0, 0.0, 20.0), 0, 4000);
    proved_at(a.clone(), hover(p(1.5, 0.0, 20.0), 9000), LIMIT);
    violated_at(a, hover(p(1.499_999, 0.0, 20.0), 9000), LIMIT - 1e-6, 4000.0);
}

#[test]
fn rest_before_the_own_start_counts() {
    // The second starts only at 5 s, but stands in the way before that.
    let a = line(p(-10.0, 0.0, 20.0), p(10.0, 0.0, 20.0), 0, 4000);
    let b = line(p(0.0, 1.0, 20.0), p(0.0, 30.0, 20.0), 5000, 9000);
    violated_at(a, b, 1.0, 2000.0);
}

#[test]
fn rest_after_the_own_end_counts() {
    let a = line(p(0.0, 30.0, 20.0), p(0.0, 1.0, 20.0), 0, 3000);
    let b = line(p(-10.0, 0.0, 20.0), p(10.0, 0.0, 20.0), 5000, 9000);
    violated_at(a, b, 1.0, 7000.0);
}

#[test]
fn equal_velocity_at_exactly_the_limit() {
    let a = line(p(0.0, 0.0, 20.0), p(30.0, 7.0, 33.0), 0, 7000);
    let b = line(p(0.0, 1.5, 20.0), p(30.0, 8.5, 33.0), 0, 7000);
    proved_at(a.clone(), b, LIMIT);
    let b = line(p(0.0, 1.499_999, 20.0), p(30.0, 8.499_999, 33.0), 0, 7000);
    assert_eq!(separation(a, b).verdict, Verdict::Violated);
}

#[test]
fn equal_velocity_at_the_limit_in_pieces_cut_at_different_times() {
    let a = fly(0, p(0.0, 0.0, 20.0), &[(3000, &[p(9.0, 0.0, 20.0)]), (9000, &[p(27.0, 0.0, 20.0)])]);
    let b = fly(0, p(0.0, 1.5, 20.0), &[(7000, &[p(21.0, 1.5, 20.0)]), (9000, &[p(27.0, 1.5, 20.0)])]);
    proved_at(a, b, LIMIT);
}

#[test]
fn same_curve_of_degree_seven_side_by_side() {
    let curve = |dx: f64| {
        let c = [
            p(dx, 3.0, 21.0),
            p(dx + 2.0, 5.5, 25.0),
            p(dx + 4.0, 1.0, 22.0),
            p(dx - 3.0, 9.0, 26.0),
            p(dx + 1.0, 4.0, 30.0),
            p(dx + 6.0, 2.0, 24.0),
            p(dx + 8.0, 8.0, 23.0),
        ];
        fly(0, p(dx, 0.0, 20.0), &[(6000, &c)])
    };
    proved_at(curve(0.0), curve(1.5), LIMIT);
    assert_eq!(separation(curve(0.0), curve(1.499_999)).verdict, Verdict::Violated);
}

/// Height 20 + 64·(u − ½)⁶ over a flat neighbour, in Bernstein form: flat bottom, degree 6 (7 with elevation to follow).
fn flat_bottom(lift: f64) -> Trajectory {
    // Coefficients of (2u−1)^6 are (−1)^k by C(6,k)·(−1)^(6−k)/C(6,k) = ±1.
    let z = |k: i32| 20.0 + lift + if k % 2 == 0 { 1.0 } else { -1.0 };
    let control: Vec<DVec3> = (1..=6).map(|k| p(0.0, 0.0, z(k))).collect();
    fly(0, p(0.0, 0.0, z(0)), &[(8000, &control)])
}

#[test]
fn touching_with_a_root_of_multiplicity_six() {
    proved_at(flat_bottom(1.5), hover(p(0.0, 0.0, 20.0), 8000), LIMIT);
    violated_at(flat_bottom(1.5 - 1e-6), hover(p(0.0, 0.0, 20.0), 8000), LIMIT - 1e-6, 4000.0);
}

#[test]
fn quantisation_that_eats_the_margin() {
    // Planned 1.5 m apart on a diagonal; rounded to millimetres it is 1.4998…
    let d = LIMIT / 2f64.sqrt();
    let mm = |x: f64| (x * 1000.0).round() / 1000.0;
    let q = mm(d);
    let distance = (2.0 * q * q).sqrt();
    let (a, b) = (hover(p(0.0, 0.0, 20.0), 1000), hover(p(q, q, 20.0), 1000));
    if distance >= LIMIT {
        proved_at(a, b, distance);
    } else {
        violated_at(a, b, distance, 0.0);
    }
    assert!((distance - LIMIT).abs() < 1e-3 && distance != LIMIT);
}

#[test]
fn ellipsoid_at_exactly_its_vertical_limit() {
    let mut s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), line(p(0.0, 0.0, 30.0), p(0.0, 0.0, 22.1), 0, 1000)]);
    s.limits.downwash_scale = 1.4;
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    s.vehicles[1].trajectory = line(p(0.0, 0.0, 30.0), p(0.0, 0.0, 22.099_999), 0, 1000);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Violated);
}

#[test]
fn one_above_the_other_is_near_with_downwash_only() {
    let mut s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(0.0, 0.0, 22.5), 1000)]);
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    s.limits.downwash_scale = 2.0;
    let r = judge(&s, Rule::Separation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!((r.worst.unwrap().value - 1.25).abs() < 1e-9);
}

#[test]
fn collision_itself() {
    let a = line(p(-10.0, 0.0, 20.0), p(10.0, 0.0, 20.0), 0, 4000);
    let b = line(p(0.0, -10.0, 20.0), p(0.0, 10.0, 20.0), 0, 4000);
    let r = separation_loose(a, b);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.worst.unwrap().value < 1e-5);
}

fn separation_loose(a: Trajectory, b: Trajectory) -> kapok_proof::RuleReport {
    judge(&show(vec![a, b]), Rule::Separation)
}

#[test]
fn same_place_all_the_time() {
    let r = separation_loose(hover(p(1.0, 2.0, 20.0), 5000), hover(p(1.0, 2.0, 20.0), 5000));
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.worst.unwrap().value < 1e-12);
}

#[test]
fn fast_pass_within_one_millisecond() {
    // 100 m/s each: the pass is over in a few milliseconds.
    let a = line(p(-50.0, 0.0, 20.0), p(50.0, 0.0, 20.0), 0, 1000);
    let b = line(p(50.0, 1.4, 20.0), p(-50.0, 1.4, 20.0), 0, 1000);
    violated_at(a, b, 1.4, 500.0);
}

#[test]
fn pieces_of_one_millisecond() {
    let mut a = Trajectory::starting_at(0, p(0.0, 0.0, 20.0)).unwrap();
    for k in 1..=2000 {
        a.push(k, &[p(f64::from(k as i32) * 0.005, 0.0, 20.0)]).unwrap();
    }
    proved_at(a.clone(), hover(p(5.0, 1.5, 20.0), 3000), LIMIT);
    violated_at(a, hover(p(5.0, 1.499, 20.0), 3000), 1.499, 1000.0);
}

#[test]
fn curve_bulges_between_its_end_points() {
    // End points 5 m away, the middle of the parabola exactly at the limit.
    let a = fly(0, p(-10.0, 6.5, 20.0), &[(4000, &[p(0.0, -3.5, 20.0), p(10.0, 6.5, 20.0)])]);
    proved_at(a.clone(), hover(p(0.0, 0.0, 20.0), 4000), LIMIT);
    let b = hover(p(0.0, 0.000_001, 20.0), 4000);
    violated_at(a, b, LIMIT - 1e-6, 2000.0);
}

#[test]
fn diverging_from_the_limit_at_the_start() {
    let a = line(p(0.0, 0.0, 20.0), p(-8.0, 0.0, 20.0), 0, 4000);
    let b = line(p(1.5, 0.0, 20.0), p(9.0, 3.0, 20.0), 0, 4000);
    proved_at(a, b, LIMIT);
}

#[test]
fn first_instant_goes_the_wrong_way() {
    // Starts at the limit, comes nearer by a hair, then leaves.
    let a = fly(0, p(0.0, 0.0, 20.0), &[(4000, &[p(0.000_1, 0.0, 20.0), p(-8.0, 0.0, 20.0)])]);
    let r = separation(a, hover(p(1.5, 0.0, 20.0), 4000));
    assert_eq!(r.verdict, Verdict::Violated);
}

#[test]
fn different_degrees_meet() {
    let a = fly(0, p(-6.0, 0.0, 20.0), &[(6000, &[p(-2.0, 0.0, 20.0), p(2.0, 0.0, 20.0), p(6.0, 0.0, 20.0)])]);
    let b = line(p(6.0, 1.5, 20.0), p(-6.0, 1.5, 20.0), 0, 6000);
    proved_at(a.clone(), b, LIMIT);
    let b = line(p(6.0, 1.499_999, 20.0), p(-6.0, 1.499_999, 20.0), 0, 6000);
    violated_at(a, b, LIMIT - 1e-6, 3000.0);
}

#[test]
fn far_from_the_origin_nothing_is_lost() {
    let o = p(40_000.0, -30_000.0, 20.0);
    let a = line(o + p(-20.0, 0.0, 0.0), o + p(20.0, 0.0, 0.0), 0, 8000);
    let b = line(o + p(20.0, 1.5, 0.0), o + p(-20.0, 1.5, 0.0), 0, 8000);
    assert_eq!(separation_loose(a.clone(), b).verdict, Verdict::Proved);
    let b = line(o + p(20.0, 1.499_999, 0.0), o + p(-20.0, 1.499_999, 0.0), 0, 8000);
    assert_eq!(separation_loose(a, b).verdict, Verdict::Violated);
}

#[test]
fn times_before_zero_are_looked_at() {
    let a = line(p(-10.0, 0.0, 20.0), p(10.0, 0.0, 20.0), -6000, -2000);
    let b = hover(p(0.0, 1.0, 20.0), 1000);
    violated_at(a, b, 1.0, -4000.0);
}

#[test]
fn three_vehicles_two_broken_pairs() {
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000), hover(p(1.2, 0.0, 20.0), 1000), hover(p(2.5, 0.0, 20.0), 1000)]);
    let r = judge(&s, Rule::Separation);
    assert_eq!((r.verdict, r.violations, r.witnesses.len()), (Verdict::Violated, 2, 1));
    assert!((r.worst.unwrap().value - 1.2).abs() < 1e-9);
    assert!((r.witnesses[0].value - 1.3).abs() < 1e-9);
    assert_eq!(certify(&s).verdict, Verdict::Violated);
}

#[test]
fn no_vehicle_near_says_how_far_was_looked() {
    let r = separation(hover(p(0.0, 0.0, 20.0), 1000), hover(p(90.0, 0.0, 20.0), 1000));
    assert_eq!((r.verdict, r.worst), (Verdict::Proved, None));
    assert_eq!(r.detail, "No pair comes closer than 6 m (searched up to there).");
}

#[test]
fn a_whole_fleet_in_one_place_is_given_up_as_broken() {
    // 300 vehicles, 44,850 pairs, all at one point: the count stops, the verdict stands.
    let s = show((0..300).map(|_| hover(p(0.0, 0.0, 20.0), 2000)).collect());
    let r = judge(&s, Rule::Separation);
    assert_eq!(r.verdict, Verdict::Violated);
    assert!(r.violations >= 1000 && r.detail.starts_with("At least"), "{}", r.detail);
    assert_eq!(r.witnesses.len(), 20);
}

#[test]
fn where_the_count_stops_the_margin_is_that_of_the_closest_pair_found() {
    // 20 by 20, half a metre apart: over 5,000 pairs come closer than 1.5 m, none closer than 0.5 m.
    let at = |k: u32| p(0.5 * f64::from(k % 20), 0.5 * f64::from(k / 20), 20.0);
    let s = show((0..400).map(|k| hover(at(k), 2000)).collect());
    let r = judge(&s, Rule::Separation);
    assert!(r.detail.contains("stopped counting"), "{}", r.detail);
    let worst = r.worst.unwrap();
    assert!(r.verdict == Verdict::Violated && (worst.value - 0.5).abs() < 1e-9, "{worst:?}");
    assert!((r.margin.unwrap() + 1.0).abs() < 1e-9, "{:?}", r.margin);
}

#[test]
fn touching_at_two_instants_of_one_piece() {
    // A W-shaped pass: 1.5 m at two instants, further away between and beside them.
    // Height over the neighbour 1.5 + 400·((u−¼)(u−¾))², a quartic with two double roots.
    let bernstein = |power: [f64; 5]| -> Vec<f64> {
        let c = [
            [1.0, 0.0, 0.0, 0.0, 0.0],
            [1.0, 0.25, 0.0, 0.0, 0.0],
            [1.0, 0.5, 1.0 / 6.0, 0.0, 0.0],
            [1.0, 0.75, 0.5, 0.25, 0.0],
            [1.0; 5],
        ];
        c.iter().map(|row| row.iter().zip(&power).map(|(w, a)| w * a).sum()).collect()
    };
    // (u² − u + 3/16)² = u⁴ − 2u³ + 11/8·u² − 3/8·u + 9/256, times 384 so that all coefficients are binary fractions.
    let w = |low: f64| {
        let z = bernstein([low + 13.5, -144.0, 528.0, -768.0, 384.0]);
        let control: Vec<DVec3> = z[1..].iter().map(|&z| p(0.0, 0.0, 20.0 + z)).collect();
        fly(0, p(0.0, 0.0, 20.0 + z[0]), &[(8000, &control)])
    };
    proved_at(w(1.5), hover(p(0.0, 0.0, 20.0), 8000), LIMIT);
    let r = separation(w(1.499_999), hover(p(0.0, 0.0, 20.0), 8000));
    assert_eq!(r.verdict, Verdict::Violated);
}

#[test]
fn vertical_pass_with_downwash_at_exactly_the_limit() {
    // One flies straight over the other, 2.1 m higher: 1.5 m in the metric that divides height by 1.4.
    let mut s = show(vec![
        line(p(-12.0, 0.0, 22.1), p(12.0, 0.0, 22.1), 0, 6000),
        line(p(12.0, 0.0, 20.0), p(-12.0, 0.0, 20.0), 0, 6000),
    ]);
    s.limits.downwash_scale = 1.4;
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Proved);
    s.limits.downwash_scale = 1.400_001;
    assert_eq!(verdict(&s, Rule::Separation), Verdict::Violated);
}

#[test]
fn circling_each_other_at_the_limit() {
    // A half turn as one cubic each, mirrored through the centre: never nearer than the end points allow.
    let half = |s: f64| {
        fly(
            0,
            p(0.75 * s, 0.0, 20.0),
            &[(4000, &[p(0.75 * s, s, 20.0), p(-0.75 * s, s, 20.0), p(-0.75 * s, 0.0, 20.0)])],
        )
    };
    // Distance at the start and the end 1.5 m; in between twice the radius, at least 1.5 m as the curve bulges outwards.
    proved_at(half(1.0), half(-1.0), LIMIT);
    let flat = |s: f64| {
        fly(
            0,
            p(0.75 * s, 0.0, 20.0),
            &[(4000, &[p(0.75 * s, 0.9 * s, 20.0), p(-0.75 * s, 0.9 * s, 20.0), p(-0.75 * s, 0.0, 20.0)])],
        )
    };
    // Flatter: in the middle it is 2·¾·0.9 = 1.35 m.
    violated_at(flat(1.0), flat(-1.0), 1.35, 2000.0);
}
