//! The report over time and place against plain samples.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "helpers of tests are tests")]

use crate::common::{self, fly, hover, in_the_air, line, p, show};
use kapok_proof::{ProofSettings, prove};
use kapok_risk::SafetyReport;
use kapok_show::{DVec2, Geofence, Show, Silent};

fn safety(s: &Show, settings: &ProofSettings) -> SafetyReport {
    kapok_risk::safety(s, &prove(s, settings, &Silent), settings, &Silent)
}

fn pair() -> Show {
    let mut s = show(vec![
        fly(0, p(0.0, 0.0, 20.0), &[(4000, &[p(10.0, 0.0, 20.0), p(10.0, 8.0, 24.0)])]),
        line(p(3.0, 0.0, 20.0), p(12.0, 3.0, 20.0), 0, 5000),
    ]);
    let corners = [(-5.0, -5.0), (20.0, -5.0), (20.0, 20.0), (-5.0, 20.0)];
    s.environment.geofence = Some(Geofence::around(corners.map(|(x, y)| DVec2::new(x, y)).to_vec()));
    s.limits.max_altitude_m = 30.0;
    s
}

#[test]
fn extremes_of_each_second_are_those_of_a_thousand_samples() {
    let s = pair();
    let r = safety(&s, &ProofSettings { coordinate_step_m: 0.0, ..ProofSettings::default() });
    let t = &r.timeline;
    assert_eq!(t.t_ms, [0, 1000, 2000, 3000, 4000]);
    for k in 0..5 {
        let (mut near, mut xy, mut up, mut acc, mut fence, mut top) =
            (f64::INFINITY, 0.0f64, 0.0f64, 0.0f64, 99.0f64, 0.0f64);
        for ms in 1..1000 {
            let at = (k * 1000 + ms) as f64;
            let m: Vec<_> = s.vehicles.iter().map(|v| v.trajectory.sample(at)).collect();
            near = near.min(m[0].position_m.distance(m[1].position_m));
            for m in &m {
                xy = xy.max(m.velocity_m_s.truncate().length());
                up = up.max(m.velocity_m_s.z);
                acc = acc.max(m.acceleration_m_s2.length());
                let q = m.position_m;
                fence = fence.min((q.x + 5.0).min(20.0 - q.x).min(q.y + 5.0).min(20.0 - q.y));
                top = top.max(q.z);
            }
        }
        let agrees = |value: Option<f64>, brute: f64| (value.unwrap() - brute).abs() < 0.03;
        // Looked for as far as four times the limit.
        if near > 6.0 {
            assert_eq!((t.min_separation_m[k], t.min_separation_pair[k]), (None, None));
        } else {
            assert!(agrees(t.min_separation_m[k], near), "{k}: {:?} and {near}", t.min_separation_m[k]);
            assert_eq!(t.min_separation_pair[k], Some([0, 1]));
        }
        assert!(agrees(t.max_velocity_xy_m_s[k], xy), "{k}: {:?} and {xy}", t.max_velocity_xy_m_s[k]);
        assert!(agrees(t.max_velocity_up_m_s[k], up), "{k}: {:?} and {up}", t.max_velocity_up_m_s[k]);
        assert_eq!(t.max_velocity_down_m_s[k], Some(0.0));
        assert!(agrees(t.max_acceleration_m_s2[k], acc), "{k}: {:?} and {acc}", t.max_acceleration_m_s2[k]);
        assert!(agrees(t.fence_margin_m[k], fence), "{k}: {:?} and {fence}", t.fence_margin_m[k]);
        assert!(agrees(t.ceiling_margin_m[k], 30.0 - top), "{k}: {:?}", t.ceiling_margin_m[k]);
    }
}

/// Pads are held against the limit near the ground, not against that of flight.
#[test]
fn flight_and_ground_have_a_series_each() {
    let up = |x: f64| fly(0, p(x, 0.0, 0.0), &[(9000, &[p(3.0 * x, 0.0, 20.0)]), (18_000, &[p(x, 0.0, 0.0)])]);
    let s = show(vec![up(0.0), up(1.0)]);
    let r = safety(&s, &in_the_air());
    let (flight, ground) = (&r.timeline.min_separation_m, &r.timeline.min_ground_separation_m);
    assert!((ground[0].unwrap() - 1.0).abs() < 0.01 && flight[0].is_none(), "{ground:?} {flight:?}");
    assert_eq!(r.timeline.min_ground_separation_pair[0], Some([0, 1]));
    assert!(ground[8].is_none() && (flight[8].unwrap() - 2.77).abs() < 0.05, "{ground:?} {flight:?}");
    assert_eq!(r.limits.ground_separation_m, 0.4);
    // In flight they come to 1.25 m where 1.5 m is the limit; on the pads 1 m is enough.
    let room: Vec<f64> = r.worst_pairs.iter().map(|w| w.distance_m - w.limit_m).collect();
    assert_eq!(r.worst_pairs.iter().map(|w| w.near_ground).collect::<Vec<_>>(), [false, true]);
    assert!((room[0] + 0.25).abs() < 0.01 && (room[1] - 0.6).abs() < 0.01, "{room:?}");
    let c = common::certify(&s);
    assert!((c.separation_per_second_m[0] - 6.0).abs() < 1e-9, "no vehicle flies in the first second");
    assert!((c.ground_separation_per_second_m[0] - 1.0).abs() < 0.01);
    assert!((c.ground_separation_per_second_m[8] - 1.6).abs() < 1e-9, "none is near the ground: the search radius");
}

#[test]
fn the_footprint_covers_the_disc_for_as_long_as_the_vehicle_is_there() {
    let s = show(vec![hover(p(100.0, 50.0, 30.0), 7000)]);
    let f = safety(&s, &ProofSettings::default()).footprint;
    assert_eq!(f.vehicle_seconds.len(), f.columns * f.rows);
    let at = |x: f64, y: f64| {
        let (c, r) = ((x - f.origin_m[0]) / f.cell_m, (y - f.origin_m[1]) / f.cell_m);
        f.vehicle_seconds[r as usize * f.columns + c as usize]
    };
    for k in 0..16 {
        let (sin, cos) = kapok_show::math::sin_cos(f64::from(k) * 0.39);
        assert_eq!(at(100.0 + 0.98 * f.reach_m * cos, 50.0 + 0.98 * f.reach_m * sin), 7.0);
    }
    assert_eq!(at(f.origin_m[0] + 0.1, f.origin_m[1] + 0.1), 0.0, "the corner is outside the disc");
}

#[test]
fn the_grid_stays_small_and_the_senseless_is_empty() {
    let wide = show(vec![hover(p(0.0, 0.0, 30.0), 1000), hover(p(9e4, 9e4, 30.0), 1000)]);
    let f = safety(&wide, &ProofSettings::default()).footprint;
    assert!(f.columns * f.rows <= 200_000 && f.cell_m > 2.0);
    let none = safety(&show(Vec::new()), &ProofSettings::default());
    assert!(none.timeline.t_ms.is_empty() && none.worst_pairs.is_empty());
}
