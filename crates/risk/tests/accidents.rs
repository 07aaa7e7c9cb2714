//! What happened at real shows, as far as figures show it. One test per accident.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common::layers::{layered_show, with_return_to_home, with_shore_further};
use crate::figures;
use kapok_show::Water;

#[test]
fn shanghai_2021_hong_kong_2018_xian_2018_loss_of_position_in_one_sector() {
    // Half the fleet is one group and loses its position: how far it is carried, and what is left to fence and crowd.
    let mut s = layered_show();
    let river = with_shore_further(-15.0).environment.audiences[0].polygon_m.clone();
    s.environment.waters.push(Water { name: "river".into(), polygon_m: river });
    for (k, v) in s.vehicles.iter_mut().enumerate() {
        v.group = 1 + u8::from(k >= 9);
    }
    let f = figures(&s);
    assert_eq!(f.sectors.iter().map(|x| x.vehicles).collect::<Vec<_>>(), [9, 9]);
    for sector in &f.sectors {
        assert!((sector.drift_m - 80.0).abs() < 1e-9);
        // The pads are 20 m from the fence: it is crossed after two and a half seconds of 8 m/s.
        assert!(sector.fence_left_m.unwrap() < 0.0 && sector.audience_left_m.unwrap() < 0.0);
        assert!(sector.first_contact_s.unwrap() <= 2.51);
        // The groups fly 2 m apart: the wind carries one into the other at once, and the case is named.
        assert_eq!(sector.others_left_m, Some(0.0));
        let others = sector.others.as_ref().unwrap();
        assert!(others.untouched_s < 0.5, "{others:?}");
        let worst = others.worst.as_ref().unwrap();
        let group = |k: usize| s.vehicles[k].group;
        assert_ne!(group(worst.lost.index), group(worst.other.index));
    }
    assert!(f.water.unwrap().distance_m < 0.0, "a falling vehicle may come down in the river");
}

#[test]
fn melbourne_2023_wind_over_what_the_vehicles_can_hold() {
    let reserve = |max_wind_m_s: f64| {
        let mut s = layered_show();
        s.limits.max_wind_m_s = max_wind_m_s;
        figures(&s).wind.reserve_m_s.unwrap()
    };
    assert!(reserve(8.0) > 0.0, "{}", reserve(8.0));
    assert!(reserve(18.0) < 0.0, "{}", reserve(18.0));
}

#[test]
fn nanning_2024_a_return_to_home_that_the_wind_does_not_allow() {
    let with = |duration_ms: i64, wind_m_s: f64| {
        let mut s = with_return_to_home(layered_show(), duration_ms);
        s.limits.max_wind_m_s = wind_m_s;
        figures(&s).wind
    };
    // Faster than the limit: 60 m in 10 s with ramps. The show alone needs less against the air than the return to home does.
    let show_only = figures(&layered_show()).wind.needed_airspeed_m_s;
    assert!(with(12_000, 8.0).needed_airspeed_m_s > show_only + 1.0);
    assert!(with(30_000, 18.0).reserve_m_s.unwrap() < 0.0);
}
