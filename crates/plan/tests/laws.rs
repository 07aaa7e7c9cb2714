//! Laws of assignment, bound and transition, against independent oracles.

use crate::common;

use kapok_plan::*;
use kapok_show::{DVec3, Silent};
use proptest::prelude::*;

fn points(n: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<DVec3>> {
    prop::collection::vec((-30.0..30.0f64, -30.0..30.0f64, 0.0..20.0f64), n)
        .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x, y, z)).collect())
}

/// Points on a small whole-number lattice, repetitions included: nothing but ties.
fn tied(n: usize) -> impl Strategy<Value = Vec<DVec3>> {
    prop::collection::vec((0i32..4, 0i32..4, 0i32..2), n)
        .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x.into(), y.into(), z.into())).collect())
}

fn pair_of_sets(sizes: std::ops::Range<usize>) -> impl Strategy<Value = (Vec<DVec3>, Vec<DVec3>)> {
    sizes.prop_flat_map(|n| prop_oneof![(points(n), points(n)).boxed(), (tied(n), tied(n)).boxed()])
}

/// Calls `visit` with every permutation of 0..n (Heap's algorithm).
fn permutations(n: usize, visit: &mut impl FnMut(&[usize])) {
    fn heap(k: usize, p: &mut [usize], visit: &mut impl FnMut(&[usize])) {
        if k <= 1 {
            visit(p);
            return;
        }
        for i in 0..k {
            heap(k - 1, p, visit);
            p.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
        }
    }
    heap(n, &mut (0..n).collect::<Vec<_>>(), visit);
}

fn sep(goals: &[DVec3]) -> f64 {
    let mut least = f64::INFINITY;
    for i in 0..goals.len() {
        for j in i + 1..goals.len() {
            least = least.min(goals[i].distance(goals[j]));
        }
    }
    least
}

/// Points that coincide are looked at as one: work that grows with the cube of their number would take minutes.
#[test]
fn thousands_of_points_in_one_place_are_no_trouble() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut spread = |n: usize| -> Vec<DVec3> {
        (0..n).map(|_| DVec3::new(90.0 * random(), 90.0 * random(), 30.0 * random())).collect()
    };
    let (a, b) = (spread(2000), spread(2000));
    // Every other point in one of so many places.
    let crowded = |points: &[DVec3], places: usize| -> Vec<DVec3> {
        points.iter().enumerate().map(|(k, p)| if k % 2 == 0 { points[2 * (k / 2 % places)] } else { *p }).collect()
    };
    let few =
        |points: &[DVec3], places: usize| -> Vec<DVec3> { (0..points.len()).map(|k| points[k % places]).collect() };
    for (starts, goals) in [
        (a.clone(), crowded(&b, 1)),
        (crowded(&a, 1), b.clone()),
        (crowded(&a, 1), crowded(&b, 1)),
        (crowded(&a, 10), crowded(&b, 7)),
        (a.clone(), crowded(&a, 1)),
        (few(&a, 2), b.clone()),
        (a.clone(), few(&b, 2)),
    ] {
        let found = assign(&starts, &goals, &AssignSettings::default()).unwrap();
        assert_eq!(found.check(&starts, &goals), Ok(()));
        let found = assign_some(&starts[..1700], &goals, &AssignSettings::default()).unwrap();
        assert_eq!(found.check(&starts[..1700], &goals), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn small_assignments_equal_brute_force((starts, goals) in pair_of_sets(1..8)) {
        let found = assign(&starts, &goals, &AssignSettings::default()).unwrap();
        prop_assert_eq!(found.check(&starts, &goals), Ok(()));
        let mut least = f64::INFINITY;
        permutations(starts.len(), &mut |p| {
            least = least.min(p.iter().zip(&starts).map(|(&g, s)| s.distance_squared(goals[g])).sum());
        });
        prop_assert!((found.cost_m2 - least).abs() <= 1e-9 * (1.0 + least), "{} {}", found.cost_m2, least);
    }

    #[test]
    fn larger_assignments_equal_the_hungarian_method((starts, goals) in pair_of_sets(60..110)) {
        // The oracle takes integers: round coordinates to millimetres, costs to square micrometres are then exact.
        let whole = |p: &DVec3| (*p * 1000.0).round();
        let (a, b): (Vec<DVec3>, Vec<DVec3>) = (starts.iter().map(whole).collect(), goals.iter().map(whole).collect());
        let weights = pathfinding::matrix::Matrix::from_rows(
            a.iter().map(|s| b.iter().map(|g| s.distance_squared(*g) as i64).collect::<Vec<_>>()),
        )
        .unwrap();
        let (least, _) = pathfinding::kuhn_munkres::kuhn_munkres_min(&weights);
        let found = assign(&a, &b, &AssignSettings::default()).unwrap();
        prop_assert_eq!(found.check(&a, &b), Ok(()));
        prop_assert!((found.cost_m2 - least as f64).abs() < 0.5, "{} {}", found.cost_m2, least);
    }

    /// a·b ≥ −gap/2 for every pair: what the separation theorem rests on.
    #[test]
    fn no_swap_helps((starts, goals) in pair_of_sets(30..60)) {
        let found = assign(&starts, &goals, &AssignSettings::default()).unwrap();
        let goal = |i: usize| goals[found.goal_of_start[i] as usize];
        for i in 0..starts.len() {
            for j in 0..i {
                let ab = (starts[i] - starts[j]).dot(goal(i) - goal(j));
                prop_assert!(ab >= -found.gap_m2 / 2.0 - 1e-9);
            }
        }
    }

    #[test]
    fn order_and_place_of_the_input_do_not_matter(
        (starts, goals) in pair_of_sets(2..60), seed in 0usize..1000, shift in points(1), quarter_turns in 0..4,
    ) {
        let n = starts.len();
        let plain = assign(&starts, &goals, &AssignSettings::default()).unwrap();
        let stride = (1..n).filter(|k| gcd(*k, n) == 1).nth(seed % 3).unwrap_or(1);
        let mixed = |v: &[DVec3]| (0..n).map(|k| v[(k * stride + seed) % n]).collect::<Vec<_>>();
        let turned = |p: DVec3| (0..quarter_turns).fold(p, |q, _| DVec3::new(-q.y, q.x, q.z)) + shift[0];
        let moved: Vec<DVec3> = mixed(&starts).into_iter().map(turned).collect();
        let there: Vec<DVec3> = goals.iter().copied().map(turned).collect();
        let other = assign(&moved, &there, &AssignSettings::default()).unwrap();
        prop_assert!((plain.cost_m2 - other.cost_m2).abs() <= 1e-8 * (1.0 + plain.cost_m2));
        let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
        let a = makespan_bound(&starts, &goals, &limits, None).unwrap().bound_s;
        let b = makespan_bound(&moved, &there, &limits, Some(&other.goal_of_start)).unwrap().bound_s;
        prop_assert!((a - b).abs() < 1e-9);
    }

    #[test]
    fn the_bound_equals_brute_force(
        (starts, goals) in pair_of_sets(1..7), v in 0.5..9.0f64, up in 0.5..4.0f64, down in 0.5..4.0f64,
        a in 0.5..5.0f64, j in 0.5..9.0f64, capped: bool,
    ) {
        let limits = MotionLimits {
            max_velocity_m_s: capped.then_some(v * 0.8), max_velocity_xy_m_s: v, max_velocity_up_m_s: up,
            max_velocity_down_m_s: down, max_acceleration_m_s2: a, max_jerk_m_s3: j,
        };
        let mut least = f64::INFINITY;
        permutations(starts.len(), &mut |p| {
            let longest = p.iter().zip(&starts).map(|(&g, s)| limits.trip_bound_s(goals[g] - *s)).fold(0.0, f64::max);
            least = least.min(longest);
        });
        let found = makespan_bound(&starts, &goals, &limits, None).unwrap();
        prop_assert!((found.bound_s - least).abs() < 1e-12, "{} {}", found.bound_s, least);
    }

    /// Whatever comes back complete is right: duration above the bound, limits kept on the rounded pieces, every vehicle at a
    /// goal of its own, no two too close on samples; whatever is refused had a reason.
    #[test]
    fn complete_transitions_keep_their_word(
        (starts, goals) in (2usize..14).prop_flat_map(|n| (points(n), points(n))),
        share in 0.3..0.999f64, scale in 1.0..3.0f64, keep_order: bool, up in 0.5..4.0f64, a in 0.5..5.0f64,
    ) {
        let metric = |p: DVec3| DVec3::new(p.x, p.y, p.z / scale);
        let near = |v: &[DVec3]| sep(&v.iter().map(|&p| metric(p)).collect::<Vec<_>>());
        let spacing = near(&starts).min(near(&goals));
        prop_assume!(spacing > 0.1);
        let limits = MotionLimits {
            max_velocity_m_s: None, max_velocity_xy_m_s: 6.0, max_velocity_up_m_s: up, max_velocity_down_m_s: 2.0,
            max_acceleration_m_s2: a, max_jerk_m_s3: 5.0,
        };
        let settings = TransitionSettings { keep_order, ..TransitionSettings::new(limits, spacing * share, scale) };
        match transition(&starts, &goals, &settings, &Silent).unwrap() {
            TransitionOutcome::Infeasible(reason) => {
                let conflict = matches!(reason, Infeasibility::Separation(SeparationConflict::PairsTooClose { .. }));
                prop_assert!(conflict, "{reason}");
                prop_assert!(keep_order || spacing * (1.0 - share) < 2e-3, "there is a way round: {reason}");
            }
            TransitionOutcome::Complete(plan) => {
                let report = &plan.report;
                prop_assert!(report.duration_ms as f64 >= report.bound_ms);
                let flown = plan.trajectories().unwrap();
                for (i, t) in flown.iter().enumerate() {
                    prop_assert!(t.end_point_m().distance(goals[plan.goal_of_start[i] as usize]) < 1e-4);
                    let p = common::peaks(t);
                    prop_assert!(p[0] <= 6.0 && p[1] <= up && p[2] <= 2.0 && p[3] <= a && p[4] <= 5.0, "{p:?}");
                }
                let mut least = f64::INFINITY;
                for k in 0..=400 {
                    let t_ms = report.duration_ms as f64 * f64::from(k) / 400.0;
                    let at: Vec<DVec3> = flown.iter().map(|t| metric(t.sample(t_ms).position_m)).collect();
                    least = least.min(sep(&at));
                }
                prop_assert!(least >= settings.min_separation_m - 1e-9, "{least}");
                prop_assert!(least >= report.closest.distance_m - 2e-4);
                let (i, j) = report.closest.pair;
                let at = |v: usize| metric(flown[v].sample(report.closest.t_ms).position_m);
                prop_assert!((at(i).distance(at(j)) - report.closest.distance_m).abs() < 1e-3);
            }
        }
    }

    /// Even trips of a millimetre keep acceleration and jerk after rounding.
    #[test]
    fn tiny_trips_keep_the_limits(offsets in prop::collection::vec((-3i32..4, -3i32..4, -3i32..4), 4), size in 0..4) {
        let starts = common::pads(2, 3.0);
        let step = [1e-4, 1e-3, 1e-2, 1e-1][size as usize];
        let goals: Vec<DVec3> = starts
            .iter()
            .zip(&offsets)
            .map(|(s, &(x, y, z))| *s + DVec3::new(x.into(), y.into(), z.into()) * step)
            .collect();
        let settings = TransitionSettings::new(MotionLimits::isotropic(5.0, 2.0, 4.0), 1.5, 1.0);
        let TransitionOutcome::Complete(plan) = transition(&starts, &goals, &settings, &Silent).unwrap() else {
            panic!("nothing is in the way");
        };
        for t in plan.trajectories().unwrap() {
            let p = common::peaks(&t);
            prop_assert!(p[0] <= 5.0 && p[3] <= 2.0 && p[4] <= 4.0, "{p:?}");
        }
        prop_assert!(plan.report.duration_ms < 2500);
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn bad_input_is_named() {
    let (two, three) = (common::pads(2, 3.0), vec![DVec3::ZERO; 3]);
    let plain = AssignSettings::default();
    assert_eq!(assign(&two, &three, &plain), Err(AssignError::CountMismatch { starts: 4, goals: 3 }));
    let broken = vec![DVec3::ZERO, DVec3::NAN, DVec3::ZERO];
    assert_eq!(assign(&three, &broken, &plain), Err(AssignError::NotFinite { set: "goal", index: 1 }));
    let limits = MotionLimits { max_jerk_m_s3: 0.0, ..MotionLimits::isotropic(1.0, 1.0, 1.0) };
    assert!(
        matches!(makespan_bound(&two, &two, &limits, None), Err(AssignError::Setting(b)) if b.field == "max_jerk_m_s3")
    );
    let limits = MotionLimits::isotropic(1.0, 1.0, 1.0);
    assert!(makespan_bound(&two, &two, &limits, Some(&[0, 1, 1, 2])).is_err());
    assert!(assign(&[], &[], &plain).unwrap().goal_of_start.is_empty());
}

#[test]
fn a_false_certificate_is_found_out() {
    let (starts, goals) = common::instance("rand_100");
    let good = assign(&starts, &goals, &AssignSettings::default()).unwrap();
    let mut twice = good.clone();
    twice.goal_of_start[3] = twice.goal_of_start[4];
    assert!(matches!(twice.check(&starts, &goals), Err(AssignmentFault::NotAPermutation { start: 4, .. })));
    let mut swapped = good.clone();
    swapped.goal_of_start.swap(3, 40);
    assert!(matches!(swapped.check(&starts, &goals), Err(AssignmentFault::Cost { .. })));
    swapped.cost_m2 =
        starts.iter().zip(&swapped.goal_of_start).map(|(s, &g)| s.distance_squared(goals[g as usize])).sum();
    assert!(matches!(swapped.check(&starts, &goals), Err(AssignmentFault::Gap { .. })));
    let mut priced = good;
    priced.prices_m2[0] += 1.0;
    assert!(matches!(priced.check(&starts, &goals), Err(AssignmentFault::Gap { .. })));
}

#[test]
fn who_stands_on_the_goals_already_has_a_bound_of_zero() {
    let (a, b) = (DVec3::new(0.0, 3.0, 0.0), DVec3::new(1.0, 1.0, 0.0));
    let bound = makespan_bound(&[a, b], &[b, a], &MotionLimits::isotropic(6.0, 3.0, 6.0), None).unwrap();
    assert_eq!((bound.bound_s, bound.bottleneck_m), (0.0, 0.0));
}
