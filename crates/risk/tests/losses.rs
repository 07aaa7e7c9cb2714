//! Loss of one vehicle or one sector while the others fly on: earliest contact and least separation.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common::{self, hover, line, p, show};
use crate::{figures, figures_within};
use kapok_proof::{Evidence, ProofSettings, prove};
use kapok_risk::{LossFigure, LossMode, RiskSettings};
use kapok_show::{DVec3, Show, Silent, Trajectory};
use proptest::prelude::*;

/// Diameter of the default vehicle: nearer than this is a touch.
const TOUCH: f64 = 0.45;

/// In wind of 2 m/s.
fn breeze(trajectories: Vec<Trajectory>) -> Show {
    let mut s = show(trajectories);
    s.limits.max_wind_m_s = 2.0;
    s
}

fn figure(s: &Show, mode: LossMode) -> LossFigure {
    figures(s).one_lost.into_iter().find(|f| f.mode == mode).unwrap()
}

/// The first touch is known to be neither before `untouched_s` nor after the witness, which are close together.
#[track_caller]
fn touches(f: &LossFigure, after_s: f64) {
    let w = f.worst.as_ref().unwrap();
    assert!(f.untouched_s <= after_s + 1e-9 && after_s <= w.after_s + 1e-9, "{after_s} is not in {f:?}");
    assert!(w.after_s - f.untouched_s < 0.1, "{f:?}");
    assert!(w.distance_m <= TOUCH && f.left_m == 0.0 && !f.cut_short, "{f:?}");
}

#[track_caller]
fn leaves(f: &LossFigure, left_m: f64) {
    assert!(f.left_m <= left_m + 1e-9 && left_m <= f.left_m + 0.26, "{left_m} m is not {f:?}");
    assert!(f.untouched_s == f.horizon_s && !f.cut_short, "{f:?}");
    let w = f.worst.as_ref().unwrap();
    assert!(w.distance_m >= f.left_m && w.distance_m < f.left_m + 0.3, "{f:?}");
}

#[test]
fn a_follower_runs_into_a_vehicle_that_stops() {
    let s = breeze(vec![
        line(p(0.0, 0.0, 20.0), p(60.0, 0.0, 20.0), 0, 10_000),
        line(p(3.0, 0.0, 20.0), p(63.0, 0.0, 20.0), 0, 10_000),
    ]);
    let f = figure(&s, LossMode::Stops);
    touches(&f, (3.0 - TOUCH) / 6.0);
    let w = f.worst.unwrap();
    assert_eq!((w.lost.index, w.other.index), (1, 0), "the one in front is run into");
}

#[test]
fn side_by_side_a_vehicle_that_stops_is_passed() {
    let s = breeze(vec![
        line(p(0.0, 0.0, 20.0), p(60.0, 0.0, 20.0), 0, 10_000),
        line(p(0.0, 3.0, 20.0), p(60.0, 3.0, 20.0), 0, 10_000),
    ]);
    leaves(&figure(&s, LossMode::Stops), 3.0);
    // Drifting at 2 m/s it reaches the other, which flies past at 6 m/s, only while they are still near.
    assert_eq!(figure(&s, LossMode::Drifts).left_m, 0.0);
}

#[test]
fn a_crossing_that_is_free_by_time_alone_is_not_free_if_one_stops_in_it() {
    // One crosses the other's line 3 s before it: as planned they are never nearer than 13 m.
    let s = breeze(vec![
        line(p(-20.0, 0.0, 20.0), p(20.0, 0.0, 20.0), 0, 8000),
        line(p(0.0, -35.0, 20.0), p(0.0, 5.0, 20.0), 0, 8000),
    ]);
    let f = figure(&s, LossMode::Stops);
    let w = f.worst.clone().unwrap();
    assert_eq!((w.lost.index, w.other.index, f.left_m), (0, 1, 0.0));
    // It has crossed 0.45 m beyond the middle when the second is still 14.55 m short of it.
    assert!(w.t_ms > 3900.0 && w.t_ms < 4100.0 && w.after_s > 2.8 && w.after_s < 3.2, "{w:?}");
}

#[test]
fn wind_carries_a_vehicle_into_its_neighbour() {
    let at = |x: f64| hover(p(x, 0.0, 20.0), 30_000);
    touches(&figure(&breeze(vec![at(0.0), at(10.0)]), LossMode::Drifts), (10.0 - TOUCH) / 2.0);
    // In 10 s it comes 20 m far.
    leaves(&figure(&breeze(vec![at(0.0), at(25.0)]), LossMode::Drifts), 5.0);
    let far = figure(&breeze(vec![at(0.0), at(40.0)]), LossMode::Drifts);
    assert_eq!((far.left_m, far.worst), (6.0, None), "as far as was looked");
    // Another altitude is out of the wind's way.
    let s = breeze(vec![at(0.0), hover(p(0.0, 0.0, 23.0), 30_000)]);
    leaves(&figure(&s, LossMode::Drifts), 3.0);
}

#[test]
fn a_vehicle_that_came_near_since_the_loss_and_rests_is_reached() {
    // The one flies away from the origin; the other comes within 6 m of it and stays there.
    let far = p(0.0, 36.0, 20.0);
    let mut s = breeze(vec![
        line(p(0.0, 0.0, 20.0), p(100.0, 0.0, 20.0), 0, 5000),
        common::fly(0, far, &[(1000, &[far]), (2000, &[p(0.0, 6.0, 20.0)])]),
    ]);
    s.limits.min_separation_m = 3.0;
    touches(&figure(&s, LossMode::Drifts), (6.0 - TOUCH) / 2.0);
}

#[test]
fn a_falling_vehicle_reaches_those_below_and_not_those_beside() {
    let s = breeze(vec![hover(p(0.0, 0.0, 30.0), 30_000), hover(p(0.0, 0.0, 25.0), 30_000)]);
    touches(&figure(&s, LossMode::Falls), (2.0 * (5.0 - TOUCH) / 9.806_65f64).sqrt());
    assert_eq!(figure(&s, LossMode::Falls).worst.unwrap().lost.index, 0);
    let beside = breeze(vec![hover(p(0.0, 0.0, 30.0), 30_000), hover(p(25.0, 0.0, 25.0), 30_000)]);
    let f = figure(&beside, LossMode::Falls);
    assert!(f.untouched_s == f.horizon_s && f.left_m > 1.0, "{f:?}");
}

#[test]
fn on_the_ground_no_vehicle_is_lost() {
    // Pads half a metre apart; both below the altitude of flight all the time.
    let s = breeze(vec![hover(p(0.0, 0.0, 0.0), 9000), hover(p(0.5, 0.0, 0.0), 9000)]);
    for f in figures(&s).one_lost {
        assert!(f.untouched_s == f.horizon_s && f.worst.is_none(), "{f:?}");
    }
}

#[test]
fn a_sector_is_carried_together() {
    // Two pairs of 2 m, 25 m apart.
    let at = |x: f64| hover(p(x, 30.0, 20.0), 20_000);
    let mut s = breeze(vec![at(0.0), at(2.0), at(27.0), at(29.0)]);
    for (k, v) in s.vehicles.iter_mut().enumerate() {
        v.group = 1 + u8::from(k >= 2);
    }
    let f = figures(&s);
    for (k, sector) in f.sectors.iter().enumerate() {
        let others = sector.others.as_ref().unwrap();
        leaves(others, 5.0);
        assert_eq!(sector.others_left_m, Some(others.left_m));
        assert_eq!(others.worst.as_ref().unwrap().lost.index / 2, k, "each sector has its own case");
    }
    // One alone is carried into its neighbour.
    touches(&figure(&s, LossMode::Drifts), (2.0 - TOUCH) / 2.0);
}

#[test]
fn a_single_vehicle_has_no_other_to_reach() {
    let f = figures(&breeze(vec![hover(p(0.0, 0.0, 20.0), 9000)]));
    assert!(f.one_lost.iter().all(|f| f.worst.is_none() && f.untouched_s == f.horizon_s), "{f:?}");
    assert!(f.sectors.iter().all(|s| s.others.is_none()));
}

fn point() -> impl Strategy<Value = DVec3> {
    (-12.0..12.0f64, -12.0..12.0f64, 4.0..16.0f64).prop_map(|(x, y, z)| p(x, y, z))
}

fn flights() -> impl Strategy<Value = Vec<Trajectory>> {
    let one = (point(), point(), point()).prop_map(|(a, b, c)| {
        let mut t = Trajectory::starting_at(0, a).unwrap();
        t.push(4000, &[a, b, b]).unwrap();
        t.push(7000, &[b, c]).unwrap();
        t
    });
    prop::collection::vec(one, 2..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing that samples of a loss show is worse than what is certified, and every witness is attained.
    #[test]
    fn samples_are_never_worse_than_the_bounds(flights in flights(), budget in prop::sample::select(vec![100, 20_000, 2_000_000])) {
        let s = breeze(flights);
        // Bounds hold however little is looked at.
        let figures = figures_within(&s, budget).one_lost;
        let position = |v: usize, t_ms: f64| s.vehicles[v].trajectory.sample(t_ms).position_m;
        for (mode, wind) in [(LossMode::Stops, 0.0), (LossMode::Drifts, 2.0), (LossMode::Falls, 0.0)] {
            let f = figures.iter().find(|f| f.mode == mode).unwrap();
            let gap = |i: usize, j: usize, t_ms: f64, after_s: f64| {
                let mut lost = s.vehicles[i].trajectory.sample(t_ms);
                if mode == LossMode::Falls {
                    // One way to fall of many: without wind and drag, to the ground.
                    lost.position_m += lost.velocity_m_s * after_s - p(0.0, 0.0, 0.5 * 9.806_65 * after_s * after_s);
                    lost.position_m.z = lost.position_m.z.max(0.0);
                }
                let d = position(j, t_ms + 1000.0 * after_s) - lost.position_m;
                let sideways = (d.truncate().length() - wind * after_s).max(0.0);
                (sideways * sideways + d.z * d.z).sqrt()
            };
            if let (Some(w), true) = (&f.worst, mode != LossMode::Falls) {
                let there = gap(w.lost.index, w.other.index, w.t_ms, w.after_s);
                prop_assert!((there - w.distance_m).abs() < 1e-6, "{} is not {:?}", there, w);
            }
            for i in 0..s.vehicles.len() {
                for j in (0..s.vehicles.len()).filter(|&j| j != i) {
                    for t in 0..=35 {
                        for after in 0..=(5.0 * f.horizon_s) as i32 {
                            let (t_ms, after_s) = (200.0 * f64::from(t), 0.2 * f64::from(after));
                            let gap_m = gap(i, j, t_ms, after_s);
                            prop_assert!(gap_m > TOUCH - 1e-9 || after_s >= f.untouched_s - 1e-9, "{} {} {:?}", t_ms, after_s, f);
                            prop_assert!(gap_m >= f.left_m - 1e-9, "{} {} {} {:?}", gap_m, t_ms, after_s, f);
                        }
                    }
                }
            }
        }
    }
}

/// A block that flies as one, each a little off, for longer than is looked at in one go; in four groups.
fn block() -> impl Strategy<Value = Show> {
    let leg = (-25.0..25.0f64, -25.0..25.0f64, -4.0..8.0f64, 3..9i64);
    let off = prop::collection::vec((-0.3..0.3f64, -0.3..0.3f64, -0.3..0.3f64), 12);
    (prop::collection::vec(leg, 3..6), off, 0.0..4.0f64, 1.2..3.0f64).prop_map(|(legs, off, wind_m_s, spacing_m)| {
        let flight = |k: usize| {
            let o = |n: usize| p(off[(k + n) % 12].0, off[(k + n) % 12].1, off[(k + n) % 12].2);
            let home = spacing_m * p((k % 4) as f64, (k / 4) as f64, 0.0) + p(0.0, 0.0, 9.0);
            let mut t = Trajectory::starting_at(0, home + o(0)).unwrap();
            let (mut at, mut t_ms) = (home, 0);
            for (n, &(x, y, z, s)) in legs.iter().enumerate() {
                let to = p(at.x + x, at.y + y, (at.z + z).max(4.0));
                t.push(t_ms + 1000 * s, &[t.end_point_m(), to + o(n + 1), to + o(n + 1)]).unwrap();
                t_ms += 1000 * s;
                // Every other leg ends in a rest.
                if n % 2 == 1 {
                    t_ms += 4000;
                    t.push_hold(t_ms).unwrap();
                }
                at = to;
            }
            t
        };
        let mut s = show((0..12).map(flight).collect());
        s.limits.max_wind_m_s = wind_m_s;
        for (k, v) in s.vehicles.iter_mut().enumerate() {
            v.group = 1 + (k % 4) as u8;
        }
        s
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Samples never beat the bounds of a dense fleet that flies alike.
    #[test]
    fn samples_never_beat_the_bounds_of_a_dense_block(s in block()) {
        let failure = figures(&s);
        let wind_m_s = s.limits.max_wind_m_s;
        let end_ms = s.duration_ms();
        let ms = |k: i64| 50.0 * k as f64;
        let places: Vec<Vec<DVec3>> = (0..12usize)
            .map(|v| (0..=end_ms / 50 + 200).map(|k| s.vehicles[v].trajectory.sample(ms(k)).position_m).collect())
            .collect();
        let alone = failure.one_lost.iter().filter(|f| f.mode != LossMode::Falls).map(|f| (f, None));
        let sectors = failure.sectors.iter().zip(1u8..).map(|(sector, group)| (sector.others.as_ref().unwrap(), Some(group)));
        for (f, group) in alone.chain(sectors) {
            let wind_m_s = if f.mode == LossMode::Drifts { wind_m_s } else { 0.0 };
            if f.touches {
                let w = f.worst.as_ref().unwrap();
                // Where one only grazes the other, when they touch is not known as closely as by how much.
                prop_assert!(f.untouched_s <= w.after_s, "{:?}", f);
                prop_assert!(w.distance_m <= TOUCH && f.left_m == 0.0);
            }
            for i in (0..12).filter(|&i| group.is_none_or(|g| s.vehicles[i].group == g)) {
                for j in (0..12).filter(|&j| j != i && group.is_none_or(|g| s.vehicles[j].group != g)) {
                    for t in (0..=end_ms / 50).step_by(3) {
                        for after in (0..=200).step_by(2) {
                            let d = places[j][(t + after) as usize] - places[i][t as usize];
                            let after_s = 0.05 * after as f64;
                            let sideways = (d.truncate().length() - wind_m_s * after_s).max(0.0);
                            let gap_m = (sideways * sideways + d.z * d.z).sqrt();
                            prop_assert!(gap_m > TOUCH - 1e-9 || after_s >= f.untouched_s - 1e-9, "{} {} {:?}", ms(t), after_s, f);
                            prop_assert!(gap_m >= f.left_m - 1e-9, "{} {} {} {:?}", gap_m, ms(t), after_s, f);
                        }
                    }
                }
            }
        }
    }
}

/// Findings that were read from outside come without distances, or with those of another show.
#[test]
fn distances_that_do_not_cover_the_show_give_no_figures_of_losses() {
    let s = breeze(vec![hover(p(0.0, 0.0, 20.0), 9000), hover(p(5.0, 0.0, 20.0), 9000)]);
    let (proof, risk) = (ProofSettings::default(), RiskSettings::default());
    let whole = prove(&s, &proof, &Silent);
    assert!(!kapok_risk::failure(&s, &whole, &proof, &risk, &Silent).unwrap().one_lost.is_empty());
    let mut read = whole.clone();
    read.evidence = Evidence::default();
    assert!(kapok_risk::failure(&s, &read, &proof, &risk, &Silent).unwrap().one_lost.is_empty());
    read.evidence = whole.evidence;
    read.evidence.distances.flight_per_second_m.pop();
    assert!(kapok_risk::failure(&s, &read, &proof, &risk, &Silent).unwrap().one_lost.is_empty());
}
