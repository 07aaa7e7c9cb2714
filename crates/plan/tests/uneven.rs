//! Fewer starts than goals: least Σd² against an independent oracle.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use kapok_plan::{AssignError, AssignSettings, AssignmentFault, assign, assign_some};
use kapok_show::DVec3;
use proptest::prelude::*;

/// Least cost by shortest augmenting paths over a full matrix (Jonker and Volgenant 1987): O(n² m), and slow.
fn oracle(few: &[DVec3], many: &[DVec3]) -> f64 {
    let (n, m) = (few.len(), many.len());
    let cost = |i: usize, j: usize| few[i].distance_squared(many[j]);
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; m + 1]);
    let mut row_of = vec![0_usize; m + 1];
    for i in 1..=n {
        row_of[0] = i;
        let (mut least, mut way, mut used) = (vec![f64::INFINITY; m + 1], vec![0_usize; m + 1], vec![false; m + 1]);
        let mut column = 0;
        loop {
            used[column] = true;
            let row = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in 1..=m {
                if !used[j] {
                    let reduced = cost(row - 1, j - 1) - u[row] - v[j];
                    if reduced < least[j] {
                        (least[j], way[j]) = (reduced, column);
                    }
                    if least[j] < step {
                        (step, next) = (least[j], j);
                    }
                }
            }
            for j in 0..=m {
                if used[j] {
                    u[row_of[j]] += step;
                    v[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            row_of[column] = row_of[way[column]];
            column = way[column];
        }
    }
    (1..=m).filter(|&j| row_of[j] > 0).map(|j| cost(row_of[j] - 1, j - 1)).sum()
}

fn assert_least(few: &[DVec3], many: &[DVec3]) {
    let found = assign_some(few, many, &AssignSettings::default()).unwrap();
    assert_eq!(found.check(few, many), Ok(()));
    let least = oracle(few, many);
    assert!((found.cost_m2 - least).abs() <= 1e-9 * (1.0 + least), "{} in place of {least}", found.cost_m2);
    assert!(found.gap_m2 <= 1e-6 * (1.0 + least), "{}", found.gap_m2);
}

/// Points without a pattern, or on a small whole-number lattice with repetitions, somewhere.
fn cloud(n: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<DVec3>> {
    let free = prop::array::uniform3(-30.0..30.0f64).prop_map(DVec3::from_array);
    let tied = prop::array::uniform3(0..5i32).prop_map(|p| DVec3::from_array(p.map(f64::from)));
    let size = n.into();
    prop_oneof![prop::collection::vec(free, size.clone()), prop::collection::vec(tied, size)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn least_of_all_choices(
        few in cloud(0..50),
        many in cloud(50..90),
        shift in prop::array::uniform3(-100.0..100.0f64).prop_map(DVec3::from_array),
        stretch in 0.1..3.0f64,
    ) {
        let few: Vec<DVec3> = few.into_iter().map(|p| stretch * p + shift).collect();
        assert_least(&few, &many);
    }

    /// Nearly as many, where all but a few goals are fought for.
    #[test]
    fn least_where_few_stay_empty(many in cloud(20..60), few in cloud(60), empty in 1usize..6) {
        assert_least(&few[..many.len() - empty], &many);
    }
}

/// Large enough for coarser problems to come first: a wall, a grid, and a disc 60 m away, of all shares.
#[test]
fn least_for_formations() {
    let wall: Vec<DVec3> =
        (0..600).map(|i| DVec3::new(3.0 * f64::from(i % 36), 40.0, 20.0 + 3.0 * f64::from(i / 36))).collect();
    let disc: Vec<DVec3> = (0..600)
        .map(|i| {
            let k = f64::from((i * 7) % 600);
            let (s, c) = kapok_show::math::sin_cos(2.399_963_229_728_653 * k);
            let r = 2.2 * (k + 0.5).sqrt();
            DVec3::new(60.0 + r * c, -20.0 + r * s, 60.0)
        })
        .collect();
    for few in [599, 570, 450, 410, 300, 1] {
        assert_least(&disc[..few], &wall);
        assert_least(&wall[..few], &disc);
        // Every one has its own place there: all ties, and no vehicle moves.
        let kept = assign_some(&wall[..few], &wall, &AssignSettings::default()).unwrap();
        assert!(kept.cost_m2 < 1e-9 && (0..).zip(&kept.goal_of_start).all(|(i, g)| *g == i), "{few}: {}", kept.cost_m2);
    }
    let all = assign_some(&wall, &disc, &AssignSettings::default()).unwrap();
    assert_eq!(all, assign(&wall, &disc, &AssignSettings::default()).unwrap(), "as many: the same, bit by bit");
}

#[test]
fn what_cannot_be_is_refused_and_a_price_below_zero_proves_nothing() {
    let settings = AssignSettings::default();
    let two = [DVec3::ZERO, DVec3::X];
    assert_eq!(assign_some(&two, &two[..1], &settings), Err(AssignError::TooFewGoals { starts: 2, goals: 1 }));
    let none = assign_some(&[], &two, &settings).unwrap();
    assert_eq!((none.goal_of_start.len(), none.check(&[], &two)), (0, Ok(())));
    let far = [DVec3::new(f64::NAN, 0.0, 0.0)];
    assert!(matches!(assign_some(&far, &two, &settings), Err(AssignError::NotFinite { set: "start", index: 0 })));

    let mut found = assign_some(&two[..1], &two, &settings).unwrap();
    found.prices_m2[1] = -1.0;
    assert_eq!(found.check(&two[..1], &two), Err(AssignmentFault::Price { goal: 1, price_m2: -1.0 }));
    // The other goal is worse, and no price makes it look right.
    (found.goal_of_start, found.cost_m2, found.prices_m2) = (vec![1], 1.0, vec![0.0, 0.0]);
    assert!(matches!(found.check(&two[..1], &two), Err(AssignmentFault::Gap { .. })));
}
